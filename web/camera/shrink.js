// Makes a photo small enough for a village's net, upright, and says what is wrong with it.

import { complaintsOf } from '../core/complaints.js';
import { fits, STEPS } from '../core/shots.js';
import { readExif } from './exif.js';
import { bytesOf, canvasOf, openPicture } from './picture.js';

function jpegOf(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: 'image/jpeg', quality });
  return new Promise((give) => canvas.toBlob(give, 'image/jpeg', quality));
}

/** The pixels of parts of a picture, side by side on a canvas of their own. */
function pixels(source, width, height, parts) {
  const canvas = canvasOf(width, height);
  const pen = canvas.getContext('2d', { alpha: false });
  pen.imageSmoothingQuality = 'high';
  parts.forEach((one) => pen.drawImage(source, ...one));
  return pen.getImageData(0, 0, width, height).data;
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
  const longSide = Math.max(picture.width, picture.height);
  const complaints = complaintsOf(picture.source, canvas, longSide, known, pixels);
  picture.close();
  const bytes = await bytesOf(blob);
  const { width, height } = canvas;
  return { bytes, size: bytes.byteLength, width, height, complaints, exif };
}
