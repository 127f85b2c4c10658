// What could not be sent, as the lines of one file that the office can take in (decision 0007).

import { beijingDay, writeMoment } from './dates.js';
import { offsetNow } from './clock.js';
import { onTheWire } from './queue.js';

const KIND = 'cunzhantong-unsent';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes as base64, in pieces, for phones without a function that takes bytes. */
export function base64(bytes) {
  const all = new Uint8Array(bytes);
  const pieces = [];
  for (let start = 0; start < all.length; start += 6144) {
    const end = Math.min(all.length, start + 6144);
    let text = '';
    for (let i = start; i < end; i += 3) {
      const n = (all[i] << 16) | ((all[i + 1] || 0) << 8) | (all[i + 2] || 0);
      text += ALPHABET[n >> 18] + ALPHABET[(n >> 12) & 63];
      text += i + 1 < end ? ALPHABET[(n >> 6) & 63] : '=';
      text += i + 2 < end ? ALPHABET[n & 63] : '=';
    }
    pieces.push(text);
  }
  return pieces.join('');
}

function ascii(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

/** The photos of a record that no server has confirmed. */
function unconfirmed(item) {
  return item.photos.filter((photo) => photo.state !== 'kept');
}

/**
 * Write these records of one person, line by line, through `write(line)` (awaited; without the
 * line's end). One photo is read at a time, so that a month of photos never lies in memory. `who`
 * is {county, person: {id, name}, device_label}. Nothing is removed: the phone lets go of a record
 * only when the server has it. Resolves to {records, photos, missing}.
 */
export async function exportLines(phone, items, who, write) {
  const { meta } = await phone.read();
  const list = items.slice().sort((a, b) => a.seq - b.seq);
  const seen = [];
  const count = { records: list.length, photos: 0, missing: 0 };
  const say = (value) => write(JSON.stringify(value));
  await say({
    what: KIND,
    version: 1,
    made_at: writeMoment(phone.now()),
    clock_offset_ms: offsetNow(phone, meta.clock),
    device_id: meta.device_id || '',
    device_label: who.device_label,
    county: who.county,
    person: who.person,
    records: list.length,
    photos: list.reduce((sum, item) => sum + unconfirmed(item).length, 0),
  });
  for (const item of list) {
    seen.push(item.id);
    const { state, why } = item;
    // No server hears it now.
    const record = Object.assign(onTheWire(phone, item), { clock_held: item.clock_held === true });
    await say({ record, state, why, saved_at: writeMoment(item.saved_at) });
    for (const photo of unconfirmed(item)) {
      const bytes = await phone.photo(photo.id);
      const head = { id: photo.id, of: item.id, sha256: photo.sha256, size: photo.size };
      if (bytes) {
        seen.push(photo.sha256);
        count.photos += 1;
        await say({ photo: Object.assign(head, { type: 'image/jpeg', base64: base64(bytes) }) });
      } else {
        count.missing += 1;
        await say({ photo: Object.assign(head, { missing: true }) });
      }
    }
  }
  const sha256 = await phone.sha256(ascii(seen.map((one) => one + '\n').join('')));
  await say(Object.assign({ end: true }, count, { sha256 }));
  return count;
}

/** What the file is called: 村站通-没交的-老李-2026-07-03.txt; a name every phone can pass on. */
export function exportName(person, nowMs) {
  const name = person.name.replace(/[^\u4e00-\u9fa5A-Za-z0-9]/g, '');
  return '村站通-没交的-' + name + '-' + beijingDay(nowMs) + '.txt';
}
