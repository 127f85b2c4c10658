// By when something has to be mended, in words.

import { daysBetween, daysInWords, shortDay } from './dates.js';

/** How long there is until a day: "还有 3 天", "今天到期", "已经过期 2 天". */
export function leftInWords(due, today) {
  const left = daysBetween(today, due);
  if (left > 0) return '还有 ' + daysInWords(left);
  return left === 0 ? '今天到期' : '已经过期 ' + daysInWords(-left);
}

/** "7月3日前改好". */
export function mendBy(due) {
  return shortDay(due) + '前改好';
}

/** The same with how long there is: "7月3日前改好，还有 3 天", "已经过期 2 天（7月3日）". */
export function mendByAndLeft(due, today) {
  const left = leftInWords(due, today);
  if (due > today) return mendBy(due) + '，' + left;
  return due === today ? left : left + '（' + shortDay(due) + '）';
}
