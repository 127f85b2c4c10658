// Who takes part in a visit: a second inspector who signs too, and whether its keeper is told.

import { SECOND_WORDS } from './words/company.js';

/** The draft with this colleague along, or nobody (null); who has signed has to sign again. */
export function withSecond(draft, colleague) {
  const second = colleague ? { id: colleague.id, name: colleague.name } : null;
  const signatures = { inspector: null, keeper: null, second: null };
  return Object.assign({}, draft, { second, signatures });
}

/** The sentence for a second inspector who has not signed; '' when there is nothing to say. */
export function lacksSecond(draft) {
  const needed = draft.second && draft.outcome !== 'refused';
  return needed && !draft.signatures.second ? SECOND_WORDS.hasNotSigned(draft.second.name) : '';
}

/** What a record says of a second inspector: nothing at all where one went alone. */
export function secondOf(draft) {
  if (!draft.second || draft.outcome === 'closed_door') return {};
  return {
    second_inspector_id: draft.second.id,
    second_signature: draft.signatures.second || [],
  };
}

/** A draft begun as 暗访: no keeper confirms it, and it stays one. */
export function asCovert(draft) {
  return Object.assign({}, draft, { covert: true, outcome: 'covert', keeper_name: '' });
}

/** The way of confirming that a draft begins with: none chosen, but for 暗访. */
export const outcomeAnew = (draft) => (draft.covert ? 'covert' : null);
