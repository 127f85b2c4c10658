// What an inspector answers on a form: taps, values and reasons; what still lacks, what is sent.
//
// An answer is {verdict, values, note, left, insisted}: `left` is why the rule was not looked at,
// `insisted` the very doubt (draft.doubts, by rule) after which the tap was made again.

import { VISIT_WORDS } from './words/visit.js';

export const TAPS = ['pass', 'fail', 'unknown', 'not_applicable'];
const SETTLING = ['pass', 'fail'];

/** What has been entered on a rule so far. */
export function answerTo(draft, code) {
  return draft.answers[code] || { verdict: null, values: {}, note: '' };
}

/** The draft with something changed in one rule's answer. */
export function withAnswer(draft, code, change) {
  const answer = Object.assign({}, answerTo(draft, code), change);
  const answers = Object.assign({}, draft.answers, { [code]: answer });
  return Object.assign({}, draft, { answers });
}

/**
 * The draft with one thing said about one fact of a rule; null takes it back. What is read or
 * measured once stands at every rule that asks for it; a yes or no belongs to its own tap.
 */
export function withValue(draft, code, fact, value) {
  const asks = (row) =>
    row.code === code || row.asks.some((ask) => ask.fact === fact && ask.kind !== 'flag');
  const enter = (now, row) => {
    const values = Object.assign({}, answerTo(now, row.code).values, { [fact]: value });
    return withAnswer(now, row.code, { values });
  };
  return draft.rows.filter(asks).reduce(enter, draft);
}

/**
 * The draft after a tap. Tapping the same again takes it back (`seen` is the verdict that stood on
 * the screen, null for none). Nothing fills itself in: what was not read is not a value.
 */
export function tapped(draft, row, verdict, seen) {
  const before = answerTo(draft, row.code);
  const stood = seen === undefined ? before.verdict : seen;
  if (stood === verdict) return withAnswer(draft, row.code, { verdict: null });
  const values = Object.assign({}, before.values);
  row.asks.forEach((ask) => {
    if (ask.kind === 'flag') delete values[ask.fact];
  });
  return withAnswer(draft, row.code, { verdict, values, left: '' });
}

/** The draft with a rule that is asked only where somebody uses it (可). */
export function withAdded(draft, code) {
  return Object.assign({}, draft, { added: (draft.added || []).concat([code]) });
}

/** Is this rule asked? A permitted alternative (可) only where it is claimed, or was added. */
export function isAsked(draft, row) {
  if (row.level !== 'may') return true;
  const known = draft.station.findings || [];
  const claimed = known.some((one) => one.code === row.code && one.verdict !== 'not_applicable');
  const added = (draft.added || []).indexOf(row.code) >= 0;
  return claimed || added || Boolean(answerTo(draft, row.code).verdict);
}

/** The rules that are asked, in the form's order. */
export function askedRows(draft) {
  return draft.rows.filter((row) => isAsked(draft, row));
}

/** The facts of a permitted alternative: only its own rule asks for them. */
function claimsOf(draft) {
  const asks = draft.rows.filter((row) => row.level === 'may').map((row) => row.asks);
  return [].concat.apply([], asks).map((ask) => ask.fact);
}

/** What a rule asks for besides the tap. */
export function asksOf(draft, row) {
  if (row.level === 'may') return row.asks;
  const claims = claimsOf(draft);
  return row.asks.filter((ask) => claims.indexOf(ask.fact) < 0);
}

/** "９.５" → {value: '9.5'}; {error} for what no room can measure. */
export function readMeasure(text) {
  const half = String(text === null || text === undefined ? '' : text)
    .replace(/[\uff10-\uff19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, '.')
    .replace(/(平方米|平米|㎡|m2|米)$/i, '')
    .trim();
  if (half === '') return { error: VISIT_WORDS.measureNeeded };
  if (!/^\d{1,5}(\.\d{1,2})?$/.test(half)) return { error: VISIT_WORDS.measureInDigits };
  if (!(+half > 0)) return { error: VISIT_WORDS.measureAgain };
  return { value: half.replace(/^0+(?=\d)/, '') };
}

/** A text without what is no character: half of one (a field that was full cut it), a zero. */
export function wholeText(text) {
  return text.replace(/[\ud800-\udfff]|\0/gu, '');
}

/** A value as it is sent: numbers as digits, texts without blanks around; null for none. */
function readValue(ask, value) {
  if (value === null || value === undefined) return null;
  if (ask.kind === 'amount') return readMeasure(value).value || null;
  if (ask.kind === 'text') return wholeText(value).trim() || null;
  return value;
}

/** The values that belong to a tap, by fact; none where nothing was seen. */
export function valuesOf(draft, row) {
  const answer = answerTo(draft, row.code);
  const values = {};
  if (SETTLING.indexOf(answer.verdict) < 0) return values;
  row.asks.forEach((ask) => {
    const value = readValue(ask, answer.values[ask.fact]);
    if (value !== null) values[ask.fact] = value;
  });
  return values;
}

/** What the standard's check doubts of a rule's tap, in a sentence; '' for nothing. */
export function doubtOf(draft, row) {
  return (draft.doubts || {})[row.code] || '';
}

/** Was the tap made again after this very doubt? */
export function isInsisted(draft, row) {
  const doubt = doubtOf(draft, row);
  return Boolean(doubt) && answerTo(draft, row.code).insisted === doubt;
}

/** The draft with the tap made again, whatever the check says of the value. */
export function insisted(draft, row) {
  return withAnswer(draft, row.code, { insisted: doubtOf(draft, row) });
}

/** Must the inspector write why? Where the rule should not apply here, and against a check. */
export function needsReason(draft, row) {
  return answerTo(draft, row.code).verdict === 'not_applicable' || isInsisted(draft, row);
}

/** A name that is found right has been read: 符合 needs the words, but where a plaque hangs. */
function lacksWords(draft, row) {
  const answer = answerTo(draft, row.code);
  const plaque = (one) => one.level === 'may' && answerTo(draft, one.code).verdict === 'pass';
  if (answer.verdict !== 'pass' || draft.rows.some(plaque)) return false;
  return row.asks.some((ask) => ask.kind === 'text' && !readValue(ask, answer.values[ask.fact]));
}

/** What a rule still waits for: tap, amount, text, doubt or reason; '' when it is answered. */
export function lackOf(draft, row) {
  const answer = answerTo(draft, row.code);
  if (!answer.verdict) return answer.left ? '' : 'tap';
  if (SETTLING.indexOf(answer.verdict) >= 0) {
    const bare = (ask) => ask.kind === 'amount' && !readValue(ask, answer.values[ask.fact]);
    if (asksOf(draft, row).some(bare)) return 'amount';
    if (lacksWords(draft, row)) return 'text';
    if (doubtOf(draft, row) && !isInsisted(draft, row)) return 'doubt';
  }
  return needsReason(draft, row) && !answer.note.trim() ? 'reason' : '';
}

/** Does this rule still wait for something? */
export function isOpen(draft, row) {
  return lackOf(draft, row) !== '';
}

/** The rules that are still open, in the form's order. */
export function openRows(draft) {
  return askedRows(draft).filter((row) => isOpen(draft, row));
}

/** The draft with a reason for each rule that nobody tapped. */
export function leftOut(draft, reason) {
  const untouched = askedRows(draft).filter((row) => lackOf(draft, row) === 'tap');
  return untouched.reduce((now, row) => withAnswer(now, row.code, { left: reason.trim() }), draft);
}

/** The rules that were not looked at, each with its reason: [{row, reason}]. */
export function leftRows(draft) {
  const untouched = (row) => !answerTo(draft, row.code).verdict;
  return askedRows(draft)
    .filter(untouched)
    .map((row) => ({ row, reason: answerTo(draft, row.code).left || '' }));
}

/** How many rules were met, not met, not seen, not fit for here, not looked at. */
export function tally(draft) {
  const count = { pass: 0, fail: 0, unknown: 0, not_applicable: 0, open: 0 };
  askedRows(draft).forEach((row) => {
    count[answerTo(draft, row.code).verdict || 'open'] += 1;
  });
  return count;
}

/** The answers as they are sent: what was tapped, with the values that belong to the tap. */
export function answersOf(draft) {
  return draft.rows
    .filter((row) => answerTo(draft, row.code).verdict)
    .map((row) => {
      const { verdict, note } = answerTo(draft, row.code);
      const said = wholeText(note).trim();
      return { rule: row.code, verdict, values: valuesOf(draft, row), note: said };
    });
}
