// Makes a photo small enough for a village's net, upright, and says what is wrong with it.

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

/** Complaints about a picture as drawn: {dark, blurred, small}; hints for the keeper, no verdicts. */
function look(canvas, small) {
  const side = draw(canvas, 400);
  const pen = side.getContext('2d', { alpha: false });
  const { data, width, height } = pen.getImageData(0, 0, side.width, side.height);
  const grey = new Float32Array(width * height);
  let sum = 0;
  for (let i = 0; i < grey.length; i += 1) {
    grey[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
    sum += grey[i];
  }
  let edges = 0;
  let square = 0;
  let n = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const i = y * width + x;
      const bend = 4 * grey[i] - grey[i - 1] - grey[i + 1] - grey[i - width] - grey[i + width];
      edges += bend;
      square += bend * bend;
      n += 1;
    }
  }
  const sharpness = n ? square / n - (edges / n) * (edges / n) : 0;
  const brightness = sum / grey.length;
  return { dark: brightness < 45, blurred: sharpness < 25, small, brightness: Math.round(brightness), sharpness: Math.round(sharpness) };
}

/**
 * {bytes, size, width, height, complaints: {dark, blurred, small}, exif} of a photo file; the JPEG
 * is at most 300 KB, upright, without EXIF (which comes apart). Throws when it is no picture.
 */
export async function shrink(file) {
  const exif = readExif(await file.slice(0, 262144).arrayBuffer());
  const picture = await open(file);
  const small = Math.max(picture.width, picture.height) < 800;
  let canvas = null;
  let blob = null;
  for (const [side, quality] of STEPS) {
    if (!canvas || Math.max(canvas.width, canvas.height) > side) canvas = draw(picture, side);
    blob = await jpegOf(canvas, quality);
    if (blob.size <= MOST_BYTES) break;
  }
  if (picture.close) picture.close();
  const complaints = look(canvas, small);
  const bytes = await blob.arrayBuffer();
  return { bytes, size: bytes.byteLength, width: canvas.width, height: canvas.height, complaints, exif };
}
