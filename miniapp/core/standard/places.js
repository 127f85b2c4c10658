// Which place is registered, and what else it may be called (as in policy/standard/sign_names.py).

import { SIGN_NAME_WORDS } from '../words/standard.js';
import {
  EVERY_UNIT, firstEnding, foundIn, isNameless, lengthOf, OTHER_KINDS, UNITS, withoutEnd,
} from './kinds.js';
import { plain } from './spelling.js';

const ABOVE_COUNTY = [].concat(UNITS.county, UNITS.city, UNITS.province);
const PLACES = ['乡', '镇', '村'];
const splitBy = (units) => new RegExp('^(.{2,}?(?:' + units.join('|') + '))([^乡镇村街].+)$', 'u');
const BY_COUNTY = splitBy(ABOVE_COUNTY);
const BY_TOWNSHIP = splitBy(UNITS.township);
const UNIT_AT_END = new RegExp('(' + EVERY_UNIT.join('|') + ')$');

/** The place a registered name tells, {name, within}; null for none (鹅城镇快递综合服务站 → 鹅城镇). */
export function placeOfName(name, forms) {
  for (const { head, kind } of foundIn(plain(name), forms)) {
    if (PLACES.indexOf(kind) < 0 || isNameless(head, kind)) continue;
    let own = head + kind;
    const within = [];
    (kind === '村' ? [BY_COUNTY, BY_TOWNSHIP] : [BY_COUNTY]).forEach((pattern) => {
      for (let split = pattern.exec(own); split; split = pattern.exec(own)) {
        within.push(split[1]);
        own = split[2];
      }
    });
    return { name: own, within };
  }
  return null;
}

/**
 * The registered place as {shown, name, others, above}: as shown, as compared, what else it may be
 * called ([name, why] each) and the places around it; null where nothing tells it.
 */
export function knownPlace(place, own, forms) {
  const told = own.map((name) => placeOfName(name, forms)).filter(Boolean);
  let at = place;
  if (!place || !place.name) {
    if (!told.length) return null;
    const within = told[0].within.concat(place ? place.within : []);
    at = { name: told[0].name, aliases: [], within };
  }
  const name = plain(at.name);
  const kinds = forms.map((form) => form.kind).filter((kind) => kind.length === 1);
  const kind = firstEnding(name, kinds);
  return {
    shown: at.name,
    name,
    others: [].concat(
      aliasesOf(at, kinds, kind),
      namesOf(at, told, name),
      kind ? [] : unitless(at, kinds, name),
      kind === '村' ? [[name + kind, SIGN_NAME_WORDS.villageTwice(at.name)]] : []
    ),
    above: aboveOf(at.within),
  };
}

function aliasesOf(at, kinds, kind) {
  return at.aliases
    .map((alias) => [plain(alias), alias])
    .filter(([spelt]) => spelt)
    .map(([spelt, alias]) => [
      firstEnding(spelt, kinds) ? spelt : spelt + kind,
      SIGN_NAME_WORDS.alias(alias, at.name),
    ]);
}

function namesOf(at, told, name) {
  return told
    .filter((one) => plain(one.name) !== name)
    .map((one) => [plain(one.name), SIGN_NAME_WORDS.otherName(one.name, at.name)]);
}

function unitless(at, kinds, name) {
  const unit = firstEnding(name, OTHER_KINDS);
  const bare = withoutEnd(name, unit);
  const why = unit ? SIGN_NAME_WORDS.unitUnwritten(at.name, unit) : '';
  return kinds.map((one) => [bare + one, why]);
}

/** The places around, the longest name first, each also without its 县, 镇 … (静乐). */
function aboveOf(within) {
  const names = [];
  const take = (name) => names.indexOf(name) < 0 && names.push(name);
  within.map(plain).forEach((one) => {
    take(one);
    const short = one.replace(UNIT_AT_END, '');
    if (lengthOf(short) > 1) take(short);
  });
  const sized = names.map((name, i) => [lengthOf(name), i, name]);
  return sized.sort((a, b) => b[0] - a[0] || a[1] - b[1]).map((one) => one[2]);
}

/** A registered place with every name in another spelling. */
export function placeSpelt(known, write) {
  return {
    shown: known.shown,
    name: write(known.name),
    others: known.others.map(([name, why]) => [write(name), why]),
    above: known.above.map(write),
  };
}
