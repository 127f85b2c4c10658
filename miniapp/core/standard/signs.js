// Whether the words on a sign name the place where the station stands (附件3 二（2）“XXX村…”).
// The twin of server/policy/standard/sign_names.py, step by step; what and why stands there.

import { SIGN_NAME_WORDS } from '../words/standard.js';
import { knownPlace, placeSpelt } from './places.js';
import {
  behindBusiness, behindMarks, filledIn, firstEnding, formOf, foundIn, hanAtEnd, hasBlanks, hasHan,
  IN_BUSINESS, isNameless, lengthOf, OTHER_KINDS, UNITS, withoutEnd,
} from './kinds.js';
import { oneSpelling, plain, simplified, withoutMarks } from './spelling.js';

const SHORTEST_OF_PEOPLE = 3; // 东庄村 for 庄村 is another village; 欢迎光临庄村 is not
const ABOVE_VILLAGE = /^(?:.+(?:县|区|乡|镇|街道)|..+市)$/u;
const ABOVE_TOWNSHIP = /^(?:.+[县区]|..+市|..+乡)$/u;

// Differences that a person has to look at; the fewest of them that make a name match are told.
const T = [SIGN_NAME_WORDS.traditional, simplified];
const V = [SIGN_NAME_WORDS.variant, oneSpelling];
const M = [SIGN_NAME_WORDS.marks, withoutMarks];
const WAYS = [[T], [V], [M], [T, V], [T, M], [V, M], [T, V, M]];

const YES = { holds: true, why: '' };
const NO = { holds: false, why: '' };
const open = (why) => ({ holds: null, why });
const no = (why) => ({ holds: false, why });

/**
 * Whether a sign's text holds one of the wanted words with this place's name before it:
 * {holds, why}; `holds` null: a person has to decide. `place` is {name, aliases, within} or null,
 * `own` the names under which the station itself is registered.
 */
export function named(text, words, place, own) {
  const sign = plain(text);
  const forms = words.map(formOf);
  const known = knownPlace(place, own, forms);
  let found = read(sign, forms, known);
  const seen = [JSON.stringify([sign, forms, known])];
  for (const ways of WAYS) {
    if (found.holds !== false) return found;
    const write = (one) => ways.reduce((now, way) => way[1](now), one);
    const spelt = known ? placeSpelt(known, write) : null;
    const asked = [write(sign), words.map((one) => formOf(write(one))), spelt];
    const question = JSON.stringify(asked);
    if (seen.indexOf(question) >= 0) continue;
    seen.push(question);
    const other = read(asked[0], asked[1], asked[2]);
    if (other.holds !== false) {
      return open(other.why || ways.map((way) => way[0]).join(SIGN_NAME_WORDS.joint));
    }
    found = no(found.why || other.why);
  }
  return found;
}

/** The best that can be said of the places where the words stand. */
function read(text, forms, known) {
  const every = foundIn(text, forms).map(({ head, kind }) =>
    known ? against(head, kind, known) : alone(head, kind)
  );
  if (!every.length) return otherKind(text, forms, known);
  return [true, null, false]
    .map((holds) => every.filter((one) => one.holds === holds)[0])
    .filter(Boolean)[0];
}

/** Without a registered place: is there a name at all? */
function alone(head, kind) {
  if (isNameless(head, kind)) return noName(kind);
  const whole = behindBusiness(head);
  const name = behindMarks(filledIn(whole));
  if (hasBlanks(whole) || !hasHan(name)) return open(SIGN_NAME_WORDS.notWhole(whole + kind));
  const above = kind === '村' ? ABOVE_VILLAGE : ABOVE_TOWNSHIP;
  if (above.test(name) || IN_BUSINESS.indexOf(name) >= 0) {
    return open(SIGN_NAME_WORDS.placeOrAbove(name + kind));
  }
  return YES;
}

function noName(kind) {
  return no(SIGN_NAME_WORDS.noName(kind));
}

/** Is it the registered place that is named before the words? */
function against(head, kind, known) {
  const names = kind.length > 1 ? [head + '乡', head + '镇'] : [head + kind];
  let best = null;
  names.forEach((name) => {
    [[known.name, '']].concat(known.others).forEach(([want, doubt]) => {
      if (!name.endsWith(want)) return;
      let lead = before(withoutEnd(name, want), known);
      if (lead.holds === true && doubt) lead = open(doubt);
      else if (lead.holds === false) lead = no(lead.why || two(name, known));
      const better = !best || (best.holds === false && lead.holds !== false) || lead.holds;
      if (better) best = lead;
    });
  });
  if (best) return best;
  if (isNameless(withoutAbove(head, known), kind)) return noName(kind);
  return no(two(head + kind, known));
}

/** Both names, as the sentence of a failing has to tell them. */
function two(name, known) {
  let text = behindBusiness(name);
  const above = () => known.above.filter((one) => text.startsWith(one) && text !== one)[0];
  for (let one = above(); one; one = above()) text = text.slice(one.length);
  return SIGN_NAME_WORDS.twoPlaces(text, known.shown);
}

function withoutAbove(text, known) {
  let rest = text;
  for (let one = firstEnding(rest, known.above); one; one = firstEnding(rest, known.above)) {
    rest = withoutEnd(rest, one);
  }
  return rest;
}

/** May this stand before the registered name, or does it make another name of it? */
function before(lead, known) {
  const text = hanAtEnd(withoutAbove(lead, known));
  if (!text || firstEnding(text, IN_BUSINESS)) return YES;
  const doubt = open(SIGN_NAME_WORDS.before(known.shown, text));
  for (const level of Object.keys(UNITS)) {
    const units = UNITS[level];
    if (!firstEnding(text, units)) continue;
    // 开发区 lies within the county.
    if (text.endsWith('区') || firstEnding(known.name, units)) return doubt;
    const rivals = known.above.filter((one) => firstEnding(one, units));
    return rivals.length ? no(SIGN_NAME_WORDS.elsewhere(text, known.shown, rivals[0])) : YES;
  }
  return lengthOf(text) >= SHORTEST_OF_PEOPLE || text.endsWith('村') ? doubt : NO;
}

/** The words stand nowhere; perhaps they do after a 社区 or 街道, of which 附件3 is silent. */
function otherKind(text, forms, known) {
  const tried = forms.map((form) => form.rest);
  for (const rest of tried.filter((one, i) => tried.indexOf(one) === i)) {
    const at = text.indexOf(rest);
    const head = at < 0 ? '' : text.slice(0, at);
    if (known && head.endsWith(known.name)) {
      return open(SIGN_NAME_WORDS.kindUnwritten(known.shown));
    }
    if (firstEnding(head, OTHER_KINDS)) {
      return known ? no(two(head, known)) : open(SIGN_NAME_WORDS.noKindWritten);
    }
  }
  return NO;
}
