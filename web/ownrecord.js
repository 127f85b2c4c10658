// A keeper's own copies of signed records on this phone: kept by themselves, compared when read.

import { useEffect, useState } from './vendor/hooks.mjs';
import { differs, isFinal, kept, ownPage } from './core/ownrecord.js';
import { beijingDay, dayInWords } from './core/dates.js';
import { COPY_WORDS } from './core/words/copy.js';
import { html, Note } from './parts.js';
import { recall, remember } from './platform/storage.js';
import { fetched, nowMs, session } from './state.js';

const AT_ONCE = 6; // records fetched for keeping when the list is opened

const pageOf = (id) => ownPage(session.value.person.id, id);
const isKeeper = () => session.value.person.role === 'keeper';

/** What this phone has kept of a record, or null. */
export const ownRecord = (id) =>
  isKeeper() ? recall(pageOf(id)).then((own) => own || null) : Promise.resolve(null);

/**
 * Keep a record as it is now, once for all; resolves to what is kept of it, or null. `answered` is
 * whether its keeper has just answered it on this phone.
 */
export async function keepOwn(copy, answered) {
  const before = await ownRecord(copy.id);
  if (before || !isKeeper() || !isFinal(copy)) return before;
  const own = kept(copy, nowMs(), answered);
  await remember(pageOf(copy.id), own);
  return own;
}

/** Keep those of a list that are not here yet; what cannot be fetched now is kept another day. */
export async function keepAll(list) {
  let left = AT_ONCE;
  for (const one of list) {
    if (left && !one.waits_for_you && !(await ownRecord(one.id))) {
      left -= 1;
      const said = await fetched('/keeper/inspections/' + one.id);
      if (said.fresh) await keepOwn(said.body);
    }
  }
}

/** What this phone has kept of the record just fetched (`said`); kept now if it was not. */
export function useOwnRecord(id, said) {
  const [own, setOwn] = useState(null);
  useEffect(() => {
    if (!said) return;
    const found = said.fresh ? keepOwn(said.body, said.answered) : ownRecord(id);
    found.then(setOwn, () => null);
  }, [id, said]);
  return own;
}

const dayOf = (own) => dayInWords(beijingDay(own.at_ms));

/** 和您签的一样, or not: the server's copy beside what this phone has kept. */
export function Compared({ own, copy }) {
  const said = differs(own, copy);
  if (said) return html`<${Note} kind="bad" icon="bell" live>${COPY_WORDS.notAsKept[said]}<//>`;
  return html`<${Note} kind="calm" icon="check">
    ${COPY_WORDS.sameAsKept(own, dayOf(own))}<//>`;
}

/** What is said above the phone's own copy when it is shown in place of the server's. */
export function KeptHere({ own, gone }) {
  return html`<${Note} kind=${gone ? 'bad' : 'calm'} icon="bell">
    ${gone ? COPY_WORDS.goneAtServer : COPY_WORDS.keptHere(dayOf(own))}<//>`;
}
