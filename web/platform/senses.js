// What this phone sees, knows and hands on after the first screen: camera, position, room, files.

export const agent = navigator.userAgent;
export const hasPosition = 'geolocation' in navigator;
const hasCaches = typeof caches === 'object';

export function screenSize() {
  const { innerWidth: width, innerHeight: height, devicePixelRatio: ratio } = window;
  return { width, height, ratio: ratio || 1 };
}

export function hasCamera() {
  return Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
}

/** Does this file of the app lie on the phone? */
export function hasKept(path) {
  return hasCaches ? caches.match(path).then(Boolean, () => false) : Promise.resolve(false);
}

/** The app's version that starts without a net; '' when none does. */
export async function keptVersion() {
  const names = hasCaches ? await caches.keys().catch(() => []) : [];
  return (names.filter((name) => name.startsWith('czt-')).pop() || '').slice(4);
}

/** {used, quota, lasting}: bytes, and whether the browser promised not to clear them by itself. */
export async function storageState() {
  const s = navigator.storage;
  const room = s && s.estimate ? await s.estimate() : {};
  const lasting = s && s.persisted ? await s.persisted() : false;
  return { used: room.usage || 0, quota: room.quota || 0, lasting };
}

/**
 * Begin looking for the position; the answer's `best()` is the best fix so far or null,
 * `within(ms)` waits at most so long for a good one, `stop()` ends it. One position per event,
 * never a track.
 */
export function findPosition() {
  let found = null;
  let happy = () => {};
  const good = new Promise((resolve) => {
    happy = resolve;
  });
  const seen = (fix) => {
    if (!found || fix.coords.accuracy <= found.coords.accuracy) found = fix;
    if (fix.coords.accuracy <= 30) happy();
  };
  const options = { enableHighAccuracy: true, maximumAge: 60000, timeout: 30000 };
  const { geolocation } = navigator;
  const watch = hasPosition ? geolocation.watchPosition(seen, () => happy(), options) : happy();
  const best = () =>
    found && {
      latitude: +found.coords.latitude.toFixed(6),
      longitude: +found.coords.longitude.toFixed(6),
      accuracy_m: Math.round(found.coords.accuracy),
      fix_age_s: Math.max(0, Math.round((Date.now() - found.timestamp) / 1000)),
    };
  return {
    best,
    within: (ms) => Promise.race([good, new Promise((go) => setTimeout(go, ms))]).then(best),
    stop: () => hasPosition && geolocation.clearWatch(watch),
  };
}

/** The back camera as a stream; rejects when there is none or it was not allowed. */
export function openCamera() {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const video = Object.assign({ facingMode: { ideal: 'environment' } }, size);
  return navigator.mediaDevices.getUserMedia({ audio: false, video });
}

/** Can this phone hand a PDF to another app (WeChat, say)? */
export function sharesFiles() {
  if (typeof File !== 'function' || !navigator.canShare) return false;
  return navigator.canShare({ files: [new File([''], 'a.pdf', { type: 'application/pdf' })] });
}

/** Hand a file to another app (WeChat, say) where the phone can, else false; needs a tap before. */
export async function shareFile(name, blob) {
  if (typeof File !== 'function' || !navigator.canShare) return false;
  const files = [new File([blob], name, { type: blob.type })];
  if (!navigator.canShare({ files })) return false;
  return navigator.share({ files }).then(() => true, (error) => error.name === 'AbortError');
}

/** Whose map apps can be opened by a link: android, ios; '' in WeChat, which opens none. */
export function mapSystem() {
  if (/MicroMessenger/i.test(agent)) return '';
  if (/Android|HarmonyOS/i.test(agent)) return 'android';
  return /iPhone|iPad|iPod/.test(agent) ? 'ios' : '';
}

/** Put a text where the next app can paste it; false when the browser does not let us. */
export function copyText(text) {
  if (!navigator.clipboard) return Promise.resolve(false);
  return navigator.clipboard.writeText(text).then(() => true, () => false);
}

/** Hand any file to the person. */
export function saveBlob(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
