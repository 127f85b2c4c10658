// What the standard's checks say; word for word what server/policy/standard says on the server.

export const SIGN_NAME_WORDS = {
  traditional: '写的是繁体字',
  variant: '用了异体字或另一种数字写法',
  marks: '中间多了符号，或者括号不一样',
  joint: '，',
  noName: (kind) => `没有写明是哪个${kind === '村' ? '村' : '乡镇'}`,
  notWhole: (name) => `“${name}”不像一个完整的地名`,
  placeOrAbove: (name) => `看不出“${name}”是地名，还是只写了上级的名称`,
  alias: (alias, place) => `“${alias}”是“${place}”的别名`,
  otherName: (name, place) => `登记的站名是“${name}”，登记的地方是“${place}”，两处不一样`,
  villageTwice: (place) => `比登记的“${place}”多一个“村”字`,
  unitUnwritten: (place, unit) => `登记的是“${place}”，标准没有写明${unit}怎么写`,
  kindUnwritten: (place) => `登记的是“${place}”，标准没有写明这样的地方怎么写`,
  noKindWritten: '标准只写了乡、镇、村，没有写明社区、街道怎么写',
  twoPlaces: (read, place) => `写的是“${read}”，登记的是“${place}”，不是同一个地方`,
  elsewhere: (above, place, right) => `写的是“${above}”的“${place}”，登记的在“${right}”`,
  before: (place, text) => `“${place}”前面还有“${text}”`,
};

const about = (title, text) => `${title}${text}`;
const wrote = (text) => `标识上写的是“${text}”`;

export const FOUND_WORDS = {
  joint: '；',
  nothing: (title) => `还没有“${title}”的照片或记录`,
  unregistered: (title) => `还没有登记${title}`,
  notToCompare: (title) => `还没有登记${title}，无法核对`,
  registered: (title, value) => about(`${title}：`, value),
  atLeast: (low, unit) => `标准要求${low}${unit}以上（含${low}）`,
  between: (low, high, unit) => `标准建议在${low}—${high}${unit}左右`,
  aboutOurs: (percent, least, most, unit) =>
    `（本县把上下${percent}%都算左右：${least}—${most}${unit}）`,
  measured: (found, wanted, note) => `${found}，${wanted}${note ? `，${note}` : ''}`,
  hasWords: (text, words) => `${wrote(text)}，有“${words}”字样`,
  toDecide: (text, why) => `${wrote(text)}：${why}，算不算本站的名称，要由人认定`,
  lacksWords: (text, why, words, here) =>
    `${wrote(text)}，${why ? `${why}，` : ''}应注明“${words}”字样${here}`,
  stationIn: (place) => `（本站在“${place}”）`,
  sameName: (title, text) => `标识上的名称与${title}一致（${text}）`,
  bothNames: (text, title, name) => `${wrote(text)}，${title}是“${name}”`,
  sameButMarks: (both) => `${both}，只差繁简或符号，算不算一致，要由人认定`,
  differ: (both) => `${both}，两者不一致`,
  decided: (text, who, on, told) => `${wrote(text)}，${who}${on}${told}`,
  accepted: '认定标识牌上的名称就是本站的名称',
  refused: '认定标识牌上的名称不是本站的名称',
  emptyList: '县里的清单还是空的，暂不核查',
  unclaimed: (title) => `没有采用${title}代替`,
};

export const WHO_SAID = { keeper: '站长', machine: '机器识读', reviewer: '县办', inspector: '督导员' };
export const VERDICT_SAID = { pass: '符合', fail: '不符合', unknown: '未知', not_applicable: '不适用' };
export const STATUS_SAID = {
  meets: '达标', fails: '不达标', to_verify: '待核实', not_assessed: '未评估',
};

export const FINDING_WORDS = {
  advice: '建议改进',
  mended: '逾期已补',
  unconfirmed: '待确认不符合',
  byTap: (verdict, note) => `督导员现场认定${verdict}${note ? `：${note}` : ''}`,
  against: (why, tap) => `${why}；${tap}`,
  notApplicable: (reason) => `督导员认为本条不适用：${reason || '没有写理由'}，等县办认定`,
  doubt: (found, why, tap) => `按标准应是“${found}”：${why}。您点的是“${tap}”。`,
  yoursToDecide: (why, tap) => `${why}。您点的是“${tap}”，就按您认定的记。`,
};
