// core/visiting.js in a browser: its cells are signals, other pages of the app may write beside it.

import { computed, signal } from './vendor/signals.mjs';
import { makeVisiting } from './core/visiting.js';
import { online } from './platform/phone.js';
import * as storage from './platform/storage.js';
import { phone, state } from './state.js';

export { minePart } from './core/visits.js';

const visiting = makeVisiting({
  signal,
  computed,
  phone,
  storage,
  online,
  state,
  signingCore: async () => {
    const [worked, document] = await Promise.all([
      import('./core/worked.js'),
      import('./core/document.js'),
    ]);
    return { hasChecks: worked.hasChecks, documentText: document.documentText };
  },
});
const {
  drafts, problem, along, packing, chosenRound, round, draftOf, visitNamed, allVisits,
  recordOfVisit, stateOfVisit, outsideDrafts, readVisits, changeDraft, dropDraft, readAlong,
  takeAlong, fromPocket, packed, begin, beginOutside, addPhoto, removePhoto, renew, documentOf,
  handIn, reopen, forget, amend,
} = visiting;
export {
  visiting,
  drafts, problem, along, packing, chosenRound, round, draftOf, visitNamed, allVisits,
  recordOfVisit, stateOfVisit, outsideDrafts, readVisits, changeDraft, dropDraft, readAlong,
  takeAlong, fromPocket, packed, begin, beginOutside, addPhoto, removePhoto, renew, documentOf,
  handIn, reopen, forget, amend,
};

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) visiting.lookAgain();
});
