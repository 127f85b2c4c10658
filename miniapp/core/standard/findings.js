// What a visit comes to: the finding of every rule, worked out before anybody signs.
// The twin of `hear` in server/policy/standard/inspection_form.py: a tap is the finding.

import { FINDING_WORDS, STATUS_SAID, VERDICT_SAID } from '../words/standard.js';
import { tried } from './checks.js';
import { asKept } from './spelling.js';

const FROZEN = [
  'standard', 'code', 'clause', 'title', 'level', 'verdict', 'label', 'counts_against', 'word',
  'since', 'why', 'mend', 'text', 'evidence', 'contradicted_by', 'mended_on',
];
const CONFIRMING = ['reviewer', 'inspector', 'register'];

const decides = (answer) => answer.verdict === 'pass' || answer.verdict === 'fail';

const isSaid = (value) => value !== null && value !== undefined;

/** Whether a visit's package brought what this works with; older ones did not. */
export function carriesChecks(station, rows) {
  return Boolean(station.facts && station.facts.known && rows.every((row) => row.check));
}

/**
 * The facts that one answer settles, {fact: value}: what was entered, and the yes-or-no facts of
 * which a bare tap speaks. After 不符合 with something entered the rest was not said.
 */
export function settledBy(row, answer) {
  if (!decides(answer)) return {};
  const given = {};
  row.asks.forEach(({ fact }) => {
    const value = answer.values[fact];
    const kept = typeof value === 'boolean' ? value : asKept(String(isSaid(value) ? value : ''));
    if (kept !== '') given[fact] = kept;
  });
  if (Object.keys(given).length && answer.verdict === 'fail') return given;
  const settled = {};
  row.asks.forEach(({ fact, kind }) => {
    if (kind === 'flag') settled[fact] = answer.verdict === 'pass';
  });
  return Object.assign(settled, given);
}

/** The facts that all these answers settle; what was answered later stands. */
export function allSettled(rows, answers) {
  const settled = {};
  answers.forEach((answer) => {
    const row = rowOf(rows, answer.rule);
    if (row) Object.assign(settled, settledBy(row, answer));
  });
  return settled;
}

function rowOf(rows, code) {
  return rows.filter((row) => row.code === code)[0] || null;
}

/**
 * Where tap and standard part, one sentence for the inspector to confirm; '' where they do not.
 * `answer` is {verdict, values}, `entered` what the visit's answers settle all together
 * (`allSettled`), `on` its day.
 */
export function doubt(row, station, options, answer, entered, on) {
  const own = settledBy(row, answer);
  if (!Object.keys(own).length || isClaim(row)) return '';
  const found = tried(row, station, options, Object.assign({}, own, entered), on);
  const tap = VERDICT_SAID[answer.verdict];
  if (found.open) return FINDING_WORDS.yoursToDecide(found.why, tap);
  if (found.verdict === answer.verdict || !decides(found)) return '';
  return FINDING_WORDS.doubt(VERDICT_SAID[found.verdict], found.why, tap);
}

/**
 * Every rule's finding after a visit, in the package's order, as records freeze them. `visit` is
 * {station, rows, options, answers, photos, day_on}: the package's station, form and choices, the
 * answers as they are sent ({rule, verdict, values, note}), photos with `rule_code`.
 */
export function findings(visit) {
  const { station, rows, options, answers, photos, day_on } = visit;
  const entered = allSettled(rows, answers);
  const given = {};
  answers.forEach((answer) => {
    if (answer.verdict !== 'unknown') given[answer.rule] = answer;
  });
  return station.findings.map((before) => {
    const row = station.asked.indexOf(before.code) >= 0 && rowOf(rows, before.code);
    const answer = row && given[before.code];
    const brought = frozen(before);
    const touched = row && factsOf(row.check).some((fact) => fact in entered);
    if (!answer && !touched) return brought;
    const evidence = photos
      .filter((photo) => photo.rule_code === before.code)
      .map((photo) => 'photo:' + photo.id);
    const note = answer ? asKept(answer.note || '') : '';
    const found = tried(row, station, options, entered, day_on);
    if (found.verdict === 'not_applicable' && before.verdict === 'not_applicable') return brought;
    if (answer && !decides(answer)) return notApplicable(brought, note, day_on, evidence);
    if (!answer || isClaim(row) || found.verdict === 'not_applicable') {
      return followed(brought, found, { day_on, evidence });
    }
    const bare = !Object.keys(settledBy(row, answer)).length;
    const why = whyOf(answer.verdict, note, found, bare);
    return onInspectorsWord(brought, answer.verdict, why, { day_on, evidence });
  });
}

/** Every single fact that a check asks for, with what may stand in for it. */
function factsOf(check) {
  const parts = (check.checks || []).concat(check.check, check.claimed, check.approved);
  const inside = parts.filter(Boolean).map(factsOf);
  return [].concat.apply(check.fact ? [check.fact] : [], inside);
}

/** A permitted alternative is only claimed by a tap; whether it stands in, others decide. */
function isClaim(row) {
  return row.check.kind === 'exception';
}

/** What follows from what was entered, where no tap on the rule itself is the finding. */
function followed(brought, found, when) {
  if (decides(found)) return onInspectorsWord(brought, found.verdict, found.why, when);
  return Object.assign(brought, {
    verdict: found.verdict,
    label: VERDICT_SAID[found.verdict],
    counts_against: false,
    word: null,
    since: null,
    why: found.why,
    evidence: [],
    contradicted_by: [],
    mended_on: null,
  });
}

function frozen(finding) {
  const kept = {};
  FROZEN.forEach((key) => {
    kept[key] = finding[key];
  });
  return kept;
}

function notApplicable(brought, note, since, evidence) {
  return Object.assign(brought, {
    verdict: 'unknown',
    label: VERDICT_SAID.unknown,
    counts_against: false,
    word: null,
    since,
    why: FINDING_WORDS.notApplicable(note),
    evidence,
    contradicted_by: [],
    mended_on: null,
  });
}

/** The standard's sentence where it says the same; else what was decided, beside it. */
function whyOf(verdict, note, found, bare) {
  const tap = FINDING_WORDS.byTap(VERDICT_SAID[verdict], note);
  if (bare) return tap; // to be measured or read, and it was not
  const agrees = found.verdict === verdict && found.word === 'inspector';
  return agrees ? found.why : FINDING_WORDS.against(found.why, tap);
}

/** On the inspector's word; since when, if an inspector had found the same before. */
function onInspectorsWord(brought, verdict, why, { day_on, evidence }) {
  const same = brought.verdict === verdict && brought.word === 'inspector';
  const made = Object.assign(brought, {
    verdict,
    word: 'inspector',
    since: (same && brought.since) || day_on,
    why,
    evidence,
    contradicted_by: [],
    mended_on: null,
  });
  return Object.assign(made, { counts_against: countsAgainst(made), label: labelOf(made) });
}

function countsAgainst({ verdict, level, mended_on, word }) {
  return verdict === 'fail' && level === 'shall' && !mended_on && CONFIRMING.indexOf(word) >= 0;
}

/** The verdict on a screen; a recommendation is never called 不符合. */
function labelOf(finding) {
  if (finding.verdict !== 'fail') return VERDICT_SAID[finding.verdict];
  if (finding.level !== 'shall') return FINDING_WORDS.advice;
  if (finding.mended_on) return FINDING_WORDS.mended;
  return countsAgainst(finding) ? VERDICT_SAID.fail : FINDING_WORDS.unconfirmed;
}

/**
 * A station's state by its findings, {value, label}, as `status` of
 * server/policy/standard/examine.py; `asked` are the codes of the rules to be settled on site.
 */
export function statusOf(list, asked) {
  const shall = list.filter((one) => one.level === 'shall' && one.verdict !== 'not_applicable');
  const waits = (one) =>
    one.verdict === 'fail'
      ? !one.mended_on
      : one.verdict === 'pass' && asked.indexOf(one.code) >= 0 && one.word !== 'inspector';
  const gap = shall.some((one) => one.verdict === 'unknown' && !one.mended_on);
  let value = 'meets';
  if (fails(shall)) value = 'fails';
  else if (gap || !shall.length) value = 'not_assessed';
  else if (shall.some(waits)) value = 'to_verify';
  return { value, label: STATUS_SAID[value] };
}

/** How many findings count against the station. */
export function fails(list) {
  return list.filter((one) => one.counts_against).length;
}
