// The rescue path: everything unsent as one file, photos and all, to be passed on to the office.

import { exportLines, exportName } from './core/rescue.js';
import { phone, session } from './state.js';
import { deviceLabel } from './platform/phone.js';
import { saveBlob, shareFile } from './platform/senses.js';

/** These records (of this person) as one file; photos go into it one by one, none stays in memory. */
export async function unsentFile(items) {
  const { person, county } = session.value;
  const parts = [];
  const who = { county: county.code, person: { id: person.id, name: person.name }, device_label: deviceLabel() };
  await exportLines(phone, items, who, (line) => {
    parts.push(new Blob([line, '\n'])); // browsers move what is large to the disk
    return Promise.resolve();
  });
  return { name: exportName(person, phone.now()), blob: new Blob(parts, { type: 'text/plain' }) };
}

/** Pass the file on, or save it where the phone cannot; resolves to a sentence about what happened. */
export async function rescue(items) {
  const { name, blob } = await unsentFile(items);
  if (await shareFile(name, blob)) return '文件交出去了。手机里的都还在，等县里收下或有网交完才删。';
  saveBlob(name, blob);
  return '存好了，在手机的“下载”里，叫“' + name + '”。用微信发给乡镇或县里就行。手机里的都还在。';
}
