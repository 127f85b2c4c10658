// 听一听: a screen's sentences as the county recorded them; fetched at the first tap, kept for later.

import { useEffect, useState } from './vendor/hooks.mjs';
import { html, Icon } from './html.js';
import { recordedAt, saysAt } from './core/listening.js';
import { WORDS } from './core/words.js';
import { frame } from './parts.js';
import { fileAt, home, phone, route } from './state.js';
import { decoded, hush, play, plays, read, reads, wake } from './platform/sound.js';
import { recall, replacePages } from './platform/storage.js';

const KEPT = '/keeper/voice/';
const recordings = {}; // by version, made ready

const bytesOf = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = failed;
    reader.readAsArrayBuffer(file);
  });

/** The recording of this version as the net has it; null for another, or none. */
async function fetchedBytes(version) {
  const file = await fileAt('/keeper/voice');
  const bytes = file && (await bytesOf(file));
  // Where the county has recorded anew, the places that this phone knows are of the old one.
  return bytes && (await phone.sha256(bytes)) === version ? bytes : null;
}

/** The county's recording, from the phone or the net; null when neither has it. */
async function recordingOf({ version }) {
  if (recordings[version]) return recordings[version];
  let bytes = await recall(KEPT + version);
  if (!bytes) {
    bytes = await fetchedBytes(version);
    // On a full phone it is heard, and fetched once more the next time.
    if (bytes) await replacePages(KEPT, { [version]: bytes }).catch(() => null);
  }
  if (bytes) recordings[version] = await decoded(bytes.slice(0));
  return recordings[version] || null;
}

/** The button, on screens of which everything was recorded, or that the phone itself can read. */
export function Listen({ says: own }) {
  const says = own || saysAt(route.value);
  const [problem, setProblem] = useState('');
  const voice = home.value && home.value.voice;
  const pieces = plays ? recordedAt(voice, says) : null;
  useEffect(() => hush, [says.join()]);
  if (!says.length || !(pieces || reads())) return null;
  const listen = async () => {
    wake();
    setProblem('');
    if (!pieces) {
      const { SPOKEN } = await import('./core/words/listening.js');
      read(says.map((key) => SPOKEN[key]).join(''));
      return;
    }
    const recording = await recordingOf(voice).catch(() => null);
    if (recording) play(recording, pieces);
    else setProblem(WORDS.notHeard);
  };
  return html`<div class="listening"><button type="button" class="listen" onClick=${listen}>
      <${Icon} name="sound" /><span>听一听</span></button>
    ${pieces && voice.placeholder ? html`<span class="quiet">${WORDS.machineVoice}</span>` : null}
    ${problem ? html`<p class="error" role="alert">${problem}</p>` : null}</div>`;
}

frame.Listen = Listen;
