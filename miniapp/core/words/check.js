// What is said of a phone that was tried: whether it can do what keepers and inspectors need.

import { sizeInWords } from './kept.js';
import { unsentInWords } from '../words.js';

const BY_PHOTO = '“拍张照片来认”。';
const SET_CLOCK = '请打开“自动确定日期和时间”。';

export const CHECK_WORDS = {
  reached: (ms) => '连得上县里，来回 ' + ms + ' 毫秒',
  notReached: '现在连不上县里，不要紧，有网再看。',
  keepsNothing: '存不住东西。请换手机自带的浏览器或 Chrome。',
  lasting: '系统答应了不清理',
  notLasting: '系统没答应，地方不够时可能清理。请常连网交一交。',
  roomUnknown: '手机没说还有多少地方',
  room: (left, used) => '还能存 ' + sizeInWords(left) + '，已经用了 ' + sizeInWords(used),
  notOffline: '没网时打不开。苹果手机请用 Safari 打开。',
  offlineSoon: '还在准备，过一会儿再看。',
  noCamera: '不能在网页里开相机。签到请用' + BY_PHOTO,
  cameraRefused: '没让用相机。请在手机设置里允许，或用' + BY_PHOTO,
  scanner: '认码的程序存好了，没网也能扫',
  scannerSoon: '认码的程序还没存好，扫一次就有了。',
  noPosition: '没有位置功能，不要紧。',
  position: (metres) => '能用，误差约 ' + metres + ' 米',
  positionUnknown: '暂时没找到位置，不要紧。',
  clockUnknown: '还没和县里对过时间',
  clockDoubted: '日期好像不对。' + SET_CLOCK,
  clockWrong: (offset) =>
    '手机时间' + (offset < 0 ? '快' : '慢') + '了约 ' + howFar(offset) + '。' + SET_CLOCK,
  photo: (bytes, ms) =>
    '一张照片压成 ' + sizeInWords(bytes) + '，用了 ' + (ms / 1000).toFixed(1) + ' 秒',
  unsent: (count) => '还有 ' + unsentInWords(count) + '没交',
  failed: (why) => '没试成：' + why,
  title: '看看手机行不行',
  sent: '发好了，县办能看到。',
  copied: '复制好了，到微信里粘贴给县里就行。',
  copyByHand: '请长按下面的字，全选、复制，再到微信里粘贴。',
  trying: '正在一样一样试，要十几秒…',
};

function howFar(offset) {
  const minutes = Math.round(Math.abs(offset) / 60000);
  return minutes < 120 ? minutes + ' 分钟' : Math.round(minutes / 60) + ' 小时';
}

const MARKS = { true: '能用', false: '不行', null: '没弄清' };

/** The same as text, for those who can only send a message. */
export function reportInWords(report) {
  const line = (one) => one.label + '：' + MARKS[one.ok] + '（' + one.detail + '）';
  const head = ['村站通手机自检 ' + report.made_at, report.device_label];
  return head.concat(report.checks.map(line), [report.user_agent]).join('\n');
}
