// Taking one photo: the button that opens the camera, what is wrong with the picture, and its record.

import { html, Icon } from '../html.js';
import { shrinkPhoto } from './reading.js';

const FRESH = 180000; // a file older than this was not taken just now

/** A button that opens the camera; `onFile` gets what was taken. */
export function TakeButton({ kind, onFile, children }) {
  const chosen = (event) => {
    const file = event.target.files[0];
    event.target.value = '';
    if (file) onFile(file);
  };
  return html`<label class=${'button file ' + kind}><${Icon} name="camera" /><span>${children}</span>
    <input type="file" accept="image/*" capture="environment" onChange=${chosen} /></label>`;
}

/** A file as it will be sent: small, upright, with its complaints, and whether it is an old one. */
export async function made(file, now) {
  const small = await shrinkPhoto(file);
  const old = Math.abs(now - file.lastModified) > FRESH;
  return Object.assign(small, { old, taken_ms: old ? file.lastModified : now });
}

/** The bytes of a photo as something to show; the caller revokes it. */
export function urlOf(bytes) {
  return URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
}

const SAY = {
  dark: '有点暗，看不清。请开灯或换个亮的地方。',
  bright: '照片太亮，发白了。请背对阳光或灯光再拍。',
  moved: '手好像晃了一下，字有点糊。拿稳手机再拍一张。',
  blurred: '有点糊。手拿稳，等清楚了再按。',
  small: '照片太小，字可能看不清。请用手机相机直接拍。',
  screenshot: '这张像是手机截图。请到现场用相机直接拍。',
  screen: '这张像是对着屏幕拍的。请对着实物拍一张；要是拍的就是实物，就用这张。',
};

/** What is wrong with a picture, in a sentence each; hints that may be ignored. */
export function hints(photo) {
  const list = Object.keys(SAY).filter((fault) => photo.complaints[fault]).map((fault) => SAY[fault]);
  if (photo.old) list.push('这张好像是以前拍的。最好现在重新拍一张。');
  return list;
}

/** A photo as the queue keeps it. */
export function shotOf(photo, subject) {
  const { width, height, complaints, exif } = photo;
  return { subject, bytes: photo.bytes, size: photo.size, taken_ms: photo.taken_ms, camera: photo.old ? 'file' : 'camera', notes: { width, height, complaints, exif } };
}

export const NO_PHOTO = '这个文件不是照片，打不开。请用相机重新拍一张。';
