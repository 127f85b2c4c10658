// What a keeper's screens say of the day: tasks, counts, mending, questions, the station.

import { leftInWords } from '../deadlines.js';

const ONLY_ASKING = '只是问一下，不改变对站点的结论';
const COUNTS_MENDED = '件数改好了，不用答了';

export const DAY_WORDS = {
  // today
  noStation: '您名下现在没有站点。请打电话给乡镇快递专干，让他把站点交给您管。',
  allDone: '今天的事都做完了',
  confirm: '确认督导结果',
  lookAndAgree: '要有网。看一看，点同意或不同意',
  readResult: '看督导结果',
  checkIn: '签到',
  scanToCheckIn: '扫牌子签到',
  notCheckedIn: '还没签到',
  checkedIn: (time, waiting) => time + (waiting ? ' 签到（等网交）' : ' 签到好了'),
  newPlate: (time) => time + ' 扫了新牌子，等镇上看',
  takePhotos: '拍照片',
  goTakePhotos: '去拍照片',
  photosUnknown: '连上网就知道要拍什么',
  photosLeft: (left) => '还要拍 ' + left + ' 样',
  photosDone: '都拍过了',
  closedToday: '今天不开门，不用',
  told: (told, time) =>
    (told.opening === 'closed' ? '今天不开门' : '今天 ' + time + ' 关门了') +
    (told.waiting ? '，有网就告诉大家' : '，乡亲扫门口的码就看得到'),
  reportCounts: '报件数',
  reportToday: '报今天的件数',
  notCounted: '还没报',
  counted: (count) =>
    '收 ' + count.received + '，寄 ' + count.sent + (count.waiting ? '（等网交）' : ' 件'),
  askedPhoto: (label) => '今天请拍：' + label,
  drawnByLot: '抽到您了，今天拍一张就行',
  takeOf: (label) => '去拍' + label,
  betterPhoto: (label) => label + '再拍一张',
  takeAgain: '重拍一张',
  pleaseExplain: '请说明一下',
  justAsking: '只是问一下，写一句就行',
  mends: (open) => '督导要求整改' + (open ? ' ' + open + ' 处' : '的'),
  goMend: '去整改',
  mendsSent: '照片都交了，等县里看',
  someReturned: '有退回来的，要重拍',
  mostPressing: (due, today) => (due > today ? '最急的' : '') + leftInWords(due, today),
  failings: (fails) => '要整改 ' + fails + ' 处',
  andOthers: (title) => title + ' 等',

  // mending what an inspection found
  mend: {
    waiting: '照片存在手机里，有网自动交',
    attention: '照片没收下，请到“要处理”里看',
    answered: '照片交了，等县里看',
    returned: '退回来了，要重拍',
  },
  mended: '县里看过就算完，不行会退回来说明原因。',
  nothingLeftHere: '这一处已经改完了，或者不用改了。',
  sendMended: '改好了，交',
  photographMended: '改好了，拍照',
  returnedBecause: '退回来了：',
  howToMend: '把改好的地方拍清楚，看得出改了什么。',

  // questions of the county
  calm: ONLY_ASKING + '。照实写一句就行。',
  countyWillLook: '县里会看。' + ONLY_ASKING + '。',
  countsMended: COUNTS_MENDED,
  countsMendedSince: COUNTS_MENDED + '。',
  question: { open: '还没回答', answered: '答过了，等县里看', settled: '县里看过了' },
  countySays: (decision) => '县里说：' + decision,
  answeredAlready: '这个问题已经答过了，或者不用答了。',
  answerNeeded: '请写一句，比如：那天在镇上帮忙取件。',
  answerFor: '比如：那天在镇上帮忙取件',
  waitsForNet: (text) => text + '（等网交）',

  // my station
  status: {
    meets: '规定的都做到了，继续保持。',
    meets_open: '规定的都做到了，还有事没办结，办完才算达标。',
    fails: '有几处没达到规定，照下面说的改就行。',
    to_verify: '您报的都收到了，等督导员来看过就算数。',
    not_assessed: '还有几样没弄清楚，先把要拍的照片拍了。',
  },
  noStandard: '县里没有规定站点标准，只记情况，不判达标。',
  open: '营业时间：',
  inspections: '督导员来查过的，结果和签字',
  sendWhenMended: '改好了拍照交',
  questionsAsked: '县里问过什么，我怎么答的',
  needsNet: '连上网以后，这里会显示站点的情况。',
  takeWhenMended: '改好了，拍张照',
  asOf: (day) => '这是 ' + day + ' 的情况，连上网会更新。',
};

const HOURS = [[5, '夜深了'], [9, '早上好'], [12, '上午好'], [14, '中午好'], [18, '下午好'], [24, '晚上好']];

/** A greeting for the hour of the day: "早上好，老李". */
export function greeting(hour, name) {
  return HOURS.filter(([until]) => hour < until)[0][1] + '，' + name;
}
