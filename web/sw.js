// Lets the app start without a net: keeps the files of one version, and only the right ones.
// The server fills in: [path, beginning of its SHA-256] each; LAZY comes after the start.

const VERSION = '__VERSION__', SHELL = __SHELL__, LAZY = __LAZY__;
const CACHE = 'czt-' + VERSION;
const FILES = SHELL.concat(LAZY);
const AT_ONCE = 4;
const KINDS = {
  js: 'javascript', mjs: 'javascript', css: 'css', webmanifest: 'manifest', svg: 'svg', png: 'png',
};
const kindOf = (path) => KINDS[path.slice(path.lastIndexOf('.') + 1)] || 'html';

/** Whether an answer is said to be of this kind; a gateway's page of words is not a script. */
function looksRight(path, answer) {
  return (answer.headers.get('Content-Type') || '').indexOf(kindOf(path)) >= 0;
}

/** Whether an answer is this very file; what a gateway or a bad line made of it is not. */
async function isRight([path, hash], answer) {
  if (!answer || answer.status !== 200 || answer.redirected) return false;
  if (!looksRight(path, answer)) return false;
  const bytes = await answer.clone().arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(digest, (n) => (n + 256).toString(16).slice(1)).join('');
  return hex.indexOf(hash) === 0;
}

/** Where a file may come from: an earlier version's keep, the browser's own, the net. */
const SOURCES = [
  (path) => caches.match(path),
  (path) => fetch(path, { cache: 'force-cache' }),
  (path) => fetch(path, { cache: 'reload' }),
];

const coming = {}; // by path: whoever asks for a file that is on its way waits for it

/** Takes a file in, if it can be had right; resolves to it or null. */
function take(cache, file) {
  const path = file[0];
  if (!coming[path]) {
    coming[path] = fetchRight(cache, file);
    const gone = () => delete coming[path];
    coming[path].then(gone, gone);
  }
  return coming[path].then((answer) => answer && answer.clone());
}

async function fetchRight(cache, file) {
  for (const source of SOURCES) {
    const answer = await source(file[0]).catch(() => null);
    if (await isRight(file, answer).catch(() => false)) {
      await cache.put(file[0], answer.clone());
      return answer;
    }
  }
  return null;
}

/** Takes in what is missing of these and, if `anew`, what is kept wrong; how many still miss. */
async function lookAfter(files, anew) {
  const cache = await caches.open(CACHE);
  const left = files.slice();
  let missing = 0;
  const worker = async () => {
    for (let file = left.shift(); file; file = left.shift()) {
      const kept = await cache.match(file[0]);
      const fine = kept && (!anew || (await isRight(file, kept).catch(() => false)));
      if (kept && !fine) await cache.delete(file[0]);
      if (!fine && !(await take(cache, file))) missing += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return missing;
}

async function earlier() {
  return (await caches.keys()).filter((name) => name.indexOf('czt-') === 0 && name !== CACHE);
}

/** Whether an earlier worker has kept a page of words in a script's place: then nothing starts. */
async function poisoned() {
  for (const name of await earlier()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const kept = await cache.match(request);
      if (kept && !looksRight(new URL(request.url).pathname, kept)) return true;
    }
  }
  return false;
}

/** Loads the open pages once more; not waited for, because they wait for this worker. */
async function openAnew() {
  const pages = await self.clients.matchAll({ type: 'window' });
  pages.forEach((page) => page.navigate(page.url));
}

let curing = false;

async function install() {
  if (await lookAfter(SHELL, false)) throw new Error('not all to be had right: again next time');
  curing = await poisoned();
  if (curing) self.skipWaiting();
}

async function activate() {
  await Promise.all((await earlier()).map((name) => caches.delete(name)));
  await self.clients.claim();
  if (curing) openAnew();
}

/** Whether everything is kept. */
async function isReady() {
  const cache = await caches.open(CACHE);
  return (await Promise.all(FILES.map(([path]) => cache.match(path)))).every(Boolean);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  if (event.data === 'lazy') event.waitUntil(lookAfter(FILES, true));
  if (event.data === 'take-over') self.skipWaiting();
  if (event.data === 'ready?') {
    event.waitUntil(isReady().then((ready) => event.ports[0].postMessage(ready)));
  }
});

async function answerTo(file, request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(file[0]);
  // A page of words looks like the front page, which is therefore looked at closely.
  const closely = kindOf(file[0]) === 'html';
  const fine = kept && (closely ? await isRight(file, kept) : looksRight(file[0], kept));
  if (fine) return kept;
  return (await take(cache, file)) || fetch(request); // a newer version's file, perhaps
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  let file = FILES.filter(([path]) => path === pathname)[0];
  if (!file && request.mode === 'navigate') file = FILES.filter(([path]) => path === '/app/')[0];
  if (file) event.respondWith(answerTo(file, request));
  if (request.mode === 'navigate') event.waitUntil(lookAfter(SHELL, true)); // heals
});
