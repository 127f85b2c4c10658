// Signing a visit: what its signatures stand under, and that none stays when that is edited.

import { lacksSecond } from './company.js';
import { VISIT_WORDS } from './words/visit.js';

// What stands in the signed text; choosing how the keeper confirms does not.
const SIGNED = [
  'answers', 'added', 'photos', 'station', 'rows', 'pack', 'keeper_name', 'amended_because',
  'plate_remark', 'method', 'text', 'second',
];

/** No signature yet. */
export const unsigned = () => ({ inspector: null, keeper: null });

/** Has anybody signed? */
export function isSignedBy(draft) {
  return Object.keys(draft.signatures).some((whose) => Boolean(draft.signatures[whose]));
}

/** The draft without signatures and text; the screens say so until somebody signs again. */
export function takenBack(draft) {
  return Object.assign({}, draft, { signatures: unsigned(), document: null, taken_back: true });
}

/**
 * A draft after an edit. Signatures stand under what was shown: they go when any of it changes. A
 * position found after them comes too late for the text.
 */
export function edited(before, after) {
  if (!isSignedBy(before) || !after) return after;
  if (SIGNED.some((field) => before[field] !== after[field])) return takenBack(after);
  return Object.assign({}, after, { position: before.position });
}

/** The draft with a signature; the first one fixes the text, {text, sha256} or null without. */
export function withSignature(draft, whose, strokes, document) {
  const signatures = Object.assign({}, draft.signatures, { [whose]: strokes });
  return Object.assign({}, draft, {
    signatures,
    document: isSignedBy(draft) ? draft.document : document,
    taken_back: false,
  });
}

/** What stands in the signed text and is still to be written before anybody signs; '' for none. */
export function toWriteFirst(draft) {
  if (isSignedBy(draft)) return '';
  if (draft.amends_id && !draft.amended_because.trim()) return VISIT_WORDS.missing.amendedBecause;
  const named = draft.outcome !== 'signed' || draft.keeper_name.trim();
  return named ? '' : VISIT_WORDS.missing.keeperName;
}

/** Why this visit cannot be handed in yet: sentences, none when it can. */
export function whatIsMissing(draft) {
  const missing = [];
  const signs = ['signed', 'to_confirm', 'covert'].indexOf(draft.outcome) >= 0;
  const signed = draft.outcome === 'signed';
  const refused = draft.outcome === 'refused';
  const say = VISIT_WORDS.missing;
  if (!draft.outcome) missing.push(say.outcome);
  if (signs && !draft.signatures.inspector) missing.push(say.inspector);
  if (lacksSecond(draft)) missing.push(lacksSecond(draft));
  if (signed && !draft.signatures.keeper) missing.push(say.keeper);
  if (signed && !draft.keeper_name.trim()) missing.push(say.keeperName);
  if (refused && !draft.refusal.trim()) missing.push(say.refusal);
  if (draft.amends_id && !draft.amended_because.trim()) missing.push(say.amendedBecause);
  return missing;
}

/** The findings in the order in which the keeper reads them, by what they come to. */
export function inOrder(findings, insistedCodes) {
  const is = (verdict) => (one) => one.verdict === verdict;
  const decided = (one) => insistedCodes.indexOf(one.code) >= 0;
  const passed = findings.filter(is('pass'));
  const failed = findings.filter(is('fail'));
  return {
    failed: failed.filter((one) => one.counts_against).concat(
      failed.filter((one) => !one.counts_against),
    ),
    decided: passed.filter(decided),
    open: findings.filter(is('unknown')),
    passed: passed.filter((one) => !decided(one)),
    idle: findings.filter(is('not_applicable')),
  };
}
