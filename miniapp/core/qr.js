// What a scanned or typed text means: a plate, a station's number, a bind code, or none of ours.

const TOKEN = '[0-9a-hjkmnp-tv-z]{15}'; // Crockford's alphabet knows no i, l, o, u

/**
 * A number however it was typed: half width, capitals, without blanks, line ends and what cannot be
 * seen ("ｘｚ 0001\n" → "XZ0001"). The server's wording.py does the same, proved by the same cases.
 */
export function plainCode(text) {
  return String(text).normalize('NFKC').replace(/[\s\u200b-\u200f\u2060\ufeff]/g, '').toUpperCase();
}

/** "C7", "xz0001", "140926-C0007" → "C0007"; null when it is no station number. */
export function readNumber(text) {
  const parts = /^(?:\d{6}-)?(XZ|C)-?(\d{1,4})$/.exec(plainCode(text));
  return parts && +parts[2] > 0 ? parts[1] + ('000' + parts[2]).slice(-4) : null;
}

/** A bind code as printed, "7KQ2-M4XA"; confusable letters mended; null when it cannot be one. */
export function readBindCode(text) {
  const code = plainCode(text)
    .replace(/[-—–_]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code.slice(0, 4) + '-' + code.slice(4) : null;
}

/**
 * What a text stands for: {kind: 'plate', token} | {kind: 'number', code} | {kind: 'bind', code} |
 * {kind: 'other'}. Whether a plate is genuine only the server can say.
 */
export function readScan(text) {
  const trimmed = String(text).trim();
  const bind = /\/(?:app|s)\/#\/bind\/([^/?#]+)$/.exec(trimmed);
  if (bind && readBindCode(bind[1])) return { kind: 'bind', code: readBindCode(bind[1]) };
  const plate = new RegExp('(?:^|/s/)(' + TOKEN + ')/?$', 'i').exec(trimmed);
  if (plate) return { kind: 'plate', token: plate[1].toLowerCase() };
  const code = readNumber(trimmed);
  return code ? { kind: 'number', code } : { kind: 'other' };
}

/** Which of these stations a scan names (by its plate or its number); null when none of them. */
export function stationScanned(scan, stations) {
  const mine = stations.filter(
    (s) =>
      (scan.kind === 'plate' && s.plate_token && s.plate_token.toLowerCase() === scan.token) ||
      (scan.kind === 'number' && s.code === scan.code),
  );
  return mine.length ? mine[0] : null;
}
