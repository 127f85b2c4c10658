// 整改: what an inspection found wanting, by when; a photo of it mended, and how that stands.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { mends, mendState } from '../day.js';
import { dayInWords, daysBetween } from '../core/dates.js';
import { SUBJECTS } from '../core/words.js';
import { hints, made as madeOf, NO_PHOTO, shotOf, TakeButton, urlOf } from '../camera/take.js';
import { Button, Done, Field, html, Note, Row, Screen } from '../parts.js';
import { keepRecord, mine, phone, station, today } from '../state.js';

const STATES = { waiting: '照片存在手机里，有网自动交', attention: '照片没收下，请到“要处理”里看', answered: '照片交了，等县里看', returned: '退回来了，要重拍', open: '还没改' };

/** How long there is still. */
function deadline(task) {
  const left = daysBetween(today.value, task.due_on);
  const day = dayInWords(task.due_on).split(' ')[0];
  return left > 0 ? day + '前改好，还有 ' + left + ' 天' : left === 0 ? '今天到期' : '已经过期 ' + -left + ' 天（' + day + '）';
}

const nameOf = (task) => task.title.replace(/^整改：/, '');

export function MendList() {
  const list = mends(station.value);
  return html`<${Screen} title="督导要求整改" back="">
    ${list.length ? html`<section class="card">${list.map((task) => {
      const state = mendState(station.value, task);
      const done = state === 'answered' || state === 'waiting';
      return html`<${Row} key=${task.key} icon=${done ? 'check' : 'wrench'} tone=${done ? 'ok' : 'mend'} href=${'#/mend/' + task.rectification_id} title=${nameOf(task)}>${done || state !== 'open' ? STATES[state] : deadline(task)}<//>`;
    })}</section>` : html`<section class="card pad centre"><p class="big-word">没有要整改的</p></section>`}<//>`;
}

export function Mend({ id }) {
  const task = mends(station.value).filter((one) => one.rectification_id === id)[0];
  const [made, setMade] = useState(null);
  const [note, setNote] = useState('');
  const [state, setState] = useState('ready');
  const [saved, setSaved] = useState(null);
  const [problem, setProblem] = useState('');
  useEffect(() => () => made && URL.revokeObjectURL(made.url), [made]);
  if (saved) return html`<${Done} title="整改照片存好了" item=${saved}><p>县里看过就算完，不行会退回来说明原因。</p><//>`;
  if (!task) return html`<${Screen} title="整改" back="mend"><${Note} kind="good" icon="check">这一处已经改完了，或者不用改了。<//><//>`;
  const refused = mine.value.filter((item) => item.state === 'attention' && item.payload.rectification_id === id)[0];
  const about = SUBJECTS[task.subject];
  const subject = about ? task.subject : 'mend';
  const chosen = async (file) => {
    setState('working');
    setProblem('');
    try {
      const small = await madeOf(file, phone.now());
      setMade(Object.assign(small, { url: urlOf(small.bytes) }));
    } catch (error) {
      setProblem(NO_PHOTO);
    }
    setState('ready');
  };
  const save = async () => {
    setState('saving');
    const payload = { rectification_id: id, note: note.trim() };
    const said = await keepRecord({ kind: 'rectification', station_id: station.value.id, payload, photos: [shotOf(made, subject)] }, refused ? refused.id : null);
    setState('ready');
    if (said.problem) setProblem(said.problem);
    else setSaved(said.item);
  };
  if (state === 'working') return html`<${Screen} title="整改" back="mend"><div class="card pad working" role="status"><span class="spin" aria-hidden="true"></span><p>正在处理照片，请稍等…</p></div><//>`;
  if (made) {
    const foot = html`<${TakeButton} kind="plain" onFile=${chosen}>重拍<//><${Button} icon="check" disabled=${state === 'saving'} onClick=${save}>改好了，交<//>`;
    return html`<${Screen} title="这张行吗？" back="mend" foot=${foot}>
      ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
      ${hints(made).map((line) => html`<${Note} key=${line} kind="warm" icon="ask">${line}<//>`)}
      <img class="preview" src=${made.url} alt="刚拍的整改照片" />
      <section class="card pad"><${Field} label="想说一句" hint="可以不填" id="note"><input id="note" class="big-input" maxlength="100" value=${note} onInput=${(e) => setNote(e.target.value)} /><//></section><//>`;
  }
  const now = mendState(station.value, task);
  const done = now === 'answered' || now === 'waiting';
  const foot = html`<${TakeButton} kind=${done ? 'plain again' : 'main'} onFile=${chosen}>${done ? '再拍一张' : '改好了，拍照'}<//>`;
  return html`<${Screen} title="整改" back="mend" foot=${foot}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${task.returned_because && !done ? html`<${Note} kind="bad" icon="bell"><b>退回来了：</b>${task.returned_because}<//>` : null}
    <section class="card pad"><p class="big-word">${nameOf(task)}</p><p class=${'mark ' + (done ? 'ok' : 'wait')}>${done ? STATES[now] : deadline(task)}</p>
      ${task.clause ? html`<p class="clause">建设标准 ${task.clause}</p>` : null}
      ${now === 'open' ? html`<p>${task.why.replace(/（[^（）]*）$/, '')}</p>` : null}
      <p class="quiet">${about ? about.how : '把改好的地方拍清楚，看得出改了什么。'}</p></section><//>`;
}
