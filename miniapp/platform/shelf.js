// What the mini program keeps: queue, photos, visits and pages, each change whole or not at all.
//
// Every body is written to a file of its own under a fresh name; ONE text in the storage then names
// the files that count. That text is written last: whoever is stopped before it has the state from
// before, whoever is stopped after it the new one, and files that nobody names are swept at the
// next start. Two places take turns, so that a text cut in half leaves the one before it.
// WeChat may empty its storage where a phone is short of room, and leaves user files alone: a copy
// of the text lies among them. (Not there alone: a full phone could let go of nothing any more.)
//
// `disk` is the phone: get(key) gives a text or '', set(key, text), drop(key); write(name, text or
// bytes), readText(name), readBytes(name) or null when gone, remove(name), names(). What has no
// room throws an error with kind 'full'. All of it answers at once: nothing waits when the app is
// put away.

const SLOTS = ['czt-0', 'czt-1'];
const COPY = 'index.json';
const FILE = 'czt';
const JOT = 'jot:';
const STAYS = ['signed/', 'shot/']; // pages that outlive a person's signing out

const keyOf = (store, id) => store + '/' + id;
const values = (map) => Object.keys(map).map((key) => map[key]);

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch (error) {
    return null; // cut in half
  }
}

export function makeShelf(disk) {
  let index = null; // {turn, next, meta, files: {key: name}, lost: [key]}
  let lost = []; // keys of what cannot be read any more, said at two starts and then let go of
  let meta = {};
  const alive = { items: {}, drafts: {} };
  let dirty = {}; // changed, and no room yet to write it: key → body
  const listeners = [];

  /** The bodies of one store that can be read; a second time in vain, nobody looks for it again. */
  function readAll(store) {
    Object.keys(index.files).forEach((key) => {
      if (key.indexOf(store + '/') !== 0) return;
      const body = parsed(disk.readText(index.files[key]));
      if (body) alive[store][body.id] = body;
      else lost.push(key);
      if (!body && (index.lost || []).indexOf(key) >= 0) delete index.files[key];
    });
  }

  const ours = () => disk.names().filter((name) => /^czt\d+\./.test(name));

  function sweep() {
    const named = values(index.files);
    ours().filter((name) => named.indexOf(name) < 0).forEach(disk.remove);
  }

  function copy(text) {
    try {
      disk.write(COPY, text);
    } catch (error) { /* full: the storage has it */ }
  }

  /** Nothing says what counts: what lies here is nobody's to throw away, or to write over. */
  function anew() {
    const numbers = ours().map((name) => parseInt(name.slice(FILE.length), 10));
    return { turn: 0, next: Math.max(0, ...numbers) + 1, meta: {}, files: {} };
  }

  /** Read what was kept, once; everything else comes after it. */
  function open() {
    if (index) return;
    const texts = SLOTS.map(disk.get).concat(disk.readText(COPY));
    const found = texts.map(parsed).filter((one) => one && one.files);
    found.sort((a, b) => b.turn - a.turn);
    index = found[0] || anew();
    meta = index.meta;
    readAll('items');
    readAll('drafts');
    if (!found[0]) return;
    const text = JSON.stringify(index);
    if (texts[2] !== text) copy(text); // before the files that an older one names are gone
    sweep();
  }

  /** Write these bodies, let go of those keys; all of it, or an error and nothing. */
  function commit(puts, drops, newMeta) {
    const files = Object.assign({}, index.files);
    const fresh = [];
    let { next } = index;
    let now = null;
    let text = '';
    const turn = index.turn + 1;
    try {
      Object.keys(puts).forEach((key) => {
        const body = puts[key];
        const bytes = key.indexOf('photos/') === 0; // `instanceof` fails on bytes of another realm
        const name = FILE + next + (bytes ? '.jpg' : '.json');
        next += 1;
        fresh.push(name);
        disk.write(name, bytes ? body : JSON.stringify(body));
        files[key] = name;
      });
      drops.forEach((key) => {
        delete files[key];
      });
      now = { turn, next, meta: newMeta, files, lost };
      text = JSON.stringify(now);
      disk.set(SLOTS[turn % 2], text);
    } catch (error) {
      fresh.forEach((name) => disk.remove(name));
      throw error;
    }
    copy(text);
    const named = values(files);
    const gone = values(index.files).filter((name) => named.indexOf(name) < 0);
    index = now;
    gone.forEach((name) => disk.remove(name));
  }

  /** What a change of the queue comes to, by key. */
  function readChange(said) {
    const puts = {};
    (said.put || []).forEach((item) => {
      puts[keyOf('items', item.id)] = item;
    });
    (said.putDrafts || []).forEach((draft) => {
      puts[keyOf('drafts', draft.id)] = draft;
    });
    Object.keys(said.photos || {}).forEach((id) => {
      puts[keyOf('photos', id)] = said.photos[id];
    });
    Object.keys(said.putPages || {}).forEach((key) => {
      puts[keyOf('pages', key)] = said.putPages[key];
    });
    const drops = [].concat(
      (said.drop || []).map((id) => keyOf('items', id)),
      (said.dropPhotos || []).map((id) => keyOf('photos', id)),
      (said.dropDrafts || []).map((id) => keyOf('drafts', id)),
      (said.dropPages || []).map((key) => keyOf('pages', key)),
    ).filter((key) => !(key in puts));
    return { puts, drops };
  }

  /** Does it bring what was not on the phone before? Then no room means no. */
  function bringsNew(said, puts) {
    return Boolean(said.putDrafts || said.putPages) ||
      Object.keys(puts).some((key) => key.indexOf('photos/') === 0) ||
      (said.put || []).some((item) => !alive.items[item.id]);
  }

  function takeIn(said, drops) {
    drops.forEach((key) => {
      const [store, id] = [key.split('/')[0], key.slice(key.indexOf('/') + 1)];
      if (alive[store]) delete alive[store][id];
      delete dirty[key];
    });
    (said.put || []).forEach((item) => {
      alive.items[item.id] = item;
    });
    (said.putDrafts || []).forEach((draft) => {
      alive.drafts[draft.id] = draft;
    });
    meta = said.meta || meta;
  }

  /**
   * Without any room a phone must still be able to hand in what it has, which makes room: what a
   * change lets go of goes, what it only alters is held here until there is room. Should the app
   * end before that, the records stand as they were, are sent again, and the server says "same".
   */
  function squeeze(said, { puts, drops }) {
    try {
      commit({}, drops, said.meta || meta);
    } catch (error) {
      if (error.kind !== 'full') throw error;
    }
    takeIn(said, drops);
    dirty = Object.assign({}, dirty, puts);
  }

  function write(said) {
    const parts = readChange(said);
    const before = {};
    Object.keys(dirty).forEach((key) => {
      if (parts.drops.indexOf(key) < 0) before[key] = dirty[key];
    });
    try {
      commit(Object.assign(before, parts.puts), parts.drops, said.meta || meta);
    } catch (error) {
      if (error.kind !== 'full' || bringsNew(said, parts.puts)) throw error;
      squeeze(said, parts);
      return;
    }
    takeIn(said, parts.drops);
    dirty = {};
  }

  /** ONE transaction on the queue: `edit` as core/queue.js describes it, `putPages` beside it. */
  async function change(edit) {
    open();
    const said = edit(meta, values(alive.items));
    write(said);
    listeners.forEach((tell) => tell());
    return said.result;
  }

  async function read() {
    open();
    return { meta, items: values(alive.items) };
  }

  function page(key) {
    open();
    const name = index.files[keyOf('pages', key)];
    const body = name ? parsed(disk.readText(name)) : null;
    return body ? body.value : undefined;
  }

  /** The file of a photo, or ''. */
  function photoFile(id) {
    open();
    return index.files[keyOf('photos', id)] || '';
  }

  const shelf = {
    read,
    change,
    photoFile,
    photo: async (id) => (photoFile(id) ? disk.readBytes(photoFile(id)) : null),
    /** How many records and visits that were kept cannot be read any more. */
    lost: () => lost.length,
    onQueue: (tell) => listeners.push(tell),
    readDrafts: async () => {
      open();
      return values(alive.drafts);
    },
    recall: async (key) => page(key),
    recallAll: async (keys) => keys.map(page),

    /** Does this phone keep anything at all? A full one does. */
    storageWorks: async () => {
      try {
        open();
        commit({}, [], meta);
        return true;
      } catch (error) {
        return error.kind === 'full';
      }
    },

    /** Visits and photos in one transaction; `decide(get)` may ask for what is there first. */
    writeDrafts: async (decide) => {
      open();
      const get = async (store, id) => (id ? alive[store][id] : values(alive[store]));
      const said = await decide(get);
      write(said);
      return said;
    },

    /** Remember an answer for offline use; a full phone forgets it rather than failing. */
    remember: async (key, value) => {
      open();
      try {
        commit({ [keyOf('pages', key)]: { value } }, [], meta);
      } catch (error) { /* it will be asked for again */ }
    },

    /** Pages in place of all whose key begins with `prefix`; all or nothing, rejects when full. */
    replacePages: async (prefix, pages) => {
      open();
      const puts = {};
      Object.keys(pages).forEach((key) => {
        puts[keyOf('pages', prefix + key)] = { value: pages[key] };
      });
      const old = (key) => key.indexOf(keyOf('pages', prefix)) === 0 && !(key in puts);
      commit(puts, Object.keys(index.files).filter(old), meta);
    },

    /** Forget all that was fetched for the person signed in; the queue and what is theirs stay. */
    forgetPages: async () => {
      open();
      const stays = (key) => STAYS.some((prefix) => key.indexOf(keyOf('pages', prefix)) === 0);
      const pages = Object.keys(index.files).filter((key) => key.indexOf('pages/') === 0);
      commit({}, pages.filter((key) => !stays(key)), meta);
    },

    /** Keep what is being typed under this key, at once; null forgets it. */
    jot: (key, value) => {
      try {
        if (value === null) disk.drop(JOT + key);
        else disk.set(JOT + key, JSON.stringify(value));
      } catch (error) { /* full: it lasts as long as the page */ }
    },

    /** What was being typed under this key, or null. */
    jotted: (key) => parsed(disk.get(JOT + key)),
    askToLast: async () => false, // WeChat keeps user files until the mini program is deleted
  };
  return shelf;
}
