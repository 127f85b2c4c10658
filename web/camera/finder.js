// The viewfinder: shows the camera, and hands over the text of the first code it sees.

import { html, Icon } from '../html.js';
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { hasCamera, openCamera } from '../platform/senses.js';
import { PHOTO_WORDS } from '../core/words/photo.js';
import { makeReader } from './reading.js';

const PAUSE = 120;

/** Live camera; `onText(text)` is called for every code seen, until this leaves the screen. */
export function Finder({ onText, hint }) {
  const video = useRef(null);
  const tell = useRef(onText);
  tell.current = onText;
  const [state, setState] = useState('opening');
  const [lamp, setLamp] = useState(null);
  useEffect(() => {
    let gone = false;
    let stream = null;
    let reader = null;
    const look = async () => {
      const screen = video.current;
      if (gone || !screen) return;
      if (screen.readyState >= 2 && screen.videoWidth) {
        const text = await reader.glance(screen);
        if (text && !gone) tell.current(text);
      }
      if (!gone) setTimeout(look, PAUSE);
    };
    const begin = async () => {
      if (!hasCamera()) throw new Error('no camera');
      stream = await openCamera();
      if (gone) return;
      video.current.srcObject = stream;
      await video.current.play(); // WeChat on iPhones does not start it by itself
      reader = await makeReader();
      setState('looking');
      const track = stream.getVideoTracks()[0];
      if (track.getCapabilities && track.getCapabilities().torch) {
        setLamp({ track, on: false });
      }
      look();
    };
    begin().catch(() => !gone && setState('none'));
    return () => {
      gone = true;
      if (stream) stream.getTracks().forEach((track) => track.stop());
      if (reader) reader.end();
    };
  }, []);
  const switchLamp = () => {
    lamp.track.applyConstraints({ advanced: [{ torch: !lamp.on }] }).catch(() => null);
    setLamp({ track: lamp.track, on: !lamp.on });
  };
  const waits = state === 'opening' ? PHOTO_WORDS.opening : hint;
  return html`<div class=${'finder ' + state}>
    <video ref=${video} playsinline muted autoplay aria-label="相机画面"></video>
    <div class="frame" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
    <p class="finder-hint" role="status">
      ${state === 'none' ? PHOTO_WORDS.cameraShut : waits}</p>
    ${lamp ? html`<button type="button" class="lamp" onClick=${switchLamp}>
      <${Icon} name="light" />${lamp.on ? '关灯' : '开灯'}</button>` : null}
  </div>`;
}

/** 拍张照片来认: for phones whose live camera does not work; `onText` gets '' when nothing was read. */
export function StillButton({ onText, children }) {
  const [busy, setBusy] = useState(false);
  const chosen = async (event) => {
    const file = event.target.files[0];
    event.target.value = '';
    if (!file) return;
    setBusy(true);
    const reader = await makeReader();
    let text = '';
    try {
      text = await reader.readStill(file);
    } catch (error) {
      text = '';
    }
    reader.end();
    setBusy(false);
    onText(text);
  };
  return html`<label class=${'button plain file' + (busy ? ' busy' : '')}>
    <${Icon} name="camera" /><span>${busy ? '正在认…' : children}</span>
    <input type="file" accept="image/*" capture="environment" onChange=${chosen}
      disabled=${busy} /></label>`;
}
