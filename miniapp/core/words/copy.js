// What is said of an inspection as signed, of a station looked at, and of mendings to be judged.

import { daysInWords, shortDay } from '../dates.js';
import { mendBy } from '../deadlines.js';
import { SHARED_WORDS } from './shared.js';

export const COPY_WORDS = {
  // the keeper's yes or no
  waitsForYou: '等您看了点同意',
  failed: (rules) => '，' + rules + ' 条不符合',
  nobodyCame: '督导员还没来查过。',
  isItRight: '您看，写得对吗？',
  agree: '对，我同意',
  disagree: '不对，我有话说',
  reasonNeeded: '请写一句为什么不同意。',
  agreed: (when) => when + ' 同意',

  // the paper
  fetching: '正在取…',
  saved: '存好了，在手机的“下载”里。',
  notNow: '现在取不到，有网再点一次。',
  notInWeChat: '微信里存不了文件，请点右上角 ··· 用浏览器打开。',
  fileName: (copy) => '督导记录-' + (copy.station.code || '') + '-' + copy.day_on + '.pdf',

  // the keeper's own copy on this phone
  sameAsKept: (own, day) =>
    (own.signed_here
      ? '和您签的一样。这部手机 ' + day + ' 留了一份'
      : '和这部手机 ' + day + ' 第一次看到的一样，没人动过') +
    '，校验码 ' + own.sha256.slice(0, 8) + '。',
  notAsKept: {
    hash: '不一样，请找县办：县里这一份的校验码，和这部手机上留的对不上。',
    content: '不一样，请找县办：校验码没变，可县里写的和这部手机上留的不是一回事。',
    answer: '不一样，请找县办：您当时的答复，县里记的和这部手机上留的不同。',
  },
  goneAtServer: '县里现在不给看这一份了：换了站长，或者找不到了。有疑问请找县办。下面是这部手机留的。',
  keptHere: (day) => '下面是这部手机 ' + day + ' 留的一份。',

  // passed on
  passOn: '发到微信',
  passOnAgain: '取好了，再点一下就能发。',

  // the copy
  outcome: (label, note) => label + (note ? '：' + note : ''),
  version: (number) => ' · 第 ' + number + ' 版',
  amendedSince: '这一份后来更正过。',
  measured: (values) => '现场记的：' + values.join('；'),
  failedRules: (rules) => '不符合的 ' + rules + ' 条',
  otherRules: (rules) => '别的 ' + rules + ' 条',
  byStandards: '照这些标准查的：',
  notLookedAt: (clauses) => '这次没查：' + clauses.join('；'),
  nowRegistered: (one) => one.label + '：签字时是“' + one.then + '”，现在登记为“' + one.now + '”',
  fingerprint: (hash) => '这一份的指纹：' + hash,
  amend: '写错了，更正这一份',
  amending: '更正会另存一份，要重新签字；这一份还留着。',

  // a station looked at
  onWord: (word, since) => '依据：' + word + (since ? '，' + SHARED_WORDS.since(since) : ''),
  inThisRound: '这一轮要查它，去督导',
  rules: (group, rules) => group + ' ' + rules + ' 条',
  daysReported: (days) => '（报了 ' + daysInWords(days) + '）',
  stations: (found) => '共 ' + found + ' 个站点',

  // mendings to be judged
  atBy: (one) => one.station_name + '，' + deadlineInWords(one),
  needsNet: '通过或退回要有网才行。没网时可以先看上次取到的，记住再回来点。',
  toJudge: (mends) => '等您看的 ' + mends + ' 处',
  theyComeHere: '站长把改好的照片交上来，就会在这里。',
  judgedAlready: '这一处已经有人看过了，或者站长还没交照片。',
  mendPhotoOf: (who) => who + '交的整改照片',
  sentBack: '退回去了，站长会看到原因',
  whatIsWrong: '请写一句哪里还不行，站长好照着改。',
  history: '整改经过（新的在前）',
};

/** By when a thing has to be mended: "7月3日前改好", "过期了（7月3日到期）". */
export function deadlineInWords(one) {
  return one.overdue ? '过期了（' + shortDay(one.due_on) + '到期）' : mendBy(one.due_on);
}
