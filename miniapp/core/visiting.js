// An inspector's visits on this phone: what was taken along, drafts kept at each tap, handing in.

import { takeBack } from './again.js';
import { heardInRun, offsetNow } from './clock.js';
import { beijingDay } from './dates.js';
import { alongOf, fetchPack, packOf, takeAll } from './pocket.js';
import { recordThere } from './presence.js';
import { stateOf, withoutPhoto, withPhoto } from './rounds.js';
import { bytesOfText } from './sha256.js';
import { edited, isSignedBy } from './signing.js';
import * as visits from './visits.js';
import { WORDS } from './words.js';
import { VISIT_WORDS } from './words/visit.js';

/**
 * The visits of the person signed in, as cells and what changes them. A client gives what
 * core/state.js is given (signal, computed, phone, storage, online) and
 *   state          core/state.js as it was made
 *   signingCore()  promise of {hasChecks, documentText} of worked.js and document.js
 */
export function makeVisiting(client) {
  const { signal, computed, phone, storage, state } = client;
  const drafts = signal(null); // null: not read yet
  const problem = signal(''); // why the last change could not be kept, in words
  const along = signal({}); // by round: what of it lies on this phone
  const packing = signal(null); // {done, of, name} while a round is being taken along
  const chosenRound = signal(null);
  /** How far this phone's clock can be trusted now: heard in this run, kept, unknown. */
  function clockNow() {
    if (heardInRun(phone, state.clock.value)) return 'heard';
    return state.clock.value ? 'kept' : 'unknown';
  }

  const met = signal({}); // visits between rounds that began in this run, by number

  const personId = () => state.session.value.person.id;
  const campaigns = () => (state.rounds.value ? state.rounds.value.campaigns : []);
  const myDrafts = computed(() =>
    (drafts.value || []).filter((one) => one.person_id === personId()),
  );

  /** The round the screens are about. */
  const round = computed(() => {
    const open = campaigns();
    return open.filter((one) => one.id === chosenRound.value)[0] || open[0] || null;
  });

  /** The unfinished visit to a station of a round, or null. */
  const draftOf = (visitId) => visits.openDraft(myDrafts.value, visitId);

  /** Any visit by its number, with its round; null when it is in none. */
  const visitNamed = (id) => visits.visitNamed(id, campaigns(), myDrafts.value, met.value);

  /** Every plate that may be met: the visits of all open rounds. */
  const allVisits = () => visits.allVisits(campaigns());

  /** The record that a visit has already, {id, said}; null where one may begin (presence.js). */
  const recordOfVisit = (visit) =>
    recordThere(visit, myDrafts.value, state.mine.value, {
      id: personId(),
      day: beijingDay(state.nowMs()),
    });

  const stateOfVisit = (visit) => stateOf(visit, myDrafts.value, state.mine.value);

  /** The visits begun and not finished that no open round lists. */
  const outsideDrafts = computed(() => visits.strayDrafts(myDrafts.value, campaigns()));

  // ---- drafts, as they are kept --------------------------------------------------------------

  let reading = null;

  /** Read what was begun on this phone; once. */
  function readVisits() {
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
  const unsaved = new Set(); // drafts of which the screen knows more than is written down
  let writing = 0;

  /** Another page of this app may have written meanwhile: take in what is kept now. */
  async function lookAgain() {
    if (drafts.value === null) return;
    const found = await storage.readDrafts().catch(() => null);
    if (!found || writing) return;
    const newer = drafts.value.filter((one) => unsaved.has(one.id));
    drafts.value = found.filter((one) => !unsaved.has(one.id)).concat(newer);
  }

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
   * Change what the draft is now on this phone, not what some screen, here or in another page of
   * this app, thought it was. The screen shows it, the phone writes it down at once. `photos` are
   * new bytes by id, `dropPhotos` ids to forget, `also` what the client's storage knows besides.
   * Resolves to whether it is written down. Signatures go when what they stand under changes.
   */
  async function changeDraft(id, change, photos, dropPhotos, also) {
    const seen = named(id);
    if (!seen || seen.finished_ms) return false;
    const edit = (now) => edited(now, change(now));
    shown(edit(seen));
    const kept = await written(id, async (get) => {
      const there = await get('drafts', id);
      if (!unsaved.has(id) && (!there || there.finished_ms)) {
        return { result: { gone: true, there } };
      }
      const now = unsaved.has(id) ? named(id) : edit(there);
      return Object.assign({ putDrafts: [now], photos, dropPhotos, result: { now } }, also);
    });
    if (kept && kept.gone) {
      shown(kept.there || seen, kept.there ? undefined : id);
      problem.value = kept.there ? VISIT_WORDS.sentElsewhereNow : VISIT_WORDS.droppedElsewhere;
    } else if (kept && !writing) shown(kept.now);
    return Boolean(kept && kept.now);
  }

  /** Throw a draft away, pictures and all; only by its person's own choice. */
  async function dropDraft(draft) {
    shown(draft, draft.id);
    unsaved.delete(draft.id);
    const gone = { dropDrafts: [draft.id], dropPhotos: draft.photos.map((photo) => photo.id) };
    await storage.writeDrafts(() => gone).catch(() => null);
  }

  // ---- taking a round along ------------------------------------------------------------------

  /** See what of this round lies on the phone. */
  async function readAlong(campaign) {
    const have = await alongOf(phone, campaign);
    along.value = Object.assign({}, along.value, { [campaign.id]: have });
  }

  /** Take all of my part of a round along, township by township; '' or a sentence. */
  async function takeAlong(campaign) {
    const said = await takeAll(phone, campaign, state.nowMs, (now) => {
      packing.value = now;
    });
    packing.value = null;
    storage.askToLast();
    await readAlong(campaign);
    return said;
  }

  /** A visit's package from the pocket (pocket.js: packOf); null when it was not taken along. */
  const fromPocket = (campaign, visit) => packOf(phone, campaign, visit);

  /** The same; asks the net for the township when the pocket has nothing, or an older server's. */
  async function packed(campaign, visit) {
    const there = await fromPocket(campaign, visit);
    if (there && there.taken_on) return there;
    const pack = await fetchPack(phone, campaigns(), { campaign, visit }, state.nowMs);
    if (campaign !== visits.OUTSIDE) await readAlong(campaign);
    return pack;
  }

  // ---- from the door to the queue ------------------------------------------------------------

  /** Begin a visit; a draft that is there is gone on with. Null when it could not be kept. */
  async function begin({ campaign, visit, pack, ...how }) {
    const open = draftOf(visit.id);
    if (open) return open;
    const who = { id: phone.uuid(), person_id: personId(), arrived_ms: state.nowMs() };
    Object.assign(who, { arrived_online: client.online(), arrived_clock: clockNow() });
    return (await keepNew(visits.begun({ campaign, visit }, pack, how, who))).draft || null;
  }

  /** Begin a visit between rounds at a station just scanned: {draft}, or {problem} in words. */
  async function beginOutside(station, scan) {
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
  async function addPhoto(id, made, ruleCode) {
    const photoId = phone.uuid();
    const photo = visits.pictureOf(made, photoId, await phone.sha256(made.bytes), ruleCode);
    return changeDraft(id, (now) => withPhoto(now, photo), { [photoId]: made.bytes });
  }

  function removePhoto(draft, photoId) {
    return changeDraft(draft.id, (now) => withoutPhoto(now, photoId), {}, [photoId]);
  }

  /** A draft with what another page of this app has written into it. */
  async function asKept(seen) {
    const read = async (get) => ({ result: await get('drafts', seen.id) });
    const { result } = await storage.writeDrafts(read).catch(() => ({}));
    return unsaved.has(seen.id) || !result ? seen : result;
  }

  /** A draft begun with an older server's package gets a new one, where there is a net. */
  async function renew(draft, { campaign, visit }) {
    const pack = await packed(campaign, visit);
    if (pack && pack.taken_on) await changeDraft(draft.id, (now) => visits.renewed(now, pack));
  }

  /**
   * The text of a draft as it stands now, {text, sha256}; null where an older server's package came
   * without the checks, and for what was signed before texts were kept. A signed one keeps its
   * text.
   */
  async function documentOf(draft) {
    if (isSignedBy(draft)) return draft.document || null;
    const { hasChecks, documentText } = await client.signingCore();
    if (!hasChecks(draft)) return null;
    const text = documentText(draft, state.session.value.person.name, state.nowMs());
    return { text, sha256: await phone.sha256(bytesOfText(text)) };
  }

  /**
   * Hand a visit in: record, photos and the draft's end in one transaction; {item} or {problem}.
   * `read` is the text that stood on the screen, {text, sha256}: another one has to be read first.
   */
  async function handIn(seen, read) {
    const kept = await asKept(seen);
    if (kept.finished_ms) return { problem: VISIT_WORDS.sentElsewhere };
    const made = await documentOf(kept).catch(() => null); // never a reason to lose a visit
    if (read && made && read.text !== made.text) return { problem: VISIT_WORDS.lookAgain };
    const draft = Object.assign({}, kept, { document: made });
    const offset = offsetNow(phone, state.clock.value);
    Object.assign(draft, { signed_online: client.online(), signed_clock: clockNow() });
    const { record, done } = visits.handedIn(draft, myDrafts.value, phone.now(), offset);
    const said = await state.keepRecord(record);
    if (said.item) shown(done);
    return said;
  }

  /** Open a visit again that the server did not take; a name that is taken gets a new one. */
  async function reopen(item) {
    await readVisits();
    const done = myDrafts.value.filter((one) => one.id === item.id)[0];
    if (!done) return null;
    const draft = visits.reopened(item, done, phone.uuid());
    await takeBack(phone, item.id, draft);
    shown(draft, draft.id === done.id ? undefined : done.id);
    return draft;
  }

  /** A visit that its person threw away is none; the queue has let go of it. */
  function forget(id) {
    drafts.value = (drafts.value || []).filter((one) => one.id !== id);
  }

  /** Begin a new version of a visit that was sent: {draft}, or {problem} in a sentence. */
  async function amend(copy) {
    await readVisits();
    const id = phone.uuid();
    const before = myDrafts.value.filter((one) => one.id === copy.id)[0];
    if (before) return keepNew(visits.amended(before, copy, id));
    const place = visits.placeOf(copy, campaigns());
    const pack = place && (await packed(place.campaign, place.visit));
    if (!pack) return { problem: VISIT_WORDS.formNotHere };
    return keepNew(visits.amendedFromCopy(copy, place, pack, { id, person_id: personId() }));
  }

  return {
    drafts, problem, along, packing, chosenRound, round, draftOf, visitNamed, allVisits,
    recordOfVisit, stateOfVisit, outsideDrafts, readVisits, changeDraft, dropDraft, readAlong,
    takeAlong, fromPocket, packed, begin, beginOutside, addPhoto, removePhoto, renew,
    documentOf, handIn, reopen, forget, amend, lookAgain,
  };
}
