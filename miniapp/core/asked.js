// 请说明一下 on the phone: which question it is, what was said to it, what came of it.

import { DAY_WORDS } from './words/day.js';

export const QUESTIONS = '/keeper/questions';

/** What came of a question, in a word. */
export function outcomeOf(one) {
  if (one.decision === 'corrected') return DAY_WORDS.countsMended;
  if (one.decision_label) return DAY_WORDS.countySays(one.decision_label);
  return DAY_WORDS.question[one.state];
}

/** What the county decided of a question, but that its counts were mended; '' for nothing. */
export const decidedOf = (one) => (one.decision !== 'corrected' && one.decision_label) || '';

/**
 * One question from the list of all, else from the days of my stations ([{id, day}] as core/day.js
 * has them); null when neither has it.
 */
export function questionOf(id, listed, days) {
  const known = listed.filter((one) => one.id === id)[0];
  if (known) return known;
  const found = days
    .map(({ id: station_id, day }) => ({
      station_id, task: day.questions.filter((one) => one.signal_id === id)[0],
    }))
    .filter((one) => one.task)[0];
  if (!found) return null;
  const { day_on, why } = found.task;
  return { station_id: found.station_id, day_on, question: why, state: 'open', answer: '' };
}

/** My answer to a question that lies on the phone: {refused, waiting}, each an item if any. */
export function answerHere(mine, id) {
  const about = (item) => item.kind === 'answer' && item.payload.signal_id === id;
  const here = mine.filter(about);
  return {
    refused: here.filter((item) => item.state === 'attention')[0],
    waiting: here.filter((item) => item.state !== 'attention')[0],
  };
}
