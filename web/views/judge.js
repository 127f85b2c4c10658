// 看整改: what keepers say they have mended, with their photos; 通过 or 退回, by somebody who looks.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { beijingDay, dayFromToday, readMoment } from '../core/dates.js';
import { COPY_WORDS, deadlineInWords } from '../core/words/copy.js';
import { SHARED_WORDS, titleAndClause } from '../core/words/shared.js';
import { Button, Field, html, LateButton, Note, Screen } from '../parts.js';
import { Done, Getting, Picture, Row } from '../pieces.js';
import { fetched, tell, today } from '../state.js';

const LIST = '/rounds/rectifications?state=answered';

function Answered({ one }) {
  return html`<${Row} icon="wrench" tone=${one.overdue ? 'mend' : 'todo'}
    href=${'#/judge/' + one.id} title=${titleAndClause(one)}>
    ${COPY_WORDS.atBy(one)}<//>`;
}

/** What waits for a person to look, the most pressing first. */
export function JudgeList() {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched(LIST).then(setSaid);
  }, []);
  const known = said && said.body;
  const list = known ? known.rectifications : [];
  return html`<${Screen} title="看整改" back="">
    ${said === null ? html`<${Getting}>正在取整改…<//>` : null}
    ${said && !said.fresh ? html`<${Note} kind="calm" icon="nonet">
      ${known ? COPY_WORDS.needsNet : said.problem}<//>` : null}
    ${list.length ? html`<section class="card"><h2>${COPY_WORDS.toJudge(list.length)}</h2>
      ${list.map((one) => html`<${Answered} key=${one.id} one=${one} />`)}</section>` : null}
    ${known && !list.length ? html`<section class="card pad centre">
      <p class="big-word">没有等您看的</p><p>${COPY_WORDS.theyComeHere}</p></section>` : null}<//>`;
}

function Step({ step }) {
  const at = dayFromToday(beijingDay(readMoment(step.at)), today.value);
  return html`<li><p><b>${step.label}</b> <span class="quiet">${step.who} ${at}</span></p>
    ${step.note ? html`<p>${step.note}</p>` : null}
    ${step.photo_id ? html`<figure class="shot wide">
      <${Picture} path=${'/inspector/photos/' + step.photo_id + '/view'}
        alt=${COPY_WORDS.mendPhotoOf(step.who)} /></figure>` : null}</li>`;
}

/** What the standard wants to know of the mended thing before it can be passed. */
function Values({ wanted, values, onChange }) {
  const field = (fact) => {
    const id = 'value-' + fact;
    const label = String(wanted[fact]).replace(/^请填写/, '');
    const change = (e) => onChange(Object.assign({}, values, { [fact]: e.target.value.trim() }));
    return html`<${Field} key=${fact} label=${label} id=${id}>
      <input id=${id} class="big-input" maxlength="100" value=${values[fact] || ''}
        onInput=${change} /><//>`;
  };
  return html`<section class="card pad">
    <h2>先填整改后的</h2>${Object.keys(wanted).map(field)}</section>`;
}

/** What was to be mended, where, by when, and all that was done about it. */
function Story({ one }) {
  const steps = one.steps.slice().reverse();
  return html`<section class="card pad">
      <p class="big-word">${one.title}</p><p>${one.station_name} · ${one.township_name}</p>
      <p class=${'mark ' + (one.overdue ? 'bad' : 'wait')}>${deadlineInWords(one)}</p>
      <p class="clause">${SHARED_WORDS.clause(one.clause)}</p><p>${one.why}</p>
      ${one.what_to_do ? html`<p class="quiet">${one.what_to_do}</p>` : null}</section>
    <section class="card pad"><h2>${COPY_WORDS.history}</h2><ul class="plain-list steps">
      ${steps.map((step, i) => html`<${Step} key=${i} step=${step} />`)}</ul></section>`;
}

function Reason({ reason, onInput }) {
  return html`<section class="card pad">
    <${Field} label="哪里还不行" hint="站长看得到这句话" id="reason">
      <textarea id="reason" class="big-input" rows="3" maxlength="400" value=${reason}
        onInput=${(e) => onInput(e.target.value)}></textarea><//></section>`;
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
  if (!said) {
    return html`<${Screen} title="看整改" back="judge"><${Getting}>正在取整改…<//><//>`;
  }
  const list = said.body ? said.body.rectifications : [];
  const one = list.filter((each) => each.id === id)[0];
  if (!one) {
    return html`<${Screen} title="看整改" back="judge"><${Note} kind="good" icon="check">
      ${said.body ? COPY_WORDS.judgedAlready : said.problem}<//><//>`;
  }
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
  const accept = () => judge('accept', { note: '', values }, '通过了');
  const send = () => {
    if (reason.trim()) judge('return', { reason: reason.trim() }, COPY_WORDS.sentBack);
    else setProblem(COPY_WORDS.whatIsWrong);
  };
  const returning = html`<${Button} kind="plain" onClick=${() => setAsking(false)}>再想想<//>
    <${LateButton} disabled=${busy} onClick=${send}>就这样退回<//>`;
  const judging = html`
    <${Button} kind="plain" icon="cross" onClick=${() => setAsking(true)}>退回<//>
    <${Button} icon="check" disabled=${busy} onClick=${accept}>${busy ? '正在交…' : '通过'}<//>`;
  return html`<${Screen} title=${one.station_code || '看整改'} back="judge"
    foot=${asking ? returning : judging}>
    ${said.fresh ? null : html`<${Note} kind="calm" icon="nonet">${COPY_WORDS.needsNet}<//>`}
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${asking ? html`<${Reason} reason=${reason} onInput=${setReason} />` : null}
    ${wanted ? html`<${Values} wanted=${wanted} values=${values} onChange=${setValues} />` : null}
    <${Story} one=${one} /><//>`;
}
