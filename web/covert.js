// 暗访, chosen before one arrives: the keeper is not told, and only inspectors sign.

import { signal } from './vendor/signals.mjs';
import { COVERT_WORDS } from './core/words/company.js';
import { html } from './parts.js';

const chosen = signal(null); // the visit that is to begin as 暗访

/** Is this visit to begin as 暗访? */
export const isCovert = (visitId) => chosen.value === visitId;

/** The choice, on the page of a station that one has not arrived at yet. */
export function CovertChoice({ id }) {
  const choose = (event) => {
    chosen.value = event.target.checked ? id : null;
  };
  return html`<label class="card way">
    <input type="checkbox" checked=${isCovert(id)} onChange=${choose} />
    <span><b>${COVERT_WORDS.choose}</b>
      <span class="hint">${COVERT_WORDS.hint}</span></span></label>`;
}
