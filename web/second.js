// 一同督导的人: chosen on the signing page among those of the county who inspect.

import { SECOND_WORDS } from './core/words/company.js';
import { withSecond } from './core/company.js';
import { Field, html } from './parts.js';
import { changeDraft } from './visits.js';

/** Whom one came with; nothing where the package named nobody. */
export function SecondInspector({ draft }) {
  const colleagues = draft.colleagues || []; // a package that an older server made names none
  const { second } = draft;
  if (!colleagues.length && !second) return null;
  const gone = second && !colleagues.some((one) => one.id === second.id) ? [second] : [];
  const all = gone.concat(colleagues);
  const choose = (event) => {
    const chosen = all.filter((one) => String(one.id) === event.target.value)[0] || null;
    changeDraft(draft.id, (now) => withSecond(now, chosen));
  };
  const signed = Object.keys(draft.signatures).some((whose) => draft.signatures[whose]);
  return html`<section class="card pad">
    <${Field} label=${SECOND_WORDS.whoElse} id="second"
      hint=${signed ? SECOND_WORDS.signAnew : ''}>
      <select id="second" class="big-input" value=${second ? second.id : ''} onChange=${choose}>
        <option value="">没有</option>
        ${all.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}
      </select><//></section>`;
}
