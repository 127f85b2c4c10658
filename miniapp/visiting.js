// core/visiting.js in the mini program, and what its pages of a visit share.

import { documentText } from './core/document.js';
import { withPhoto } from './core/rounds.js';
import { isSignedBy } from './core/signing.js';
import { pictureOf } from './core/visits.js';
import { makeVisiting } from './core/visiting.js';
import { hasChecks } from './core/worked.js';
import { shotLeft, takingOver } from './camera.js';
import { online, phone, position, storage } from './platform/wx.js';
import { computed, signal, state } from './store.js';

const LOOKS_FOR = 20000;

export const visiting = makeVisiting({
  signal,
  computed,
  phone,
  storage,
  online,
  state,
  signingCore: () => Promise.resolve({ hasChecks, documentText }),
});

/** By draft: the text that stood on the signing page last, {text, sha256} or null. */
export const seenTexts = {};

/** What signatures on this draft would stand under now; null where there were no checks. */
export function textOf(draft) {
  if (isSignedBy(draft)) return draft.document ? draft.document.text : null;
  const { name } = state.session.value.person;
  return hasChecks(draft) ? documentText(draft, name, state.nowMs()) : null;
}

/** Under which name a photo of a rule waits until the draft has it. */
export const shotOf = (draft, code) => 'visit-' + draft.id + '-' + code;

/** A photo that lies on the phone goes into the draft, and is nobody's unkept photo any more. */
export function attach(draft, shot, code, what) {
  const made = Object.assign({ exif: {} }, shot);
  const photo = pictureOf(made, shot.id, shot.sha256, code || null);
  const { also } = takingOver({}, what || shotOf(draft, code));
  const add = (now) => withPhoto(now, photo);
  return visiting.changeDraft(draft.id, add, undefined, undefined, also);
}

/** Photos that were taken when the program was ended before the draft had them. */
export async function attachLeft(draft) {
  for (const { code } of draft.rows) {
    const shot = await shotLeft(shotOf(draft, code));
    if (shot && !draft.photos.some((one) => one.id === shot.id)) await attach(draft, shot, code);
  }
}

/** Where the phone is, kept in the draft under this name as soon as it is found. */
export async function keepPosition(draft, field) {
  const found = await position(LOOKS_FOR);
  if (found)
    await visiting.changeDraft(draft.id, (now) => Object.assign({}, now, { [field]: found }));
}
