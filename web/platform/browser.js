// The phone as a browser gives it: storage and network; nothing else touches these.

const API = '/api/v1';
const JSON_WAIT = 20000;
const PHOTO_WAIT = 120000; // 300 KB at 20 kbit/s
const run = uuid();
let opening = null;
let memory = null; // stands in where the browser keeps nothing: private mode, storage switched off
let token = '';
const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel('cunzhantong') : null;
const listeners = [];

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = Array.from(b, (n) => (n + 256).toString(16).slice(1)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// ---- storage -------------------------------------------------------------------------------

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

const ASKS = ['get', 'getAll', 'put', 'delete', 'clear'];

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
    memory = { items: new Map(), photos: new Map(), meta: new Map(), pages: new Map(), drafts: new Map() };
    return false;
  }
}

async function read() {
  if (memory) return { meta: memory.meta.get('queue') || {}, items: Array.from(memory.items.values()) };
  return within(['meta', 'items'], 'readonly', async (tx) => asHeld(await tx('meta').get('queue'), await tx('items').getAll()));
}

// A phone without any room must still be able to hand in what it has, which makes room. What would
// only change records that are there already is then held here; when the app ends before it could be
// written, the records stand as they were, are sent again, and the server says "same".
let held = { meta: null, items: {} };

function asHeld(meta, items) {
  return { meta: held.meta || meta || {}, items: items.map((item) => held.items[item.id] || item) };
}

/** What a change comes to together with what is held from before. */
function withHeld(said) {
  const named = (said.drop || []).concat((said.put || []).map((item) => item.id));
  const before = Object.keys(held.items).filter((id) => named.indexOf(id) < 0).map((id) => held.items[id]);
  return Object.assign({}, said, { meta: said.meta || held.meta, put: before.concat(said.put || []) });
}

/** A change for which there is no room: what it drops goes, what it changes is held; new things are refused. */
async function squeeze(edit, full) {
  return within(['meta', 'items', 'photos', 'drafts'], 'readwrite', async (tx) => {
    const now = asHeld(await tx('meta').get('queue'), await tx('items').getAll());
    const said = edit(now.meta, now.items);
    const known = now.items.map((item) => item.id);
    if (Object.keys(said.photos || {}).length || said.putDrafts || (said.put || []).some((item) => known.indexOf(item.id) < 0)) throw full;
    await Promise.all([].concat((said.drop || []).map((id) => tx('items').delete(id)), (said.dropPhotos || []).map((id) => tx('photos').delete(id)), (said.dropDrafts || []).map((id) => tx('drafts').delete(id))));
    const items = Object.fromEntries(withHeld(said).put.map((item) => [item.id, item]));
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
    const said = await decide((store, key) => (key ? memory[store].get(key) : Array.from(memory[store].values())));
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

async function change(edit) {
  const whole = writeWhole(['meta', 'items', 'photos', 'drafts'], async (get) => {
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

/** One transaction on drafts and photos: `decide` may `get` first; rejects with kind 'full' and keeps nothing. */
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
  return within(['pages'], 'readonly', (tx) => Promise.all(keys.map((key) => tx('pages').get(key))));
}

/** Remember an answer for offline use; a full phone forgets it rather than failing. */
export async function remember(key, value) {
  if (memory) memory.pages.set(key, value);
  else await within(['pages'], 'readwrite', (tx) => tx('pages').put(value, key)).catch(() => null);
}

/** Put pages in the place of all whose key begins with `prefix`; all or nothing, rejects when full. */
export async function replacePages(prefix, pages) {
  const keys = Object.keys(pages);
  if (memory) {
    Array.from(memory.pages.keys()).filter((key) => key.startsWith(prefix)).forEach((key) => memory.pages.delete(key));
    keys.forEach((key) => memory.pages.set(prefix + key, pages[key]));
    return;
  }
  await within(['pages'], 'readwrite', async (tx) => {
    const store = tx('pages');
    await store.delete(IDBKeyRange.bound(prefix, prefix + '\uffff'));
    await Promise.all(keys.map((key) => store.put(pages[key], prefix + key)));
  });
}

/** Forget everything that was fetched for the person signed in; the queue stays. */
export async function forgetPages() {
  if (memory) memory.pages.clear();
  else await within(['pages'], 'readwrite', (tx) => tx('pages').clear());
}

async function photo(id) {
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

// ---- network -------------------------------------------------------------------------------

export function useToken(value) {
  token = value || '';
}

async function ask(method, path, { body, headers, wait, base } = {}) {
  const stop = typeof AbortController === 'function' ? new AbortController() : null;
  const timer = stop && setTimeout(() => stop.abort(), wait || JSON_WAIT);
  try {
    const response = await fetch((base || API) + path, {
      method,
      body,
      headers: Object.assign(token ? { Authorization: 'Bearer ' + token } : {}, headers),
      signal: stop ? stop.signal : undefined,
      cache: 'no-store',
      credentials: 'omit',
    });
    const kind = response.headers.get('Content-Type') || '';
    const answer = { status: response.status, body: null, retry_after_s: null };
    const after = response.headers.get('Retry-After');
    if (after && /^\d+$/.test(after)) answer.retry_after_s = +after;
    if (/^image\/|\/pdf/.test(kind)) answer.blob = await response.blob();
    else if (/json/.test(kind)) answer.body = await response.json().catch(() => null);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

export function getJson(path) {
  return ask('GET', path);
}

/** An answer that may be large and slow; a picture or a paper comes as answer.blob. */
export function getLarge(path) {
  return ask('GET', path, { wait: PHOTO_WAIT });
}

export function postJson(path, body) {
  return ask('POST', path, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
}

export function deleteJson(path) {
  return ask('DELETE', path);
}

function putPhoto(id, bytes, sha256) {
  const headers = { 'Content-Type': 'image/jpeg', 'X-SHA256': sha256 };
  return ask('PUT', '/photos/' + id, { body: bytes, headers, wait: PHOTO_WAIT });
}

async function sha256(bytes) {
  if (!crypto.subtle) return (await import('../core/sha256.js')).sha256Hex(bytes); // plain http
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (n) => (n + 256).toString(16).slice(1)).join('');
}

let sending = false;

/** One tab at a time; where tabs cannot lock each other, sending twice is harmless by design. */
async function alone(work) {
  if (navigator.locks) {
    return navigator.locks.request('czt-sync', { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  }
  if (sending) return undefined;
  sending = true;
  try {
    return await work();
  } finally {
    sending = false;
  }
}

/** The adapter that miniapp/core/queue.js describes. */
export const phone = {
  run,
  uuid,
  sha256,
  read,
  change,
  photo,
  postJson,
  putPhoto,
  alone,
  now: () => Date.now(),
  steady: () => performance.now(),
  random: () => Math.random(),
};

// ---- what this phone can do ----------------------------------------------------------------

export const online = () => navigator.onLine !== false;
export const inWeChat = /MicroMessenger/i.test(navigator.userAgent);
export const onIPhone = /iPhone|iPad|iPod/i.test(navigator.userAgent);
export const keepsPages = 'serviceWorker' in navigator;
export const startsOffline = () => keepsPages && Boolean(navigator.serviceWorker.controller);

/** A short name for this phone, as its owner's list of devices shows it. */
export function deviceLabel() {
  const ua = navigator.userAgent;
  const android = /Android [\d.]+; ([^;)]+?)(?: Build|[;)])/.exec(ua);
  const name = onIPhone ? 'iPhone' : android && android[1].trim() !== 'K' ? android[1].trim() : /Android/.test(ua) ? '安卓手机' : '电脑';
  return (name + (inWeChat ? ' 微信' : '')).slice(0, 60);
}

/** Start (or find) the service worker, which lets the app start without a net. */
export async function keepForOffline(onNewer) {
  if (!keepsPages) return;
  const worker = await navigator.serviceWorker.register('sw.js').catch(() => null);
  if (!worker) return;
  if (worker.waiting) onNewer(() => worker.waiting.postMessage('take-over'));
  await navigator.serviceWorker.ready;
  if (worker.active) worker.active.postMessage('lazy');
}

/** Reload once when the newer version that we asked for has taken over. */
export function reloadOnTakeOver() {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
}
