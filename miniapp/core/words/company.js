// What is said of who is along on a visit: the second inspector, or that the keeper is not told.

export const SECOND_WORDS = {
  whoElse: '一同督导的人',
  signAnew: '换了人，前面签的名都要重签。',
  hasNotSigned: (name) => '一同督导的' + name + '还没签名。',
};

export const COVERT_WORDS = {
  choose: '暗访',
  hint: '不惊动站长，站长不签字。单独统计，不发整改通知书',
  onlyYou: '这一次是暗访：站长不用确认，只有督导员签名。站长的手机上看不到。',
};
