// 请说明一下: a question about what looked odd, and the keeper's answer in a sentence; no verdict.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { questions } from '../day.js';
import { dayInWords } from '../core/dates.js';
import { Button, Done, Field, html, Note, Row, Screen } from '../parts.js';
import { fetched, keepRecord, mine, station, stations } from '../state.js';

const LIST = '/keeper/questions';
const CALM = '只是问一下，不影响达标结论。照实写一句就行。';
const MENDED = '件数改好了，不用答了';
const STATES = { open: '还没回答', answered: '答过了，等县里看', settled: '县里看过了' };

/** What was asked, what I said, what came of it. */
export function Questions() {
  const [pages, setPages] = useState(null);
  const [next, setNext] = useState(null);
  const [problem, setProblem] = useState('');
  const load = async (before) => {
    const said = await fetched(LIST + (before ? '?before=' + before : ''));
    setProblem(said.fresh ? '' : said.body ? '现在没网，下面是上次看到的。' : said.problem);
    setPages((before ? pages : []).concat(said.body ? said.body.questions : []));
    setNext(said.body ? said.body.next : null);
  };
  useEffect(() => {
    load(null);
  }, []);
  return html`<${Screen} title="问过我的" back="station">
    ${problem ? html`<${Note} kind="calm" icon="nonet">${problem}<//>` : null}
    ${pages === null ? html`<p class="quiet centre" role="status">正在取…</p>` : pages.length ? html`<section class="card">${pages.map((one) => html`<${Row} key=${one.id} icon=${one.state === 'open' ? 'ask' : 'check'} tone=${one.state === 'open' ? 'todo' : 'ok'} href=${'#/question/' + one.id} title=${one.title}>${dayInWords(one.day_on).split(' ')[0]} · ${one.decision === 'corrected' ? MENDED : one.decision_label ? '县里说：' + one.decision_label : STATES[one.state]}<//>`)}</section>`
      : problem ? null : html`<section class="card pad centre"><p class="big-word">没有问过您什么</p></section>`}
    ${next ? html`<${Button} kind="plain" onClick=${() => load(next)}>看更早的<//>` : null}<//>`;
}

/** One question, from the day's list or from the list of all. */
function useQuestion(id) {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched(LIST).then(setSaid);
  }, [id]);
  const listed = said && said.body ? said.body.questions.filter((one) => one.id === id)[0] : null;
  for (const here of stations.value) {
    const task = questions(here).filter((one) => one.signal_id === id)[0];
    if (task && !listed) return { known: true, question: { station_id: here.id, day_on: task.day_on, question: task.why, state: 'open', answer: '' } };
  }
  return { known: said !== null, question: listed };
}

export function Question({ id }) {
  const { known, question } = useQuestion(id);
  const refused = mine.value.filter((item) => item.kind === 'answer' && item.state === 'attention' && item.payload.signal_id === id)[0];
  const [text, setText] = useState(refused ? refused.payload.text : '');
  const [error, setError] = useState('');
  const [problem, setProblem] = useState('');
  const [saved, setSaved] = useState(null);
  if (saved) return html`<${Done} title="说明记好了" item=${saved}><p>县里会看。${CALM.split('。')[0]}。</p><//>`;
  if (!question) return html`<${Screen} title="请说明一下" back="">${known ? html`<${Note} kind="good" icon="check">这个问题已经答过了，或者不用答了。<//>` : html`<p class="quiet centre" role="status">正在取…</p>`}<//>`;
  const waiting = mine.value.filter((item) => item.kind === 'answer' && item.state !== 'attention' && item.payload.signal_id === id)[0];
  const save = async () => {
    if (!text.trim()) {
      setError('请写一句，比如：那天在镇上帮忙取件。');
      return;
    }
    const draft = { kind: 'answer', station_id: question.station_id || station.value.id, payload: { signal_id: id, text: text.trim() }, photos: [] };
    const kept = await keepRecord(draft, refused ? refused.id : null);
    if (kept.problem) setProblem(kept.problem);
    else setSaved(kept.item);
  };
  const closed = question.state === 'settled';
  const foot = closed ? null : html`<${Button} icon="check" onClick=${save}>${question.answer || waiting ? '改成这样说' : '就这样说，交上去'}<//>`;
  return html`<${Screen} title="请说明一下" back="" foot=${foot}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${refused ? html`<${Note} kind="warm" icon="bell">上次没收下：${refused.why.message}<//>` : null}
    ${question.decision === 'corrected' ? html`<${Note} kind="good" icon="check">${MENDED}。<//>` : null}
    <section class="card pad"><p class="quiet">${dayInWords(question.day_on)}</p><p class="big-word">${question.question}</p><p class="quiet">${CALM}</p></section>
    ${question.answer || waiting ? html`<section class="card pad"><h2>您说过</h2><p>${waiting ? waiting.payload.text + '（等网交）' : question.answer}</p>${question.decision_label && question.decision !== 'corrected' ? html`<p><b>县里说：${question.decision_label}</b></p>` : null}${question.reason ? html`<p>${question.reason}</p>` : null}</section>` : null}
    ${closed ? null : html`<section class="card pad"><${Field} label="怎么回事" id="answer" error=${error}><textarea id="answer" class="big-input" rows="4" maxlength="200" value=${text} onInput=${(e) => { setText(e.target.value); setError(''); }} placeholder="比如：那天在镇上帮忙取件"
      aria-describedby=${error ? 'answer-error' : null} aria-invalid=${error ? 'true' : null}></textarea><//></section>`}<//>`;
}
