// What of a browser the phone web app's own platform needs, for QuickJS: an IndexedDB that forgets
// nothing it has committed, fetch, localStorage and little more; on a world (world.js).

const scope = globalThis;
scope.setTimeout = (work, ms) => world.later(world.run, work, ms); // of IndexedDB itself
scope.structuredClone = (value) => {
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (Array.isArray(value)) return value.map(scope.structuredClone);
  if (value && typeof value === 'object') {
    const out = {};
    Object.keys(value).forEach((key) => {
      out[key] = scope.structuredClone(value[key]);
    });
    return out;
  }
  if (typeof value === 'function') throw new Error('DataCloneError');
  return value;
};

/** What outlives the page: databases and localStorage; `full` refuses whatever needs more room. */
function newDrive() {
  return { databases: new FDB.IDBFactory(), local: {}, full: false };
}

function makeBrowser(world, drive, modules) {
  const browser = {};
  let life = 0;
  const alive = (run) => run === world.run;

  // One transaction is what is written for good: all of it, or nothing where the page ends in it.
  const store = FDB.IDBObjectStore.prototype;
  const plainPut = store.put;
  store.put = function put(...all) {
    if (drive.full) {
      this.transaction._abort('QuotaExceededError');
      throw new DOMException('', 'QuotaExceededError');
    }
    try {
      world.aboutToWrite();
    } catch (error) {
      this.transaction._abort('AbortError');
      throw error;
    }
    return plainPut.apply(this, all);
  };
  const base = FDB.IDBDatabase.prototype;
  const plainTransaction = base.transaction;
  base.transaction = function transaction(...all) {
    if (all[1] !== 'versionchange' && this.ofRun !== world.run)
      throw Object.assign(new Error('killed'), { killed: true });
    return plainTransaction.apply(this, all);
  };

  /** The page is opened anew, whatever was before. */
  browser.launch = () => {
    world.die();
    const { run } = world;
    life = run;
    const ears = {};
    const listening = {
      addEventListener: (name, ear) => {
        (ears[name] = ears[name] || []).push(ear);
      },
    };
    browser.tell = (name) => (ears[name] || []).forEach((ear) => ear({ type: name }));
    const local = {
      getItem: (key) => (key in drive.local ? drive.local[key] : null),
      setItem: (key, text) => {
        if (!alive(run)) throw new Error('killed');
        if (drive.full) throw new DOMException('', 'QuotaExceededError');
        world.aboutToWrite();
        drive.local[key] = String(text);
      },
      removeItem: (key) => {
        delete drive.local[key];
      },
    };
    const fetched = (path, { method, body, headers, signal } = {}) =>
      new Promise((yes, no) => {
        if (!alive(run)) return;
        const bytes =
          body === undefined ? '' : hexOf(typeof body === 'string' ? utf8(body) : body);
        const request = { method: method || 'GET', path, headers: headers || {}, hex: bytes };
        if (signal) signal.stopped = () => no(new Error('aborted'));
        world.ask(run, request, (answer) => {
          if (!answer) {
            no(new TypeError('Failed to fetch'));
            return;
          }
          const find = (name) =>
            Object.keys(answer.headers).filter(
              (key) => key.toLowerCase() === name.toLowerCase(),
            )[0];
          const text = () => textOfUtf8(bytesOfHex(answer.hex));
          yes({
            status: answer.status,
            ok: answer.status >= 200 && answer.status < 300,
            headers: { get: (name) => (find(name) ? answer.headers[find(name)] : null) },
            json: async () => JSON.parse(text()),
            text: async () => text(),
            blob: async () => ({ hex: answer.hex }),
          });
        });
      });
    class Stop {
      constructor() {
        this.signal = {};
      }

      abort() {
        if (this.signal.stopped) this.signal.stopped();
      }
    }
    let names = run * 1000;
    const uuid = () => {
      names += 1;
      return '00000000-0000-4000-8000-' + ('000000000000' + names).slice(-12);
    };
    const given = {
      fetch: fetched,
      localStorage: local,
      AbortController: Stop,
      crypto: { randomUUID: uuid },
      indexedDB: {
        open: (name, version) => {
          const request = drive.databases.open(name, version);
          request.addEventListener('success', () => {
            request.result.ofRun = run;
          });
          return request;
        },
      },
      IDBKeyRange: FDB.IDBKeyRange,
      navigator: {
        get onLine() {
          return !world.net.off;
        },
        userAgent: 'Android 10; Redmi)',
      },
      document: Object.assign({ hidden: false, documentElement: { dataset: {} } }, listening),
      window: listening,
      performance: { now: () => world.steady_ms },
      location: { hash: '' },
      history: { state: null, replaceState: () => {} },
      BroadcastChannel: undefined,
      setTimeout: (work, ms) => world.later(run, work, ms),
      clearTimeout: world.forget,
      setInterval: () => 0,
      clearInterval: () => {},
      Date: dateBy(world.wall),
      TextEncoder: class {
        encode(text) {
          return new Uint8Array(utf8(text));
        }
      },
    };
    const made = {};
    const need = (name) => {
      const path = name.replace(/^web\/core\//, 'miniapp/core/');
      if (!made[path]) {
        if (!modules[path]) throw new Error('no module ' + path);
        made[path] = modules[path](need, given);
      }
      return made[path];
    };
    browser.need = need;
  };
  browser.kill = () => world.die();
  browser.wifi = (on) => {
    world.net.off = !on;
    if (alive(life)) browser.tell(on ? 'online' : 'offline');
  };
  return browser;
}

scope.DOMException = scope.DOMException || class DOMException extends Error {};
