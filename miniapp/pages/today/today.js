// 今天: what a keeper has to do today, in one glance, and the one button for the next thing.

import { answersUnread, unasked } from '../../core/asking.js';
import { dayOf, thingsToDo } from '../../core/day.js';
import { beijingHour, beijingTime, dayInShort } from '../../core/dates.js';
import { THING_ICONS } from '../../core/icons.js';
import { homeSays } from '../../core/listening.js';
import { WORDS } from '../../core/words.js';
import { ASK_WORDS } from '../../core/words/asking.js';
import { DAY_WORDS, greeting } from '../../core/words/day.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { askMessages, learnMessages, messagesNow } from '../../messages.js';
import { go, late, once, screen } from '../../page.js';
import { homeOf } from '../../pages.js';
import { state } from '../../store.js';

const rowOf = (thing) => ({
  key: thing.key,
  icon: thing.done ? 'check' : THING_ICONS[thing.kind],
  tone: thing.done ? 'ok' : thing.aside ? 'mend' : 'todo',
  title: thing.title,
  line: thing.line,
  path: thing.path,
});

const ASK_ROW = {
  icon: 'pen', tone: 'plain', title: ASK_WORDS.title, line: ASK_WORDS.what, path: 'ask',
};

/** That the county has answered what was asked for. */
const answerNote = ({ id, said }) => ({
  key: id, kind: 'good', icon: 'bell', text: ASK_WORDS.news + ' ' + said, path: 'ask',
  word: '去看看',
});

/** That a text waits to be read and answered. */
const CONSENT_NOTE = {
  key: 'consent', kind: 'warm', icon: 'me', path: 'consent', word: '去看看',
  text: ASK_WORDS.privacy,
};

const nextOf = ({ kind, path, button }) => ({ icon: THING_ICONS[kind], path, word: button });

const nowhere = () => ({ kind: 'warm', icon: 'home', text: DAY_WORDS.noStation });

/** That something was not taken, and the way to it. */
const refusal = (records) => ({
  kind: 'bad', icon: 'bell', text: WORDS.refused(records), path: 'attention', word: '去看看',
});

/** 今天不开门, 早关门 in one tap, and back. */
function tell(opening) {
  return late(async function told() {
    const record = { kind: 'opening', station_id: state.station.value.id, photos: [] };
    const kept = await state.keepRecord(Object.assign({ payload: { opening } }, record));
    this.step({ problem: kept.problem || '' });
  });
}

screen({
  tab: '',
  open() {
    // The program begins here whoever is signed in, and so do its messages.
    if (homeOf(state.session.value.person.role) !== 'today') go('');
  },
  seen() {
    learnMessages(() => this.draw());
  },
  show() {
    const here = state.station.value;
    const { name } = state.session.value.person;
    if (!here) return { nowhere: nowhere(), hello: WORDS.hello(name), here: null };
    const { home, today, count, stations } = state;
    const day = dayOf(here, home.value, state.mine.value, today.value);
    const list = thingsToDo(day, today.value, Boolean(home.value));
    const open = list.filter((one) => !one.done && !one.aside);
    const refused = count.value && count.value.attention;
    const answers = answersUnread(home.value, state.jotted('answers-read'));
    const late = state.daysLate.value >= 3;
    const told = { refused, late, news: answers.length > 0, offline: !state.connected.value };
    return {
      nowhere: null,
      hello: greeting(beijingHour(state.nowMs()), name),
      date: dayInShort(today.value),
      demo: Boolean(home.value && home.value.county && home.value.county.demo),
      here: { id: here.id, name: here.name, code: here.code || SHARED_WORDS.noNumber },
      list: list.map(rowOf),
      open: open.length,
      allDone: DAY_WORDS.allDone,
      next: open[0] ? nextOf(open[0]) : null,
      refused: refused ? refusal(refused) : null,
      told: day.told ? DAY_WORDS.told(day.told, beijingTime(day.told.at_ms)) : '',
      problem: this.own.problem ? { kind: 'bad', text: this.own.problem, live: true } : null,
      says: homeSays(open, told),
      answers: (unasked(home.value, state.mine.value) ? [CONSENT_NOTE] : []).concat(
        answers.map(answerNote),
      ),
      ask: ASK_ROW,
      messages: messagesNow(),
      others: stations.value.length > 1
        ? { names: stations.value.map((one) => one.code + ' ' + one.name),
          at: stations.value.map((one) => one.id).indexOf(here.id) }
        : null,
    };
  },
  onMessages: once(() => askMessages()),
  onClosed: tell('closed'),
  onEarly: tell('early'),
  onUsual: tell('usual'),
  onStation(event) {
    return state.chooseStation(state.stations.value[+event.detail.value].id);
  },
});
