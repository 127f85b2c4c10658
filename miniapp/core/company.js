// Who is along on a visit: the second inspector, who is named before anybody signs, and signs too.

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
