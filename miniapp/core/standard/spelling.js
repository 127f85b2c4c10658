// Comparing Chinese names as people do: what server/policy/standard/wording.py does.

import { FOLDED, PHRASES, SIMPLIFIED, STEPS } from './traditional.js';

// Python's blanks: no other list will do, for a text is equal on both sides or it is not.
const BLANK =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const NOISE = new RegExp('[' + BLANK + '\\u200b-\\u200f\\u2060\\ufeff]+', 'g');
const MARGIN = new RegExp('^[' + BLANK + ']+|[' + BLANK + ']+$', 'g');
const MARKS = /[^\u3400-\u9fff〇a-zA-Z0-9]+/g;
const HAN = /[\u3400-\u9fff]/;
const HALF = /^[\ud800-\udfff]$/;
const BRACKETS = pairs('〔(〕)【(】)［(］)[(])｛(｝){(})〈(〉)《(》)');
const SPELLINGS = pairs(
  '窊洼凹洼咀嘴垴脑疙圪屹圪壹一贰二叁三肆四伍五陆六柒七捌八玖九拾十零〇' +
    '0〇1一2二3三4四5五6六7七8八9九'
);

function pairs(text) {
  const signs = Array.from(text);
  const table = {};
  for (let i = 0; i < signs.length; i += 2) table[signs[i]] = signs[i + 1];
  return table;
}

function translated(text, table) {
  return Array.from(text, (sign) => (has(table, sign) ? table[sign] : sign)).join('');
}

function has(table, key) {
  return Object.prototype.hasOwnProperty.call(table, key);
}

let letters = null;

function foldedLetters() {
  if (letters) return letters;
  letters = {};
  FOLDED.split(' ').forEach((one) => {
    const [letter, ...rest] = Array.from(one);
    letters[letter] = rest.join('');
  });
  return letters;
}

/** Without capitals, as Python's `casefold`; letter by letter, for a final sigma is none here. */
function folded(text) {
  const table = foldedLetters();
  return Array.from(text, (sign) => (has(table, sign) ? table[sign] : sign.toLowerCase())).join('');
}

/** One form for all the ways to write the same name (NFKC, no blanks, round brackets). */
export function plain(text) {
  return folded(translated(text.normalize('NFKC'), BRACKETS).replace(NOISE, ''));
}

/** A text without blanks at its ends, as Python's `strip`. */
export function stripped(text) {
  return text.replace(MARGIN, '');
}

/** One character for those that place names use for each other, one numeral for each number. */
export function oneSpelling(text) {
  return translated(text, SPELLINGS);
}

/** Chinese characters, letters and digits alone: 鹅城镇·快递 → 鹅城镇快递. */
export function withoutMarks(text) {
  return text.replace(MARKS, '');
}

/** The same name in 繁体 or with other marks, character by character. */
export function onlyWrittenOtherwise(text, name) {
  const bare = (one) => withoutMarks(simplified(plain(one)));
  return bare(text) === bare(name);
}

let known = null;

/** {single: by character, several: by first character, the longest first, [phrase, other]}. */
function conversions() {
  if (known) return known;
  const single = {};
  const others = Array.from(SIMPLIFIED);
  let code = 0;
  Array.from(STEPS).forEach((step, i) => {
    const sign = step.codePointAt(0);
    code += sign < 0x60 ? sign - 0x28 : sign - 0x100;
    single[String.fromCodePoint(code)] = others[i];
  });
  const several = {};
  PHRASES.split(' ').forEach((one) => {
    const [phrase, other] = one.split('>');
    const first = Array.from(phrase)[0];
    several[first] = (several[first] || []).concat([[phrase, other || phrase]]);
  });
  Object.keys(several).forEach((first) => {
    several[first].sort((a, b) => b[0].length - a[0].length);
  });
  known = { single, several };
  return known;
}

/** Half width and simplified characters (OpenCC t2s), whatever it was before. */
export function simplified(text) {
  const narrow = text.normalize('NFKC');
  if (!HAN.test(narrow)) return narrow;
  const { single, several } = conversions();
  let written = '';
  for (let at = 0; at < narrow.length; ) {
    const sign = String.fromCodePoint(narrow.codePointAt(at));
    const here = (pair) => narrow.startsWith(pair[0], at);
    const phrase = (has(several, sign) && several[sign].filter(here)[0]) || null;
    if (phrase) written += phrase[1];
    else written += has(single, sign) ? single[sign] : sign;
    at += phrase ? phrase[0].length : sign.length;
  }
  return written;
}

/** A typed text as the server keeps it: no control characters, no halves of a character. */
export function asKept(text) {
  const whole = (sign) => (sign >= ' ' || sign === '\n' || sign === '\t') && !HALF.test(sign);
  return stripped(Array.from(text).filter(whole).join(''));
}
