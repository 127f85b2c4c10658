// What stands beside a rule of the form: what was found there earlier, and remarks ready to tap.

const REMARK_AT_MOST = 300; // as many characters as the field of a remark takes

/**
 * What earlier visits said of a rule, the newest first: [{id, day_on, by, round, covert, word}];
 * `word` is {verdict, verdict_label, why, note, mending}, or null where that visit passed it over.
 */
export function earlierOf(station, code) {
  const visits = station.earlier || []; // none in a package that an older server made
  const found = visits.map((visit) => ({
    id: visit.id,
    day_on: visit.day_on,
    by: visit.by,
    round: visit.round,
    covert: Boolean(visit.covert),
    word: visit.said.filter((one) => one.code === code)[0] || null,
  }));
  return found.some((one) => one.word) ? found : [];
}

/** The county's sentences for a rule: first those that belong to it, then those that fit any. */
export function remarksFor(remarks, code) {
  const given = remarks || [];
  const own = given.filter((one) => one.rules.indexOf(code) >= 0);
  return own.concat(given.filter((one) => !one.rules.length)).map((one) => one.text);
}

/** A remark with a ready sentence added to it; as it was when it says that, or grows too long. */
export function withRemark(note, text) {
  const before = note.trim();
  if (before.indexOf(text) >= 0) return note;
  const link = !before || /[。；！？，、.;!?,]$/.test(before) ? '' : '；';
  const whole = before + link + text;
  return whole.length > REMARK_AT_MOST ? note : whole;
}
