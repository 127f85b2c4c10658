// Amounts as decimals written out, never as binary fractions: 9.99 stays 9.99, as on the server.

const WRITTEN = /^\+?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

/** "09.50" as {digits, scale}: all its digits, and how many of them follow the point. */
function decimal(text) {
  const [, whole, part, power] = WRITTEN.exec(String(text));
  const scale = part.length - (power ? +power : 0);
  const digits = whole + part + '0'.repeat(Math.max(0, -scale));
  return { digits: digits.replace(/^0+(?=.)/, ''), scale: Math.max(0, scale) };
}

/** An amount as people write it: 9, 9.99, never 9.00. */
export function amountText(text) {
  const { digits, scale } = decimal(text);
  const long = digits.padStart(scale + 1, '0');
  const whole = long.slice(0, long.length - scale);
  const part = long.slice(long.length - scale).replace(/0+$/, '');
  return part ? whole + '.' + part : whole;
}

/** Is one amount smaller than another? */
export function isLess(one, other) {
  const a = decimal(one);
  const b = decimal(other);
  const scale = Math.max(a.scale, b.scale);
  const left = a.digits + '0'.repeat(scale - a.scale);
  const right = b.digits + '0'.repeat(scale - b.scale);
  const length = Math.max(left.length, right.length);
  return left.padStart(length, '0') < right.padStart(length, '0');
}

/** So many per cent of a limit of the standard, which has few digits. */
export function percentOf(limit, percent) {
  const { digits, scale } = decimal(limit);
  const times = String(+digits * percent);
  return amountText(times + 'e-' + (scale + 2));
}
