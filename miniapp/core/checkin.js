// 签到: what a scanned plate means to its keeper, and the record that comes of it.

import { isSeveral, ofSeveral } from './inview.js';
import { whereabouts } from './marks.js';
import { readScan, stationScanned } from './qr.js';
import { CHECK_IN_WORDS } from './words/checkin.js';
import { PHOTO_WORDS } from './words/photo.js';

/**
 * What a code says at the door: {here: my station, text: its plate}; {doubt: true} for a plate of
 * ours that this phone does not know; else {problem: sentence}.
 */
export function plateRead(seen, stations) {
  const text = ofSeveral(seen, stations.map((one) => one.plate_token));
  if (isSeveral(text)) return { problem: PHOTO_WORDS.several };
  const scan = readScan(text);
  const here = stationScanned(scan, stations);
  if (here) return { here, text };
  if (scan.kind === 'plate') return { doubt: true };
  return { problem: text ? CHECK_IN_WORDS.notThisPlate : PHOTO_WORDS.noCode };
}

/** A check-in for the queue; `isNew` says that the keeper calls an unknown plate the new one. */
export function checkInRecord(method, text, here, position, isNew) {
  const payload = { method, text, position };
  if (isNew) payload.new_plate = true;
  return { kind: 'check_in', station_id: here.id, payload, photos: [] };
}

/** How a check-in stands that was just kept: {title, waits, lines: [sentence]}. */
export function checkInSaid(queue, item) {
  const where = whereabouts(queue, item);
  const { new_plate, position } = item.payload;
  if (new_plate && where !== 'arrived') {
    const said = where === 'refused' ? CHECK_IN_WORDS.notKnown : CHECK_IN_WORDS.countsWhenKnown;
    return { title: CHECK_IN_WORDS.waitsForTownship, waits: true, lines: [said] };
  }
  const lines = new_plate ? [CHECK_IN_WORDS.itIsYours] : [];
  if (!position) lines.push(CHECK_IN_WORDS.noPosition);
  return { title: '签到好了', waits: false, lines };
}
