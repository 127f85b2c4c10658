// Makes a photo small enough for a village's net, upright, and says what is wrong with it.

import { faultsOf, greyOf, LOOK_SIDE } from '../core/look.js';
import { fits, STEPS } from '../core/shots.js';
import { likeAScreen, windowsOf } from '../core/screens.js';
import { readExif } from './exif.js';
import { bytesOf, canvasOf, drawn, openPicture } from './picture.js';

function jpegOf(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: 'image/jpeg', quality });
  return new Promise((give) => canvas.toBlob(give, 'image/jpeg', quality));
}

function pixelsOf(canvas) {
  return canvas.getContext('2d', { alpha: false }).getImageData(0, 0, canvas.width, canvas.height);
}

/** Whether a picture shows a screen, seen through windows in its own size: shrinking hides it. */
function showsScreen(source) {
  const windows = windowsOf(source.width, source.height);
  if (!windows) return false;
  const { size, rows, columns, tops, lefts } = windows;
  const mosaic = canvasOf(columns * size, rows * size);
  const pen = mosaic.getContext('2d', { alpha: false });
  tops.forEach((top, row) => {
    lefts.forEach((left, column) => {
      pen.drawImage(source, left, top, size, size, column * size, row * size, size, size);
    });
  });
  return likeAScreen(greyOf(pixelsOf(mosaic).data), windows);
}

/** What is wrong with a picture, for the keeper to hear before leaving: hints, no verdicts. */
function look(picture, canvas, known) {
  const side = drawn(canvas, canvas.width, canvas.height, LOOK_SIDE);
  const faults = faultsOf(pixelsOf(side), Math.max(picture.width, picture.height), known);
  const smaller = picture.width !== canvas.width;
  const shows = () => showsScreen(picture.source) || (smaller && showsScreen(canvas));
  const screen = !faults.screenshot && shows();
  return Object.assign(faults, { screen });
}

/**
 * {bytes, size, width, height, complaints, exif} of a photo file; the JPEG is at most 300 KB,
 * upright, without EXIF (which comes apart). Complaints are {dark, bright, blurred, moved, small,
 * screenshot, screen}. Throws when it is no picture.
 */
export async function shrink(file) {
  const exif = readExif(await bytesOf(file.slice(0, 262144)));
  const picture = await openPicture(file, exif.orientation);
  let canvas = null;
  let blob = null;
  for (const [side, quality] of STEPS) {
    if (!canvas || Math.max(canvas.width, canvas.height) > side) canvas = picture.draw(side);
    blob = await jpegOf(canvas, quality);
    if (fits(blob.size)) break;
  }
  const known = { camera: Boolean(exif.make), png: file.type === 'image/png' };
  const complaints = look(picture, canvas, known);
  picture.close();
  const bytes = await bytesOf(blob);
  const { width, height } = canvas;
  return { bytes, size: bytes.byteLength, width, height, complaints, exif };
}
