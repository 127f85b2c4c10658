// The rescue path: everything unsent as one file, photos and all, for the office to take in by hand.

import { queue, phone, session } from './state.js';
import { onTheWire } from './core/queue.js';
import { writeMoment } from './core/dates.js';
import { saveFile } from './platform/browser.js';

function base64(bytes) {
  const all = new Uint8Array(bytes);
  let text = '';
  for (let i = 0; i < all.length; i += 8192) text += String.fromCharCode.apply(null, all.subarray(i, i + 8192));
  return btoa(text);
}

/** Save these records (of this person) as a file on the phone. */
export async function exportRecords(items) {
  const records = [];
  for (const item of items) {
    const photos = {};
    for (const photo of item.photos) {
      const bytes = await phone.photo(photo.id);
      if (bytes) photos[photo.id] = base64(bytes);
    }
    records.push(Object.assign(onTheWire(item), { why: item.why, photo_bytes_base64: photos }));
  }
  const made = writeMoment(phone.now());
  const file = { what: '村站通 没交上去的记录', made_at: made, person: session.value.person.name, county: session.value.county.code, records };
  saveFile('村站通-没交的-' + made.slice(0, 10) + '.json', JSON.stringify(file));
}

/** Everything of this person that has not arrived. */
export function unsentOf(personId) {
  return (queue.value || []).filter((item) => item.person_id === personId);
}
