// A keeper's own copy of a signed record: kept once on this phone, and held against the server's.

/** Where the copy lies among the phone's pages: under its person, and left when one signs out. */
export const ownPage = (personId, id) => 'signed/' + personId + '/' + id;

/** May this record be kept: has the keeper signed it, refused it, or answered on the own phone? */
export function isFinal(copy) {
  return !copy.waits_for_you && copy.outcome !== 'closed_door';
}

/**
 * What never changes of a record, as one text: who, when, these clauses with their words, names.
 * What the house may say anew (labels, measured values in words, the register) is left out.
 */
function essence(copy, codes) {
  const rows = codes.map((code) => {
    const row = copy.rows.filter((one) => one.code === code)[0];
    return row ? [code, row.verdict, row.why, row.note] : [code];
  });
  const signed = [copy.signatures.inspector, copy.signatures.keeper, copy.signatures.second || ''];
  const standards = copy.standards.map((one) => [one.id, one.sha256]);
  const who = [copy.station.id, copy.inspector_name, copy.second_name || '', copy.keeper_name];
  const when = [copy.day_on, copy.arrived_at, copy.finished_at, copy.version, copy.outcome];
  return JSON.stringify([copy.id, who, when, rows, signed, standards, copy.outcome_note]);
}

/**
 * The copy as it is kept: {copy, sha256, at_ms, answered, signed_here}. `answered` is what its
 * keeper said, `signedHere` whether that was just now on this phone, or it was only seen later.
 */
export function kept(copy, atMs, signedHere) {
  const answered = [copy.confirmed_at, copy.refused_at, copy.refusal];
  const signed_here = Boolean(signedHere);
  return { copy, sha256: copy.frozen_sha256, at_ms: atMs, answered, signed_here };
}

/**
 * Whether the server's copy is still what was kept: '' the same, else what differs: 'hash' its
 * check code, 'content' what it says, 'answer' how the keeper answered.
 */
export function differs(own, copy) {
  if (own.sha256 !== copy.frozen_sha256) return 'hash';
  const codes = own.copy.rows.map((row) => row.code); // a later release may show more of them
  if (essence(own.copy, codes) !== essence(copy, codes)) return 'content';
  const answered = [copy.confirmed_at, copy.refused_at, copy.refusal];
  return JSON.stringify(own.answered) === JSON.stringify(answered) ? '' : 'answer';
}
