// 报件数 between the fingers and the queue: the form as it begins, as it is read, as it is read back.

import { differs } from './counts.js';
import { dayAfter, dayFromToday, shortDay, weekday } from './dates.js';
import { COUNT_FIELDS, COUNT_LABELS, LONGEST_BACKLOG_DAYS, readCounts } from './validate.js';
import { COUNT_WORDS } from './words/count.js';

export const BRANDS = ['邮政', '中通', '圆通', '申通', '韵达', '极兔', '顺丰', '京东'];

const HINTS = {
  received: '今天到站的',
  sent: '帮乡亲寄走的',
  agri_sent: '没有就不填',
  on_hand: '关门时还在站里',
};

/** What is meant by a field, of today or of a day before. */
export function countHint(field, isToday) {
  return field === 'received' && !isToday ? '那天到站的' : HINTS[field];
}

/** Whether the county has approved a day's month, as far as this phone has heard. */
export function inApprovedMonth(home, day) {
  const months = (home && home.approved_months) || [];
  return months.some((month) => month.slice(0, 7) === day.slice(0, 7));
}

function asText(value) {
  return value === undefined || value === null ? '' : String(value);
}

/** The fields as they stand before anything is typed: what was reported of this day, or nothing. */
export function formFrom(from) {
  const form = { reason: '', by_brand: {} };
  COUNT_FIELDS.forEach((field) => {
    form[field] = asText(from[field]);
  });
  Object.keys(from.by_brand || {}).forEach((brand) => {
    form.by_brand[brand] = asText(from.by_brand[brand]);
  });
  return form;
}

/**
 * What is wrong with what was typed, and what it comes to: {errors} or {value}. `before` is the
 * count that holds of this day, `approved` whether its month is, `replaced` a refused one.
 */
export function readForm(form, { day_on, today, before, approved, replaced }) {
  const said = readCounts(Object.assign({ day_on }, form), today);
  const errors = Object.assign({}, said.errors);
  if ((before || approved) && !form.reason.trim()) {
    errors.reason = approved ? COUNT_WORDS.reasonNeededApproved : COUNT_WORDS.reasonNeeded;
  }
  if (said.errors || errors.reason) return { errors };
  if (before && !replaced && !differs(before, said.value)) {
    return { errors: { reason: COUNT_WORDS.nothingChanged } };
  }
  if (before && before.id) said.value.corrects = before.id;
  return said;
}

/** The days that may still be told of: [{day, text}], "昨天 7月2日（报过）", "6月30日 星期二". */
export function daysToReport(today, counts, begun) {
  const beside = (day) => (day >= dayAfter(today, -2) ? shortDay(day) : weekday(day));
  const mark = (day) =>
    begun(day) ? COUNT_WORDS.begun : counts[day] ? COUNT_WORDS.reportedAlready : '';
  return Array.from({ length: LONGEST_BACKLOG_DAYS }, (_, ago) => dayAfter(today, -ago)).map(
    (day) => ({ day, text: dayFromToday(day, today) + ' ' + beside(day) + mark(day) }),
  );
}

/** What was kept, read back: [[name, number]]; of the last two only what is not nothing. */
export function readBack({ day_on, received, sent, agri_sent, on_hand }, today) {
  return [
    [COUNT_WORDS.receivedOn(dayFromToday(day_on, today)), received],
    ['寄出', sent],
    [COUNT_LABELS.agri_sent, agri_sent],
    [COUNT_LABELS.on_hand, on_hand],
  ].filter(([, number], i) => i < 2 || number);
}
