// 看整改: what keepers say they have mended, with their photos; 通过 or 退回, by somebody who looks.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { beijingDay, dayFromToday, dayInWords, readMoment } from '../core/dates.js';
import { Button, Done, Field, html, Note, Picture, Row, Screen } from '../parts.js';
import { fetched, tell, today } from '../state.js';

const LIST = '/rounds/rectifications?state=answered';
const OFFLINE = '通过或退回要有网才行。没网时可以先看上次取到的，记住再回来点。';

function deadline(one) {
  const day = dayInWords(one.due_on).split(' ')[0];
  return one.overdue ? '过期了（' + day + '到期）' : day + '前改好';
}

/** What waits for a person to look, the most pressing first. */
export function JudgeList() {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched(LIST).then(setSaid);
  }, []);
  const list = said && said.body ? said.body.rectifications : [];
  return html`<${Screen} title="看整改" back="">
    ${said === null ? html`<p class="quiet centre" role="status">正在取整改…</p>` : null}
    ${said && !said.fresh ? html`<${Note} kind="calm" icon="nonet">${said.body ? OFFLINE : said.problem}<//>` : null}
    ${list.length ? html`<section class="card"><h2>等您看的 ${list.length} 处</h2>${list.map((one) => html`<${Row} key=${one.id} icon="wrench" tone=${one.overdue ? 'mend' : 'todo'} href=${'#/judge/' + one.id} title=${one.title + '（' + one.clause + '）'}>${one.station_name}，${deadline(one)}<//>`)}</section>`
      : said && said.body ? html`<section class="card pad centre"><p class="big-word">没有等您看的</p><p>站长把改好的照片交上来，就会在这里。</p></section>` : null}<//>`;
}

function Step({ step }) {
  const at = dayFromToday(beijingDay(readMoment(step.at)), today.value);
  return html`<li><p><b>${step.label}</b> <span class="quiet">${step.who} ${at}</span></p>${step.note ? html`<p>${step.note}</p>` : null}
    ${step.photo_id ? html`<figure class="shot wide"><${Picture} path=${'/inspector/photos/' + step.photo_id + '/view'} alt=${step.who + '交的整改照片'} /></figure>` : null}</li>`;
}

export function Judge({ id }) {
  const [said, setSaid] = useState(null);
  const [reason, setReason] = useState('');
  const [asking, setAsking] = useState(false);
  const [values, setValues] = useState({});
  const [wanted, setWanted] = useState(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState('');
  useEffect(() => {
    fetched(LIST).then(setSaid);
  }, [id]);
  if (done) return html`<${Done} title=${done} item=${{ id: '' }} back="回到名单" />`;
  const one = said && said.body ? said.body.rectifications.filter((each) => each.id === id)[0] : null;
  if (!said) return html`<${Screen} title="看整改" back="judge"><p class="quiet centre" role="status">正在取整改…</p><//>`;
  if (!one) return html`<${Screen} title="看整改" back="judge"><${Note} kind="good" icon="check">${said.body ? '这一处已经有人看过了，或者站长还没交照片。' : said.problem}<//><//>`;
  const judge = async (path, body, title) => {
    setBusy(true);
    const answer = await tell('/rounds/rectifications/' + id + '/' + path, body);
    setBusy(false);
    if (answer.body) setDone(title);
    else {
      setProblem(answer.problem);
      if (answer.code === 'rectification-value-needed') setWanted(answer.fields);
    }
  };
  const send = () => {
    if (reason.trim()) judge('return', { reason: reason.trim() }, '退回去了，站长会看到原因');
    else setProblem('请写一句哪里还不行，站长好照着改。');
  };
  const steps = one.steps.slice().reverse();
  const foot = asking ? html`<${Button} kind="plain" onClick=${() => setAsking(false)}>再想想<//><${Button} disabled=${busy} onClick=${send}>就这样退回<//>`
    : html`<${Button} kind="plain" icon="cross" onClick=${() => setAsking(true)}>退回<//><${Button} icon="check" disabled=${busy} onClick=${() => judge('accept', { note: '', values }, '通过了')}>${busy ? '正在交…' : '通过'}<//>`;
  return html`<${Screen} title=${one.station_code || '看整改'} back="judge" foot=${foot}>
    ${said.fresh ? null : html`<${Note} kind="calm" icon="nonet">${OFFLINE}<//>`}
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${asking ? html`<section class="card pad"><${Field} label="哪里还不行" hint="站长看得到这句话" id="reason"><textarea id="reason" class="big-input" rows="3" maxlength="400" value=${reason} onInput=${(e) => setReason(e.target.value)}></textarea><//></section>` : null}
    ${wanted ? html`<section class="card pad"><h2>先填整改后的</h2>${Object.keys(wanted).map((fact) => html`<${Field} key=${fact} label=${String(wanted[fact]).replace(/^请填写/, '')} id=${'value-' + fact}><input id=${'value-' + fact} class="big-input" maxlength="100" value=${values[fact] || ''} onInput=${(e) => setValues(Object.assign({}, values, { [fact]: e.target.value.trim() }))} /><//>`)}</section>` : null}
    <section class="card pad"><p class="big-word">${one.title}</p><p>${one.station_name} · ${one.township_name}</p><p class=${'mark ' + (one.overdue ? 'bad' : 'wait')}>${deadline(one)}</p>
      <p class="clause">建设标准 ${one.clause}</p><p>${one.why}</p>${one.what_to_do ? html`<p class="quiet">${one.what_to_do}</p>` : null}</section>
    <section class="card pad"><h2>整改经过（新的在前）</h2><ul class="plain-list steps">${steps.map((step, i) => html`<${Step} key=${i} step=${step} />`)}</ul></section><//>`;
}
