// What is said beside a rule and on the way to a station: earlier findings, remarks, distances.

import { dayInFull } from '../dates.js';

export const BESIDE_WORDS = {
  // what earlier inspections found
  earlier: (visits) => '看以前查的（' + visits + ' 次）',
  earlierVisit: (one) => dayInFull(one.day_on) + ' ' + one.by + kindOfVisit(one),
  notLookedAt: '那次没查这一条',
  remarked: (note) => '备注：' + note,
  mending: (state) => '整改：' + state,

  // the county's ready remarks
  readyRemarks: '点一句，就填进备注',
  moreRemarks: (left) => '还有 ' + left + ' 句',

  // the way there
  nearFirst: '离我近的排前面',
  looking: '正在找您的位置…',
  noPosition: '没找到您的位置，先照名单排。请到空旷的地方，允许定位，再点一次。',
  byTheList: '照名单排',
  away: (metres) => (metres === null ? '没登记位置' : '离您' + awayInWords(metres)),
  wayThere: '怎么去',
  maps: { amap: '高德地图', baidu: '百度地图', geo: '别的地图' },
  noMap: '点了没反应，就是手机上没装。复制坐标，到地图里粘上搜也行。',
  geoIsShifted: '“别的地图”有时会偏五六百米，请照村名、门牌认。',
  copied: '坐标复制好了，到地图里粘上搜。地图上可能偏五六百米，请照村名认。',
  notCopied: '这里复制不了，请照着上面的数输。',
  notKnown: '这个站还没登记位置，请照地址找。',
};

/** How an earlier visit was made, where it was not simply one of a round. */
function kindOfVisit(one) {
  if (one.covert) return '（暗访）';
  return one.round ? '' : '（平时查的）';
}

/** 约350米, 约2.4公里, 约18公里; below fifty metres nobody needs a number. */
export function awayInWords(metres) {
  if (metres < 50) return '很近';
  if (metres < 1000) return '约 ' + Math.round(metres / 50) * 50 + ' 米';
  const kilometres = metres / 1000;
  return '约 ' + (kilometres < 10 ? kilometres.toFixed(1) : Math.round(kilometres)) + ' 公里';
}
