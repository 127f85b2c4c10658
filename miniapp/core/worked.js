// What the standard's checks say of a visit that is being made: doubts at once, findings in time.

import { answersOf, isAsked } from './answers.js';
import { beijingDay } from './dates.js';
import {
  allSettled, carriesChecks, doubt, fails, findings, statusOf,
} from './standard/findings.js';

/** Did the package bring what the checks need? Older servers' packages did not. */
export function hasChecks(draft) {
  const { pack, station, rows } = draft;
  return Boolean(pack && pack.taken_on && station.register && carriesChecks(station, rows));
}

/** The draft with every doubt that its answers raise now, by rule. */
export function doubted(draft) {
  if (!hasChecks(draft)) return draft;
  const answers = answersOf(draft);
  const entered = allSettled(draft.rows, answers);
  const day = beijingDay(draft.arrived_ms);
  const doubts = {};
  draft.rows.forEach((row) => {
    const answer = answers.filter((one) => one.rule === row.code)[0];
    if (!answer || !isAsked(draft, row)) return;
    const said = doubt(row, draft.station, draft.pack.options, answer, entered, day);
    if (said) doubts[row.code] = said;
  });
  return Object.assign({}, draft, { doubts });
}

/**
 * What a visit comes to on its day: {findings, status, fails}; `findings` as records freeze them,
 * none where nobody opened the door. Only where the package brought the checks.
 */
export function workedOut(draft, dayOn) {
  if (draft.outcome === 'closed_door') return { findings: [], status: 'not_assessed', fails: 0 };
  const { station, rows, photos } = draft;
  const { options } = draft.pack;
  const answers = answersOf(draft);
  const found = findings({ station, rows, options, answers, photos, day_on: dayOn });
  const status = statusOf(found, station.asked).value;
  return { findings: found, status, fails: fails(found) };
}
