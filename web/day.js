// A keeper's day: what the server last said is to do, and what this phone has done since.

import { home, mine, stations, today } from './state.js';

/** Unsent records of this station and day. */
function unsent(stationId, kind) {
  return mine.value.filter(
    (item) => item.station_id === stationId && item.kind === kind && item.state !== 'attention',
  );
}

/** Today's check-in {time, waiting}, count {received, sent, …, waiting}, or null each. */
export function doneToday(station) {
  const sameDay = home.value && home.value.today === today.value && station.today;
  const known = sameDay ? station.today : { check_in: null, count: null };
  const here = (kind) => unsent(station.id, kind).filter((item) => item.day_on === today.value)[0];
  const checkIn = here('check_in');
  const counted = here('parcel_count');
  return {
    checkIn: checkIn ? { item: checkIn, waiting: true } : known.check_in,
    count: counted ? Object.assign({ waiting: true }, counted.payload) : known.count,
  };
}

function tasks(station, kind) {
  return (station.todo || []).filter((task) => task.kind === kind);
}

function takenSince(station) {
  return [].concat(...unsent(station.id, 'photo_note').map((item) => item.photos.map((p) => p.subject)));
}

/** Subjects the server asks a photo of, without those taken since: [{subject, title, why}]. */
export function photosToTake(station) {
  const taken = takenSince(station);
  const asked = (station.todo || []).filter((task) => task.subject && !task.done && !task.rectification_id && task.kind !== 'better_photo');
  const seen = [];
  return asked.filter((task) => {
    const first = seen.indexOf(task.subject) < 0 && taken.indexOf(task.subject) < 0;
    seen.push(task.subject);
    return first;
  });
}

/** 今天请拍这一张: drawn by lot for today, not taken yet; gone at its hour. */
export function askedToday(station) {
  const sameDay = home.value && home.value.today === today.value;
  return sameDay ? tasks(station, 'asked_photo').filter((task) => !task.done && takenSince(station).indexOf(task.subject) < 0) : [];
}

/** Signs that the machine could not make out: 再拍一张, until one is taken. */
export function betterPhotos(station) {
  return tasks(station, 'better_photo').filter((task) => !task.done && takenSince(station).indexOf(task.subject) < 0);
}

/** Questions of the county that this keeper has not answered, here or there. */
export function questions(station) {
  const answered = unsent(station.id, 'answer').map((item) => item.payload.signal_id);
  return tasks(station, 'question').filter((task) => !task.done && answered.indexOf(task.signal_id) < 0);
}

/** Inspections that wait for this keeper's yes or no. */
export function toConfirm(station) {
  return tasks(station, 'confirm').filter((task) => !task.done);
}

/** What inspections asked to be mended. */
export function mends(station) {
  return tasks(station, 'mend').filter((task) => task.rectification_id);
}

/** How one of them stands: open, returned, answered, or on this phone: waiting, attention. */
export function mendState(station, task) {
  const here = mine.value.filter((item) => item.kind === 'rectification' && item.payload.rectification_id === task.rectification_id)[0];
  if (here) return here.state === 'attention' ? 'attention' : 'waiting';
  return task.done ? 'answered' : task.state || 'open';
}

/** What fails the standard at this station without an inspection having asked for it. */
export function toMend(station) {
  const fails = station.fails || [];
  if (!mends(station).length) return fails;
  const keys = tasks(station, 'mend').map((task) => task.key);
  return fails.filter((one) => keys.indexOf('mend:' + one.code) >= 0);
}

/** Which of my stations has this id. */
export function stationNamed(id) {
  return stations.value.filter((one) => one.id === id)[0] || null;
}
