// Before signing: which rules still wait for an answer, and why the rest was not looked at.

import { useState } from '../vendor/hooks.mjs';
import { lackOf } from '../core/answers.js';
import { titleAndClause } from '../core/words/shared.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { Button, Field, html, Note, Screen } from '../parts.js';

/** Rules that wait for an answer, each with what it still lacks. */
function Lacking({ draft, rows }) {
  return html`<section class="card pad"><ul class="plain-list">
    ${rows.map((row) => html`<li key=${row.code}>${titleAndClause(row)}
      <span class="line quiet">${VISIT_WORDS.lack[lackOf(draft, row)] || ''}</span></li>`)}</ul>
  </section>`;
}

/** Why the rest was not looked at: one reason for all of it. */
function Leaving({ rows, onLeave }) {
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const leave = () => (reason.trim() ? onLeave(reason) : setSaid(VISIT_WORDS.reasonForLeft));
  return html`<section class="card pad">
    <${Field} label=${VISIT_WORDS.whyLeft(rows.length)} id="left" error=${said}>
      <textarea id="left" class="big-input" rows="2" maxlength="200" value=${reason}
        onInput=${(e) => setReason(e.target.value)}></textarea><//>
    <${Button} kind="plain" onClick=${leave}>${VISIT_WORDS.signAnyway}<//></section>`;
}

/** What is still open: one signs when each rule is answered, or left with a reason. */
export function StillOpen({ id, draft, rows, onLeave }) {
  const begun = rows.filter((row) => lackOf(draft, row) !== 'tap');
  const untouched = rows.filter((row) => lackOf(draft, row) === 'tap');
  const foot = html`<${Button} href=${'#/visit/' + id}>回去接着查<//>`;
  const said = begun.length
    ? VISIT_WORDS.halfAnswered(begun.length)
    : VISIT_WORDS.rulesLeft(rows.length);
  return html`<${Screen} title="还没查完" back=${'visit/' + id} foot=${foot}>
    <${Note} kind="warm" icon="ask" live>${said}<//>
    <${Lacking} draft=${draft} rows=${begun.concat(untouched)} />
    ${begun.length ? null : html`<${Leaving} rows=${untouched} onLeave=${onLeave} />`}<//>`;
}
