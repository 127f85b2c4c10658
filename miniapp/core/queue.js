// What waits on the phone until the server has it: records, their photos, and what came back.
//
// The core knows the phone only through an adapter ("phone"), one for browsers and one for WeChat:
//   now()                 ms by the phone's clock        steady()  ms nobody can set, within `run`
//   run                   a name for this run of the app
//   holds                 false where steady() may be set
//   uuid()  random()      random names; a number from 0 up to 1
//   sha256(bytes)         promise of lower-case hexadecimal
//   read()                promise of {meta, items}, without photo bytes
//   change(edit)          ONE transaction: edit(meta, items) is plain and synchronous, and returns
//                         {meta, put, drop, photos: {id: bytes}, dropPhotos, putDrafts, dropDrafts,
//                         result}, all optional (drafts: an inspector's unfinished visits, by id);
//                         promise of `result`, kept only when the whole transaction is. Rejects
//                         with error.kind === 'full' when there is no room: then nothing is kept.
//   photo(id)             promise of a photo's bytes, or null
//   postJson(path, body)  promise of {status, body, retry_after_s}; body is null when it is no JSON
//   putPhoto(id, bytes, sha256)   the same; both reject when there was no answer
//   alone(work)           runs work() unless another tab is at it; then promise of undefined
//
// `meta` is {device_id, next_seq, failures, retry_at, busy_until, photos_until, photos_why, clock,
// told, withdrawals}; photos wait until `photos_until` while records go; `told` are words that came
// with an accepted record, until read; `withdrawals` photos that the server has been told of and
// will never get, until it has been told that too.
// An item is what the wire needs and {person_id, state, tries, why, saved_at}; its state is one of:
//   waiting    the server has not said that it has the record
//   announced  it has the record, not yet all photos
//   attention  it said no, to the record or to a photo of it: a person has to look; nothing is
//              thrown away
// A photo's state is waiting, kept (the server confirmed its sha256) or refused (with its `why`).

import { clockSeen, heldAtKeeping, heldNow, offsetNow } from './clock.js';
import { beijingDay, readMoment, writeMoment } from './dates.js';

export const BATCH = 20;
// Of a batch's text, three bytes a letter at most: the server takes 1 MB at once.
const BATCH_LETTERS = 300000;
const MOST_TOLD = 40;
const ACCEPTED = ['ok', 'same', 'merged'];

/** What is unsent is a person's own; a shared phone never sends one person's as another's. */
function ofPerson(items, personId) {
  return items.filter((item) => item.person_id === personId);
}

function bySeq(a, b) {
  return a.seq - b.seq;
}

/**
 * Keep a record and its photos in one transaction, before any screen says 已保存.
 *
 * `draft` is {kind, station_id, payload, photos}; a photo is {subject, bytes, size, taken_ms,
 * camera, notes}, or has {id, sha256} instead of its bytes when it lies on the phone already.
 * `draft.id` is set where the record had its name before (a visit begun earlier), `draft.also` is
 * carried out in the same transaction. `replaces` names an item in attention that this one mends.
 * Resolves to the kept item.
 */
export async function keep(phone, personId, draft, replaces) {
  const photos = [];
  const bytes = {};
  for (const shot of draft.photos || []) {
    const id = shot.id || phone.uuid();
    if (shot.bytes) bytes[id] = shot.bytes;
    photos.push({
      id,
      subject: shot.subject,
      sha256: shot.sha256 || (await phone.sha256(shot.bytes)),
      size: shot.size,
      taken_at: writeMoment(shot.taken_ms),
      camera: shot.camera,
      notes: shot.notes,
      state: 'waiting',
    });
  }
  const id = draft.id || phone.uuid();
  return phone.change((meta, items) => {
    const twice = items.filter((one) => one.id === id)[0];
    if (twice) return { result: twice };
    const at = phone.now();
    const clock = clockSeen(phone, meta.clock);
    const offset = offsetNow(phone, clock);
    const seq = meta.next_seq || 1;
    const item = {
      id,
      person_id: personId,
      kind: draft.kind,
      station_id: draft.station_id,
      seq,
      device_at: writeMoment(at),
      clock_offset_ms: offset,
      clock_held: heldAtKeeping(phone, clock),
      run: phone.run,
      steady_ms: phone.steady(),
      day_on: draft.payload.day_on || beijingDay(at + (offset || 0)),
      payload: draft.payload,
      photos,
      state: 'waiting',
      tries: 0,
      why: null,
      saved_at: at,
    };
    const old = items.filter((one) => one.id === replaces && one.state === 'attention');
    const device_id = meta.device_id || phone.uuid();
    return Object.assign({}, draft.also, {
      meta: Object.assign({}, meta, { next_seq: seq + 1, clock, device_id }),
      put: [item],
      photos: bytes,
      drop: old.map((one) => one.id),
      dropPhotos: photoIds(old),
      result: item,
    });
  });
}

export function photoIds(items) {
  return [].concat.apply([], items.map((item) => item.photos.map((photo) => photo.id)));
}

/** Counts for the screens; null items (not read yet) give null, so that nobody says "all sent". */
export function summary(items, personId) {
  if (!items) return null;
  const mine = ofPerson(items, personId);
  const open = mine.filter((item) => item.state !== 'attention');
  const photos = [].concat.apply([], open.map((item) => item.photos));
  const left = photos.filter((photo) => photo.state === 'waiting');
  return {
    waiting: open.length,
    photos: left.length,
    bytes: left.reduce((sum, photo) => sum + photo.size, 0),
    oldest_ms: open.length ? Math.min.apply(null, open.map(happenedAt)) : null,
    attention: mine.length - open.length,
    others: items.length - mine.length,
  };
}

/** The next records to send, oldest first; `skip` holds ids that got no answer in this run. */
export function nextBatch(phone, items, personId, skip) {
  const waiting = ofPerson(items, personId)
    .filter((item) => item.state === 'waiting' && skip.indexOf(item.id) < 0)
    .sort(bySeq)
    .slice(0, BATCH);
  let letters = 0;
  return waiting.filter((item, i) => {
    letters += JSON.stringify(onTheWire(phone, item)).length;
    return i === 0 || letters <= BATCH_LETTERS;
  });
}

/** The next photo to send: {item, photo}, or null. */
export function nextPhoto(items, personId) {
  const announced = ofPerson(items, personId).filter((item) => item.state === 'announced');
  for (const item of announced.sort(bySeq)) {
    for (const photo of item.photos) if (photo.state === 'waiting') return { item, photo };
  }
  return null;
}

/** An item as the wire wants it, without what only this phone needs. */
export function onTheWire(phone, item) {
  return {
    id: item.id,
    person_id: item.person_id,
    kind: item.kind,
    station_id: item.station_id,
    seq: item.seq,
    device_at: item.device_at,
    clock_offset_ms: item.clock_offset_ms,
    clock_held: heldNow(phone, item),
    payload: item.payload,
    photos: item.photos.map((photo) => ({
      id: photo.id,
      subject: photo.subject,
      sha256: photo.sha256,
      size: photo.size,
      taken_at: photo.taken_at,
      camera: photo.camera,
      notes: photo.notes,
    })),
  };
}

/** The item when some photos are confirmed: gone when none is left, else put back. */
function without(item, keptIds) {
  const photos = item.photos.map((photo) =>
    keptIds.indexOf(photo.id) < 0 ? photo : Object.assign({}, photo, { state: 'kept' }),
  );
  const now = Object.assign({}, item, { photos, state: 'announced' });
  const refused = photos.filter((photo) => photo.state === 'refused');
  if (photos.some((photo) => photo.state === 'waiting')) return { put: [now], dropPhotos: keptIds };
  if (refused.length) return { put: [refusedItem(now, refused[0].why)], dropPhotos: keptIds };
  return { drop: [item.id], dropPhotos: photoIds([item]) };
}

/** Is the record itself with the server, and only a photo of it is not? */
export function onlyPhotosRefused(item) {
  return item.state === 'attention' && item.photos.some((photo) => photo.state === 'refused');
}

/** Put several small changes together. */
function together(changes) {
  const all = { put: [], drop: [], dropPhotos: [] };
  changes.forEach((change) => {
    Object.keys(all).forEach((key) => {
      all[key] = all[key].concat(change[key] || []);
    });
  });
  return all;
}

/**
 * An edit that takes in the server's answers. A photo of a record received before (`same`) that the
 * server does not ask for has arrived there already, checked against the sha256 of that record:
 * a lost answer costs no second upload. Everything else waits for its own PUT to be confirmed.
 */
export function taking(results, needPhotos, personId) {
  const wholeList = needPhotos.length < 200;
  return (meta, items) =>
    together(
      ofPerson(items, personId).map((item) => {
        const answer = results.filter((result) => result && result.id === item.id)[0];
        if (!answer || item.state !== 'waiting') return {};
        if (answer.result === 'same' && wholeList) {
          // the server asks no more for what was withdrawn: that is no sign that it arrived
          const asked = (photo) => photo.withdrawn || needPhotos.indexOf(photo.id) >= 0;
          const there = item.photos.filter((photo) => !asked(photo));
          return without(item, there.map((photo) => photo.id));
        }
        if (ACCEPTED.indexOf(answer.result) >= 0) return without(item, keptOf(item));
        return { put: [refusedItem(item, answer)] };
      }),
    );
}

/** What the server had to say about records it accepted, added to what is still unread. */
export function toldWith(told, results, batch) {
  const said = results.filter((one) => ACCEPTED.indexOf(one.result) >= 0 && one.message);
  const news = said.map(({ id, message }) => {
    const { person_id, station_id, kind } = batch.filter((sent) => sent.id === id)[0];
    return { id, person_id, station_id, kind, message };
  });
  const old = (told || []).filter((one) => !news.some((fresh) => fresh.id === one.id));
  return old.concat(news).slice(-MOST_TOLD);
}

function keptOf(item) {
  return item.photos.filter((photo) => photo.state === 'kept').map((photo) => photo.id);
}

function refusedItem(item, answer) {
  const { result, code, message, fields } = answer;
  const why = { result, code: code || null, message: message || '', fields: fields || null };
  return Object.assign({}, item, { state: 'attention', why });
}

/** An edit for one item, if it is still there. */
export function forItem(id, change) {
  return (meta, items) => {
    const item = items.filter((one) => one.id === id)[0];
    return item ? change(item) : {};
  };
}

/** An edit: the server has confirmed this photo's sha256, so the phone may let it go. */
export function photoKept(itemId, photoId) {
  return forItem(itemId, (item) => without(item, keptOf(item).concat([photoId])));
}

/** An edit: nobody knows whether the photo arrived; announcing it again will tell. */
export function photoUnsure(itemId) {
  return forItem(itemId, (item) => ({
    put: [Object.assign({}, item, { state: 'waiting', tries: item.tries + 1 })],
  }));
}

/** An edit: the server said no to this item; a person has to look. */
export function refuse(itemId, answer) {
  return forItem(itemId, (item) => ({ put: [refusedItem(item, answer)] }));
}

/**
 * An edit: the server said no to the bytes of one photo, or they are gone. The other photos of the
 * record go on; the server will be told not to wait for this one. `reason` is lost or refused.
 */
export function refusePhoto(itemId, photoId, reason, problem) {
  return (meta, items) => {
    const item = items.filter((one) => one.id === itemId)[0];
    if (!item) return {};
    const why = { result: 'invalid', code: problem.code || null, message: problem.message || '' };
    const refused = { state: 'refused', withdrawn: true, why };
    const photos = item.photos.map((photo) =>
      photo.id === photoId ? Object.assign({}, photo, refused) : photo,
    );
    const now = Object.assign({}, item, { photos });
    const told = { photo_id: photoId, person_id: item.person_id, reason, code: why.code || '' };
    const others = (meta.withdrawals || []).filter((one) => one.photo_id !== photoId);
    const news = Object.assign({}, meta, { withdrawals: others.concat([told]) });
    return Object.assign({ meta: news }, without(now, keptOf(now)));
  };
}

/** The next photo that the server need not wait for any more, or null. */
export function nextWithdrawal(meta, personId) {
  return (meta.withdrawals || []).filter((one) => one.person_id === personId)[0] || null;
}

/** An edit: these photos need no withdrawing (any more). */
export function withdrawn(photoIdsDone) {
  return (meta) => {
    const open = (one) => photoIdsDone.indexOf(one.photo_id) < 0;
    const withdrawals = (meta.withdrawals || []).filter(open);
    return { meta: Object.assign({}, meta, { withdrawals }) };
  };
}

/** How many whole days the oldest unsent record has been waiting; 0 when none waits. */
export function daysWaiting(count, nowMs) {
  if (!count || count.oldest_ms === null) return 0;
  return Math.max(0, Math.floor((nowMs - count.oldest_ms) / 86400000));
}

/** When an item happened, in ms, by the best clock known then. */
export function happenedAt(item) {
  return readMoment(item.device_at) + (item.clock_offset_ms || 0);
}
