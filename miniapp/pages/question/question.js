// 请说明一下: a question about what looked odd, and the keeper's answer in a sentence; no verdict.

import { answerHere, decidedOf, outcomeOf, questionOf, QUESTIONS } from '../../core/asked.js';
import { dayInWords, shortDay } from '../../core/dates.js';
import { dayOf } from '../../core/day.js';
import { DAY_WORDS } from '../../core/words/day.js';
import { KEPT_WORDS } from '../../core/words/kept.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { doneOf, notFresh, once, screen } from '../../page.js';
import { state } from '../../store.js';

const keyOf = (id) => 'answer:' + id;

function rowOf(one) {
  const open = one.state === 'open';
  return {
    key: one.id,
    icon: open ? 'ask' : 'check',
    tone: open ? 'todo' : 'ok',
    title: one.title,
    line: shortDay(one.day_on) + ' · ' + outcomeOf(one),
    path: 'question/' + one.id,
  };
}

const days = () => {
  const { stations, home, mine, today } = state;
  return stations.value.map((here) => ({
    id: here.id, day: dayOf(here, home.value, mine.value, today.value),
  }));
};

/** What I said, and what the county said to it. */
function saidOf(question, waiting) {
  const decided = decidedOf(question);
  return {
    text: waiting ? DAY_WORDS.waitsForNet(waiting.payload.text) : question.answer,
    decided: decided ? DAY_WORDS.countySays(decided) : '',
    reason: question.reason || '',
  };
}

screen({
  open({ about }) {
    const id = +about || 0;
    const refused = id ? answerHere(state.mine.value, id).refused : null;
    const text = state.jotted(keyOf(id)) || (refused ? refused.payload.text : '');
    this.own = { id, text, error: '', problem: '', pages: null, next: null, answer: null };
    this.load(null);
  },
  async load(before) {
    const said = await state.fetched(QUESTIONS + (before ? '?before=' + before : ''));
    const pages = (before ? this.own.pages : []).concat(said.body ? said.body.questions : []);
    this.set({ answer: said, pages, next: said.body ? said.body.next : null });
  },
  show() {
    return this.own.id ? this.showOne() : this.showList();
  },
  showList() {
    const { pages, next, answer } = this.own;
    const none = pages && !pages.length && answer.body !== null;
    return {
      title: '问过我的',
      step: pages === null ? 'getting' : none ? 'none' : 'list',
      stale: notFresh(answer),
      list: (pages || []).map(rowOf),
      more: Boolean(next),
    };
  },
  showOne() {
    const { id, pages, text, error, problem, saved } = this.own;
    if (saved) return { done: doneOf('说明记好了', saved, { lines: [DAY_WORDS.countyWillLook] }) };
    const question = questionOf(id, pages || [], days());
    if (!question) {
      const known = { kind: 'good', icon: 'check', text: DAY_WORDS.answeredAlready };
      return { done: null, step: pages === null ? 'getting' : 'gone', gone: known };
    }
    const { refused, waiting } = answerHere(state.mine.value, id);
    const said = question.answer || waiting;
    const corrected = question.decision === 'corrected';
    return {
      done: null,
      step: 'one',
      problem: problem ? { kind: 'bad', text: problem, live: true } : null,
      refused: refused
        ? { kind: 'warm', icon: 'bell', text: KEPT_WORDS.refusedBefore(refused.why.message) }
        : null,
      corrected: corrected
        ? { kind: 'good', icon: 'check', text: DAY_WORDS.countsMendedSince }
        : null,
      day: dayInWords(question.day_on),
      question: question.question,
      calm: DAY_WORDS.calm,
      said: said ? saidOf(question, waiting) : null,
      closed: question.state === 'settled',
      text,
      error,
      answerFor: DAY_WORDS.answerFor,
      send: said ? '改成这样说' : SHARED_WORDS.sendItSo,
    };
  },
  onText(event) {
    const { id, error } = this.own;
    this.own.text = event.detail.value;
    state.jot(keyOf(id), this.own.text);
    if (error) this.set({ error: '' });
  },
  onMore: once(async function more() {
    await this.load(this.own.next);
  }),
  onAnswer: once(async function answer() {
    const { id, text, pages } = this.own;
    if (!text.trim()) {
      this.set({ error: DAY_WORDS.answerNeeded });
      return;
    }
    const question = questionOf(id, pages || [], days());
    const station_id = (question && question.station_id) || state.station.value.id;
    const payload = { signal_id: id, text: text.trim() };
    const { refused } = answerHere(state.mine.value, id);
    const draft = { kind: 'answer', station_id, payload, photos: [] };
    const kept = await state.keepRecord(draft, refused ? refused.id : null);
    if (kept.item) state.jot(keyOf(id), null);
    this.step({ problem: kept.problem || '', saved: kept.item || null });
  }),
});
