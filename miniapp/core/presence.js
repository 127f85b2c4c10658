// Being there: how far and how long, what has to be explained, and whether a visit has a record.

import { beijingDay } from './dates.js';
import { metresBetween } from './places.js';
import { PRESENCE_WORDS } from './words/presence.js';

const MINUTE = 60000;

/** How far from its station a fix surely is, in metres; null where either place is not known. */
export function surelyFrom(station, position) {
  const metres = position ? metresBetween(station, position) : null;
  return metres === null ? null : Math.max(0, metres - (position.accuracy_m || 0));
}

/**
 * What has to be explained of a draft at this moment, in sentences: far at arrival or now, or only
 * just arrived. The thresholds came with the package; an older one has none.
 */
export function oddOf(draft, nowMs) {
  const { visit_far_m: far, visit_short_minutes: short } = (draft.pack && draft.pack.options) || {};
  const said = [];
  if (draft.amends_id) return said; // it speaks of the day of the visit
  const spots = [
    [PRESENCE_WORDS.arrived, draft.position],
    [PRESENCE_WORDS.signing, draft.signed_position],
  ];
  spots.forEach(([when, position]) => {
    const metres = surelyFrom(draft.station, position);
    if (far && metres !== null && metres > far) said.push(PRESENCE_WORDS.far(when, metres));
  });
  const minutes = Math.floor((nowMs - draft.arrived_ms) / MINUTE);
  const closed = draft.outcome === 'closed_door';
  if (short && !closed && minutes >= 0 && minutes < short) {
    said.push(PRESENCE_WORDS.short(minutes));
  }
  return said;
}

/** Does the reason still lack that has to stand beside what is odd? */
export function lacksWhy(draft, nowMs) {
  return oddOf(draft, nowMs).length > 0 && !(draft.why_there || '').trim();
}

/** What a record tells of being there; `clock` is heard, kept or unknown. */
export function presenceOf(draft) {
  return {
    signed_position: draft.signed_position || null,
    arrived_online: boolOrNull(draft.arrived_online),
    arrived_clock: draft.arrived_clock || null,
    signed_online: boolOrNull(draft.signed_online),
    signed_clock: draft.signed_clock || null,
    why: (draft.why_there || '').trim().slice(0, 300),
  };
}

function boolOrNull(value) {
  return typeof value === 'boolean' ? value : null;
}

/** Who saw a keeper's mark; null where the keeper wrote a name, or nothing. */
export function witnessOf(draft) {
  const name = (draft.witness_name || '').trim();
  const marked = draft.outcome === 'signed' && draft.signatures.keeper;
  return marked && name ? name.slice(0, 40) : null;
}

/** Why this witness is none: a sentence, '' when all is well. */
export function witnessDoubt(name, others) {
  const witness = name.trim();
  if (!witness) return PRESENCE_WORDS.witnessNeeded;
  const own = others.some((one) => one && one.trim() === witness);
  return own ? PRESENCE_WORDS.witnessOther : '';
}

const NO_RECORD = ['closed_door', 'covert']; // what does not stand in the open visit's way

/**
 * The record that a visit has already, {id, said}; null where one may begin. A locked door is no
 * record of a visit; between rounds one station has one record a day. `who` is {id, day}.
 */
export function recordThere(visit, drafts, items, who) {
  const ofToday = (draft) => visit.id > 0 || beijingDay(draft.finished_ms) === who.day;
  const got = drafts.filter(
    (one) => one.visit_id === visit.id && one.finished_ms && NO_RECORD.indexOf(one.outcome) < 0,
  ).filter(ofToday).sort((a, b) => b.finished_ms - a.finished_ms)[0];
  if (got) {
    const item = items.filter((one) => one.id === got.id && one.state !== 'announced')[0];
    if (!item) return { id: got.id, said: PRESENCE_WORDS.alreadyMine };
    const refused = item.state === 'attention';
    const said = refused ? PRESENCE_WORDS.alreadyRefused : PRESENCE_WORDS.alreadyHere;
    return { id: null, said };
  }
  if (visit.id < 0 || ['due', 'missed', 'closed_door'].indexOf(visit.state) >= 0) return null;
  const all = visit.inspections;
  const seen = all.filter((one) => one.by_id === who.id)[0] || all[all.length - 1];
  if (!seen) return null;
  const own = seen.by_id === who.id;
  return {
    id: seen.id,
    said: own ? PRESENCE_WORDS.alreadyMine : PRESENCE_WORDS.alreadyTheirs(seen.by),
  };
}
