// Of all codes in view, which one is meant.

import { readScan } from './qr.js';

const KINDS = ['plate', 'number', 'bind', 'other'];

/**
 * The plates among these texts, each once. A plate says its address; beside one, fifteen signs
 * alone are a parcel's number (SF0123456789012).
 */
function platesAmong(texts) {
  const tokens = texts.map((text) => readScan(text).token);
  const plates = texts.filter((text, n) => tokens[n] && tokens.indexOf(tokens[n]) === n);
  const whole = plates.filter((text) => text.indexOf('/s/') >= 0);
  return whole.length ? whole : plates;
}

/**
 * Of all codes in view the one that is likeliest meant: plates first; '' when there is none. Of two
 * plates nobody can say which is meant: both come, a line each.
 */
export function likeliest(texts) {
  const plates = platesAmong(texts);
  if (plates.length) return plates.join('\n');
  const rank = (text) => KINDS.indexOf(readScan(text).kind);
  return texts.slice().sort((a, b) => rank(a) - rank(b))[0] || '';
}

/** Whether `likeliest` saw more than one plate. */
export const isSeveral = (text) => platesAmong(text.split('\n')).length > 1;

/** Of several plates in view the only one of these `tokens`; any other text as it is. */
export function ofSeveral(text, tokens) {
  const lower = tokens.map((token) => String(token).toLowerCase());
  const known = platesAmong(text.split('\n')).filter(
    (plate) => lower.indexOf(readScan(plate).token) >= 0,
  );
  return known.length === 1 ? known[0] : text;
}
