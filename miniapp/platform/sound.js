// Sound: sentences out of one recording, one after another.

import { later, player } from './wx.js';

const BETWEEN_MS = 250;
const BEGINS_WITHIN_MS = 5000;
let playing = null;

/** Stop whatever sounds. */
export function hush() {
  if (playing) playing.end(true);
  playing = null;
}

/**
 * Sound one piece, [start, length] in seconds; resolves to whether it did. A player of its own for
 * each: jumping about in one that plays is told differently by every kind of phone.
 */
function sounded(path, [start, length], mine) {
  return new Promise((give) => {
    const audio = player();
    let callOff = () => {};
    mine.end = (did) => {
      callOff();
      mine.end = () => {};
      audio.destroy();
      give(did);
    };
    callOff = later(() => mine.end(false), BEGINS_WITHIN_MS);
    audio.onPlay(() => {
      callOff();
      callOff = later(() => mine.end(true), length * 1000);
    });
    audio.onEnded(() => mine.end(true));
    audio.onError(() => mine.end(false));
    audio.startTime = start;
    audio.src = path;
    audio.play();
  });
}

/** Pieces of the file at `path`, one after another; whether they sounded, or were stopped. */
export async function play(path, pieces) {
  hush();
  const mine = { end: () => {} };
  playing = mine;
  for (const piece of pieces) {
    const did = await sounded(path, piece, mine);
    if (playing !== mine) return true;
    if (!did) return false;
    await new Promise((give) => later(give, BETWEEN_MS));
    if (playing !== mine) return true;
  }
  return true;
}
