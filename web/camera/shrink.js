// Makes a photo small enough for a village's net, upright, and says what is wrong with it.

import { faultsOf, greyOf, LOOK_SIDE } from '../core/look.js';
import { likeAScreen, windowsOf } from '../core/screens.js';
import { readExif } from './exif.js';

const MOST_BYTES = 296 * 1024; // with its announcement 300 KB: what a cut at the last byte costs
// Long side and quality: the first that fits is taken; a signboard fits at once.
const STEPS = [[1600, 0.7], [1600, 0.5], [1280, 0.5], [1024, 0.45], [800, 0.4]];

function canvasOf(width, height) {
  if (typeof OffscreenCanvas === 'function') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

function jpegOf(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: 'image/jpeg', quality });
  return new Promise((give) => canvas.toBlob(give, 'image/jpeg', quality));
}

async function open(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    if (typeof Image !== 'function') throw error;
  }
  const image = new Image(); // browsers without createImageBitmap options turn <img> upright by themselves
  image.src = URL.createObjectURL(file);
  try {
    await new Promise((yes, no) => Object.assign(image, { onload: yes, onerror: no }));
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return image;
}

function draw(picture, longSide) {
  const width = picture.width;
  const height = picture.height;
  const k = Math.min(1, longSide / Math.max(width, height));
  const canvas = canvasOf(Math.round(width * k), Math.round(height * k));
  const pen = canvas.getContext('2d', { alpha: false });
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function pixelsOf(canvas) {
  return canvas.getContext('2d', { alpha: false }).getImageData(0, 0, canvas.width, canvas.height);
}

/** Whether a picture shows a screen, looked at through windows in its own size: shrinking hides it. */
function showsScreen(picture) {
  const windows = windowsOf(picture.width, picture.height);
  if (!windows) return false;
  const { size, rows, columns, tops, lefts } = windows;
  const mosaic = canvasOf(columns * size, rows * size);
  const pen = mosaic.getContext('2d', { alpha: false });
  tops.forEach((top, row) => lefts.forEach((left, column) => pen.drawImage(picture, left, top, size, size, column * size, row * size, size, size)));
  return likeAScreen(greyOf(pixelsOf(mosaic).data), windows);
}

/** What is wrong with a picture, for the keeper to hear before leaving: hints, no verdicts. */
function look(picture, canvas, known) {
  const side = draw(canvas, LOOK_SIDE);
  const faults = faultsOf(pixelsOf(side), Math.max(picture.width, picture.height), known);
  const screen = !faults.screenshot && (showsScreen(picture) || (picture.width !== canvas.width && showsScreen(canvas)));
  return Object.assign(faults, { screen });
}

/**
 * {bytes, size, width, height, complaints, exif} of a photo file; the JPEG is at most 300 KB, upright,
 * without EXIF (which comes apart). Complaints are {dark, bright, blurred, moved, small, screenshot,
 * screen}. Throws when it is no picture.
 */
export async function shrink(file) {
  const exif = readExif(await file.slice(0, 262144).arrayBuffer());
  const picture = await open(file);
  let canvas = null;
  let blob = null;
  for (const [side, quality] of STEPS) {
    if (!canvas || Math.max(canvas.width, canvas.height) > side) canvas = draw(picture, side);
    blob = await jpegOf(canvas, quality);
    if (blob.size <= MOST_BYTES) break;
  }
  const complaints = look(picture, canvas, { camera: Boolean(exif.make), png: file.type === 'image/png' });
  if (picture.close) picture.close();
  const bytes = await blob.arrayBuffer();
  return { bytes, size: bytes.byteLength, width: canvas.width, height: canvas.height, complaints, exif };
}
