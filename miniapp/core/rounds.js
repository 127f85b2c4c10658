// An inspector's visit on the phone: whose plate it is, the form, what is still open, what is sent.

import { answersOf, openRows } from './answers.js';
import { outcomeAnew, secondOf } from './company.js';
import { writeMoment } from './dates.js';
import { isSeveral, ofSeveral } from './inview.js';
import { presenceOf, witnessOf } from './presence.js';
import { readScan } from './qr.js';
import { unsigned } from './signing.js';
import { pathOf } from './strokes.js';
import { VISIT_WORDS } from './words/visit.js';

export const MOST_PHOTOS = 40;

/**
 * Which visit a text at the door names, and how far it can be trusted without a net:
 * {visit, plate, kind}; kind is one of
 *   current   a plate in use, of `visit`         number   the station's number, typed
 *   retired   a plate of `visit` that no longer counts
 *   unknown   shaped like a plate, but none of the plates that came with the round
 *   several   two plates at once, of which not one alone hangs in use at a station of the round
 *   other     no plate and no number of a station
 * `text` is the plate alone, where two were in view.
 */
export function plateAt(seen, visits) {
  const hanging = visits.map((one) => one.plates.filter((plate) => plate.live));
  const text = ofSeveral(seen, [].concat(...hanging).map((plate) => plate.token)).trim();
  const none = { visit: null, plate: null, kind: 'several' };
  return Object.assign(isSeveral(text) ? none : whatStandsAt(readScan(text), visits), { text });
}

function whatStandsAt(scan, visits) {
  if (scan.kind === 'number') {
    const visit = visits.filter((one) => one.code === scan.code)[0] || null;
    return { visit, plate: null, kind: visit ? 'number' : 'unknown' };
  }
  if (scan.kind !== 'plate') return { visit: null, plate: null, kind: 'other' };
  for (const visit of visits) {
    const plate = visit.plates.filter((one) => one.token.toLowerCase() === scan.token)[0];
    if (plate) return { visit, plate, kind: plate.live ? 'current' : 'retired' };
  }
  return { visit: null, plate: null, kind: 'unknown' };
}

/** What is odd about a plate found while visiting `wanted`, in words; '' when all is well. */
export function plateDoubt(found, wanted) {
  if (found.visit && wanted && found.visit.station_id !== wanted.station_id) {
    return VISIT_WORDS.plateOfOther(found.visit, wanted);
  }
  if (found.kind === 'retired') {
    return VISIT_WORDS.plateRetired(found.plate, found.visit.plates.filter((one) => one.live)[0]);
  }
  return found.kind === 'unknown' ? VISIT_WORDS.plateUnknown : '';
}

/** The rows of a station's form, in the standard's order. */
export function rowsFor(form, asked) {
  return asked.map((code) => form.filter((row) => row.code === code)[0]).filter(Boolean);
}

/**
 * A visit as it is begun. `arrived_ms` is the moment of arrival by the best clock known then, so
 * that setting the phone's clock later does not move it.
 */
export function newVisit(start) {
  const draft = {
    answers: {},
    added: [],
    photos: [],
    signatures: unsigned(),
    document: null,
    outcome: null,
    refusal: '',
    amends_id: null,
    amended_because: '',
    finished_ms: null,
    keeper_name: start.station.head_name || '',
  };
  return Object.assign(draft, start);
}

/** The draft with a photo of a rule (null: of the station as such). */
export function withPhoto(draft, photo) {
  return Object.assign({}, draft, { photos: draft.photos.concat([photo]) });
}

export function withoutPhoto(draft, id) {
  return Object.assign({}, draft, { photos: draft.photos.filter((photo) => photo.id !== id) });
}

/**
 * The visit as the queue takes it. `finishedMs` is the phone's clock, `offsetMs` how far the server
 * is ahead of it now: the record carries that offset, so arrival is written back into this clock.
 */
export function recordOf(draft, finishedMs, offsetMs) {
  const closed = draft.outcome === 'closed_door';
  const said = [draft.plate_remark, closed || draft.outcome === 'refused' ? draft.refusal : ''];
  const arrived = draft.arrived_ms - (offsetMs || 0); // after the end where a clock was wrong
  return {
    id: draft.id,
    kind: 'inspection',
    station_id: draft.station.station_id,
    payload: Object.assign(secondOf(draft), {
      visit_id: draft.visit_id > 0 ? draft.visit_id : null, // below zero: outside a round
      arrived_at: writeMoment(arrived),
      finished_at: writeMoment(finishedMs),
      method: draft.method,
      text: draft.text,
      position: draft.position,
      answers: closed ? [] : answersOf(draft),
      outcome: draft.outcome,
      outcome_note: said.filter(Boolean).map((one) => one.trim()).join('；').slice(0, 400),
      keeper_name: closed ? '' : draft.keeper_name.trim().slice(0, 40),
      inspector_signature: strokesOf(draft.signatures.inspector),
      keeper_signature: draft.outcome === 'signed' ? strokesOf(draft.signatures.keeper) : [],
      amends_id: draft.amends_id,
      amended_because: draft.amended_because.trim(),
      document: draft.document ? draft.document.text : null,
      presence: presenceOf(draft),
      witness_name: witnessOf(draft),
    }),
    photos: draft.photos,
  };
}

function strokesOf(signature) {
  return signature || [];
}

/** What stays of a finished visit: enough to amend it, and what was signed by its hash. */
export function finished(draft, finishedMs) {
  return Object.assign({}, draft, {
    photos: [],
    signatures: unsigned(),
    document: null,
    document_sha256: draft.document ? draft.document.sha256 : null,
    finished_ms: finishedMs,
  });
}

/** A new version of a visit that was sent, of the same day: the same answers, nothing signed. */
export function amendmentOf(before, id, inspectionId, dayOn) {
  return Object.assign({}, before, {
    id,
    amends_id: inspectionId,
    amended_because: '',
    day_on: dayOn,
    document: null,
    document_sha256: null,
    taken_back: false,
    photos: [],
    signatures: unsigned(),
    outcome: outcomeAnew(before),
    refusal: '',
    finished_ms: null,
  });
}

/**
 * Answers read back from a copy that another phone sent: the inspector's own clauses only, with
 * what was measured or read; `form` are the rules as they are asked.
 */
export function answersFromCopy(rows, form) {
  const answers = {};
  const asked = (code) => form.filter((one) => one.code === code).map((one) => one.asks)[0] || [];
  rows.forEach((row) => {
    const own = row.word === 'inspector' && ['pass', 'fail'].indexOf(row.verdict) >= 0;
    if (!own) return;
    const values = {};
    asked(row.code).filter((ask) => ask.kind !== 'flag').forEach((ask) => {
      const told = (row.values || []).filter((one) => one.fact === ask.fact)[0];
      if (told) values[ask.fact] = told.text;
    });
    answers[row.code] = { verdict: row.verdict, values, note: row.note || '' };
  });
  return answers;
}

/**
 * Where a visit stands, from what the server said and what this phone holds: {state, left}; state
 * is attention, waiting, photos, draft, sent, done or due.
 */
export function stateOf(visit, drafts, items) {
  const isIts = (one) => one.kind === 'inspection' && one.payload.visit_id === visit.id;
  const item = items.filter(isIts)[0];
  if (item) {
    const state = { attention: 'attention', announced: 'photos', waiting: 'waiting' }[item.state];
    return { state, left: 0 };
  }
  const mine = drafts.filter((draft) => draft.visit_id === visit.id);
  const open = mine.filter((draft) => !draft.finished_ms)[0];
  if (open) return { state: 'draft', left: openRows(open).length };
  if (['due', 'missed'].indexOf(visit.state) < 0) return { state: 'done', left: 0 };
  // 暗访 is no result: the visit is still to be made.
  return { state: mine.some((draft) => !draft.covert) ? 'sent' : 'due', left: 0 };
}

/** A signature as an SVG path in its box of 600 × 200. */
export function signaturePath(signature) {
  return pathOf(signature || []);
}
