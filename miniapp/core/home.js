// The keeper's home between two answers of the server: what has been sent since counts as done.

import { consentsAt, requestInWords } from './asking.js';
import { happenedAt } from './queue.js';
import { writeMoment } from './dates.js';

const PHOTO_TASKS = ['photo', 'asked_photo', 'better_photo'];

function doneAt(station, item) {
  const today = Object.assign({}, station.today);
  if (item.kind === 'check_in' && !today.check_in) {
    today.check_in = { at: writeMoment(happenedAt(item)), method: item.payload.method };
  }
  if (item.kind === 'opening') {
    today.opening = { opening: item.payload.opening, at: writeMoment(happenedAt(item)) };
  }
  if (item.kind === 'parcel_count') today.count = Object.assign({}, item.payload);
  const subjects = item.photos.map((photo) => photo.subject);
  const todo = (station.todo || []).map((task) => {
    if (item.kind === 'rectification' && task.rectification_id === item.payload.rectification_id) {
      return Object.assign({}, task, { done: true, state: 'answered' });
    }
    const answered = item.kind === 'answer' && task.signal_id === item.payload.signal_id;
    const taken = PHOTO_TASKS.indexOf(task.kind) >= 0 && subjects.indexOf(task.subject) >= 0;
    return (task.signal_id && answered) || taken ? Object.assign({}, task, { done: true }) : task;
  });
  return Object.assign({}, station, { today, todo });
}

/** A station with a count of any day that has just been sent. */
function countedAt(station, item) {
  const others = (station.counts || []).filter((one) => one.day_on !== item.day_on);
  const count = Object.assign({}, item.payload, { id: item.id, day_on: item.day_on });
  return Object.assign({}, station, { counts: [count].concat(others) });
}

/** What a keeper has asked for, or asks for no more, as the server will tell it. */
function askedAt(requests, item) {
  const { about, note, taken_back } = item.payload;
  const same = (one) => one.station_id === item.station_id && one.about === about;
  const others = requests.filter((one) => !same(one));
  const request = {
    id: item.id, station_id: item.station_id, about, note, said: requestInWords(item.payload),
    state: 'waiting', answer: '',
  };
  return taken_back ? others : [request].concat(others);
}

/** The home's answer as it will be once the server has been asked again, for records just sent. */
export function homeAfter(home, sent) {
  if (!home) return home;
  return sent.slice().sort((a, b) => a.seq - b.seq).reduce((now, item) => {
    const stations = now.stations.map((one) => {
      if (one.id !== item.station_id) return one;
      const known = item.kind === 'parcel_count' ? countedAt(one, item) : one;
      return item.day_on === home.today ? doneAt(known, item) : known;
    });
    const requests = item.kind === 'request' ? askedAt(now.requests || [], item) : now.requests;
    return Object.assign({}, now, { stations, requests, consents: consentsAt(now, [item]) });
  }, home);
}

/** Records that were in the queue before and have arrived since (not those a person threw away). */
export function arrivedSince(before, after) {
  const left = after.map((item) => item.id);
  return before.filter((item) => item.state !== 'attention' && left.indexOf(item.id) < 0);
}
