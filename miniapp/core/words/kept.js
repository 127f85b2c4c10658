// What is said of records on this phone: unsent, refused, sent before, saved as a file, let go.

import {
  beijingDay, beijingTime, dayFromToday, daysInWords, readMoment, shortDay,
} from '../dates.js';
import { happenedAt } from '../queue.js';
import { subjectLabel } from '../words.js';

const PASS_ON = '用微信发给乡镇或县里';

export const KEPT_WORDS = {
  seenBefore: '下面是上次看到的。',
  notSeenYet: '没看过的，要有网才看得到。',
  nothingElse: '手机里的都交完了。',
  refusedBefore: (why) => '上次没收下：' + why,

  // what was sent, day by day
  inAttention: '没收下，在“要处理”里',
  photosRefused: (photos, why) => photos + ' 张照片没收下：' + why,
  checkedIn: (time) => time + ' 签到',
  unverified: '（时间未核实）',
  countedTimes: (version) => (version > 1 ? '（改过 ' + (version - 1) + ' 次）' : ''),
  countWaits: (count) => count + '，还没交',
  noCount: '没有报件数',
  nothingSent: '没有签到，没有报件数',
  toldClosed: '这天没开门',
  reportLate: '补报',
  reportLateOf: (day) => '补报' + day + '的件数',
  more: (records) => '还有 ' + records + ' 条，接着看',
  whenNoNet: '一直没信号时用：把文件' + PASS_ON + '，由他们收进去。',
  historyComes: '这里会记下您每天的签到、照片和件数。',

  // what was not taken
  counting: '正在数手机里的记录…',
  allTaken: '交上去的，那边都收下了。要是有哪条没收下，会在这里告诉您原因。',
  refusal: (kind, photos) => kind + '：' + (photos ? photos + ' 张照片没收下' : '没收下'),
  noReason: '那边没说为什么，请打电话问一下。',
  onlyPhotos: (photos) =>
    '记录本身已经交到了，没收下的只是' + (photos > 1 ? '这几张' : '这一张') +
    '。县里知道它不会来了，不用一直等。',
  amendForPhotos: '要补照片，请在督导记录里点“更正”。',
  refusedPhoto: (subject) => '没收下的' + subjectLabel(subject),
  onlyContent: '这一份在手机里只剩交的内容了，改不了。可以原样再交，或者存成文件交给县里。',
  readCopy: '去看这份督导记录',
  goneForGood: (what) => what + '扔掉就找不回来了。',
  dropPhotos: '是，扔掉照片',
  dropRecord: '是，扔掉这一条',
  sayCode: (code) => '打电话问时请报：' + code,

  // one file of everything
  saveAll: '把没交的存成一个文件',
  notSaved: '文件没存成。请腾出一点地方，再点一次。',
  lost: (n) => '微信清掉了手机里 ' + n + ' 条没交的，找不回来了。请看看“记录”，少了的再报一次。',
  passOn: { title: '文件做好了', content: '发给乡镇快递专干。', confirmText: '发出去' },
  notPassedOn: '文件没发出去。请再点一次；还不行，就把微信更新一下。手机里的都还在。',
  passedOn: '文件交出去了。手机里的都还在，等县里收下或有网交完才删。',
  savedAs: (name) =>
    '存好了，在手机的“下载”里，叫“' + name + '”。' + PASS_ON + '就行。手机里的都还在。',

  // the page that works without the rest of the app
  saveOf: (name, records) => '存成一个文件：' + (name ? name + '的 ' : '') + records + ' 条没交的',
  savedStays: '存了文件，手机里的也都还在，能打开以后照样会交。',
  nothingToSave: '这部手机里没有还没交的记录，都交完了。',
  cannotLook: '这个浏览器里看不到存着的记录。要是平时用别的浏览器打开，请回到那里再看。',
  mend: '修一修，再打开村站通',
  noNetToMend: '现在连不上县里，修不了。请到有信号的地方再点一次。手机里的记录都还在。',
  working: '请稍等…',

  // mine
  notSent: (bytes) => '没交，约 ' + sizeInWords(bytes + 1024) + '。',
  nothingLeft: '都交完了，没有剩下的。',
  oldest: (days) =>
    '最早的一条已经等了 ' + daysInWords(days) + '。请到有信号的地方点“现在上传”；' +
    '一直没信号，就存成一个文件，' + PASS_ON + '。',
  ofOthers: (records) => '另外有 ' + records + ' 条是别人的，等他们自己认站以后再交。',
  lasting: '系统答应了：这些记录它不会自己清理。',
  notLasting:
    '问过系统，它没答应一直留着：手机地方不够时可能清理。请常连网交一交，别清理本网页的数据。',
  unsentLeft: (records) => '还有 ' + records + ' 条没交！',
  sendFirst: '最好先连上网交完。现在退出也不会丢，但要您再认一次站才会接着交。',
  newCodeNeeded: '退出以后，要有新的绑定码才能再用。',
  isItAble: '看看这部手机行不行',
  able: '相机、位置、没网时能不能用',
  toSafari:
    '苹果手机在微信里没网时打不开。请点右上角 ··· 选“在 Safari 中打开”，再“添加到主屏幕”。',
};

const KINDS = {
  check_in: '签到',
  parcel_count: '件数',
  photo_note: '照片',
  inspection: '督导记录',
  rectification: '整改照片',
  answer: '说明',
  opening: '开门情况',
  request: '请求',
  consent: '同意与否',
};

export const OPENINGS = { closed: '今天不开门', early: '今天早关门', usual: '照常开门' };

/** What a queued record is, in a word or two. */
export function kindLabel(item) {
  if (item.kind === 'photo_note' && item.photos.length === 1) {
    return subjectLabel(item.photos[0].subject) + '照片';
  }
  return KINDS[item.kind] || '记录';
}

/** For which day a queued record is, and when it was made: "昨天 08:05". */
export function whenInWords(item, today) {
  return dayFromToday(item.day_on, today) + ' ' + beijingTime(happenedAt(item));
}

/** Who of the office has looked at a photo, when, and what they found; '' while nobody has. */
export function lookedInWords(looked) {
  if (!looked) return '';
  return shortDay(beijingDay(readMoment(looked.at))) + looked.by + '看过：' + looked.found;
}

/** Bytes as people say them. */
export function sizeInWords(bytes) {
  if (bytes < 100 * 1024) return Math.max(1, Math.round(bytes / 1024)) + ' KB';
  if (bytes < 1073741824) return (bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0) + ' MB';
  return (bytes / 1073741824).toFixed(1) + ' GB';
}
