// Begins the app's files anew where they were kept wrong; what a person has entered is not touched.

/**
 * Throws away what was kept of the app's own files, so that they are fetched anew. Only with a net:
 * resolves to false, having done nothing, when the house does not answer.
 */
export async function startAfresh() {
  // The one file that always comes over the net, whatever is kept.
  const answer = await fetch('/app/sw.js', { cache: 'no-store' }).catch(() => null);
  const script = answer && answer.ok ? await answer.text() : '';
  if (script.indexOf('czt-') < 0) return false; // no net, or somebody else's page
  if (navigator.serviceWorker) {
    const workers = await navigator.serviceWorker.getRegistrations();
    await Promise.all(workers.map((worker) => worker.unregister()));
  }
  if (typeof caches === 'object') {
    const names = await caches.keys();
    await Promise.all(names.map((name) => caches.delete(name)));
  }
  return true;
}
