// What is said beside a rule and on the way to a station: earlier findings, remarks, distances.

import { dayInFull } from '../dates.js';

export const BESIDE_WORDS = {
  // what earlier inspections found
  earlier: (visits) => '看以前查的（' + visits + ' 次）',
  earlierVisit: (one) => dayInFull(one.day_on) + ' ' + one.by + (one.round ? '' : '（平时查的）'),
  notLookedAt: '那次没查这一条',
  remarked: (note) => '备注：' + note,
  mending: (state) => '整改：' + state,

  // the county's ready remarks
  readyRemarks: '点一句，就填进备注',
  moreRemarks: (left) => '还有 ' + left + ' 句',
};
