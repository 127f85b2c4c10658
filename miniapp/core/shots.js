// Photos between camera and queue: which are asked for, in which order, and the records they make.

import { SUBJECT_KEYS, SUBJECTS } from './words.js';

const MOST_BYTES = 296 * 1024; // with its announcement 300 KB: what a cut at the last byte costs
/** Long side and quality: the first that fits is taken; a signboard fits at once. */
export const STEPS = [[1600, 0.7], [1600, 0.5], [1280, 0.5], [1024, 0.45], [800, 0.4]];

/** Is a JPEG of so many bytes small enough for a village's net? */
export const fits = (bytes) => bytes <= MOST_BYTES;

/** {asked, rest}: what to photograph, first what is asked for, each {key, label, why}. */
export function photosToTake(day) {
  const tasks = day.better.concat(day.photos).filter((task) => SUBJECTS[task.subject]);
  const why = {};
  tasks.slice().reverse().forEach((task) => {
    why[task.subject] = task.why || '';
  });
  const asked = tasks.map((task) => task.subject);
  const first = asked.filter((key, i) => asked.indexOf(key) === i);
  const rest = SUBJECT_KEYS.filter((key) => first.indexOf(key) < 0);
  const row = (key) => ({ key, label: SUBJECTS[key].label, why: why[key] || '' });
  return { asked: first.map(row), rest: rest.map(row) };
}

/** The photo of this subject that nobody could make out, as a task; or null. */
export function betterOf(day, subject) {
  return day.better.filter((task) => task.subject === subject)[0] || null;
}

/** A photo taken for its own sake, for the queue. */
export function noteRecord(stationId, photo) {
  const payload = { note: '' };
  return { kind: 'photo_note', station_id: stationId, payload, photos: [photo] };
}

/** A photo of something mended, for the queue. */
export function mendRecord(stationId, task, note, photo) {
  const payload = { rectification_id: task.rectification_id, note: note.trim() };
  return { kind: 'rectification', station_id: stationId, payload, photos: [photo] };
}
