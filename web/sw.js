// Lets the app start without a net: keeps the files of one version, and touches nothing but GET.
// The server fills in the three values; LAZY is what comes after the first screen is up.

const VERSION = '__VERSION__', SHELL = __SHELL__, LAZY = __LAZY__;
const CACHE = 'czt-' + VERSION;
const heavy = (url) => (url.endsWith('.wasm') ? 2 : url.includes('/vendor/') ? 1 : 0);

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

self.addEventListener('activate', (event) => {
  const isOld = (name) => name.startsWith('czt-') && name !== CACHE;
  const old = (names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

/** Home first, then the other screens, the scanner last: what is needed most comes soonest. */
const turn = (url) => (url.endsWith('/home.js') ? -1 : heavy(url));

async function fetchLazy() {
  const cache = await caches.open(CACHE);
  for (const url of LAZY.slice().sort((a, b) => turn(a) - turn(b))) {
    if (!(await cache.match(url))) await cache.add(url).catch(() => null);
  }
}

self.addEventListener('message', (event) => {
  if (event.data === 'lazy') event.waitUntil(fetchLazy());
  if (event.data === 'take-over') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = url.origin === location.origin && url.pathname.startsWith('/app/');
  if (request.method !== 'GET' || !ours) return;
  const key = request.mode === 'navigate' ? '/app/' : request;
  const kept = caches.open(CACHE).then((cache) => cache.match(key, { ignoreSearch: true }));
  event.respondWith(kept.then((file) => file || fetch(request)));
});
