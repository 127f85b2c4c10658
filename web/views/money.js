// 补助: month by month how much, and why it is not there yet.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { moneyOf } from '../core/money.js';
import { MONEY_WORDS } from '../core/words/money.js';
import { html, Screen } from '../parts.js';
import { NotFresh } from '../keeping.js';
import { CallRow, Getting } from '../pieces.js';
import { fetched, home, station } from '../state.js';

function Month({ title, lines, amounts }) {
  return html`<section class="card pad"><h2>${title}</h2>
    ${lines.map((line) => html`<p key=${line}>${line}</p>`)}
    ${amounts.map((one) => html`<p key=${one.id}><b>${one.sentence}</b>
      <span class="line">${one.said}</span></p>`)}</section>`;
}

export function Money() {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched('/keeper/subsidies').then(setSaid);
  }, []);
  const list = moneyOf(said && said.body, station.value.id);
  return html`<${Screen} title=${MONEY_WORDS.title} back="station">
    <${NotFresh} said=${said} />
    ${said ? null : html`<${Getting}>正在取…<//>`}
    ${list.map((one) => html`<${Month} ...${one} />`)}
    ${said && said.body && !list.length
      ? html`<section class="card pad"><p>${MONEY_WORDS.none}</p></section>`
      : null}
    <${CallRow} ...${(home.value && home.value.help) || {}} /><//>`;
}
