// Sound: sentences out of one recording, or by the phone's own Chinese voice where it has one.

const Kind = window.AudioContext || window.webkitAudioContext;
const synthesis = window.speechSynthesis;
let context = null;
let playing = [];

/** Whether recordings can be played here. */
export const plays = Boolean(Kind);

/** Begin in the tap itself: phones let nothing sound that nobody has asked for. */
export function wake() {
  if (!context && Kind) context = new Kind();
  if (context && context.resume) context.resume();
}

/** An MP3's bytes made ready; rejects what is none. */
export function decoded(bytes) {
  return new Promise((done, failed) => context.decodeAudioData(bytes, done, failed));
}

/** Whether a recording sounds now. */
export const sounding = () => playing.length > 0;

/** Stop whatever sounds. */
export function hush() {
  playing.forEach((one) => one.stop());
  playing = [];
  if (synthesis) synthesis.cancel();
}

/** Pieces of a recording, [[start, length]] in seconds, one after another. */
export function play(recording, pieces) {
  hush();
  let at = context.currentTime + 0.05;
  playing = pieces.map(([start, length]) => {
    const source = context.createBufferSource();
    source.buffer = recording;
    source.connect(context.destination);
    source.start(at, start, length);
    at += length + 0.25;
    return source;
  });
  const mine = playing;
  mine[mine.length - 1].onended = () => {
    if (playing === mine) playing = [];
  };
}

/** The phone's own Chinese voice, or null. */
function ownVoice() {
  const all = synthesis && synthesis.getVoices ? synthesis.getVoices() : [];
  return all.filter((one) => /^(zh|cmn)/i.test(one.lang))[0] || null;
}

/** Whether the phone itself can read Chinese aloud. */
export const reads = () => Boolean(ownVoice());

/** Read a text aloud by the phone's own voice. */
export function read(text) {
  hush();
  const said = new SpeechSynthesisUtterance(text);
  said.voice = ownVoice();
  said.lang = said.voice.lang;
  said.rate = 0.9;
  synthesis.speak(said);
}
