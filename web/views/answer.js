// 请说明一下: a question about what looked odd, and the keeper's answer in a sentence; no verdict.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { answerHere, decidedOf, outcomeOf, questionOf, QUESTIONS } from '../core/asked.js';
import { dayAt } from '../day.js';
import { dayInWords, shortDay } from '../core/dates.js';
import { DAY_WORDS } from '../core/words/day.js';
import { KEPT_WORDS } from '../core/words/kept.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { Button, Field, html, Note, Screen } from '../parts.js';
import { NotFresh } from '../keeping.js';
import { Done, Getting, Row } from '../pieces.js';
import { fetched, keepRecord, mine, station, stations } from '../state.js';

function Asked({ list }) {
  const row = (one) => html`<${Row} key=${one.id} href=${'#/question/' + one.id} title=${one.title}
    icon=${one.state === 'open' ? 'ask' : 'check'} tone=${one.state === 'open' ? 'todo' : 'ok'}>
    ${shortDay(one.day_on)} · ${outcomeOf(one)}<//>`;
  return html`<section class="card">${list.map(row)}</section>`;
}

/** What was asked, what I said, what came of it. */
export function Questions() {
  const [pages, setPages] = useState(null);
  const [next, setNext] = useState(null);
  const [answer, setAnswer] = useState(null);
  const load = async (before) => {
    const said = await fetched(QUESTIONS + (before ? '?before=' + before : ''));
    setAnswer(said);
    setPages((before ? pages : []).concat(said.body ? said.body.questions : []));
    setNext(said.body ? said.body.next : null);
  };
  useEffect(() => {
    load(null);
  }, []);
  const none = () =>
    answer && answer.body === null
      ? null
      : html`<section class="card pad centre"><p class="big-word">没有问过您什么</p></section>`;
  return html`<${Screen} title="问过我的" back="station">
    <${NotFresh} said=${answer} />
    ${pages === null
      ? html`<${Getting}>正在取…<//>`
      : pages.length ? html`<${Asked} list=${pages} />` : none()}
    ${next ? html`<${Button} kind="plain" onClick=${() => load(next)}>看更早的<//>` : null}<//>`;
}

/** One question, from the day's list or from the list of all. */
function useQuestion(id) {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched(QUESTIONS).then(setSaid);
  }, [id]);
  const list = said && said.body ? said.body.questions : [];
  const days = stations.value.map((here) => ({ id: here.id, day: dayAt(here) }));
  const question = questionOf(id, list, days);
  return { known: said !== null || Boolean(question), question };
}

/** What I said, and what the county said to it. */
function Said({ question, waiting }) {
  const decided = decidedOf(question);
  const said = waiting ? DAY_WORDS.waitsForNet(waiting.payload.text) : question.answer;
  return html`<section class="card pad"><h2>您说过</h2><p>${said}</p>
    ${decided ? html`<p><b>${DAY_WORDS.countySays(decided)}</b></p>` : null}
    ${question.reason ? html`<p>${question.reason}</p>` : null}</section>`;
}

function Saying({ text, error, onInput }) {
  return html`<section class="card pad"><${Field} label="怎么回事" id="answer" error=${error}>
    <textarea id="answer" class="big-input" rows="4" maxlength="200" value=${text}
      onInput=${(e) => onInput(e.target.value)} placeholder=${DAY_WORDS.answerFor}
      aria-describedby=${error ? 'answer-error' : null}
      aria-invalid=${error ? 'true' : null}></textarea><//></section>`;
}

export function Question({ id }) {
  const { known, question } = useQuestion(id);
  const { refused, waiting } = answerHere(mine.value, id);
  const [text, setText] = useState(refused ? refused.payload.text : '');
  const [error, setError] = useState('');
  const [problem, setProblem] = useState('');
  const [saved, setSaved] = useState(null);
  if (saved) {
    return html`<${Done} title="说明记好了" item=${saved}><p>${DAY_WORDS.countyWillLook}</p><//>`;
  }
  if (!question) {
    return html`<${Screen} title="请说明一下" back="">
      ${known
        ? html`<${Note} kind="good" icon="check">${DAY_WORDS.answeredAlready}<//>`
        : html`<${Getting}>正在取…<//>`}<//>`;
  }
  const save = async () => {
    if (!text.trim()) {
      setError(DAY_WORDS.answerNeeded);
      return;
    }
    const payload = { signal_id: id, text: text.trim() };
    const station_id = question.station_id || station.value.id;
    const draft = { kind: 'answer', station_id, payload, photos: [] };
    const kept = await keepRecord(draft, refused ? refused.id : null);
    if (kept.problem) setProblem(kept.problem);
    else setSaved(kept.item);
  };
  const write = (value) => {
    setText(value);
    setError('');
  };
  const said = question.answer || waiting;
  const closed = question.state === 'settled';
  const foot = closed
    ? null
    : html`<${Button} icon="check" onClick=${save}>
        ${said ? '改成这样说' : SHARED_WORDS.sendItSo}<//>`;
  return html`<${Screen} title="请说明一下" back="" foot=${foot}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${refused ? html`<${Note} kind="warm" icon="bell">
      ${KEPT_WORDS.refusedBefore(refused.why.message)}<//>` : null}
    ${question.decision === 'corrected' ? html`<${Note} kind="good" icon="check">
      ${DAY_WORDS.countsMendedSince}<//>` : null}
    <section class="card pad">
      <p class="quiet">${dayInWords(question.day_on)}</p>
      <p class="big-word">${question.question}</p><p class="quiet">${DAY_WORDS.calm}</p></section>
    ${said ? html`<${Said} question=${question} waiting=${waiting} />` : null}
    ${closed ? null : html`<${Saying} text=${text} error=${error} onInput=${write} />`}<//>`;
}
