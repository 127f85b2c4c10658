// 我的站: how my station stands against the standard, in the same sentences as the office reads.

import { dayInWords } from '../core/dates.js';
import { SUBJECTS } from '../core/words.js';
import { Button, html, Note, Row, Screen, StatusMark } from '../parts.js';
import { mends, toMend } from '../day.js';
import { home, station, today } from '../state.js';

const STATUS_WORDS = {
  meets: '规定的都做到了，继续保持。',
  fails: '有几处没达到规定，照下面说的改就行。',
  to_verify: '您报的都收到了，等督导员来看过就算数。',
  not_assessed: '还有几样没弄清楚，先把要拍的照片拍了。',
};

/** The photo that goes with a failing, when the day's tasks name one. */
function subjectOf(here, code) {
  const task = (here.todo || []).filter((one) => one.key === 'mend:' + code)[0];
  return task && SUBJECTS[task.subject] ? task.subject : null;
}

export function Station() {
  const here = station.value;
  const status = here.status || { code: 'not_assessed', label: '未评估' };
  const fails = toMend(here);
  return html`<${Screen} title="我的站" back="">
    <section class="card pad"><p class="big-word">${here.name}</p><p><b class="number">${here.code}</b> ${here.level_label || ''} ${here.township_name || ''}</p>
      ${here.hours_lines && here.hours_lines.length ? html`<p>营业时间：${here.hours_lines.map((line) => html`<span key=${line} class="line">${line}</span>`)}</p>` : null}
      <p class="status-line"><${StatusMark} status=${status} /></p><p>${STATUS_WORDS[status.code] || ''}</p></section>
    <section class="card"><${Row} icon="list" tone="plain" href="#/inspections" title="督导记录">督导员来查过的，结果和签字<//>
      ${mends(here).length ? html`<${Row} icon="wrench" tone="mend" href="#/mend" title=${'督导要求整改 ' + mends(here).length + ' 处'}>改好了拍照交<//>` : null}
      <${Row} icon="ask" tone="plain" href="#/question" title="问过我的">县里问过什么，我怎么答的<//></section>
    ${home.value ? null : html`<${Note} kind="calm" icon="nonet">连上网以后，这里会显示站点的情况。<//>`}
    ${fails.map((one) => html`<section class="card pad" key=${one.code}><h2>${one.title}</h2><p class="clause">${one.clause}</p><p>${one.why}</p>
      ${one.mend ? html`<${Note} kind="warm" icon="wrench">${one.mend}<//>` : null}
      ${subjectOf(here, one.code) ? html`<${Button} kind="plain" icon="camera" href=${'#/photo/' + subjectOf(here, one.code)}>改好了，拍张照<//>` : null}</section>`)}
    ${home.value && home.value.today !== today.value ? html`<p class="quiet">这是 ${dayInWords(home.value.today)} 的情况，连上网会更新。</p>` : null}<//>`;
}
