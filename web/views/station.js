// 我的站: how my station stands against the standard, in the same sentences as the office reads.

import { day } from '../day.js';
import { dayInWords } from '../core/dates.js';
import { SUBJECTS } from '../core/words.js';
import { ASK_WORDS } from '../core/words/asking.js';
import { DAY_WORDS } from '../core/words/day.js';
import { MONEY_WORDS } from '../core/words/money.js';
import { Button, html, Note, Screen } from '../parts.js';
import { Row, StatusMark } from '../pieces.js';
import { home, station, today } from '../state.js';

/** The photo that goes with a failing, when the day's tasks name one. */
function subjectOf(here, code) {
  const task = (here.todo || []).filter((one) => one.key === 'mend:' + code)[0];
  return task && SUBJECTS[task.subject] ? task.subject : null;
}

function Register({ here }) {
  const status = here.status; // null: the county has no standard; missing: kept by an older app
  const none = status === null ? DAY_WORDS.noStandard : '';
  const said = status ? DAY_WORDS.status[status.code] || '' : none;
  const hours = here.hours_lines || [];
  const line = (text) => html`<span key=${text} class="line">${text}</span>`;
  return html`<section class="card pad">
    <p class="big-word">${here.name}</p>
    <p><b class="number">${here.code}</b> ${here.level_label || ''} ${here.township_name || ''}</p>
    ${hours.length ? html`<p>${DAY_WORDS.open}${hours.map(line)}</p>` : null}
    <p class="status-line"><${StatusMark} status=${status} /></p>
    <p>${said}</p></section>`;
}

/** What was found here, asked to be mended, and asked. */
function Papers() {
  const mends = day.value.mends.length;
  return html`<section class="card">
    <${Row} icon="list" tone="plain" href="#/inspections" title="督导记录">
      ${DAY_WORDS.inspections}<//>
    ${mends ? html`<${Row} icon="wrench" tone="mend" href="#/mend" title=${DAY_WORDS.mends(mends)}>
      ${DAY_WORDS.sendWhenMended}<//>` : null}
    <${Row} icon="box" tone="plain" href="#/money" title=${MONEY_WORDS.title}>
      ${MONEY_WORDS.what}<//>
    <${Row} icon="pen" tone="plain" href="#/ask" title=${ASK_WORDS.title}>${ASK_WORDS.what}<//>
    <${Row} icon="ask" tone="plain" href="#/question" title="问过我的">
      ${DAY_WORDS.questionsAsked}<//></section>`;
}

function Failing({ one, subject }) {
  return html`<section class="card pad">
    <h2>${one.title}</h2><p class="clause">${one.clause}</p><p>${one.why}</p>
    ${one.mend ? html`<${Note} kind="warm" icon="wrench">${one.mend}<//>` : null}
    ${subject ? html`<${Button} kind="plain" icon="camera" href=${'#/photo/' + subject}>
      ${DAY_WORDS.takeWhenMended}<//>` : null}</section>`;
}

export function Station() {
  const here = station.value;
  const heard = home.value;
  return html`<${Screen} title="我的站" back="">
    <${Register} here=${here} />
    <${Papers} />
    ${heard ? null : html`<${Note} kind="calm" icon="nonet">${DAY_WORDS.needsNet}<//>`}
    ${day.value.failings.map((one) => html`
      <${Failing} key=${one.code} one=${one} subject=${subjectOf(here, one.code)} />`)}
    ${heard && heard.today !== today.value
      ? html`<p class="quiet">${DAY_WORDS.asOf(dayInWords(heard.today))}</p>`
      : null}<//>`;
}
