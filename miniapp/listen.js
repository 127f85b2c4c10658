// 听一听: a screen's sentences as the county recorded them; fetched at the first tap, kept for later.

import { recordedAt } from './core/listening.js';
import { WORDS } from './core/words.js';
import { play } from './platform/sound.js';
import { bytesAt, disk, pathOf, phone, picture } from './platform/wx.js';
import { state } from './store.js';

const KEPT = 'voice-';
let ready = { version: '', path: '' };

const voiceNow = () => (state.home.value && state.home.value.voice) || null;

/** What a screen that says this shows: {hint, problem}; null where not all of it was recorded. */
export function listeningOf(says, problem) {
  const voice = voiceNow();
  if (!recordedAt(voice, says)) return null;
  return { hint: voice.placeholder ? WORDS.machineVoice : '', problem: problem || '' };
}

/** The bytes at a path, where they are the recording of this version; else null. */
async function recordingAt(path, version) {
  const bytes = path ? bytesAt(path) : null;
  return bytes && (await phone.sha256(bytes)) === version ? bytes : null;
}

/** Keep a recording in place of older ones; where it lies now, '' without room for it. */
function kept(name, bytes) {
  disk.names().filter((one) => one.indexOf(KEPT) === 0).forEach(disk.remove);
  try {
    disk.write(name, bytes);
    return pathOf(name);
  } catch (error) {
    return ''; // heard all the same, and fetched once more the next time
  }
}

/** Where the county's recording lies, from the phone or the net; '' when neither has it. */
async function fileOf(version) {
  if (ready.version === version) return ready.path;
  const name = KEPT + version + '.mp3';
  let path = pathOf(name);
  if (!(await recordingAt(path, version))) {
    path = await picture('/keeper/voice');
    // Where the county has recorded anew, the places that this phone knows are of the old one.
    const bytes = await recordingAt(path, version);
    if (!bytes) return '';
    path = kept(name, bytes) || path;
  }
  ready = { version, path };
  return path;
}

/** Say it; a sentence about what went wrong, '' when nothing did. */
export async function listen(says) {
  const voice = voiceNow();
  const pieces = recordedAt(voice, says);
  const path = pieces ? await fileOf(voice.version) : '';
  if (path && (await play(path, pieces))) return '';
  ready = { version: '', path: '' };
  return WORDS.notHeard;
}
