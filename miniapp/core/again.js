// What a person does about records that came back: throws them away, mends them, sends them again.

import { forItem, photoIds, withdrawn } from './queue.js';

/** Words that came with an accepted record have been read. */
export function heard(phone, id) {
  return phone.change((meta) => ({
    meta: Object.assign({}, meta, { told: (meta.told || []).filter((one) => one.id !== id) }),
  }));
}

/** Throw away an item in attention, photos and all; only ever done by its person's own choice. */
export function discard(phone, itemId) {
  return phone.change(
    forItem(itemId, (item) =>
      item.state === 'attention'
        ? { drop: [item.id], dropPhotos: photoIds([item]), dropDrafts: [item.id] }
        : {},
    ),
  );
}

/** Turn a visit in attention back into a draft, photos and all; the queue lets go of it. */
export function takeBack(phone, itemId, draft) {
  return phone.change(
    forItem(itemId, (item) =>
      item.state === 'attention'
        ? { drop: [item.id], dropDrafts: [item.id], putDrafts: [draft], result: draft }
        : {},
    ),
  );
}

/**
 * Send an item in attention again as it is. What the server never took keeps its id; a conflict
 * (the id is taken by other content) gets new ids, for the record and for its photos.
 */
export async function sendAgain(phone, itemId) {
  const now = await phone.read();
  const old = now.items.filter((one) => one.id === itemId && one.state === 'attention')[0];
  if (!old) return null;
  if (old.why.result !== 'conflict') {
    const photos = old.photos.map((photo) =>
      photo.state === 'refused' ? Object.assign({}, photo, { state: 'waiting', why: null }) : photo,
    );
    const again = { state: 'waiting', tries: 0, why: null, photos };
    const stays = withdrawn(photos.map((photo) => photo.id));
    const goes = forItem(itemId, (item) => ({ put: [Object.assign({}, item, again)] }));
    return phone.change((meta, items) => Object.assign(stays(meta), goes(meta, items)));
  }
  const bytes = {};
  const photos = [];
  for (const photo of old.photos) {
    const id = phone.uuid();
    bytes[id] = await phone.photo(photo.id);
    photos.push(Object.assign({}, photo, { id, state: 'waiting' }));
  }
  const fresh = { id: phone.uuid(), photos, state: 'waiting', tries: 0, why: null };
  return phone.change((meta) => ({
    meta: Object.assign({}, meta, { next_seq: meta.next_seq + 1 }),
    put: [Object.assign({}, old, fresh, { seq: meta.next_seq })],
    photos: bytes,
    drop: [old.id],
    dropPhotos: photoIds([old]),
  }));
}
