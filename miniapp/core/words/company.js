// What is said of who is along on a visit: the second inspector.

export const SECOND_WORDS = {
  whoElse: '一同督导的人',
  signAnew: '换了人，前面签的名都要重签。',
  hasNotSigned: (name) => '一同督导的' + name + '还没签名。',
};
