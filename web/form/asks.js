// What a rule of the form is answered with: four taps, an amount, the words on a sign, a reason.

import { answerTo, asksOf, needsReason, readMeasure, TAPS } from '../core/answers.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { html, Icon } from '../html.js';

const ICONS = { pass: 'check', fail: 'cross' };

/** 符合, 不符合, 看不清, 不适用. */
export function Taps({ row, verdict, onTap }) {
  const key = (tap) => html`<button type="button" key=${tap} class=${'tap ' + tap}
    aria-pressed=${verdict === tap} onClick=${() => onTap(tap)}>
    ${ICONS[tap] ? html`<${Icon} name=${ICONS[tap]} size="1.1rem" />` : null}
    <span>${VISIT_WORDS.tap[tap]}</span></button>`;
  return html`<div class="taps" role="group" aria-label=${VISIT_WORDS.ruleAndClause(row)}>
    ${TAPS.map(key)}</div>`;
}

function Measure({ ask, id, value, wanted, onInput }) {
  const error = value || wanted ? readMeasure(value).error : '';
  return html`<div class=${'field across' + (error ? ' wrong' : '')}>
    <label for=${id}>${VISIT_WORDS.measured(ask.title)}</label>
    <div class="number-line"><input id=${id} class="big-input number-input" inputmode="decimal"
      autocomplete="off" maxlength="8" value=${value || ''}
      onInput=${(e) => onInput(e.target.value)} aria-describedby=${error ? id + '-error' : null}
      aria-invalid=${error ? 'true' : null} /><span>${ask.unit}</span></div>
    ${error ? html`<p class="error" id=${id + '-error'}>
      <${Icon} name="cross" size="1.2rem" />${error}</p>` : null}</div>`;
}

/** What is really written on the sign; never filled in by the app. */
function Text({ id, value, verdict, onInput }) {
  const hint = verdict === 'fail' ? VISIT_WORDS.copyIfThere : VISIT_WORDS.copySign;
  return html`<div class="field">
    <label for=${id}>牌子上的字 <span class="hint">${hint}</span></label>
    <input id=${id} class="big-input" maxlength="100" autocomplete="off" value=${value || ''}
      onInput=${(e) => onInput(e.target.value)} /></div>`;
}

/** Which of several things are there: only asked when not all are. */
function Which({ ask, value, onChange }) {
  const choice = (said, word) => html`<button type="button" class="choice"
    aria-pressed=${value === said}
    onClick=${() => onChange(value === said ? null : said)}>${word}</button>`;
  return html`<div class="which" role="group" aria-label=${ask.title}>
    <span>${ask.title}</span>${choice(true, ask.yes)}${choice(false, ask.no)}</div>`;
}

function Ask({ ask, id, answer, several, onChange }) {
  const value = answer.values[ask.fact];
  if (ask.kind === 'amount') {
    const wanted = answer.verdict === 'pass' || answer.verdict === 'fail';
    return html`<${Measure} id=${id} ask=${ask} value=${value} wanted=${wanted}
      onInput=${onChange} />`;
  }
  if (ask.kind === 'text') {
    return html`<${Text} id=${id} value=${value} verdict=${answer.verdict} onInput=${onChange} />`;
  }
  if (answer.verdict !== 'fail' || !several) return null;
  return html`<${Which} ask=${ask} value=${value} onChange=${onChange} />`;
}

/** What a rule asks for besides the tap; `onValue` hears a fact and its value. */
export function Asks({ draft, row, onValue }) {
  const asks = asksOf(draft, row);
  const several = asks.filter((one) => one.kind === 'flag').length > 1;
  return asks.map((ask) => html`<${Ask} key=${ask.fact} ask=${ask}
    id=${'value-' + row.code + ask.fact} answer=${answerTo(draft, row.code)} several=${several}
    onChange=${(value) => onValue(ask.fact, value)} />`);
}

/** 备注, or the reason that this answer cannot go without. */
export function Remark({ draft, row, onInput }) {
  const { verdict, note } = answerTo(draft, row.code);
  const id = 'note-' + row.code;
  const needed = needsReason(draft, row);
  const label = verdict === 'not_applicable' ? VISIT_WORDS.whyNotHere : VISIT_WORDS.whySo;
  return html`<div class="field"><label for=${id}>${needed ? label : '备注'}
      ${needed ? html` <span class="hint">要写</span>` : null}</label>
    <textarea id=${id} class="big-input" rows="2" maxlength="300" value=${note}
      onInput=${(e) => onInput(e.target.value)}></textarea></div>`;
}
