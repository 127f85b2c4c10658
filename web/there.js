// Being there, on the signing page: where it is signed, and why it is far or was short.

import { useEffect } from './vendor/hooks.mjs';
import { oddOf } from './core/presence.js';
import { PRESENCE_WORDS } from './core/words/presence.js';
import { Field, html, Note } from './parts.js';
import { findPosition } from './platform/senses.js';
import { nowMs } from './state.js';
import { changeDraft } from './visits.js';

const LOOKS_FOR = 20000;

/** Where the phone is while one signs: kept beside the draft as soon as it is found. */
export function useSigningPosition(draft) {
  useEffect(() => {
    if (!draft || draft.amends_id) return undefined;
    const looking = findPosition();
    const keep = (signed_position) =>
      changeDraft(draft.id, (now) => Object.assign({}, now, { signed_position }));
    looking.within(LOOKS_FOR).then((position) => position && keep(position));
    return () => looking.stop();
  }, [draft && draft.id]);
}

/** What is odd about being there, and the sentence that has to stand beside it. */
export function WhyThere({ draft, wanted }) {
  const odd = oddOf(draft, nowMs());
  if (!odd.length) return null;
  const why = draft.why_there || '';
  const write = (event) => {
    const why_there = event.target.value;
    changeDraft(draft.id, (now) => Object.assign({}, now, { why_there }));
  };
  const error = wanted && !why.trim() ? PRESENCE_WORDS.lacksWhy : '';
  return html`<section class="card pad"><${Note} kind="warm" icon="ask">${odd.join('')}<//>
    <${Field} label=${PRESENCE_WORDS.writeWhy} hint=${PRESENCE_WORDS.whyFor} id="why-there"
      error=${error}>
      <textarea id="why-there" class="big-input" rows="2" maxlength="300" value=${why}
        onInput=${write}></textarea><//></section>`;
}
