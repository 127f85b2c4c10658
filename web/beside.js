// What stands beside a rule of the form: what earlier visits found there, and remarks ready to tap.

import { useState } from './vendor/hooks.mjs';
import { earlierOf, remarksFor, withRemark } from './core/beside.js';
import { BESIDE_WORDS } from './core/words/beside.js';
import { html } from './html.js';
import { Verdict } from './pieces.js';

const PRESSED = { minHeight: '2.75rem', paddingTop: '.6rem', cursor: 'pointer' }; // by a thumb
const REMARKS_FIRST = 4; // so many fit below a remark without pushing the next rule away

function EarlierVisit({ visit }) {
  const { word } = visit;
  const said = word
    ? html`<${Verdict} verdict=${word.verdict}>${word.verdict_label}<//>`
    : html`<span class="quiet">${BESIDE_WORDS.notLookedAt}</span>`;
  const more = word
    ? [word.why, word.note && BESIDE_WORDS.remarked(word.note),
        word.mending && BESIDE_WORDS.mending(word.mending)].filter(Boolean)
    : [];
  return html`<p><span class="line quiet">${BESIDE_WORDS.earlierVisit(visit)}</span>${said}
    ${more.map((one) => html`<span class="line" key=${one}>${one}</span>`)}</p>`;
}

/** What the last visits found at this rule; behind a tap, so that it does not lead. */
export function Earlier({ station, code }) {
  const visits = earlierOf(station, code);
  if (!visits.length) return null;
  return html`<details><summary style=${PRESSED}>${BESIDE_WORDS.earlier(visits.length)}</summary>
    ${visits.map((visit) => html`<${EarlierVisit} key=${visit.id} visit=${visit} />`)}</details>`;
}

/** The county's ready sentences below a remark; a tap adds one, and it may be changed then. */
export function ReadyRemarks({ remarks, code, note, onNote }) {
  const [all, setAll] = useState(false);
  const texts = remarksFor(remarks, code).filter((text) => note.indexOf(text) < 0);
  if (!texts.length) return null;
  const left = texts.length - REMARKS_FIRST;
  const shown = all || left <= 1 ? texts : texts.slice(0, REMARKS_FIRST);
  const more = () => setAll(true);
  return html`<div class="which" role="group" aria-label=${BESIDE_WORDS.readyRemarks}>
    <span class="hint">${BESIDE_WORDS.readyRemarks}</span>
    ${shown.map((text) => html`<button type="button" class="choice" key=${text}
      onClick=${() => onNote(withRemark(note, text))}>${text}</button>`)}
    ${shown.length < texts.length ? html`<button type="button" class="choice" onClick=${more}>
      ${BESIDE_WORDS.moreRemarks(left)}</button>` : null}</div>`;
}
