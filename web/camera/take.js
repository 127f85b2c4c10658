// Taking one photo: the button that opens the camera, the steps from there to a record, its faults.

import { html, Icon } from '../html.js';
import { useEffect, useState } from '../vendor/hooks.mjs';
import { holdsEnd, isHeif, pictureStart } from '../core/files.js';
import { PHOTO_WORDS, photoHints } from '../core/words/photo.js';
import { Button, Note, Screen } from '../parts.js';
import { phone } from '../state.js';
import { bytesOf } from './picture.js';
import { shrinkPhoto } from './reading.js';

const HEAD = 524288; // bytes; a JPEG's headers with its small picture are shorter
const TAIL = 65536;
const FRESH = 180000; // a file older than this was not taken just now

/** A button that opens the camera; `onFile` gets what was taken. */
export function TakeButton({ kind, onFile, children }) {
  const chosen = (event) => {
    const file = event.target.files[0];
    event.target.value = '';
    if (file) onFile(file);
  };
  return html`<label class=${'button file ' + kind}>
    <${Icon} name="camera" /><span>${children}</span>
    <input type="file" accept="image/*" capture="environment" onChange=${chosen} />
  </label>`;
}

const piece = async (file, from, to) => new Uint8Array(await bytesOf(file.slice(from, to)));

/** Whether a JPEG breaks off: browsers show what there is of it, with grey below. */
async function isHalf(file) {
  const start = pictureStart(await piece(file, 0, HEAD));
  if (start < 0) return false;
  if (holdsEnd(await piece(file, Math.max(start, file.size - TAIL), file.size), 0)) return false;
  return !holdsEnd(await piece(file, start, file.size), 0); // some phones add a film behind
}

/** Why a file could not be opened as a picture. */
async function whyNot(file) {
  return isHeif(await piece(file, 0, 256)) ? PHOTO_WORDS.heif : PHOTO_WORDS.noPhoto;
}

/** A file as it will be sent: small, upright, with its complaints, and whether it is an old one. */
async function made(file, now) {
  const small = await shrinkPhoto(file);
  const old = Math.abs(now - file.lastModified) > FRESH;
  return Object.assign(small, { old, taken_ms: old ? file.lastModified : now });
}

/** The bytes of a photo as something to show; the caller revokes it. */
export function urlOf(bytes) {
  return URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
}

/** What is wrong with a picture, in a sentence each; hints that may be ignored. */
export function hints(photo) {
  return photoHints(photo.complaints, photo.old);
}

/** A photo as the queue keeps it. */
export function shotOf(photo, subject) {
  const { width, height, complaints, exif } = photo;
  return {
    subject,
    bytes: photo.bytes,
    size: photo.size,
    taken_ms: photo.taken_ms,
    camera: photo.old ? 'file' : 'camera',
    notes: { width, height, complaints, exif },
  };
}

/**
 * One photo from choosing to keeping:
 *   choose(file, use)  shrinks it and hands it to `use`, else holds it as `made` to be looked at;
 *                 resolves to the photo as it will be sent, null when it is none
 *   made          that photo, with a `url` for as long as this screen stands; or null
 *   keep(save)    hands it to `save`, which answers {item} or {problem}
 *   saved         the item that was kept; or null
 *   state         ready, working (being shrunk) or saving;   problem   a sentence, '' for none
 */
export function useShot() {
  const [shot, setShot] = useState({ made: null, saved: null, state: 'ready', problem: '' });
  const change = (news) => setShot((now) => Object.assign({}, now, news));
  const { url } = shot.made || {};
  useEffect(() => () => url && URL.revokeObjectURL(url), [url]);
  const choose = async (file, use) => {
    change({ state: 'working', problem: '' });
    try {
      if (await isHalf(file)) {
        change({ state: 'ready', problem: PHOTO_WORDS.halfPhoto });
        return null;
      }
      const photo = await made(file, phone.now());
      if (use) await use(photo);
      else change({ made: Object.assign(photo, { url: urlOf(photo.bytes) }) });
      change({ state: 'ready' });
      return photo;
    } catch (error) {
      change({ state: 'ready', problem: await whyNot(file) });
      return null;
    }
  };
  const keep = async (save) => {
    change({ state: 'saving' });
    const said = await save(shot.made);
    change({ state: 'ready', problem: said.problem || '', saved: said.item || null });
  };
  return Object.assign({ choose, keep }, shot);
}

/** The screen while a photo is being shrunk. */
export function Shrinking({ title, back }) {
  return html`<${Screen} title=${title} back=${back}>
    <div class="card pad working" role="status">
      <span class="spin" aria-hidden="true"></span><p>${PHOTO_WORDS.working}</p>
    </div><//>`;
}

/** The screen on which one looks at a photo before keeping it; `keepWords` is on its button. */
export function Looking({ shot, back, alt, keepWords, onKeep, children }) {
  const foot = html`<${TakeButton} kind="plain" onFile=${shot.choose}>重拍<//>
    <${Button} icon="check" disabled=${shot.state === 'saving'} onClick=${onKeep}>${keepWords}<//>`;
  return html`<${Screen} title=${PHOTO_WORDS.isThisRight} back=${back} foot=${foot}>
    ${shot.problem ? html`<${Note} kind="bad" live>${shot.problem}<//>` : null}
    ${hints(shot.made).map((line) => html`
      <${Note} key=${line} kind="warm" icon="ask">${line}<//>`)}
    <img class="preview" src=${shot.made.url} alt=${alt} />
    ${children}<//>`;
}
