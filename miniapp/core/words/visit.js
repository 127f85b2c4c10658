// What an inspector's round says: lists, taking it along, at the door, rule by rule, signing.

import { dayFromToday } from '../dates.js';
import { SHARED_WORDS } from './shared.js';

export const VISIT_WORDS = {
  // the round
  visited: (done, all) => '查了 ' + done + VISIT_WORDS.ofAll(all),
  more: (stations) => '还有 ' + stations + ' 个',
  noRound: '县里开了新的一轮，这里就有名单。',
  until: (day) => day + '前查完',
  ofAll: (all) => ' 个，共 ' + all + ' 个',
  scanToBegin: '扫牌子，开始查',
  stations: (found) => (found ? '这里有 ' + found + ' 个站' : '这里没有站'),
  ofInspector: (name) => (name ? ' · 归' + name : ' · 还没指派'),
  by: (names) => '（' + names.join('、') + '）',
  takingAlong: (done, all) => '（第 ' + (done + 1) + ' 个乡镇，共 ' + all + ' 个）…',
  allAlong: '都带上了，没网也能查',
  someAlong: (stations, missing) => '带上了 ' + stations + ' 个，还差 ' + missing + ' 个',
  takeFirst: '，进村没网前请先点一下',
  takenAt: (when, old) => when + ' 带的' + (old ? '，日子久了，出发前请更新' : ''),
  takeAll: (stations) => '带上 ' + stations + ' 个站',
  takenWith: '：已交。请留意：',

  // what waits besides the round
  halfOutside: '查了一半（不在这一轮里）',
  halfAfterwards: (round) => '查了一半（' + round + '名单里已没有它，照样能交）',
  mendsToJudge: (mends) => '整改等您看 ' + mends + ' 处',
  judge: '站长交了照片，通过还是退回',

  // at the door
  notPacked: '这个站的表还没带上，现在也没网。请到有网的地方，回名单点“带上”。',
  notListed: '这个站不在您的名单里了。请连上网，回名单看看。',
  arrived: '到了，扫牌子',
  goOnMending: (mends) => '还在整改的 ' + mends + ' 处',
  mendBefore: (due, today) => dayFromToday(due, today) + '前改好',
  saysMended: '，站长说改好了 ',
  locked: '门锁着，没人',
  noSuchNumber: '名单里没有这个编号。请看看牌子，再输一遍。',
  noPlate: '门口没有牌子，或者牌子坏了认不出来。',
  orType: '扫不了，就输牌子上的编号',
  findInList: '名单里认不出是哪个站。请回名单找到这个站，再点“到了”。',
  visitInstead: (name) => '改查 ' + name,
  visitAnyway: (name) => '照样查 ' + name,
  aboutPlate: (doubt, remark) => '牌子：' + doubt + remark,
  lockedKept: '记下了：门锁着',
  willBeKept: (name) => '会记下 ' + name + ' 来过、几点来的、在什么位置。',
  lockedFor: '比如：打电话没人接',
  doorTaken: '拍好了，可以重拍',
  takeDoor: '拍一张门口',

  // a plate that is not the one that should hang there
  plateOfOther: (seen, wanted) =>
    '这是 ' + seen.name + '（' + (seen.code || SHARED_WORDS.noNumber) + '）的，不是 ' + wanted.name + ' 的。',
  plateRetired: (plate, now) =>
    '这是第 ' + plate.plate_no + ' 块牌子，已经停用了，不该再挂。' +
    (now ? '现在该挂第 ' + now.plate_no + ' 块。' : '这个站现在没有在用的牌子。'),
  plateUnknown: '名单里没有这块牌子。可能是刚换的新牌子，也可能不是县里做的。',

  // rule by rule
  tap: { pass: '符合', fail: '不符合', unknown: '看不清', not_applicable: '不适用' },
  isUsed: (what) => '门口另用了' + what + '吗？没用就不用管。',
  seeBefore: '看县办和站长怎么说',
  nobodySaid: '没人说过',
  copySign: '照抄，一字不改',
  copyIfThere: '有就照抄，没有就空着',
  whyNotHere: '为什么不适用',
  whySo: '为什么这样认定',
  notLookedAt: (reason) => '没查：' + reason,
  measureNeeded: '请量一量，填个数，比如 9.5。',
  measureInDigits: '请用数字填，比如 9.5。',
  measureAgain: '面积不会是 0，请再量一量。',
  opening: '正在取查了一半的…',
  notBegun: '这个站没有查了一半的记录。',
  stillMending: (titles) => '还在整改：' + titles.join('、') + '。请看看改好没有。',
  keepersPhoto: (label, day) => '站长拍的' + label + (day ? '，' + day : ''),
  takenByKeeper: (label, day) => '站长 ' + day + ' 拍的' + label,
  saidBy: (who) => who + '：',
  measured: (title) => '量出来的' + title,
  enoughPhotos: (most) => '一个站最多拍 ' + most + ' 张，已经够了。',
  ruleAndClause: (row) => row.title + '，' + row.clause,
  goneForGood: '点过的、拍过的都会扔掉，找不回来。',
  dropIt: '是，扔掉这一份',
  openLeft: (rules) => '还差 ' + rules + ' 条',
  allSeen: '查完了，去签字',

  // signing
  recordKept: '督导记录存好了',
  ways: [
    ['signed', '当场签名', '站长在这部手机上签'],
    ['to_confirm', '站长用自己手机确认', '站长回去看了再点同意'],
    ['refused', '站长不肯签', '要写一句原因'],
  ],
  tally: {
    pass: (rules) => '符合 ' + rules,
    fail: (rules) => '不符合 ' + rules,
    unknown: (rules) => '没看清 ' + rules,
    not_applicable: (rules) => '不适用 ' + rules,
  },
  leftBecause: (rules, reason) => '没查 ' + rules + ' 条：' + reason,
  noneFailed: '没有不符合的。',
  meetsOpen: '达标·整改未办结',
  notSeenHere: '督导员这次没看清，结论照以前的。',
  heldBack: (work) => '但还有' + work + '，办结以后才算达标。',
  decidedRules: (rules) => '督导员自己认定的 ' + rules + ' 条',
  openRules: (rules) => '还没弄清的 ' + rules + ' 条',
  passedRules: (rules) => '符合的 ' + rules + ' 条',
  idleRules: (rules) => '管不着这个站的 ' + rules + ' 条',
  notLookedAtRules: (rules) => '这次没查的 ' + rules + ' 条',
  leftReason: (reason) => '为什么没查：' + reason,
  saidSince: (who, since) => who + (since ? '，' + SHARED_WORDS.since(since) : ''),
  takenOn: (day) => '登记的和以前说的，是' + day + '带上的。',
  working: '正在一条条核算…',
  takenBack: '内容改过了，签名已经收回。请看一遍，重新签。',
  fixedNow: '已经有人签名，内容不能再动。要改，签名会收回，改完重新签。',
  lookAgain: '内容刚才变过，和您看的不一样了。请回到签字那一页，再看一遍再签。',
  signHere: (who) => who + '：点这里签名',
  hasSigned: (who) => who + '签好了 ',
  askKeeper: '请站长打开自己手机，在“今天”里点“确认督导结果”。',
  rulesLeft: (rules) => '还有 ' + rules + ' 条没看。',
  halfAnswered: (rules) => '有 ' + rules + ' 条点了还没填完，请先回去补上。',
  whyLeft: (rules) => '剩下的 ' + rules + ' 条为什么没查',
  reasonForLeft: '请写一句为什么没查，比如“站长急着出门”。',
  signAnyway: '就查这些，写明没查',
  lack: {
    amount: '还没填量出来的数',
    text: '还没照抄牌子上的字',
    doubt: '填的和点的对不上，请定下来',
    reason: '还没写为什么',
  },
  pleaseSign: (who) => who + '，请签名',
  useFinger: '用手指写名字，横着竖着拿都行',
  notSigned: '还没签上，请用手指在白的地方写名字。',
  padOf: (who) => who + '的签名处',

  missing: {
    outcome: '请选站长怎么确认。',
    inspector: '您自己还没签名。',
    keeper: '站长还没签名。',
    keeperName: '请填签名的站长叫什么。',
    refusal: '请写一句站长为什么不签。',
    amendedBecause: '请写一句为什么要更正。',
  },

  // what a list says of a visit, by its state on this phone
  state: {
    waiting: '查完了，等网交',
    photos: '已交，照片还在传',
    attention: '没收下，点开看看',
    sent: '已交',
  },

  // refusals
  sentElsewhere: '这一份已经在另一个窗口里交上去了。',
  sentElsewhereNow:
    '这一份已经在另一个窗口里交上去了，刚才点的没有记进去。要改，请打开那份记录点“更正”。',
  droppedElsewhere: '这一份已经在另一个窗口里扔掉了。',
  notAllAlong: '现在没网，或者网太慢，没带全。请到信号好的地方再点一次，带好的不会重来。',
  formNeedsNet: '这个站的表要有网才能取到。请到有信号的地方再点一次。',
  formNotHere: '这一站的表不在手机里。请连上网再试。',
};

/** Where a visit stands, as a list says it; `here` is {state, left} (core/rounds.js, stateOf). */
export function visitInWords(here, visit) {
  if (here.state === 'draft') {
    return here.left ? '查了一半，还差 ' + here.left + ' 条' : '查完了，还没签字';
  }
  const by = visit.inspections.map((one) => one.by);
  const seen = by.length ? VISIT_WORDS.by(by) : '';
  return VISIT_WORDS.state[here.state] || visit.state_label + seen;
}
