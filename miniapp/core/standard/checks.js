// What the standard's checks say of a station, from the checks that came with the package as data.
// The twin of server/policy/standard/checks.py: the same verdict and the same sentence.

import { FOUND_WORDS, WHO_SAID } from '../words/standard.js';
import { amountText, isLess, percentOf } from './amounts.js';
import { named } from './signs.js';
import { onlyWrittenOtherwise, plain } from './spelling.js';

const RANKS = { keeper: 0, machine: 1, reviewer: 2, inspector: 3, register: 4 };

const rankOf = (outcome) => (outcome.word ? RANKS[outcome.word] : -1);
const unknown = (why) => ({ verdict: 'unknown', word: null, why });
const verdictOf = (passed) => (passed ? 'pass' : 'fail');

/** What is said of a fact: {value, word, now}, `now` if entered; {value: null, why} if nothing. */
function saidOf(look, check) {
  const { entered, known } = look;
  const value = entered[check.fact];
  if (value !== undefined && value !== null) return { value, word: 'inspector', now: true };
  return known[check.fact] || { value: null, why: FOUND_WORDS.nothing(check.title) };
}

const CHECKS = {
  holds(check, look) {
    const said = saidOf(look, check);
    if (said.value === null) return unknown(said.why);
    const passed = said.value === true;
    const why = passed ? check.yes : check.no;
    return { verdict: verdictOf(passed), word: said.word, why };
  },

  measures(check, look) {
    const said = saidOf(look, check);
    if (said.value === null) return unknown(said.why);
    const { at_least, at_most, unit } = check;
    const percent = look.options.about_percent;
    const ranged = at_most !== null;
    const least = ranged ? percentOf(at_least, 100 - percent) : at_least;
    const most = ranged ? percentOf(at_most, 100 + percent) : null;
    const passed = !isLess(said.value, least) && !(ranged && isLess(most, said.value));
    const ours = percent ? FOUND_WORDS.aboutOurs(percent, amountText(least), most, unit) : '';
    const wanted = ranged
      ? FOUND_WORDS.between(amountText(at_least), amountText(at_most), unit) + ours
      : FOUND_WORDS.atLeast(amountText(at_least), unit);
    const found = check.title + amountText(said.value) + unit;
    const why = FOUND_WORDS.measured(found, wanted, check.note);
    return { verdict: verdictOf(passed), word: said.word, why };
  },

  contains(check, look) {
    const said = saidOf(look, check);
    if (said.value === null) return unknown(said.why);
    const { level, name, filed_name, place } = look.facts;
    const words = check.one_of[level].map(plain);
    const wording = check.wording[level];
    const text = String(said.value);
    const found = wording.startsWith('XXX')
      ? named(text, words, place, [name, filed_name].filter(Boolean))
      : { holds: words.some((one) => plain(text).includes(one)), why: '' };
    if (found.holds) {
      return { verdict: 'pass', word: said.word, why: FOUND_WORDS.hasWords(text, wording) };
    }
    if (found.holds === null) return orDecided(look, said, FOUND_WORDS.toDecide(text, found.why));
    const here = place && place.name && !found.why ? FOUND_WORDS.stationIn(place.name) : '';
    const why = FOUND_WORDS.lacksWords(text, found.why, wording, here);
    return { verdict: 'fail', word: said.word, why };
  },

  same_as(check, look) {
    const name = look.facts[check.register];
    const title = check.register_title;
    if (!name) return unknown(FOUND_WORDS.notToCompare(title));
    const said = saidOf(look, check);
    if (said.value === null) return unknown(said.why);
    const text = String(said.value);
    if (plain(text) === plain(name)) {
      return { verdict: 'pass', word: said.word, why: FOUND_WORDS.sameName(title, text) };
    }
    const both = FOUND_WORDS.bothNames(text, title, name);
    if (onlyWrittenOtherwise(text, name)) {
      return orDecided(look, said, FOUND_WORDS.sameButMarks(both));
    }
    return { verdict: 'fail', word: said.word, why: FOUND_WORDS.differ(both) };
  },

  recorded(check, look) {
    const value = look.facts[check.register];
    if (!value) return unknown(FOUND_WORDS.unregistered(check.register_title));
    const why = FOUND_WORDS.registered(check.register_title, value);
    return { verdict: 'pass', word: 'register', why };
  },

  has_items(check, look) {
    if (check.checks.length) return CHECKS.all_of(check, look);
    return { verdict: 'not_applicable', word: null, why: FOUND_WORDS.emptyList };
  },

  all_of: (check, look) => together(check.checks.map((one) => outcomeOf(one, look))),

  with_exception(check, look) {
    const itself = outcomeOf(check.check, look);
    const claim = outcomeOf(check.claimed, look);
    if (claim.verdict !== 'pass') return itself;
    const approval = outcomeOf(check.approved, look);
    const passes = itself.verdict === 'pass';
    if (approval.verdict === 'pass') {
      const standsIn = byLeave(claim, approval);
      return passes && rankOf(itself) >= rankOf(standsIn) ? itself : standsIn;
    }
    const found = itself.verdict === 'fail' && rankOf(itself) > rankOf(claim);
    if (passes || found || approval.verdict === 'fail') return itself;
    return together([claim, approval]);
  },

  exception(check, look) {
    const claim = outcomeOf(check.claimed, look);
    if (claim.verdict !== 'pass') {
      const why = FOUND_WORDS.unclaimed(check.claimed.title);
      return { verdict: 'not_applicable', word: null, why };
    }
    const approval = outcomeOf(check.approved, look);
    return approval.verdict === 'pass' ? byLeave(claim, approval) : together([claim, approval]);
  },
};

function outcomeOf(check, look) {
  return CHECKS[check.kind](check, look);
}

/** What was seen, by leave of a decision: it passes on the word of whoever saw it. */
function byLeave(seen, decision) {
  return Object.assign(together([seen, decision]), { word: seen.word });
}

/** A comparison that stays open, unless a person has decided about these very words. */
function orDecided(look, said, why) {
  const open = { verdict: 'unknown', word: null, why, open: true };
  const decision = look.known.sign_name_accepted;
  if (!decision || decision.value === null) return open;
  const text = String(said.value);
  const today = said.now && decision.on === look.on;
  if (!today && plain(decision.about || '') !== plain(text)) return open;
  const passed = decision.value === true;
  const weaker = RANKS[decision.word] < RANKS[said.word] ? decision.word : said.word;
  const told = passed ? FOUND_WORDS.accepted : FOUND_WORDS.refused;
  return {
    verdict: verdictOf(passed),
    word: passed ? said.word : weaker,
    why: FOUND_WORDS.decided(text, WHO_SAID[decision.word], decision.on, told),
  };
}

/** Several outcomes as one: a failing on the strongest word counts; else gaps; else all pass. */
function together(outcomes) {
  const failed = outcomes.filter((one) => one.verdict === 'fail');
  const gaps = outcomes.filter((one) => one.verdict === 'unknown');
  if (failed.length) {
    const strongest = Math.max.apply(null, failed.map(rankOf));
    const told = failed.filter((one) => rankOf(one) === strongest);
    return joined('fail', told, told[0].word);
  }
  if (gaps.length) return joined('unknown', gaps, null);
  const weakest = outcomes.reduce((a, b) => (rankOf(b) < rankOf(a) ? b : a));
  return joined('pass', outcomes, weakest.word);
}

function joined(verdict, told, word) {
  const outcome = { verdict, word, why: told.map((one) => one.why).join(FOUND_WORDS.joint) };
  return told.some((one) => one.open) ? Object.assign(outcome, { open: true }) : outcome;
}

/** A rule's own wording of what its check says; the same braces as in the standard's file. */
function worded(wording, found) {
  if (!wording) return found;
  const braces = { '{{': '{', '}}': '}', '{found}': found };
  return wording.replace(/\{\{|\}\}|\{found\}/g, (one) => braces[one]);
}

/**
 * What the standard says of a rule from the values entered, {fact: value}, and else from what the
 * package knew: {verdict, word, why}; `open` where only a person can say whether words on a sign
 * are the station's name. `row` and `station` are the package's; `on` is the day of the visit.
 */
export function tried(row, station, options, entered, on) {
  const { facts } = station;
  if (facts.fixed[row.code]) return unknown(facts.fixed[row.code]);
  const look = { facts, known: facts.known, options, entered, on };
  const outcome = outcomeOf(row.check, look);
  return Object.assign(outcome, { why: worded(row.why[outcome.verdict], outcome.why) });
}
