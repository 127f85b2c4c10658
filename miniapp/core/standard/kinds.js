// What place names on signs are made of: kinds of places, what lies above, what says no name.
// As in server/policy/standard/sign_names.py; a regular expression there is the same one here.

export const KINDS = ['乡(镇)', '乡镇', '乡', '镇', '村'];
export const OTHER_KINDS = [
  '街道办事处', '街道', '办事处', '居委会', '社区', '小区', '嘎查', '苏木', '农场', '林场', '牧场',
];
export const UNITS = {
  township: ['乡', '镇', '街道', '办事处', '苏木'],
  county: ['县', '区', '旗'],
  city: ['市', '自治州'],
  province: ['省'],
};
const LEVELS = ['township', 'county', 'city', 'province'];
export const EVERY_UNIT = [].concat.apply([], LEVELS.map((level) => UNITS[level]));
export const IN_BUSINESS = [
  '快递', '邮政', '物流', '速递', '驿站', '超市', '商店', '商场', '便利店', '供销社', '合作社',
  '公司', '集团', '中通', '圆通', '申通', '韵达', '极兔', '顺丰', '京东', '菜鸟', '德邦',
];
const ANY_PLACE = '乡镇|乡|镇|农村|农|村|县|建制|本|我|某|各|全|该|所在|当地';
const NAMELESS = {
  town: ANY_PLACE + '|村镇|城乡|城|集',
  village: ANY_PLACE + '|行政村|行政|建制村|自然村|自然|村级',
};
const HAN = '\\u3400-\\u9fff〇';
const BLANKS = '[x×✕✖╳хχ*○◯□△_?…某]+|[.\\-—~]{2,}|^〇+$';
const MARKS = '[^' + HAN + 'a-z0-9]+';
const BUSINESS = new RegExp(IN_BUSINESS.join('|'));
const COUNTY_ALONE = /^.{2,}[县省]$/u;

const units = (level) =>
  (level === 'village' ? EVERY_UNIT : EVERY_UNIT.slice(UNITS.township.length)).join('|');
// (?=(…))\1 takes what it can and gives nothing back, as ++ does in Python: a long text of such
// words is not tried in all its divisions.
const namelessAt = (level) =>
  new RegExp('^(?:.+(?:' + units(level) + '))?(?=((?:' + NAMELESS[level] + ')+))\\1$', 'u');
const NOTHING = { town: namelessAt('town'), village: namelessAt('village') };

const global = (pattern) => new RegExp(pattern, 'g');

export function hasHan(text) {
  return new RegExp('[' + HAN + ']').test(text);
}

/** The Chinese characters at a text's end. */
export function hanAtEnd(text) {
  return new RegExp('[' + HAN + ']*$').exec(text)[0];
}

export function hasBlanks(text) {
  return new RegExp(BLANKS).test(text);
}

/** A text without what people put where a name is to be filled in. */
export function filledIn(text) {
  return text.replace(global(BLANKS), '');
}

/** What follows the last mark. */
export function behindMarks(text) {
  return lastOf(text.split(new RegExp(MARKS)));
}

/** What follows the last brand or shop; all of it where nothing follows. */
export function behindBusiness(head) {
  return lastOf(head.split(BUSINESS)) || head;
}

function lastOf(list) {
  return list[list.length - 1];
}

/** Only blanks, kinds of places and what lies above them stand before the words. */
export function isNameless(head, kind) {
  const level = kind === '村' ? 'village' : 'town';
  const text = filledIn(behindBusiness(head)).replace(global(MARKS), '');
  if (!text || NOTHING[level].test(text)) return true;
  return level === 'town' && COUNTY_ALONE.test(text);
}

/** How many characters, of any plane. */
export function lengthOf(text) {
  return Array.from(text).length;
}

/** The first of these that a text ends in; '' for none. */
export function firstEnding(text, ends) {
  return ends.filter((one) => text.endsWith(one))[0] || '';
}

export function withoutEnd(text, end) {
  return end && text.endsWith(end) ? text.slice(0, -end.length) : text;
}

/** The wanted words as {kind, rest}: the kind of place they begin with, and what follows. */
export function formOf(words) {
  const kind = KINDS.filter((one) => words.startsWith(one))[0] || '';
  return { kind, rest: words.slice(kind.length) };
}

/** Everywhere the words stand: {head, kind}, what is before them and the kind of place. */
export function foundIn(text, forms) {
  const found = [];
  forms.forEach(({ kind, rest }) => {
    let at = text.indexOf(kind + rest);
    while (at >= 0) {
      found.push({ head: text.slice(0, at), kind });
      at = text.indexOf(kind + rest, at + 1);
    }
  });
  return found;
}
