// From frames and photos to texts and small JPEGs: which worker or native reader does it.

import { likeliest } from '../core/inview.js';
import { readScan } from '../core/qr.js';
import { openPicture } from './picture.js';

/** The browser's own reader, or null; some phones offer one that fails: every step is guarded. */
async function nativeReader() {
  try {
    const kinds = await BarcodeDetector.getSupportedFormats();
    return kinds.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
  } catch (error) {
    return null;
  }
}

const isOurs = (text) => readScan(text).kind !== 'other';
const PLAIN = ['plain'];
// Frames come several a second: each is looked at as it is, and in turn once more in one other way.
const GLANCES = [
  { side: 720, looks: PLAIN },
  { side: 1280, looks: ['plain', 'fine'] },
  { side: 720, looks: ['plain', 'even'] },
];
// A photo has time; a small plate needs the larger sizes.
const STILLS = [
  { side: 1600, looks: PLAIN },
  { side: 2400, looks: PLAIN },
  { side: 800, looks: ['plain', 'fine', 'even'] },
  { side: 1600, looks: ['fine', 'even'] },
];

/**
 * Something that reads QR codes: `glance(video)` and `readStill(file)` give the text of the code
 * that is most likely ours of all in view, or ''; `end()` frees it.
 */
export async function makeReader() {
  let native = await nativeReader();
  let worker = null;
  let turn = 0;
  const end = () => {
    if (worker) worker.terminate();
    worker = null;
  };
  const byWorker = (picture, look) =>
    new Promise((give) => {
      if (!worker) worker = new Worker(new URL('./scan-worker.js', import.meta.url));
      worker.onmessage = (event) => give(event.data);
      worker.onerror = () => {
        end(); // one that failed to load never answers again: the next look begins another
        give([]);
      };
      worker.postMessage({ picture, look });
    });
  const natively = async (picture) => {
    try {
      return (await native.detect(picture)).map((found) => found.rawValue);
    } catch (error) {
      native = null; // "service unavailable": never ask it again
      return [];
    }
  };
  // A code that is not ours ends no search: a payment code is crisp where the plate has faded.
  const read = async (picture, looks) => {
    let seen = native ? await natively(picture) : [];
    for (let n = 0; n < looks.length && !seen.some(isOurs); n += 1) {
      seen = seen.concat(await byWorker(n ? null : picture, looks[n])); // null: the same once more
    }
    return seen;
  };
  const glance = (video) => {
    const { side, looks } = GLANCES[(turn += 1) % GLANCES.length];
    const frame = pixels(video, video.videoWidth, video.videoHeight, side);
    return read(frame, looks).then(likeliest);
  };
  const readStill = async (file) => {
    const picture = await openPicture(file, 0); // codes are read whichever way up they stand
    const { source, width, height } = picture;
    let seen = [];
    for (let n = 0; n < STILLS.length && !seen.some(isOurs); n += 1) {
      const { side, looks } = STILLS[n];
      seen = seen.concat(await read(pixels(source, width, height, side), looks));
    }
    picture.close();
    return likeliest(seen);
  };
  return { glance, readStill, end };
}

/** The pixels of a video frame or photo, its long side at most so many pixels. */
function pixels(source, width, height, longSide) {
  const k = Math.min(1, longSide / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * k);
  canvas.height = Math.round(height * k);
  const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** shrink() in a worker; on this thread where the browser knows no module workers. */
export async function shrinkPhoto(file) {
  const answer = await new Promise((give) => {
    try {
      const worker = new Worker(new URL('./shrink-worker.js', import.meta.url), { type: 'module' });
      const end = (value) => {
        worker.terminate();
        give(value);
      };
      worker.onmessage = (event) => end(event.data);
      worker.onerror = () => end({ error: 'no worker' });
      worker.postMessage(file);
    } catch (error) {
      give({ error: String(error) });
    }
  });
  if (answer.made) return answer.made;
  const { shrink } = await import('./shrink.js');
  return shrink(file);
}
