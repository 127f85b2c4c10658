// What the mini program says of a station to whoever scanned its plate.

export const PLATE_WORDS = {
  looking: '正在查这块牌子…',
  needsNet: '现在没网，查不到这块牌子。请到有信号的地方再扫一次。',
  ours: '这是您的站。',
  at: (address) => '在 ' + address,
  filed: '已经备案',
  keeper: '您是管站的人？先认一下您是哪个站。',
};
