// The rescue path: everything unsent as one file, photos and all, to be passed on to the office.

import { exportLines, exportName } from './core/rescue.js';
import { KEPT_WORDS } from './core/words/kept.js';
import { deviceLabel, phone } from './platform/phone.js';
import { saveBlob, shareFile } from './platform/senses.js';

/** These records of one person as one file; photos go in one by one, none stays in memory. */
async function unsentFile(items, { person, county }) {
  const parts = [];
  const { id, name } = person;
  const who = { county: county.code, person: { id, name }, device_label: deviceLabel() };
  await exportLines(phone, items, who, (line) => {
    parts.push(new Blob([line, '\n'])); // browsers move what is large to the disk
    return Promise.resolve();
  });
  const blob = new Blob(parts, { type: 'text/plain' });
  return { name: exportName(person, phone.now()), blob };
}

/**
 * Pass the file on, or save it where the phone cannot; resolves to a sentence about it. `owner` is
 * {person: {id, name}, county: {code}}.
 */
export async function rescue(items, owner) {
  const { name, blob } = await unsentFile(items, owner);
  if (await shareFile(name, blob)) return KEPT_WORDS.passedOn;
  saveBlob(name, blob);
  return KEPT_WORDS.savedAs(name);
}
