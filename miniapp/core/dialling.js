// The digits to dial in what a county wrote as its number: 0350-1234567（工作日 9:00—17:00）.

const WHOLE = 10; // digits of the shortest number that may stand before another

/** Digits of the first number in a text, nothing of what stands behind it; '' for none. */
export function dialled(text) {
  const half = String(text || '').replace(/[\uff10-\uff19\uff0b\uff0d\uff08\uff09]/g,
    (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0));
  const found = /\+?\(?\d[\d\s()-]*/.exec(half);
  let digits = '';
  for (const part of found ? found[0].split(/[\s()-]+/) : []) {
    if (digits.length >= WHOLE) break;
    digits += part;
  }
  return digits;
}
