// A keeper's own copies of signed records on this phone: kept by themselves, compared when read.

import { useEffect, useState } from './vendor/hooks.mjs';
import { comparedInWords, keptHereInWords, makeOwnCopies } from './core/owncopies.js';
import { html, Note } from './parts.js';
import { recall, remember } from './platform/storage.js';
import { state } from './state.js';

const copies = makeOwnCopies(state, { recall, remember });
export const keepAll = (list) => copies.keepAll(list);

/** What this phone has kept of the record just fetched (`said`); kept now if it was not. */
export function useOwnRecord(id, said) {
  const [own, setOwn] = useState(null);
  useEffect(() => {
    if (!said) return;
    const found = said.fresh
      ? copies.keepOwn(said.body, said.answered)
      : copies.ownRecord(id);
    found.then(setOwn, () => null);
  }, [id, said]);
  return own;
}

const dayOf = (own) => dayInWords(beijingDay(own.at_ms));

/** 和您签的一样, or not: the server's copy beside what this phone has kept. */
export function Compared({ own, copy }) {
  const { same, text } = comparedInWords(own, copy);
  return same
    ? html`<${Note} kind="calm" icon="check">${text}<//>`
    : html`<${Note} kind="bad" icon="bell" live>${text}<//>`;
}

/** What is said above the phone's own copy when it is shown in place of the server's. */
export function KeptHere({ own, gone }) {
  return html`<${Note} kind=${gone ? 'bad' : 'calm'} icon="bell">${keptHereInWords(own, gone)}<//>`;
}
