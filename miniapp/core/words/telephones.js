// What is said where a phone shows whom to call.

export const TELEPHONE_WORDS = {
  county: '县里',
  none: '县里还没有写上电话，请问一下给您安排站点的人。',
  noNet: '现在没网，查不到电话。请到有信号的地方再看。',
  looking: '正在查电话…',
};
