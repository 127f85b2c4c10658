// Whether what a keeper typed can be right, with a sentence for each field that cannot.

import { isDay } from './dates.js';
import { plainCode } from './qr.js';
import { SHARED_WORDS } from './words/shared.js';

export const MOST_PARCELS = 99999;
export const COUNT_FIELDS = ['received', 'sent', 'agri_sent', 'on_hand'];
const MAY_BE_EMPTY = ['agri_sent', 'on_hand'];
export const COUNT_LABELS = {
  received: '收到',
  sent: '寄出',
  agri_sent: '其中农产品',
  on_hand: '还没取走',
};
export const LONGEST_BACKLOG_DAYS = 31;

/** "１２ " → 12; {value} or {error}. An empty field is 0 only where `empty` allows it. */
export function readCount(text, empty) {
  const half = String(text === null || text === undefined ? '' : text)
    .replace(/[\uff10-\uff19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .trim();
  if (half === '') return empty === undefined ? { error: '请填个数，没有就填 0。' } : { value: empty };
  if (/^-\d+$/.test(half)) return { error: '件数不能是负的，没有就填 0。' };
  if (/[.．]/.test(half)) return { error: '件数要填整数，比如 12。' };
  if (!/^\d+$/.test(half)) return { error: '请用数字填，比如 12。' };
  const value = +half;
  return value > MOST_PARCELS ? { error: '一天不会超过 99999 件，请看看是不是多按了。' } : { value };
}

/**
 * A day's counts as typed → {value: payload} or {errors: {field: sentence}}. `typed` holds the four
 * fields, `day_on`, `by_brand` ({brand: text}) and `reason`; `today` is the Beijing day.
 */
export function readCounts(typed, today) {
  const errors = {};
  const reason = (typed.reason || '').trim().slice(0, 200);
  const value = { day_on: typed.day_on, by_brand: {}, reason };
  COUNT_FIELDS.forEach((field) => {
    const read = readCount(typed[field], MAY_BE_EMPTY.indexOf(field) >= 0 ? 0 : undefined);
    if (read.error) errors[field] = read.error;
    else value[field] = read.value;
  });
  if (!errors.agri_sent && !errors.sent && value.agri_sent > value.sent) {
    errors.agri_sent = '农产品算在寄出里，不能比寄出还多。';
  }
  const brands = typed.by_brand || {};
  Object.keys(brands).forEach((brand) => {
    const read = readCount(brands[brand], 0);
    if (read.error) errors['brand:' + brand] = read.error;
    else if (read.value > 0) value.by_brand[brand] = read.value;
  });
  if (!isDay(typed.day_on)) errors.day_on = '请选是哪一天的。';
  else if (typed.day_on > today) errors.day_on = '还没到这一天，请选今天或以前。';
  return Object.keys(errors).length ? { errors } : { value };
}

/** A station number's digits as typed at the check-in → {code} or {error}; `prefix` is XZ or C. */
export function readStationDigits(text, prefix, stations) {
  const half = plainCode(text);
  if (!/^\d{1,4}$/.test(half) || +half === 0) return { error: '请输牌子上的四位数字，比如 0001。' };
  const code = prefix + ('000' + half).slice(-4);
  if (stations.some((s) => s.code === code)) return { code };
  const own = stations.map((s) => s.code || SHARED_WORDS.noNumber).join('、');
  return { error: '您的站是 ' + own + '，刚才输的是 ' + code + '。请再看一眼牌子。' };
}
