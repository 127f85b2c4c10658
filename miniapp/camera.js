// One photo in the mini program: taken, kept at once, made small, and handed to the queue.

import { holdsEnd, pictureStart } from './core/files.js';
import { fits, STEPS } from './core/shots.js';
import { PHOTO_WORDS, photoHints } from './core/words/photo.js';
import { WORDS } from './core/words.js';
import { withoutPlace } from './placeless.js';
import {
  bytesAt, faults, localPicture, phone, shoot, sidesOf, smaller, storage,
} from './platform/wx.js';
import { state } from './store.js';

const pageOf = (what) => 'shot/' + state.session.value.person.id + '/' + what;

/** Put a photo on the phone, in place of one of the same thing that nobody has kept yet. */
async function put(what, shot, bytes) {
  const before = await storage.recall(pageOf(what));
  const old = before && before.id !== shot.id ? [before.id] : [];
  await phone.change(() => ({
    photos: { [shot.id]: bytes },
    putPages: { [pageOf(what)]: { value: shot } },
    dropPhotos: old,
  }));
}

/** The picture at a path small enough for the net: {bytes, width, height}; null when it is none. */
async function shrunk(path) {
  let bytes = bytesAt(path);
  const sides = await sidesOf(path);
  if (!bytes || !sides) return null;
  let { width, height } = sides;
  for (const [side, quality] of STEPS) {
    const scale = Math.min(1, side / Math.max(sides.width, sides.height));
    if (scale === 1 && fits(bytes.byteLength)) break;
    const size = {
      width: Math.round(sides.width * scale), height: Math.round(sides.height * scale),
    };
    const made = await smaller(path, quality, size);
    const less = bytesAt(made);
    if (less && less.byteLength < bytes.byteLength) {
      bytes = less;
      // Base libraries before 2.26 press it, and leave its sides as they were.
      ({ width, height } = (await sidesOf(made)) || size);
    }
    if (fits(bytes.byteLength)) break;
  }
  return { bytes, width, height };
}

/** Whether a JPEG breaks off. */
function isHalf(bytes) {
  const all = new Uint8Array(bytes);
  const start = pictureStart(all);
  return start >= 0 && !holdsEnd(all, start);
}

/** Make a photo on the phone as it will be sent; {shot}, or {problem} in a sentence. */
async function finish(what, raw) {
  const path = localPicture(raw.id);
  const made = await shrunk(path);
  if (!made) return { problem: PHOTO_WORDS.noPhoto };
  if (isHalf(made.bytes)) return { problem: PHOTO_WORDS.halfPhoto };
  const { width, height } = made;
  const bytes = withoutPlace(made.bytes);
  const complaints = await faults(path);
  const sha256 = await phone.sha256(bytes);
  const shot = Object.assign({}, raw, { raw: false, sha256, size: bytes.byteLength });
  Object.assign(shot, { width, height, complaints });
  await put(what, shot, bytes);
  return { shot };
}

/** Do it; a phone without room says so in a sentence. */
async function roomy(work) {
  try {
    return await work();
  } catch (error) {
    return { problem: error.kind === 'full' ? WORDS.full : WORDS.broken };
  }
}

/**
 * Take a photo of something (`what` names it); it lies on the phone before anything else is done.
 * `working` hears when there is something to wait for. {shot}; {problem}; or {} when the person
 * thought better of it.
 */
export async function takeShot(what, working) {
  const taken = await shoot();
  if (taken.none) return {};
  if (taken.shut) return { problem: PHOTO_WORDS.notAllowed };
  working();
  const bytes = bytesAt(taken.path);
  if (!bytes) return { problem: PHOTO_WORDS.noPhoto };
  return roomy(async () => {
    const raw = { id: phone.uuid(), raw: true, taken_ms: phone.now() };
    await put(what, raw, bytes);
    return finish(what, raw);
  });
}

/** A photo taken before, of which nobody has said yet whether it will do; null for none. */
export async function shotLeft(what) {
  const shot = await storage.recall(pageOf(what));
  if (!shot || !localPicture(shot.id)) return null;
  if (!shot.raw) return shot;
  return (await roomy(() => finish(what, shot))).shot || null;
}

/** What is wrong with a picture, in a sentence each; hints that may be ignored. */
export const hintsOf = (shot) => photoHints(shot.complaints || {}, false);

/** A photo as the queue takes it. */
export function asPhoto(shot, subject) {
  const { id, sha256, size, taken_ms, width, height, complaints } = shot;
  const notes = { width, height, complaints, exif: {} };
  return { id, sha256, size, taken_ms, subject, camera: 'camera', notes };
}

/** The record that takes the photo over: it is nobody's unkept photo any more. */
export const takingOver = (record, what) =>
  Object.assign({}, record, { also: { dropPages: [pageOf(what)] } });
