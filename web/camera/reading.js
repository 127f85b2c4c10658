// From frames and photos to texts and small JPEGs: which worker or native reader does it.

import { openPicture } from './picture.js';

/** The browser's own reader, or null; some phones offer one that fails, so every step is guarded. */
async function nativeReader() {
  try {
    const kinds = await BarcodeDetector.getSupportedFormats();
    return kinds.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
  } catch (error) {
    return null;
  }
}

/** Something that reads QR codes: `read(picture, careful)` gives the text or '', `end()` frees it. */
export async function makeReader() {
  let native = await nativeReader();
  let worker = null;
  const byWorker = (picture, careful) =>
    new Promise((give) => {
      if (!worker) worker = new Worker(new URL('./scan-worker.js', import.meta.url));
      worker.onmessage = (event) => give(event.data);
      worker.onerror = () => give('');
      worker.postMessage({ picture, careful });
    });
  return {
    async read(picture, careful) {
      if (native) {
        try {
          const found = await native.detect(picture);
          if (found.length || !careful) return found.length ? found[0].rawValue : '';
        } catch (error) {
          native = null; // "service unavailable": never ask it again
        }
      }
      return byWorker(picture, careful);
    },
    end() {
      if (worker) worker.terminate();
    },
  };
}

/** The pixels of a video frame or photo, its long side at most so many pixels. */
export function pixels(source, width, height, longSide) {
  const k = Math.min(1, longSide / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * k);
  canvas.height = Math.round(height * k);
  const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** The text of the code on a still photo, or ''. Two sizes, because a small plate needs the larger. */
export async function readStill(reader, file) {
  const picture = await openPicture(file, 0); // codes are read whichever way up they stand
  try {
    for (const side of [1600, 2400, 800]) {
      const text = await reader.read(pixels(picture.source, picture.width, picture.height, side), true);
      if (text) return text;
    }
    return '';
  } finally {
    picture.close();
  }
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
