// What an inspector reads of being there: too far, too short, records twice, marks, locked doors.

const farText = (metres) =>
  metres < 1000 ? Math.round(metres) + ' 米' : Math.round(metres / 100) / 10 + ' 公里';

export const PRESENCE_WORDS = {
  // far or short
  far: (when, metres) =>
    when + '时，手机定位离这个站登记的位置至少 ' + farText(metres) + '。',
  arrived: '到站',
  signing: '签字',
  short: (minutes) => '从到站到现在只有 ' + minutes + ' 分钟。',
  writeWhy: '写一句怎么回事',
  whyFor: '比如：站搬到了村口；定位不准，人在站里',
  lacksWhy: '还没写离得远、时间短是怎么回事。',

  // a visit that has a record already
  alreadyMine: '这一站您已经查过、交过了。要改，打开那份记录点“更正”，写上原因。',
  alreadyHere: '这一站您已经查过，还在手机里等网。交上去以后，打开那份记录点“更正”就能改。',
  alreadyTheirs: (name) => name + '已经查过这一站，不用再查一份。要重查，请找县专班。',
  alreadyRefused: '这一站您交的那份县里没收下。请先到“要处理”里改好再交。',
  openIt: '打开那份记录',

  // signatures
  notAName: '这不像写完的名字，请一笔一画写全。',
  cannotWrite: '不会写字，按个记号',
  markHere: (who) => '见证人看着，请 ' + who + ' 画个记号',
  witness: '见证人是谁',
  witnessFor: '看着站长按记号的人，写名字',
  witnessNeeded: '请写见证人的名字。',
  witnessOther: '见证人不能是站长本人，也不能是督导员。',
  noMark: '还没按上记号，请用手指画一下。',
  markedBefore: (name) => '按记号，见证人 ' + name,

  // a locked door
  doorNeedsPhoto: '请拍一张门口，门锁着的样子要看得见。',
  doorNeedsWord: '请写一句情况，比如：打电话没人接。',
};
