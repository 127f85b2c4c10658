// An inspector's visits on this phone: what was taken along, drafts kept at each tap, handing in.

import { computed, signal } from './vendor/signals.mjs';
import { offsetNow } from './core/clock.js';
import { readMoment } from './core/dates.js';
import { takeBack } from './core/queue.js';
import { amendmentOf, answersFromCopy, finished, newVisit, recordOf, rowsFor, stateOf, withoutPhoto, withPhoto } from './core/rounds.js';
import { WORDS } from './core/words.js';
import { VISIT_WORDS } from './core/words/visit.js';
import { getLarge } from './platform/net.js';
import * as storage from './platform/storage.js';
import { clock, keepRecord, mine, nowMs, phone, rounds, session } from './state.js';

const KEPT_FINISHED = 120; // enough to amend; older ones are read back from the server's copy

export const drafts = signal(null); // null: not read yet
export const problem = signal(''); // why the last change could not be kept, in words
export const along = signal({}); // by round and township: when it was taken along, and how many
export const packing = signal(null); // {done, of, name} while a round is being taken along
export const chosenRound = signal(null);

const myDrafts = computed(() => (drafts.value || []).filter((one) => one.person_id === session.value.person.id));

/** The round the screens are about. */
export const round = computed(() => {
  const open = rounds.value ? rounds.value.campaigns : [];
  return open.filter((one) => one.id === chosenRound.value)[0] || open[0] || null;
});

/** My part of a round: where I was sent; whoever was sent nowhere sees where nobody was. */
export function minePart(campaign) {
  const sent = campaign.visits.filter((visit) => visit.mine);
  return sent.length ? sent : campaign.visits.filter((visit) => !visit.inspector_name);
}

// A visit outside a round goes by the station's number with a minus: no round has such a visit.
export const OUTSIDE = { id: 0, name: '随时督导', period: '' };
const outside = signal({}); // stations visited between rounds: by that number, what a visit needs

function outsideVisit(station) {
  const { name, code, plates, head_name } = station;
  return { id: -station.station_id, station_id: station.station_id, code, name, plates: plates || [], head_name: head_name || '', township_code: String(station.station_id), township_name: station.township_name || '', mine: true, inspections: [], state: 'due', state_label: '', inspector_name: null };
}

/** Any visit by its number, with its round; null when it is in none. */
export function visitNamed(id) {
  if (id < 0) {
    const draft = draftOf(id);
    const visit = outside.value[id] || (draft && outsideVisit(draft.station));
    return visit ? { campaign: OUTSIDE, visit } : null;
  }
  for (const campaign of rounds.value ? rounds.value.campaigns : []) {
    const visit = campaign.visits.filter((one) => one.id === id)[0];
    if (visit) return { campaign, visit };
  }
  return null;
}

/** Every plate that may be met: the visits of all open rounds. */
export function allVisits() {
  return [].concat(...(rounds.value ? rounds.value.campaigns : []).map((one) => one.visits));
}

export function stateOfVisit(visit) {
  return stateOf(visit, myDrafts.value, mine.value);
}

/** The unfinished visit to a station of a round, or null. */
export function draftOf(visitId) {
  return myDrafts.value.filter((one) => one.visit_id === visitId && !one.finished_ms)[0] || null;
}

let reading = null;

/** Read what was begun on this phone; once. */
export function readVisits() {
  if (!reading) {
    reading = storage.readDrafts().then((found) => {
      const since = drafts.value || []; // begun while the phone was still reading
      drafts.value = found.filter((one) => !since.some((fresh) => fresh.id === one.id)).concat(since);
    });
  }
  return reading;
}

function shown(draft, gone) {
  drafts.value = (drafts.value || []).filter((one) => one.id !== draft.id && one.id !== gone).concat(gone === draft.id ? [] : [draft]);
}

const named = (id) => (drafts.value || []).filter((one) => one.id === id)[0] || null;
const unsaved = new Set(); // drafts of which the screen knows more than the phone has written down
let writing = 0;

/** Another page of this app may have written meanwhile: show what is kept when this one is looked at again. */
document.addEventListener('visibilitychange', () => {
  if (document.hidden || drafts.value === null) return;
  storage.readDrafts().then((found) => {
    const newer = drafts.value.filter((one) => unsaved.has(one.id));
    if (!writing) drafts.value = found.filter((one) => !unsaved.has(one.id)).concat(newer);
  }, () => null);
});

/** Write to the drafts as they are kept; resolves to what `decide` gave as result, null when it could not be written. */
async function written(id, decide) {
  writing += 1;
  try {
    const { result } = await storage.writeDrafts(decide);
    unsaved.delete(id);
    problem.value = '';
    return result;
  } catch (error) {
    unsaved.add(id);
    problem.value = error.kind === 'full' ? WORDS.full : WORDS.broken;
    return null;
  } finally {
    writing -= 1;
  }
}

/** Keep a draft just begun; when another page has begun this visit already, that one is gone on with. Null when it could not be kept. */
async function keepNew(draft) {
  shown(draft);
  const kept = await written(draft.id, async (get) => {
    const open = (await get('drafts')).filter((one) => one.visit_id === draft.visit_id && one.person_id === draft.person_id && !one.finished_ms)[0];
    return open ? { result: open } : { putDrafts: [draft], result: draft };
  });
  if (kept) shown(kept, kept.id === draft.id ? undefined : draft.id);
  return kept;
}

/**
 * Change what the draft is now on this phone, not what some screen, here or in another page of this
 * app, thought it was. The screen shows it at once, the phone writes it down at once. `photos` are new
 * bytes by id, `dropPhotos` ids to forget. Resolves to whether it is written down.
 */
export async function changeDraft(id, edit, photos, dropPhotos) {
  const seen = named(id);
  if (!seen || seen.finished_ms) return false;
  shown(edit(seen));
  const kept = await written(id, async (get) => {
    const there = await get('drafts', id);
    if (!unsaved.has(id) && (!there || there.finished_ms)) return { result: { gone: true, there } };
    const now = unsaved.has(id) ? named(id) : edit(there);
    return { putDrafts: [now], photos, dropPhotos, result: { now } };
  });
  if (kept && kept.gone) {
    shown(kept.there || seen, kept.there ? undefined : id);
    problem.value = kept.there ? VISIT_WORDS.sentElsewhereNow : VISIT_WORDS.droppedElsewhere;
  } else if (kept && !writing) shown(kept.now);
  return Boolean(kept && kept.now);
}

/** Throw a draft away, pictures and all; only by its person's own choice. */
export async function dropDraft(draft) {
  shown(draft, draft.id);
  unsaved.delete(draft.id);
  await storage.writeDrafts(() => ({ dropDrafts: [draft.id], dropPhotos: draft.photos.map((photo) => photo.id) })).catch(() => null);
}

// ---- taking a round along ------------------------------------------------------------------

const pocket = (campaignId, township) => 'pocket/' + campaignId + '/' + (township || 'all') + '/';

/** The townships in which there is something for me: [{code, name, ids}]. */
export function townshipsOf(campaign) {
  const found = [];
  minePart(campaign).forEach((visit) => {
    let one = found.filter((t) => t.code === visit.township_code)[0];
    if (!one) found.push((one = { code: visit.township_code, name: visit.township_name, ids: [] }));
    one.ids.push(visit.id);
  });
  return found;
}

/** What of this round lies on the phone: {stations, of, oldest_ms}. */
export async function readAlong(campaign) {
  const all = townshipsOf(campaign);
  const found = await Promise.all(all.map((one) => storage.recall(pocket(campaign.id, one.code) + 'form')));
  const has = (one, i) => one.ids.filter((id) => found[i] && found[i].visits.indexOf(id) >= 0).length;
  const times = found.filter(Boolean).map((one) => one.at_ms);
  along.value = Object.assign({}, along.value, {
    [campaign.id]: {
      stations: all.reduce((sum, one, i) => sum + has(one, i), 0),
      of: all.reduce((sum, one) => sum + one.ids.length, 0),
      oldest_ms: times.length ? Math.min(...times) : null,
    },
  });
}

const keyOf = (station) => station.visit_id || -station.station_id;

/** Fetch one township (outside a round: one station) and put it in the pocket; '' or why it could not be. */
async function takeTownship(campaign, code, everybodys) {
  let answer = null;
  const path = campaign === OUTSIDE ? 'stations/' + code + '/package' : campaign.id + '/package?township=' + (code || '') + (everybodys ? '&all=1' : '');
  try {
    answer = await getLarge('/rounds/' + path);
  } catch (error) {
    return VISIT_WORDS.notAllAlong;
  }
  const { body } = answer;
  if (answer.status !== 200 || !body || !Array.isArray(body.stations)) return (body && body.detail) || WORDS.portal;
  const pages = { form: { at_ms: nowMs(), form: body.form, standards: body.standards, visits: body.stations.map(keyOf) } };
  body.stations.forEach((station) => {
    const thumbs = {};
    station.photos.forEach((photo) => {
      if (body.thumbs[photo.id]) thumbs[photo.id] = body.thumbs[photo.id];
    });
    pages[keyOf(station)] = { station, thumbs };
  });
  try {
    await storage.replacePages(pocket(campaign.id, code), pages);
  } catch (error) {
    return WORDS.full;
  }
  return '';
}

/** Take all of my part of a round along, township by township; '' or a sentence. */
export async function takeAlong(campaign) {
  const all = townshipsOf(campaign);
  let said = '';
  for (let i = 0; i < all.length && !said; i += 1) {
    packing.value = { done: i, of: all.length, name: all[i].name };
    said = await takeTownship(campaign, all[i].code);
  }
  packing.value = null;
  storage.askToLast();
  await readAlong(campaign);
  return said;
}

/** {station, thumbs, rows} of a visit from the pocket; null when it was not taken along. */
export async function fromPocket(campaign, visit) {
  const key = pocket(campaign.id, visit.township_code);
  const [page, known] = await Promise.all([storage.recall(key + visit.id), storage.recall(key + 'form')]);
  return page && known ? Object.assign({ rows: rowsFor(known.form, page.station.asked) }, page) : null;
}

/** The same; asks the net for the township when the pocket has nothing. */
export async function packed(campaign, visit) {
  const there = await fromPocket(campaign, visit);
  if (there) return there;
  if (campaign === OUTSIDE) {
    await takeTownship(OUTSIDE, visit.township_code);
    return (await fromPocket(OUTSIDE, visit)) || packedForRound(visit.station_id);
  }
  await takeTownship(campaign, visit.township_code, !visit.mine && Boolean(visit.inspector_name));
  await readAlong(campaign);
  return fromPocket(campaign, visit);
}

/** The form of a station that lies in the pocket for a round: good enough between rounds, without a net. */
async function packedForRound(stationId) {
  for (const campaign of rounds.value ? rounds.value.campaigns : []) {
    const visit = campaign.visits.filter((one) => one.station_id === stationId)[0];
    const pack = visit && (await fromPocket(campaign, visit));
    if (pack) return pack;
  }
  return null;
}

/** The visits begun and not finished that no open round lists: outside a round, or their round has ended since. */
export const outsideDrafts = computed(() => myDrafts.value.filter((one) => !one.finished_ms && (one.visit_id < 0 || !visitNamed(one.visit_id))));

/** Begin a visit between rounds at a station just scanned; {draft}, or {problem} in a sentence. */
export async function beginOutside(station, scan) {
  await readVisits();
  const visit = outsideVisit(Object.assign({ station_id: station.id }, station));
  outside.value = Object.assign({}, outside.value, { [visit.id]: visit });
  const pack = await packed(OUTSIDE, visit);
  if (!pack) return { problem: VISIT_WORDS.formNeedsNet };
  const draft = await begin(Object.assign({ campaign: OUTSIDE, visit, pack, remark: '' }, scan));
  return draft ? { draft } : { problem: problem.value };
}

// ---- from the door to the queue ------------------------------------------------------------

/** Begin a visit; a draft that is there already is gone on with. */
export async function begin({ campaign, visit, pack, method, text, remark, position }) {
  const open = draftOf(visit.id);
  if (open) return open;
  const draft = newVisit({
    id: phone.uuid(),
    person_id: session.value.person.id,
    visit_id: visit.id,
    round_name: campaign.name,
    station: pack.station,
    rows: pack.rows,
    arrived_ms: nowMs(),
    method,
    text,
    plate_remark: remark || '',
    position: position || null,
  });
  return keepNew(draft);
}

/** Add a picture to a draft: bytes and draft in one transaction. */
export async function addPhoto(id, made, ruleCode) {
  const photoId = phone.uuid();
  const sha256 = await phone.sha256(made.bytes);
  const { width, height, complaints, exif } = made;
  const notes = { width, height, complaints, exif };
  if (ruleCode) notes.rule_code = ruleCode;
  const photo = { id: photoId, sha256, subject: 'clause', rule_code: ruleCode, size: made.size, taken_ms: made.taken_ms, camera: made.old ? 'file' : 'camera', notes };
  return changeDraft(id, (now) => withPhoto(now, photo), { [photoId]: made.bytes });
}

export function removePhoto(draft, photoId) {
  return changeDraft(draft.id, (now) => withoutPhoto(now, photoId), {}, [photoId]);
}

/** A draft with what another page of this app has written into it. */
async function asKept(seen) {
  const { result } = await storage.writeDrafts(async (get) => ({ result: await get('drafts', seen.id) })).catch(() => ({}));
  return unsaved.has(seen.id) || !result ? seen : result;
}

/** Hand a visit in: record, photos and the end of the draft in one transaction; {item} or {problem}. */
export async function handIn(seen) {
  const draft = await asKept(seen);
  if (draft.finished_ms) return { problem: VISIT_WORDS.sentElsewhere };
  const at = phone.now();
  const record = recordOf(draft, at, offsetNow(phone, clock.value));
  const done = finished(draft, at);
  const old = myDrafts.value.filter((one) => one.finished_ms).sort((a, b) => b.finished_ms - a.finished_ms);
  const also = { putDrafts: [done], dropDrafts: old.slice(KEPT_FINISHED).map((one) => one.id) };
  const said = await keepRecord(Object.assign({ also }, record));
  if (said.item) shown(done);
  return said;
}

/** Open a visit again that the server did not take; a name that is taken gets a new one. */
export async function reopen(item) {
  await readVisits();
  const done = myDrafts.value.filter((one) => one.id === item.id)[0];
  if (!done) return null;
  const id = item.why && item.why.result === 'conflict' ? phone.uuid() : done.id;
  const photos = item.photos.map((photo) => Object.assign({}, photo, { rule_code: photo.notes.rule_code || null, taken_ms: readMoment(photo.taken_at) }));
  const draft = Object.assign({}, done, { id, photos, finished_ms: null, outcome: null });
  await takeBack(phone, item.id, draft);
  shown(draft, id === done.id ? undefined : done.id);
  return draft;
}

/** A visit that its person threw away is none; the queue has let go of it. */
export function forget(id) {
  drafts.value = (drafts.value || []).filter((one) => one.id !== id);
}

/** Begin a new version of a visit that was sent: {draft}, or {problem} in a sentence. */
export async function amend(copy) {
  await readVisits();
  const before = myDrafts.value.filter((one) => one.id === copy.id)[0];
  const id = phone.uuid();
  if (before) {
    const draft = await keepNew(amendmentOf(before, id, copy.id));
    return draft ? { draft } : { problem: problem.value };
  }
  const here = allVisits().filter((one) => one.inspections.some((seen) => seen.id === copy.id))[0];
  const station = Object.assign({ station_id: copy.station.id }, copy.station);
  const found = here ? visitNamed(here.id) : copy.campaign ? null : { campaign: OUTSIDE, visit: outsideVisit(station) };
  const pack = found && (await packed(found.campaign, found.visit));
  if (!pack) return { problem: VISIT_WORDS.formNotHere };
  const draft = newVisit({
    id,
    person_id: session.value.person.id,
    visit_id: found.visit.id,
    round_name: found.campaign.name,
    station: pack.station,
    rows: pack.rows,
    arrived_ms: readMoment(copy.arrived_at),
    method: 'typed',
    text: found.visit.code || '',
    plate_remark: '',
    position: null,
    amends_id: copy.id,
  });
  draft.answers = answersFromCopy(copy.rows);
  const kept = await keepNew(draft);
  return kept ? { draft: kept } : { problem: problem.value };
}
