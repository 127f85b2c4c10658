// The text that two people sign: all that they were shown, in one spelling that no one writes anew.

import { answersOf, doubtOf, isInsisted, leftRows, wholeText } from './answers.js';
import { beijingDay, writeMoment } from './dates.js';
import { drawingsOn } from './drawings.js';
import { workedOut } from './worked.js';

/**
 * A value as JSON with sorted keys and no blanks: the same value is always the same text, and half
 * a character is none.
 */
export function canonical(value) {
  if (typeof value === 'string') return JSON.stringify(wholeText(value));
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const pair = (key) => JSON.stringify(key) + ':' + canonical(value[key]);
  const given = Object.keys(value).filter((key) => value[key] !== undefined);
  return '{' + given.sort().map(pair).join(',') + '}';
}

/** A value in the words of pages and papers: 有货架, 12.5平方米. */
function valueText(ask, value) {
  if (typeof value === 'boolean') return value ? ask.yes : ask.no;
  return ask.kind === 'amount' ? value + (ask.unit || '') : value;
}

/** [[fact, title, text]] of one answer, by the fact's name. */
function valuesTold(row, values) {
  return Object.keys(values).sort().map((fact) => {
    const ask = row.asks.filter((one) => one.fact === fact)[0];
    return [fact, ask.title, valueText(ask, values[fact])];
  });
}

function answersTold(draft) {
  return answersOf(draft).map((answer) => {
    const row = draft.rows.filter((one) => one.code === answer.rule)[0];
    return Object.assign({}, answer, {
      values_told: valuesTold(row, answer.values),
      insisted: isInsisted(draft, row),
      doubt: doubtOf(draft, row),
    });
  });
}

/** The rules that were asked and not looked at, each with the inspector's reason. */
function unanswered(draft) {
  return leftRows(draft).map(({ row, reason }) => {
    const { code, clause, title } = row;
    return { rule: code, clause, title, reason };
  });
}

function photosBySha(draft) {
  const photos = {};
  draft.photos.forEach((photo) => {
    photos[photo.id] = photo.sha256;
  });
  return photos;
}

/** What is drawn on photos, by id; nothing at all where nothing is. */
function drawings(draft) {
  const found = {};
  draft.photos.forEach((photo) => {
    if (drawingsOn(photo).length) found[photo.id] = drawingsOn(photo);
  });
  return Object.keys(found).length ? found : undefined;
}

/**
 * The text of a visit as it stands at a moment of the phone's best clock; `inspector` is the name
 * of whose phone it is. An amendment speaks of the day of the visit.
 */
export function documentText(draft, inspector, nowMs) {
  const { station, pack, position } = draft;
  const dayOn = draft.day_on || beijingDay(nowMs);
  const closed = draft.outcome === 'closed_door';
  const { second } = draft;
  return canonical(Object.assign(workedOut(draft, dayOn), {
    shape: 3,
    id: draft.id,
    station: station.register,
    visit_id: draft.visit_id > 0 ? draft.visit_id : null,
    round: draft.visit_id > 0 ? draft.round || '' : '',
    inspector,
    inspector_id: draft.person_id,
    arrived_at: writeMoment(draft.arrived_ms),
    day_on: dayOn,
    method: draft.method,
    text: draft.text,
    plate_remark: draft.plate_remark,
    position: position ? [position.latitude, position.longitude, position.accuracy_m] : null,
    package: { taken_on: pack.taken_on, standards: pack.standards },
    answers: closed ? [] : answersTold(draft),
    keeper_findings: closed ? [] : station.keeper_findings,
    unanswered: closed ? [] : unanswered(draft),
    photos: photosBySha(draft),
    drawings: drawings(draft),
    keeper_name: closed ? '' : draft.keeper_name.trim().slice(0, 40),
    amends_id: draft.amends_id,
    amended_because: draft.amended_because.trim(),
    second_inspector: second && !closed ? { id: second.id, name: second.name } : undefined,
    covert: draft.covert || undefined,
  }));
}
