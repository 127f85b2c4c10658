// What stands beside records: whether they have arrived, what is unsent, the sign of a verdict.

import { lateInWords, WORDS } from './words.js';

/** What becomes of what is unsent, in a sentence. */
export function sendingInWords({ sending, connected, trouble, troubleSaid }) {
  if (sending.value) return WORDS.sendingNow;
  if (!connected.value) return WORDS.keptForNet;
  return trouble.value === 'busy' ? troubleSaid.value || WORDS.busy : WORDS.sendsItself;
}

/** What still lies on this phone: {title, late, line, sending}; null while nothing does. */
export function unsentOf(state) {
  const left = state.count.value;
  if (!left || !left.waiting) return null;
  return {
    title: WORDS.stillHere(left),
    late: lateInWords(left, state.daysLate.value),
    line: sendingInWords(state),
    sending: state.sending.value,
  };
}

/** What a record just kept has come to: 'refused', 'waiting' or 'arrived'. */
export function whereabouts(queue, item) {
  const here = (queue || []).filter((one) => one.id === item.id)[0];
  if (here && here.state === 'attention') return 'refused';
  return queue === null || here ? 'waiting' : 'arrived';
}

/** The line below the ✓: it says 交好了 only once the record has left the queue. */
export function arrivalInWords(queue, item, sending) {
  const where = whereabouts(queue, item);
  if (where === 'refused') return WORDS.notTaken;
  if (where === 'arrived') return WORDS.arrived;
  return WORDS.saved + (sending ? WORDS.sendingToo : '');
}

/** The sign beside a verdict's word. */
export const VERDICT_ICONS = {
  pass: 'check', fail: 'cross', unknown: 'ask', not_applicable: 'minus',
};

/** The verdict as which a station's state by the standard is drawn. */
export const STATUS_VERDICTS = {
  meets: 'pass',
  meets_open: 'unknown',
  fails: 'fail',
  to_verify: 'unknown',
  not_assessed: 'not_applicable',
};
