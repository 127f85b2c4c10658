// What is said of subsidies: how much, for what, and why it is not there yet.

import { daysInWords } from '../dates.js';

export const MONEY_WORDS = {
  title: '补助',
  what: '多少钱，到哪一步了',
  month: (year, month) => year + '年' + month + '月',
  year: (year) => year + '年',
  reported: (of) => '您报了 ' + daysInWords(of.days) + '：收 ' + of.received + ' 件，寄 ' + of.sent + ' 件',
  approved: '件数县里核准了',
  notApproved: '件数还没核准',
  award: '一次给的',
  none: '这个站还没有补助的记录。有的县按件数算，有的县一次给；不明白就打电话问县里。',
};
