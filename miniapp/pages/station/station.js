// 我的站: how my station stands against the standard, in the sentences that the office reads.

import { dayInWords } from '../../core/dates.js';
import { dayOf } from '../../core/day.js';
import { SUBJECTS } from '../../core/words.js';
import { ASK_WORDS } from '../../core/words/asking.js';
import { DAY_WORDS } from '../../core/words/day.js';
import { MONEY_WORDS } from '../../core/words/money.js';
import { screen, verdictOf } from '../../page.js';
import { state } from '../../store.js';

/** The photo that goes with a failing, when the day's tasks name one. */
function subjectOf(here, code) {
  const task = (here.todo || []).filter((one) => one.key === 'mend:' + code)[0];
  return task && SUBJECTS[task.subject] ? task.subject : '';
}

function registerOf(here) {
  const { status } = here; // null: the county has no standard; missing: kept by an older app
  const none = status === null ? DAY_WORDS.noStandard : '';
  return {
    name: here.name,
    code: here.code || '',
    more: [here.level_label, here.township_name].filter(Boolean).join(' '),
    open: DAY_WORDS.open,
    hours: here.hours_lines || [],
    status: status ? verdictOf(status.code, status.label) : null,
    said: status ? DAY_WORDS.status[status.code] || '' : none,
  };
}

function papersOf(mends) {
  const row = (icon, tone, path, title, line) => ({ key: path, icon, tone, path, title, line });
  return [
    row('list', 'plain', 'inspections', '督导记录', DAY_WORDS.inspections),
    mends && row('wrench', 'mend', 'mend', DAY_WORDS.mends(mends), DAY_WORDS.sendWhenMended),
    row('box', 'plain', 'money', MONEY_WORDS.title, MONEY_WORDS.what),
    row('pen', 'plain', 'ask', ASK_WORDS.title, ASK_WORDS.what),
    row('ask', 'plain', 'question', '问过我的', DAY_WORDS.questionsAsked),
  ].filter(Boolean);
}

screen({
  ofStation: true,
  show() {
    const here = state.station.value;
    const { home, mine, today } = state;
    const day = dayOf(here, home.value, mine.value, today.value);
    const heard = home.value;
    return {
      here: registerOf(here),
      papers: papersOf(day.mends.length),
      needsNet: heard ? null : { kind: 'calm', icon: 'nonet', text: DAY_WORDS.needsNet },
      failings: day.failings.map((one) => ({
        key: one.code, title: one.title, clause: one.clause, why: one.why,
        mend: one.mend ? { kind: 'warm', icon: 'wrench', text: one.mend } : null,
        path: subjectOf(here, one.code) ? 'photo/' + subjectOf(here, one.code) : '',
      })),
      take: DAY_WORDS.takeWhenMended,
      asOf: heard && heard.today !== today.value ? DAY_WORDS.asOf(dayInWords(heard.today)) : '',
    };
  },
});
