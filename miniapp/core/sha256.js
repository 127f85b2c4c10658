// SHA-256 for phones that offer none: plain-http trials and the mini program.

const K = [];
const START = [];

function fraction(x) {
  return ((x - Math.floor(x)) * 4294967296) | 0;
}

(function primes() {
  for (let n = 2; K.length < 64; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
    if (prime) {
      if (START.length < 8) START.push(fraction(Math.sqrt(n)));
      K.push(fraction(Math.cbrt(n)));
    }
  }
})();

function turn(x, bits) {
  return (x >>> bits) | (x << (32 - bits));
}

/** One 64-byte block, folded into the eight words of `state`. */
function fold(state, view, at) {
  const w = new Int32Array(64);
  for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 64; i += 1) {
    const a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
    const b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  const s = state.slice();
  for (let i = 0; i < 64; i += 1) {
    const up = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25);
    const one = (s[7] + up + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i]) | 0;
    const down = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22);
    const two = (down + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
    s.pop();
    s.unshift((one + two) | 0);
    s[4] = (s[4] + one) | 0;
  }
  for (let i = 0; i < 8; i += 1) state[i] = (state[i] + s[i]) | 0;
}

/** SHA-256 (FIPS 180-4) of an ArrayBuffer, in lower-case hexadecimal. */
export function sha256Hex(buffer) {
  const length = buffer.byteLength;
  const padded = new Uint8Array(((length + 72) >> 6) << 6);
  padded.set(new Uint8Array(buffer));
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 536870912));
  view.setUint32(padded.length - 4, (length << 3) >>> 0);
  const state = START.slice();
  for (let at = 0; at < padded.length; at += 64) fold(state, view, at);
  return state.map((word) => ('0000000' + (word >>> 0).toString(16)).slice(-8)).join('');
}

/** A text as UTF-8; half a character becomes the sign for one that cannot be read. */
export function bytesOfText(text) {
  const whole = text.replace(/[\ud800-\udfff]/gu, '\ufffd');
  const plain = unescape(encodeURIComponent(whole));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}
