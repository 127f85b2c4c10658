// What this browser keeps: queue, photos, visits, pages, in one database; in memory if it may not.

let opening = null;
let memory = null; // stands in where the browser keeps nothing: private mode, storage switched off
const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel('cunzhantong') : null;
const listeners = [];
const STORES = ['items', 'photos', 'meta', 'pages', 'drafts'];
const RECORDS = ['meta', 'items', 'photos', 'drafts']; // what one change of the queue may write to

/** The answer to a request as a promise. */
function answered(request) {
  return new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
}

/** The database, opened anew when the system closed it behind our back (iOS does). */
function database() {
  if (!opening) {
    const request = indexedDB.open('cunzhantong', 2);
    request.onupgradeneeded = (event) => {
      const db = request.result;
      if (event.oldVersion < 1) {
        db.createObjectStore('items', { keyPath: 'id' });
        ['photos', 'meta', 'pages'].forEach((name) => db.createObjectStore(name));
      }
      if (event.oldVersion < 2) db.createObjectStore('drafts', { keyPath: 'id' });
    };
    opening = answered(request);
    opening.then(
      (db) => {
        db.onversionchange = () => {
          db.close(); // a newer page in another tab wants to change the stores
          opening = null;
        };
        db.onclose = () => {
          opening = null;
        };
      },
      () => {
        opening = null;
      },
    );
  }
  return opening;
}

const ASKS = ['get', 'getAll', 'getAllKeys', 'put', 'delete'];

/** A store of a transaction whose requests are promises. */
function storeOf(tx, name) {
  const store = tx.objectStore(name);
  const made = {};
  ASKS.forEach((ask) => {
    made[ask] = (...args) => answered(store[ask](...args));
  });
  return made;
}

/** Resolves to nothing when all is written, else to what went wrong; never rejects. */
function ended(tx) {
  return new Promise((end) => {
    tx.oncomplete = () => end(null);
    tx.onabort = () => end(tx.error || new DOMException('aborted', 'AbortError'));
  });
}

function isFull(error) {
  return /quota|full/i.test(String(error && (error.name + error.message)));
}

/** One transaction on these stores; once more if the connection had died. */
async function within(stores, mode, work) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const db = await database();
      const tx = db.transaction(stores, mode);
      const done = ended(tx);
      let result;
      try {
        result = await work((name) => storeOf(tx, name));
      } catch (error) {
        try { tx.abort(); } catch (gone) { /* it aborted by itself */ }
        await done;
        throw tx.error || error;
      }
      const failed = await done;
      if (failed) throw failed;
      return result;
    } catch (error) {
      if (attempt === 0 && error && error.name === 'InvalidStateError') opening = null;
      else throw isFull(error) ? Object.assign(new Error('full'), { kind: 'full' }) : error;
    }
  }
}

/** Try whether this browser keeps anything at all; false means: only while online. */
export async function storageWorks() {
  try {
    await within(['meta'], 'readwrite', (tx) => tx('meta').put(Date.now(), 'probe'));
    return true;
  } catch (error) {
    if (error.kind === 'full') return true;
    memory = {};
    STORES.forEach((name) => {
      memory[name] = new Map();
    });
    return false;
  }
}

/** {meta, items} of the queue, as core/queue.js wants them. */
export async function read() {
  if (memory) {
    return { meta: memory.meta.get('queue') || {}, items: Array.from(memory.items.values()) };
  }
  return within(['meta', 'items'], 'readonly', queueIn);
}

// A phone without any room must still be able to hand in what it has, which makes room. What would
// only change records that are there already is then held here; when the app ends before it could
// be written, the records stand as they were, are sent again, and the server says "same".
let held = { meta: null, items: {} };

function asHeld(meta, items) {
  return { meta: held.meta || meta || {}, items: items.map((item) => held.items[item.id] || item) };
}

async function queueIn(tx) {
  return asHeld(await tx('meta').get('queue'), await tx('items').getAll());
}

/** What a change comes to together with what is held from before. */
function withHeld(said) {
  const named = (said.drop || []).concat((said.put || []).map((item) => item.id));
  const before = Object.keys(held.items)
    .filter((id) => named.indexOf(id) < 0)
    .map((id) => held.items[id]);
  const put = before.concat(said.put || []);
  return Object.assign({}, said, { meta: said.meta || held.meta, put });
}

/** Does a change bring what was not on the phone before? */
function bringsNew(said, known) {
  return (
    Object.keys(said.photos || {}).length > 0 ||
    Boolean(said.putDrafts) ||
    (said.put || []).some((item) => known.indexOf(item.id) < 0)
  );
}

/**
 * A change for which there is no room: what it drops goes, what it changes is held; new things are
 * refused.
 */
async function squeeze(edit, full) {
  return within(RECORDS, 'readwrite', async (tx) => {
    const now = await queueIn(tx);
    const said = edit(now.meta, now.items);
    if (bringsNew(said, now.items.map((item) => item.id))) throw full;
    const gone = (store, ids) => (ids || []).map((id) => tx(store).delete(id));
    await Promise.all([].concat(
      gone('items', said.drop),
      gone('photos', said.dropPhotos),
      gone('drafts', said.dropDrafts),
    ));
    const items = {};
    withHeld(said).put.forEach((item) => {
      items[item.id] = item;
    });
    held = { meta: said.meta || held.meta, items };
    return said;
  });
}

function carryOut(change, put, drop) {
  if (change.meta) put('meta', change.meta, 'queue');
  (change.drop || []).forEach((id) => drop('items', id));
  (change.dropPhotos || []).forEach((id) => drop('photos', id));
  Object.keys(change.photos || {}).forEach((id) => put('photos', change.photos[id], id));
  (change.put || []).forEach((item) => put('items', item));
  (change.dropDrafts || []).forEach((id) => drop('drafts', id));
  (change.putDrafts || []).forEach((draft) => put('drafts', draft));
}

/** Write all of a change or nothing of it; `decide` reads first and says what changes. */
async function writeWhole(stores, decide) {
  if (memory) {
    const all = (store) => Array.from(memory[store].values());
    const said = await decide((store, key) => (key ? memory[store].get(key) : all(store)));
    carryOut(said, (s, v, k) => memory[s].set(k || v.id, v), (s, k) => memory[s].delete(k));
    return said;
  }
  return within(stores, 'readwrite', async (tx) => {
    const said = await decide((store, key) => (key ? tx(store).get(key) : tx(store).getAll()));
    const asked = [];
    const note = (request) => {
      request.catch(() => null); // the transaction as a whole tells what went wrong
      asked.push(request);
    };
    const put = (s, v, k) => note(k ? tx(s).put(v, k) : tx(s).put(v));
    carryOut(said, put, (s, k) => note(tx(s).delete(k)));
    await Promise.all(asked);
    return said;
  });
}

/** ONE transaction on the queue: `edit` as core/queue.js describes it. */
export async function change(edit) {
  const whole = writeWhole(RECORDS, async (get) => {
    const now = asHeld(await get('meta', 'queue'), await get('items'));
    return withHeld(edit(now.meta, now.items));
  });
  const said = await whole.then(
    (done) => {
      held = { meta: null, items: {} };
      return done;
    },
    (error) => {
      if (error.kind !== 'full') throw error;
      return squeeze(edit, error);
    },
  );
  listeners.forEach((tell) => tell());
  if (tabs) tabs.postMessage('queue');
  return said.result;
}

/** Every visit begun or finished on this phone, whoever's it is. */
export function readDrafts() {
  if (memory) return Promise.resolve(Array.from(memory.drafts.values()));
  return within(['drafts'], 'readonly', (tx) => tx('drafts').getAll());
}

/**
 * One transaction on drafts and photos: `decide` may `get` first; rejects with kind 'full' and
 * keeps nothing.
 */
export function writeDrafts(decide) {
  return writeWhole(['drafts', 'photos'], decide);
}

/** Call back whenever the queue changed, here or in another tab. */
export function onQueue(tell) {
  listeners.push(tell);
  if (tabs) tabs.onmessage = () => listeners.forEach((each) => each());
}

/** A page's last known answer, or a setting; undefined when there is none. */
export function recall(key) {
  if (memory) return Promise.resolve(memory.pages.get(key));
  return within(['pages'], 'readonly', (tx) => tx('pages').get(key));
}

/** Several of them at once, in one go to the storage. */
export function recallAll(keys) {
  if (memory) return Promise.resolve(keys.map((key) => memory.pages.get(key)));
  const get = (tx) => Promise.all(keys.map((key) => tx('pages').get(key)));
  return within(['pages'], 'readonly', get);
}

/** Remember an answer for offline use; a full phone forgets it rather than failing. */
export async function remember(key, value) {
  if (memory) memory.pages.set(key, value);
  else await within(['pages'], 'readwrite', (tx) => tx('pages').put(value, key)).catch(() => null);
}

/** Put pages in place of all whose key begins with `prefix`; all or nothing, rejects when full. */
export async function replacePages(prefix, pages) {
  const keys = Object.keys(pages);
  if (memory) {
    Array.from(memory.pages.keys())
      .filter((key) => key.startsWith(prefix))
      .forEach((key) => memory.pages.delete(key));
    keys.forEach((key) => memory.pages.set(prefix + key, pages[key]));
    return;
  }
  await within(['pages'], 'readwrite', async (tx) => {
    const store = tx('pages');
    await store.delete(IDBKeyRange.bound(prefix, prefix + '\uffff'));
    await Promise.all(keys.map((key) => store.put(pages[key], prefix + key)));
  });
}

// What somebody is typing is kept letter by letter, at once: a call may end the app between two of
// them, and the database answers only later.
const jottings = {};

/** Keep what is being typed under this key; null forgets it. */
export function jot(key, value) {
  jottings[key] = value;
  try {
    if (value === null) localStorage.removeItem('jot:' + key);
    else localStorage.setItem('jot:' + key, JSON.stringify(value));
  } catch (error) { /* full or switched off: it lasts as long as the page */ }
}

/** What was being typed under this key, or null. */
export function jotted(key) {
  if (key in jottings) return jottings[key];
  try {
    return JSON.parse(localStorage.getItem('jot:' + key));
  } catch (error) {
    return null;
  }
}

/** Forget all that was fetched for the person signed in, but no signed record; the queue stays. */
export async function forgetPages() {
  const signed = (key) => key.startsWith('signed/');
  if (memory) {
    const gone = Array.from(memory.pages.keys()).filter((key) => !signed(key));
    gone.forEach((key) => memory.pages.delete(key));
    return;
  }
  await within(['pages'], 'readwrite', async (tx) => {
    const gone = (await tx('pages').getAllKeys()).filter((key) => !signed(key));
    await Promise.all(gone.map((key) => tx('pages').delete(key)));
  });
}

/** The bytes of a photo, or null. */
export async function photo(id) {
  if (memory) return memory.photos.get(id) || null;
  return (await within(['photos'], 'readonly', (tx) => tx('photos').get(id))) || null;
}

let lasting = null;

/** Ask the browser, once in a run, to keep our storage; whether it does is its own choice. */
export function askToLast() {
  const s = navigator.storage;
  if (!lasting) lasting = s && s.persist ? s.persist().catch(() => false) : Promise.resolve(false);
  return lasting;
}
