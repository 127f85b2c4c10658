// The words that every screen may need, in one place for every client: plain, warm, no codes.
//
// What one kind of screen says stands beside this file: words/day.js, words/photo.js, and so on.

import { daysInWords } from './dates.js';

export const SUBJECTS = {
  signboard: { label: '门头牌子', how: '站到门外，把整块牌子拍进来，字要看得清。' },
  hours_board: { label: '营业时间牌', how: '正对着牌子拍，几点开门、几点关门要看得清。' },
  interior: { label: '接待台', how: '站在门口往里拍，把台子整个拍进来。' },
  shelves: { label: '货架', how: '退后两步，把货架从上到下都拍进来。' },
  scanner: { label: '巴枪', how: '把扫件的巴枪放在台子上，靠近一点拍。' },
  safety: { label: '安全设备', how: '把灭火器、监控这些一样一样拍清楚。' },
  exterior: { label: '站点外面', how: '走远几步，把整间门面拍进来。' },
  zoning: { label: '分区', how: '把取件区、寄件区、存放区一起拍进来。' },
  parcel_area: { label: '放包裹的地方', how: '把包裹和地面都拍进来，看得出放得整不整齐。' },
};

export const SUBJECT_KEYS = Object.keys(SUBJECTS);

/** What a photo shows, as a keeper says it; `other` is the server's word for what has none. */
export function subjectLabel(subject, other) {
  return SUBJECTS[subject] ? SUBJECTS[subject].label : other || '照片';
}

const callWhom = (of) => '打电话问' + (of || '县里');

/** Net, storage, sending: what any screen may have to say. */
export const WORDS = {
  saved: '已存在手机里，有网自动交',
  arrived: '已经交到县里了',
  notTaken: '那边没收下，请到“要处理”里看看。',
  offline: '没网也能用，有网自动交',
  offlineWith: (waiting) => '现在没网，' + waiting + ' 条存在手机里',
  notSent: '现在没网，没交成。等有网了再点一次。',
  notHeard: '没取到录音。请到有信号的地方再点一次。',
  machineVoice: '机器念的样音，等县里录',
  portal: '这个网要先登录才能上。东西都还在手机里。',
  signIn: '要重新认一下您是哪个站。手机里没交的都还在。',
  callWhom: (of) => callWhom(of),
  call: (number, of) => callWhom(of) + ' ' + number,
  full: '手机存满了，存不下这一条。请删掉一些不用的照片或视频，再来一次。',
  noStore: '这个浏览器存不住东西，只能有网时用。请换成手机自带的浏览器或 Chrome。',
  oldWeChat: '微信太旧了，有些地方用不了。请把微信更新一下再打开。',
  broken: '出了点问题，这一步没做成。请再试一次；还不行就打电话问县里。',
  pageNotKept: '这一页还没存到手机里。连上网打开一次，以后没网也能用。',
  pictureNeedsNet: '照片要有网才看得到',
  doubtedDate: (fullDay) =>
    '手机上的日期是 ' + fullDay + '，好像不对。请在手机设置里打开“自动确定日期和时间”。',
  stillHere: (left) => '手机里还有 ' + unsentInWords(left) + '没交',
  sendingToo: '，正在交…',
  sendingNow: '正在交，请稍等…',
  keptForNet: '都存好了，有网自动交。',
  busy: '那边正忙，过一会儿自动再交。',
  sendsItself: '会自动交，也可以现在交。',
  backToToday: '好，回到今天',
  titleOf: (screen) => screen + ' · 村站通',
  hello: (name) => name + '，您好',
  refused: (records) => '有 ' + records + ' 条没收下，要您看一看。',
};

/** The sizes of letters that a person may choose from: the key kept, its word, its pixels. */
export const TEXT_SIZES = [
  { key: 'normal', word: '标准', px: 18 },
  { key: 'big', word: '大', px: 24 },
  { key: 'huge', word: '特大', px: 30 },
];
export const SIZE_WORDS = {
  legend: '字的大小',
  seeIt: '看不清？点一下大的，马上就变。',
};

/** Turning a phone into a person's. */
export const BIND_WORDS = {
  title: '认一下您是哪个站',
  wrongCode: '绑定码是八个字，比如 7KQ2-M4XA。请照着乡镇给您的纸条再输一遍。',
  ask: '请输入乡镇干部给您的绑定码，只用输这一次。',
  itIsMe: '就是我，进去',
  noCode: '没有绑定码？请打电话给乡镇快递专干，让他给您一个。',
  unsentOfOthers: (records) =>
    '这部手机里还有 ' + records + ' 条没交的记录，都还在。原来的人认站以后会接着交。',
  openInSafari: '苹果手机请点右上角 ··· 选“在 Safari 中打开”。在微信里没网时打不开。',
  otherBrowser: '这个浏览器没网时打不开本页，请换成手机自带的浏览器或 Chrome。',
  needsNet: '现在没网。认站要有网才行，请到有信号的地方再试。',
  known: '认好了。以后打开就能用，不用再输。',
  restGoesOn: '没交的记录会接着交。',
  officers: '县里、乡镇的干部不用绑定码。',
  unsentOfMine: (name, records) =>
    '这部手机现在是 ' + name + ' 的，还有 ' + records + ' 条没交。换成别人，这些也不会丢：' +
    name + '再认一次站，就接着交。最好先连上网交完。',
  byWeChat: '在这个微信里认过的，点“微信登录”就行，不用码。',
  keepAtHand: {
    mini: '下次怎么找？在微信首页往下一拉，就有“村站通”。点右上角 ··· 可以添加到桌面。',
    android: '下次怎么找？点浏览器菜单（三个点），选“添加到主屏幕”或“放到桌面”。',
    iphone: '下次怎么找？点下面中间的分享按钮，选“添加到主屏幕”。',
    wechat: '下次怎么找？点右上角 ···，选“收藏”；最好选“在浏览器打开”，再放到桌面。',
  },
  begin: '好，开始用',
};

/** What to do about records that have been waiting for days; '' while there is no hurry. */
export function lateInWords(count, days) {
  if (!count || !count.waiting || days < 3) return '';
  const oldest = '有 ' + count.waiting + ' 条记录，最早的已经 ' + daysInWords(days) + '没交上去。';
  return (
    oldest + '请到有信号的地方，点“现在上传”；一直没信号，就到“我的”里存成一个文件，' +
    '用微信发给乡镇或县里。'
  );
}

/** "3 条（2 张照片）": what still lies on the phone. */
export function unsentInWords(summary) {
  const photos = summary.photos ? '（' + summary.photos + ' 张照片）' : '';
  return summary.waiting + ' 条' + photos;
}
