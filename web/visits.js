// An inspector's visits on this phone: what was taken along, drafts kept at each tap, handing in.

import { computed, signal } from './vendor/signals.mjs';
import { heardInRun, offsetNow } from './core/clock.js';
import { beijingDay } from './core/dates.js';
import { alongOf, fetchPack, packOf, takeAll } from './core/pocket.js';
import { recordThere } from './core/presence.js';
import { takeBack } from './core/queue.js';
import { stateOf, withoutPhoto, withPhoto } from './core/rounds.js';
import { edited, isSignedBy } from './core/signing.js';
import * as visits from './core/visits.js';
import { WORDS } from './core/words.js';
import { VISIT_WORDS } from './core/words/visit.js';
import { online } from './platform/phone.js';
import * as storage from './platform/storage.js';
import { clock, keepRecord, mine, nowMs, phone, rounds, session } from './state.js';

export { minePart } from './core/visits.js';

export const drafts = signal(null); // null: not read yet
export const problem = signal(''); // why the last change could not be kept, in words
export const along = signal({}); // by round: what of it lies on this phone
export const packing = signal(null); // {done, of, name} while a round is being taken along
export const chosenRound = signal(null);
/** How far this phone's clock can be trusted now: heard in this run, kept from before, unknown. */
function clockNow() {
  if (heardInRun(phone, clock.value)) return 'heard';
  return clock.value ? 'kept' : 'unknown';
}

const met = signal({}); // visits between rounds that began in this run, by number

const personId = () => session.value.person.id;
const campaigns = () => (rounds.value ? rounds.value.campaigns : []);
const myDrafts = computed(() =>
  (drafts.value || []).filter((one) => one.person_id === personId()),
);

/** The round the screens are about. */
export const round = computed(() => {
  const open = campaigns();
  return open.filter((one) => one.id === chosenRound.value)[0] || open[0] || null;
});

/** The unfinished visit to a station of a round, or null. */
export const draftOf = (visitId) => visits.openDraft(myDrafts.value, visitId);

/** Any visit by its number, with its round; null when it is in none. */
export const visitNamed = (id) => visits.visitNamed(id, campaigns(), myDrafts.value, met.value);

/** Every plate that may be met: the visits of all open rounds. */
export const allVisits = () => visits.allVisits(campaigns());

/** The record that a visit has already, {id, said}; null where one may begin (core/presence.js). */
export const recordOfVisit = (visit) =>
  recordThere(visit, myDrafts.value, mine.value, { id: personId(), day: beijingDay(nowMs()) });

export const stateOfVisit = (visit) => stateOf(visit, myDrafts.value, mine.value);

/** The visits begun and not finished that no open round lists. */
export const outsideDrafts = computed(() => visits.strayDrafts(myDrafts.value, campaigns()));

// ---- drafts, as they are kept --------------------------------------------------------------

let reading = null;

/** Read what was begun on this phone; once. */
export function readVisits() {
  if (!reading) {
    reading = storage.readDrafts().then((found) => {
      const since = drafts.value || []; // begun while the phone was still reading
      const before = found.filter((one) => !since.some((fresh) => fresh.id === one.id));
      drafts.value = before.concat(since);
    });
  }
  return reading;
}

function shown(draft, gone) {
  const others = (drafts.value || []).filter((one) => one.id !== draft.id && one.id !== gone);
  drafts.value = others.concat(gone === draft.id ? [] : [draft]);
}

const named = (id) => (drafts.value || []).filter((one) => one.id === id)[0] || null;
const unsaved = new Set(); // drafts of which the screen knows more than the phone has written down
let writing = 0;

/** Another page of this app may have written meanwhile: show what is kept when looked at again. */
document.addEventListener('visibilitychange', () => {
  if (document.hidden || drafts.value === null) return;
  storage.readDrafts().then((found) => {
    const newer = drafts.value.filter((one) => unsaved.has(one.id));
    if (!writing) drafts.value = found.filter((one) => !unsaved.has(one.id)).concat(newer);
  }, () => null);
});

/** Write to the drafts as they are kept; resolves to `decide`'s result, null when it failed. */
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

/**
 * Keep a draft just begun; when another page has begun this visit already, that one is gone on
 * with. Resolves to {draft}, or {problem} when it could not be kept.
 */
async function keepNew(draft) {
  shown(draft);
  const kept = await written(draft.id, async (get) => {
    const all = await get('drafts');
    const own = all.filter((one) => one.person_id === draft.person_id);
    const open = visits.openDraft(own, draft.visit_id);
    return open ? { result: open } : { putDrafts: [draft], result: draft };
  });
  if (!kept) return { problem: problem.value };
  shown(kept, kept.id === draft.id ? undefined : draft.id);
  return { draft: kept };
}

/**
 * Change what the draft is now on this phone, not what some screen, here or in another page of this
 * app, thought it was. The screen shows it at once, the phone writes it down at once. `photos` are
 * new bytes by id, `dropPhotos` ids to forget. Resolves to whether it is written down. Signatures
 * go when what they stand under changes.
 */
export async function changeDraft(id, change, photos, dropPhotos) {
  const seen = named(id);
  if (!seen || seen.finished_ms) return false;
  const edit = (now) => edited(now, change(now));
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
  const gone = { dropDrafts: [draft.id], dropPhotos: draft.photos.map((photo) => photo.id) };
  await storage.writeDrafts(() => gone).catch(() => null);
}

// ---- taking a round along ------------------------------------------------------------------

/** See what of this round lies on the phone. */
export async function readAlong(campaign) {
  const have = await alongOf(phone, campaign);
  along.value = Object.assign({}, along.value, { [campaign.id]: have });
}

/** Take all of my part of a round along, township by township; '' or a sentence. */
export async function takeAlong(campaign) {
  const said = await takeAll(phone, campaign, nowMs, (now) => {
    packing.value = now;
  });
  packing.value = null;
  storage.askToLast();
  await readAlong(campaign);
  return said;
}

/** A visit's package from the pocket (core/pocket.js: packOf); null when it was not taken along. */
export const fromPocket = (campaign, visit) => packOf(phone, campaign, visit);

/** The same; asks the net for the township when the pocket has nothing, or an older server's. */
export async function packed(campaign, visit) {
  const there = await fromPocket(campaign, visit);
  if (there && there.taken_on) return there;
  const pack = await fetchPack(phone, campaigns(), { campaign, visit }, nowMs);
  if (campaign !== visits.OUTSIDE) await readAlong(campaign);
  return pack;
}

// ---- from the door to the queue ------------------------------------------------------------

/** Begin a visit; a draft that is there already is gone on with. Null when it could not be kept. */
export async function begin({ campaign, visit, pack, ...how }) {
  const open = draftOf(visit.id);
  if (open) return open;
  const who = { id: phone.uuid(), person_id: personId(), arrived_ms: nowMs() };
  Object.assign(who, { arrived_online: online(), arrived_clock: clockNow() });
  return (await keepNew(visits.begun({ campaign, visit }, pack, how, who))).draft || null;
}

/** Begin a visit between rounds at a station just scanned; {draft}, or {problem} in a sentence. */
export async function beginOutside(station, scan) {
  await readVisits();
  const visit = visits.outsideVisit(Object.assign({ station_id: station.id }, station));
  met.value = Object.assign({}, met.value, { [visit.id]: visit });
  const there = draftOf(visit.id) ? null : recordOfVisit(visit);
  if (there) return { problem: there.said };
  const pack = await packed(visits.OUTSIDE, visit);
  if (!pack) return { problem: VISIT_WORDS.formNeedsNet };
  const draft = await begin(Object.assign({ campaign: visits.OUTSIDE, visit, pack }, scan));
  return draft ? { draft } : { problem: problem.value };
}

/** Add a picture to a draft: bytes and draft in one transaction. */
export async function addPhoto(id, made, ruleCode) {
  const photoId = phone.uuid();
  const photo = visits.pictureOf(made, photoId, await phone.sha256(made.bytes), ruleCode);
  return changeDraft(id, (now) => withPhoto(now, photo), { [photoId]: made.bytes });
}

export function removePhoto(draft, photoId) {
  return changeDraft(draft.id, (now) => withoutPhoto(now, photoId), {}, [photoId]);
}

/** A draft with what another page of this app has written into it. */
async function asKept(seen) {
  const read = async (get) => ({ result: await get('drafts', seen.id) });
  const { result } = await storage.writeDrafts(read).catch(() => ({}));
  return unsaved.has(seen.id) || !result ? seen : result;
}

/** A draft begun with an older server's package gets a new one, where there is a net. */
export async function renew(draft, { campaign, visit }) {
  const pack = await packed(campaign, visit);
  if (pack && pack.taken_on) await changeDraft(draft.id, (now) => visits.renewed(now, pack));
}

/**
 * The text of a draft as it stands now, {text, sha256}; null where an older server's package came
 * without the checks, and for what was signed before texts were kept. A signed one keeps its text.
 */
export async function documentOf(draft) {
  if (isSignedBy(draft)) return draft.document || null;
  const [{ hasChecks }, { documentText }] = await Promise.all([
    import('./core/worked.js'),
    import('./core/document.js'),
  ]);
  if (!hasChecks(draft)) return null;
  const text = documentText(draft, session.value.person.name, nowMs());
  return { text, sha256: await phone.sha256(new TextEncoder().encode(text).buffer) };
}

/**
 * Hand a visit in: record, photos and the draft's end in one transaction; {item} or {problem}.
 * `read` is the text that stood on the screen, {text, sha256}: another one has to be read first.
 */
export async function handIn(seen, read) {
  const kept = await asKept(seen);
  if (kept.finished_ms) return { problem: VISIT_WORDS.sentElsewhere };
  const document = await documentOf(kept).catch(() => null); // never a reason to lose a visit
  if (read && document && read.text !== document.text) return { problem: VISIT_WORDS.lookAgain };
  const draft = Object.assign({}, kept, { document });
  const offset = offsetNow(phone, clock.value);
  Object.assign(draft, { signed_online: online(), signed_clock: clockNow() });
  const { record, done } = visits.handedIn(draft, myDrafts.value, phone.now(), offset);
  const said = await keepRecord(record);
  if (said.item) shown(done);
  return said;
}

/** Open a visit again that the server did not take; a name that is taken gets a new one. */
export async function reopen(item) {
  await readVisits();
  const done = myDrafts.value.filter((one) => one.id === item.id)[0];
  if (!done) return null;
  const draft = visits.reopened(item, done, phone.uuid());
  await takeBack(phone, item.id, draft);
  shown(draft, draft.id === done.id ? undefined : done.id);
  return draft;
}

/** A visit that its person threw away is none; the queue has let go of it. */
export function forget(id) {
  drafts.value = (drafts.value || []).filter((one) => one.id !== id);
}

/** Begin a new version of a visit that was sent: {draft}, or {problem} in a sentence. */
export async function amend(copy) {
  await readVisits();
  const id = phone.uuid();
  const before = myDrafts.value.filter((one) => one.id === copy.id)[0];
  if (before) return keepNew(visits.amended(before, copy, id));
  const place = visits.placeOf(copy, campaigns());
  const pack = place && (await packed(place.campaign, place.visit));
  if (!pack) return { problem: VISIT_WORDS.formNotHere };
  return keepNew(visits.amendedFromCopy(copy, place, pack, { id, person_id: personId() }));
}
