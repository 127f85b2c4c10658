// The way out for what cannot be sent: one file of it all, passed on to the office in WeChat.

import { exportLines, exportName } from './core/rescue.js';
import { KEPT_WORDS } from './core/words/kept.js';
import { beginFile, deviceLabel, passOn, phone } from './platform/wx.js';
import { state } from './store.js';

/** Write these records of the person signed in into a file and pass it on; a sentence about it. */
export async function rescue(items) {
  const { person, county } = state.session.value;
  const { id, name } = person;
  const who = { county: county.code, person: { id, name }, device_label: deviceLabel() };
  const called = exportName(person, phone.now());
  try {
    const file = beginFile(called);
    await exportLines(phone, items, who, async (line) => file.write(line));
    const said = await passOn(file.path, called, KEPT_WORDS.passOn);
    if (said.done) return KEPT_WORDS.passedOn;
    return said.none ? '' : KEPT_WORDS.notPassedOn;
  } catch (error) {
    return KEPT_WORDS.notSaved;
  }
}
