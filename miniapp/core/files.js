// What kind of picture file this is by its bytes, where the browser's own word is not enough.

const letters = (bytes, from, to) => String.fromCharCode.apply(null, bytes.subarray(from, to));
const HEIF = /^(he..|mif1|msf1)$/;

/** Whether these first bytes are those of HEIF, under any of its brands, main or compatible. */
export function isHeif(bytes) {
  if (letters(bytes, 4, 8) !== 'ftyp') return false;
  const end = Math.min(bytes.length, 256, bytes[2] * 256 + bytes[3]);
  for (let at = 8; at + 4 <= end; at += 4) {
    if (at !== 12 && HEIF.test(letters(bytes, at, at + 4))) return true;
  }
  return false;
}

/** Where the picture itself begins in a JPEG's bytes, behind its headers; -1 where it is none. */
export function pictureStart(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return -1;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return -1;
    if (bytes[at + 1] === 0xda) return at;
    at += bytes[at + 1] === 0xff ? 1 : 2 + bytes[at + 2] * 256 + bytes[at + 3];
  }
  return -1;
}

/** Whether a JPEG's end stands in these bytes; inside of a picture 0xff is never followed by it. */
export function holdsEnd(bytes, from) {
  for (let at = bytes.length - 2; at >= from; at -= 1) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}
