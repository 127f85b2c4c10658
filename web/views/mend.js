// 整改: what an inspection found wanting, by when; a photo of it mended, and how that stands.

import { useState } from '../vendor/hooks.mjs';
import { day } from '../day.js';
import { deadlineOf, howItStands, isSent, refusedMend } from '../core/mending.js';
import { mendRecord } from '../core/shots.js';
import { SUBJECTS } from '../core/words.js';
import { DAY_WORDS } from '../core/words/day.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { Looking, shotOf, Shrinking, TakeButton, useShot } from '../camera/take.js';
import { Field, html, Note, Screen } from '../parts.js';
import { Done, Row } from '../pieces.js';
import { keepRecord, mine, station, today } from '../state.js';

export function MendList() {
  const list = day.value.mends;
  const row = (task) => {
    const sent = isSent(task);
    return html`<${Row} key=${task.key} href=${'#/mend/' + task.rectification_id}
      icon=${sent ? 'check' : 'wrench'} tone=${sent ? 'ok' : 'mend'} title=${task.title}>
      ${howItStands(task, today.value)}<//>`;
  };
  return html`<${Screen} title="督导要求整改" back="">
    ${list.length
      ? html`<section class="card">${list.map(row)}</section>`
      : html`<section class="card pad centre"><p class="big-word">没有要整改的</p></section>`}<//>`;
}

const howItStood = (task, sent) => (sent ? howItStands : deadlineOf)(task, today.value);

/** What is to be mended, before a photo of it is taken. */
function Task({ task, shot, about }) {
  const sent = isSent(task);
  const foot = html`<${TakeButton} kind=${sent ? 'plain again' : 'main'} onFile=${shot.choose}>
    ${sent ? '再拍一张' : DAY_WORDS.photographMended}<//>`;
  const returned = !sent && task.returned_because;
  return html`<${Screen} title="整改" back="mend" foot=${foot}>
    ${shot.problem ? html`<${Note} kind="bad" live>${shot.problem}<//>` : null}
    ${returned ? html`<${Note} kind="bad" icon="bell">
      <b>${DAY_WORDS.returnedBecause}</b>${returned}<//>` : null}
    <section class="card pad">
      <p class="big-word">${task.title}</p>
      <p class=${'mark ' + (sent ? 'ok' : 'wait')}>${howItStood(task, sent)}</p>
      ${task.clause ? html`<p class="clause">${SHARED_WORDS.clause(task.clause)}</p>` : null}
      ${task.standing === 'open' ? html`<p>${task.why}</p>` : null}
      <p class="quiet">${about ? about.how : DAY_WORDS.howToMend}</p>
    </section><//>`;
}

export function Mend({ id }) {
  const task = day.value.mends.filter((one) => one.rectification_id === id)[0];
  const shot = useShot();
  const [note, setNote] = useState('');
  if (shot.saved) {
    return html`<${Done} title="整改照片存好了" item=${shot.saved}><p>${DAY_WORDS.mended}</p><//>`;
  }
  if (!task) {
    return html`<${Screen} title="整改" back="mend">
      <${Note} kind="good" icon="check">${DAY_WORDS.nothingLeftHere}<//><//>`;
  }
  if (shot.state === 'working') return html`<${Shrinking} title="整改" back="mend" />`;
  const about = SUBJECTS[task.subject];
  if (!shot.made) return html`<${Task} task=${task} shot=${shot} about=${about} />`;
  const save = (photo) => {
    const refused = refusedMend(mine.value, id);
    const shown = shotOf(photo, about ? task.subject : 'mend');
    const record = mendRecord(station.value.id, task, note, shown);
    return keepRecord(record, refused ? refused.id : null);
  };
  return html`<${Looking} shot=${shot} back="mend" alt="刚拍的整改照片"
    keepWords=${DAY_WORDS.sendMended} onKeep=${() => shot.keep(save)}>
    <section class="card pad"><${Field} label="想说一句" hint="可以不填" id="note">
      <input id="note" class="big-input" maxlength="100" value=${note}
        onInput=${(e) => setNote(e.target.value)} /><//></section><//>`;
}
