// What is said while parcels are counted: what was reported, why it changes, whether it is a slip.

import { COUNT_LABELS } from '../validate.js';

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** About how many, as people say it: "几件", "十几件", "二十来件", "三百来件". */
export function aboutInWords(number) {
  if (number < 1) return '没有';
  if (number < 10) return '几件';
  if (number < 20) return '十几件';
  const unit = number < 100 ? 10 : number < 1000 ? 100 : 1000;
  const many = Math.round(number / unit);
  if (number >= 10000) return '上万件';
  if (many === 10) return unit === 10 ? '一百来件' : unit === 100 ? '一千来件' : '上万件';
  const digit = many === 2 && unit > 10 ? '两' : DIGITS[many];
  return digit + { 10: '十', 100: '百', 1000: '千' }[unit] + '来件';
}

export const COUNT_WORDS = {
  forInstance: '比如：漏数了一车',
  byBrand: '按快递公司分开填（可以不填）',
  receivedOn: (day) => day + '收到',
  parcels: (number) => number + ' 件',
  dayBefore: (day, number) => day + ' ' + number + ' 件',

  // a day that was reported before
  reported: (day, count) =>
    day + '已经报过了：收 ' + count.received + ' 件，寄 ' + count.sent + ' 件' +
    (count.waiting ? '（等网交）' : '') + '。报错了可以改，写一句为什么。',
  reasonNeeded: '改数要写一句为什么，比如：漏数了一车。',
  reasonNeededApproved: '这个月县里核准过了，补报、改数要写一句为什么。',
  nothingChanged: '跟报过的一样，不用再交。要改就改好数再交。',
  mendAndSend: '改好再交。',
  reportedAlready: '（报过）',
  begun: '（填了一半）',
  notSavedYet: '上次填了一半，还没存。接着填，填好点“存好交上去”。',

  // far above what is usual
  lookAgain: '再看一眼，是不是多按了',
  isItReally: (field, number, usual) =>
    COUNT_LABELS[field] + '：' + (usual === null ? '' : '平时' + aboutInWords(usual) + '，') +
    '真是 ' + number + '？',
  yesSo: '没错，交',
  changeIt: '回去改',
};
