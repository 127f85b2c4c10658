// What a keeper asks the county for: what may be asked, how it is filled in, and how it stands.

import { ASK_LABELS, ASK_WORDS } from './words/asking.js';

const HOW = {
  plate_broken: ASK_WORDS.brokenHow,
  plate_lost: ASK_WORDS.lostHow,
  hours: ASK_WORDS.hoursHow,
  handover: ASK_WORDS.handoverHow,
};
const NOTES = { hours: ASK_WORDS.noteHours, handover: ASK_WORDS.noteHandover };

/** What asking for this comes to, and what might be said besides. */
export const askHow = (about) => HOW[about] || '';
export const askNote = (about) => NOTES[about] || ASK_WORDS.notePlate;

export const ABOUTS = Object.keys(ASK_LABELS);
export const RESTS = ['不休息', '周日休息', '周六、周日休息'];

/** Half hours from `first` to `last`: "7:30". */
export function halfHours(first, last) {
  const found = [];
  for (let half = first * 2; half <= last * 2; half += 1) {
    found.push(Math.floor(half / 2) + (half % 2 ? ':30' : ':00'));
  }
  return found;
}

export const OPENS = halfHours(5, 12);
export const CLOSES = halfHours(12, 23);

/** The form of a request before anything is filled in. */
export function emptyRequest() {
  return { opens: '8:00', closes: '18:00', rest: RESTS[0], own: '', name: '', note: '' };
}

/** Wished hours as they are sent: own words where there are any, else what was chosen. */
export function wishedHours(form) {
  const own = form.own.trim();
  if (own) return own;
  return form.opens + '-' + form.closes + (form.rest === RESTS[0] ? '' : '，' + form.rest);
}

const minutes = (time) => +time.split(':')[0] * 60 + +time.split(':')[1];

/** What was filled in: {errors} by field, or {value}, the payload of the record. */
export function readRequest(about, form) {
  const errors = {};
  const value = Object.assign(takingBack(about), { note: form.note.trim(), taken_back: false });
  if (about === 'hours') {
    value.hours = wishedHours(form);
    if (!form.own.trim() && minutes(form.closes) <= minutes(form.opens)) {
      errors.closes = ASK_WORDS.wrongOrder;
    }
    if (form.own && !/\d/.test(form.own)) errors.own = ASK_WORDS.hoursNeeded;
  }
  if (about === 'handover') {
    value.name = form.name.trim();
    if (!value.name) errors.name = ASK_WORDS.nameNeeded;
  }
  return Object.keys(errors).length ? { errors } : { value };
}

/** A record that asks for nothing any more. */
export function takingBack(about) {
  return { about, hours: '', name: '', note: '', taken_back: true };
}

/** What is asked for in a few words: "改营业时间（8:00-18:00）". */
export function requestInWords(payload) {
  const label = ASK_LABELS[payload.about] || '';
  if (payload.hours) return label + '（' + payload.hours + '）';
  return payload.name ? label + '，交给' + payload.name : label;
}

/**
 * How each thing that may be asked for stands at a station: [{about, label, state, said, answer,
 * id}]. `state` is '' (nothing asked), here (on this phone), waiting, granted or refused; what was
 * asked last counts.
 */
export function requestsAt(station, home, mine) {
  const told = ((home && home.requests) || []).filter((one) => one.station_id === station.id);
  return ABOUTS.map((about) => {
    const isOurs = (item) =>
      item.kind === 'request' && item.station_id === station.id && item.payload.about === about &&
      item.state !== 'attention';
    const here = mine.filter(isOurs).sort((a, b) => b.seq - a.seq)[0];
    const heard = told.filter((one) => one.about === about)[0];
    const label = ASK_LABELS[about];
    if (here && !here.payload.taken_back) {
      return { about, label, state: 'here', said: requestInWords(here.payload), answer: '' };
    }
    if (here || !heard) return { about, label, state: '', said: '', answer: '' };
    return { about, label, state: heard.state, said: heard.said, answer: heard.answer };
  });
}

/** How a request stands, in a sentence; '' where nothing is asked. */
export function requestState(one) {
  if (one.state === 'here') return ASK_WORDS.waitsHere;
  if (one.state === 'waiting') return ASK_WORDS.waits;
  if (one.state === 'granted') return ASK_WORDS.granted(one.answer);
  return one.state ? ASK_WORDS.refused(one.answer) : '';
}

/** The county's answers that were not read yet: `read` are the ids of those that were. */
export function answersUnread(home, read) {
  const told = (home && home.requests) || [];
  return told.filter((one) => one.answer && (read || []).indexOf(one.id) < 0);
}

/** What to remember once all answers have been read; a request that still waits is not. */
export function answersRead(home) {
  return answersUnread(home, []).map((one) => one.id);
}

/**
 * What may be refused, as it stands: what was said here and not yet sent holds already. A no holds
 * whatever it named, as on the server, and if it was not taken too; a yes to other words, or one
 * that was not taken, does not; what was said last counts. `refused` names what was not taken, for
 * a new answer to take its place.
 */
export const consentsAt = (home, mine) =>
  ((home && home.consents) || []).map((one) =>
    (mine || []).slice().sort((a, b) => a.seq - b.seq).reduce((now, { id, payload, state }) => {
      if (payload.purpose !== one.purpose) return now;
      const taken = state !== 'attention';
      const known = taken ? now : Object.assign({}, now, { refused: id });
      if (!payload.agreed) return Object.assign({}, known, { state: 'declined' });
      if (!taken || payload.text_sha256 !== one.sha256) return known;
      return Object.assign({}, known, { state: 'agreed' });
    }, one),
  );

export const unasked = (home, mine) =>
  consentsAt(home, mine).some(({ state }) => state === 'not_asked');

export const mayLocate = (home, mine) =>
  consentsAt(home, mine).some((one) => one.purpose === 'position' && one.state === 'agreed');

export function consentRecord(here, one, agreed, way) {
  const payload = { purpose: one.purpose, agreed, text_sha256: one.sha256, way };
  return { kind: 'consent', station_id: here.id, payload, photos: [] };
}
