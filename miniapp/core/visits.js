// Which visits there are, in open rounds and between them; begun, handed in, opened again, amended.

import { asCovert, outcomeAnew } from './company.js';
import { readMoment } from './dates.js';
import { amendmentOf, answersFromCopy, finished, newVisit, recordOf } from './rounds.js';
import { isSignedBy } from './signing.js';

const KEPT_FINISHED = 120; // enough to amend; older ones are read back from the server's copy

/** My part of a round: where I was sent; whoever was sent nowhere visits what nobody has. */
export function minePart(campaign) {
  const sent = campaign.visits.filter((visit) => visit.mine);
  return sent.length ? sent : campaign.visits.filter((visit) => !visit.inspector_name);
}

/** What stands for a round where there is none. */
export const OUTSIDE = { id: 0, name: '随时督导', period: '' };

/** A visit between rounds; it goes by the station's number with a minus, unlike any round's. */
export function outsideVisit(station) {
  const { station_id, name, code, plates, head_name } = station;
  return {
    id: -station_id,
    station_id,
    code,
    name,
    plates: plates || [],
    head_name: head_name || '',
    township_code: String(station_id),
    township_name: station.township_name || '',
    mine: true,
    inspections: [],
    state: 'due',
    state_label: '',
    inspector_name: null,
  };
}

/** Every visit of these rounds: every plate that may be met. */
export function allVisits(campaigns) {
  return [].concat.apply([], campaigns.map((one) => one.visits));
}

/** The unfinished visit among these drafts, by its number; or null. */
export function openDraft(drafts, visitId) {
  return drafts.filter((one) => one.visit_id === visitId && !one.finished_ms)[0] || null;
}

/**
 * Any visit by its number, as {campaign, visit}; null when it is in none. `met` are the visits
 * between rounds that began in this run of the app, by number.
 */
export function visitNamed(id, campaigns, drafts, met) {
  if (id < 0) {
    const draft = openDraft(drafts, id);
    const visit = met[id] || (draft && outsideVisit(draft.station));
    return visit ? { campaign: OUTSIDE, visit } : null;
  }
  for (const campaign of campaigns) {
    const visit = campaign.visits.filter((one) => one.id === id)[0];
    if (visit) return { campaign, visit };
  }
  return null;
}

/** Visits begun and not finished that no open round lists: outside one, or theirs has ended. */
export function strayDrafts(drafts, campaigns) {
  const listed = (one) => one.visit_id > 0 && visitNamed(one.visit_id, campaigns, drafts, {});
  return drafts.filter((one) => !one.finished_ms && !listed(one));
}

/** What a draft keeps of its package besides station and rows; null for an older server's. */
function packageOf({ taken_on, standards, options }) {
  return taken_on ? { taken_on, standards, options } : null;
}

/** A draft begun with an older package, with a newer one in its place; a signed one stays. */
export function renewed(draft, pack) {
  if (!pack.taken_on || isSignedBy(draft)) return draft;
  return Object.assign({}, draft, {
    station: pack.station,
    rows: pack.rows,
    pack: packageOf(pack),
  });
}

/**
 * A visit as begun at the door, where the pocket had its `pack`; `how` is {method, text, remark,
 * position, covert}, `who` {id, person_id, arrived_ms}.
 */
export function begun({ campaign, visit }, pack, how, who) {
  const { method, text, remark, position, covert } = how;
  const draft = newVisit(Object.assign({}, who, {
    visit_id: visit.id,
    round_name: campaign.name,
    round: (campaign.period || '') + ' ' + campaign.name,
    station: pack.station,
    rows: pack.rows,
    colleagues: pack.colleagues || [],
    pack: packageOf(pack),
    method,
    text,
    plate_remark: remark || '',
    position: position || null,
  }));
  return covert ? asCovert(draft) : draft;
}

/** A picture as a draft holds it, its bytes lying apart under `id`; of a rule, or null. */
export function pictureOf(made, id, sha256, ruleCode) {
  const { width, height, complaints, exif } = made;
  const notes = { width, height, complaints, exif };
  if (ruleCode) notes.rule_code = ruleCode;
  return {
    id,
    sha256,
    subject: 'clause',
    rule_code: ruleCode,
    size: made.size,
    taken_ms: made.taken_ms,
    camera: made.old ? 'file' : 'camera',
    notes,
  };
}

/**
 * A visit as it is handed in: {record, done}; the record carries the end of the draft along, and
 * what is let go of then: the oldest of this person's finished visits.
 */
export function handedIn(draft, drafts, atMs, offsetMs) {
  const done = finished(draft, atMs);
  const old = drafts
    .filter((one) => one.finished_ms)
    .sort((a, b) => b.finished_ms - a.finished_ms)
    .slice(KEPT_FINISHED);
  const also = { putDrafts: [done], dropDrafts: old.map((one) => one.id) };
  return { done, record: Object.assign({ also }, recordOf(draft, atMs, offsetMs)) };
}

/** A visit that the server did not take, as a draft again; a taken name becomes `freshId`. */
export function reopened(item, done, freshId) {
  const id = item.why && item.why.result === 'conflict' ? freshId : done.id;
  const photos = item.photos.map((photo) => {
    const { rule_code } = photo.notes;
    const taken_ms = readMoment(photo.taken_at);
    return Object.assign({}, photo, { rule_code: rule_code || null, taken_ms });
  });
  const back = { id, photos, finished_ms: null, document_sha256: null };
  back.outcome = outcomeAnew(done);
  return Object.assign({}, done, back);
}

/** Where an inspection was made, by its copy: {campaign, visit}; null if its round is not here. */
export function placeOf(copy, campaigns) {
  const wrote = (visit) => visit.inspections.some((seen) => seen.id === copy.id);
  for (const campaign of campaigns) {
    const visit = campaign.visits.filter(wrote)[0];
    if (visit) return { campaign, visit };
  }
  if (copy.campaign) return null;
  const station = Object.assign({ station_id: copy.station.id }, copy.station);
  return { campaign: OUTSIDE, visit: outsideVisit(station) };
}

/** A new version of a visit that this phone sent. */
export function amended(before, copy, id) {
  return amendmentOf(before, id, copy.id, copy.day_on);
}

/** The station as a copy names it, where it does; the rest as the register has it now. */
function asCopied(station, { name, code, level, township_name }) {
  if (!station.register) return station;
  const words = { name, code: code || '', level, township: township_name };
  return Object.assign({}, station, { register: Object.assign({}, station.register, words) });
}

/** A new version of a visit that another phone sent, with the answers its copy tells. */
export function amendedFromCopy(copy, { campaign, visit }, pack, { id, person_id }) {
  const covert = copy.outcome === 'covert';
  const how = { method: 'typed', text: visit.code || '', covert };
  const who = { id, person_id, arrived_ms: readMoment(copy.arrived_at) };
  const draft = begun({ campaign, visit }, pack, how, who);
  return Object.assign(draft, {
    amends_id: copy.id,
    day_on: copy.day_on,
    station: asCopied(draft.station, copy.station),
    answers: answersFromCopy(copy.rows, pack.rows),
  });
}
