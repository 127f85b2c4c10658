// 督导记录 as it was signed, in words: what stands at its head, at each rule, and below it.

import { dayInWords, momentFromToday, readMoment } from './dates.js';
import { COPY_WORDS } from './words/copy.js';

const when = (text, today) => momentFromToday(readMoment(text), today);

/** Which round, which day, which version. */
export function copyHeadline(copy) {
  const round = copy.campaign ? copy.campaign.name + ' · ' : '';
  const version = copy.version > 1 ? COPY_WORDS.version(copy.version) : '';
  return round + dayInWords(copy.day_on) + version;
}

/** Who, when, and what came of it: [[name, value]], those without a value too. */
export function copyFacts(copy, today) {
  return [
    ['督导员', copy.inspector_name],
    ['一同督导', copy.second_name],
    ['到站', when(copy.arrived_at, today)],
    ['查完', when(copy.finished_at, today)],
    ['站长', copy.keeper_name],
    ['结果', COPY_WORDS.outcome(copy.outcome_label, copy.outcome_note)],
    ['牌子', copy.sign_remark],
    ['站长确认', copy.confirmed_at ? COPY_WORDS.agreed(when(copy.confirmed_at, today)) : ''],
    ['站长不同意', copy.refusal],
    ['县里答复', copy.refusal_answer],
    ['县办请更正', copy.office_asks],
    ['更正', copy.amended_because],
  ];
}

/** What was measured or read on the spot: 现场记的：面积 12.5平方米; '' when nothing was. */
export function measured(row) {
  const values = (row.values || []).filter((one) => one.text);
  if (!values.length) return '';
  return COPY_WORDS.measured(values.map((one) => one.title + ' ' + one.text));
}

/** A failed recommendation is said calmly. */
export function ruleTone(row) {
  return row.verdict === 'fail' && !row.counts_against ? 'unknown' : row.verdict;
}

/** {failed, others}: the rules that failed, and what else applies here. */
export function rulesOf(copy) {
  const failed = copy.rows.filter((row) => row.verdict === 'fail');
  const rest = (row) => ['fail', 'not_applicable'].indexOf(row.verdict) < 0;
  return { failed, others: copy.rows.filter(rest) };
}

/** An inspection in a list of them: what came of it, and how much failed. */
export function outcomeInList(one) {
  const outcome = one.waits_for_you ? COPY_WORDS.waitsForYou : one.outcome_label;
  return outcome + (one.fails ? COPY_WORDS.failed(one.fails) : '');
}
