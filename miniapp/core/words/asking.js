// What is said where a keeper asks the county for something: a plate, other hours, another keeper.

export const ASK_WORDS = {
  privacy: '我的信息怎么用',
  consent: { not_asked: '还没有选', agreed: '您同意了', declined: '您不同意' },
  title: '跟县里提',
  what: '牌子、营业时间、换人管站',
  intro: '要什么点什么，没网也能提，有网自己交上去。县里办了会在这里告诉您。',
  lostHow: '牌子不见了，县里给您补一块。旧的以后扫不出来，捡到了也别再挂。',
  brokenHow: '牌子裂了、褪色了、扫不出来了，县里给您换一块。',
  hoursHow: '以后都改成这样，才在这里提。只是今天不开门，在“今天”里点一下就行。',
  handoverHow: '以后不管这个站了，交给别人。县里同意了才算，没同意以前还是您管。',
  note: '要说的话',
  notePlate: '不写也行，比如：前天大风刮跑了',
  noteHours: '不写也行，比如：冬天天黑得早',
  noteHandover: '不写也行，比如：我要去外地了',
  otherwise: '不是这样，自己写',
  ownWords: '比如：8:00-12:00，14:00-18:00，周日休息',
  wished: (hours) => '想改成：' + hours,
  hoursNow: '现在登记的是：',
  wrongOrder: '关门的时间要比开门晚。',
  hoursNeeded: '请写上想改成几点到几点。',
  nameNeeded: '请写上交给谁，写他的名字。',
  asked: '提好了',
  takenBack: '收回了，不用县里办了',
  takeBack: '不用办了，收回',
  waitsHere: '存在手机里，有网自动交',
  waits: '交到县里了，等县里办',
  granted: (answer) => '县里办好了：' + answer,
  refused: (answer) => '县里没同意：' + answer,
  news: '县里回话了',
};

/** What may be asked for, as a keeper says it; the rest of each in `ASK_WORDS`. */
export const ASK_LABELS = {
  plate_broken: '牌子坏了',
  plate_lost: '牌子丢了',
  hours: '改营业时间',
  handover: '换人管站',
};
