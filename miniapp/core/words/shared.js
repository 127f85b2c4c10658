// What several screens say in the same words: counts, plates, clauses, signatures, asking twice.

export const SHARED_WORDS = {
  noNumber: '还没编号',
  search: '找站点：名字或编号',
  gettingStation: '正在取这个站的情况…',
  sendItSo: '就这样说，交上去',
  reallyDrop: '真的不要了？',
  counted: (count) => '收 ' + count.received + ' 件，寄 ' + count.sent + ' 件',
  counts30: (counts) => '收 ' + counts.received + '，寄 ' + counts.sent,
  plate: (number) => '第 ' + number + ' 块',
  clause: (clause) => '建设标准 ' + clause,
  inBrackets: (clause) => '（' + clause + '）',
  inALine: (lines) => lines.join('；'),
  since: (day) => day + ' 起',
  keeper: (name) => '站长 ' + name,
  inspector: (name) => '督导员 ' + name,
  signatureOf: (whose) => whose + '的签名',
};

/** "货架（四（2））": a rule with its place in the standard. */
export function titleAndClause(one) {
  return one.title + SHARED_WORDS.inBrackets(one.clause);
}
