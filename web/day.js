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

/** Subjects the server asks a photo of, without those taken since: [{subject, title, why}]. */
export function photosToTake(station) {
  const taken = [].concat(...unsent(station.id, 'photo_note').map((item) => item.photos.map((p) => p.subject)));
  const asked = (station.todo || []).filter((task) => task.subject && !task.done);
  const seen = [];
  return asked.filter((task) => {
    const first = seen.indexOf(task.subject) < 0 && taken.indexOf(task.subject) < 0;
    seen.push(task.subject);
    return first;
  });
}

/** What fails the standard at this station, as the server says it. */
export function toMend(station) {
  return station.fails || [];
}

/** Which of my stations has this id. */
export function stationNamed(id) {
  return stations.value.filter((one) => one.id === id)[0] || null;
}
