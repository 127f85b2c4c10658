// Takes out of a JPEG what a camera wrote beside the picture, before the photo is hashed and kept.

const EXIF = 0x45786966; // the first four letters of what stands in a segment
const COLOURS = 0x4943435f;
const CAMERA = 0x8769; // the field that points to more fields
// Make, model, which way up, program, when; all else (GPS, remarks, makers' notes) may tell where.
const KEPT = [0x10f, 0x110, 0x112, 0x131, 0x132, CAMERA, 0x9003, 0x9011];
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8];

/** The fields of EXIF's bytes that are kept, among zeros; as long as before. */
function bare(all) {
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  const left = new Uint8Array(all.length);
  const made = new DataView(left.buffer);
  const keep = (from, length, to) => {
    if (to + length <= left.length) left.set(all.subarray(from, from + length), to);
  };
  const directory = (at, little, inner) => {
    let kept = 0;
    for (let i = 0; i < view.getUint16(at, little); i += 1) {
      const entry = at + 2 + 12 * i;
      const tag = view.getUint16(entry, little);
      const value = view.getUint32(entry + 8, little);
      const length =
        (SIZES[view.getUint16(entry + 2, little)] || 1) * view.getUint32(entry + 4, little);
      if (KEPT.indexOf(tag) < 0 || (tag === CAMERA && inner)) continue;
      keep(entry, 12, at + 2 + 12 * kept);
      kept += 1;
      made.setUint16(at, kept, little);
      if (tag === CAMERA) directory(value, little, true);
      else if (length > 4) keep(value, length, value);
    }
  };
  try {
    const little = view.getUint16(0) === 0x4949;
    keep(0, 8, 0);
    directory(view.getUint32(4, little), little, false);
  } catch (error) {
    // cut short or malformed: what was read so far is kept
  }
  return left;
}

/** Zeros over what stands behind the picture (a film of the moment before, a second picture). */
function blankBehind(all, from) {
  for (let at = from; at + 1 < all.length; at += 1) {
    if (all[at] !== 0xff) continue;
    const mark = all[at + 1];
    if (mark === 0xd9) {
      all.fill(0, at + 2);
      return;
    }
    // Between scans stand tables, in which anything may look like an end.
    if (mark >= 0xc0 && mark < 0xff && (mark & 0xf8) !== 0xd0) {
      at += 1 + all[at + 2] * 256 + all[at + 3];
    }
  }
}

/**
 * The same bytes without what may tell of a place, as long as before: EXIF keeps how the camera was
 * held and when, colours stay. No byte of the picture is touched, whatever its notes claim.
 */
export function withoutPlace(bytes) {
  const all = new Uint8Array(bytes);
  const view = new DataView(bytes);
  if (all[0] !== 0xff || all[1] !== 0xd8) return bytes;
  let at = 2;
  while (at + 4 <= all.length) {
    const mark = view.getUint16(at);
    const end = at + 2 + view.getUint16(at + 2);
    if (mark === 0xffff) {
      at += 1; // filling
      continue;
    }
    if (mark < 0xffc0 || end < at + 4 || end > all.length) break;
    if (mark === 0xffda) {
      blankBehind(all, end);
      break;
    }
    const letters = end - at < 18 ? 0 : view.getUint32(at + 4);
    if (mark === 0xffe1 && letters === EXIF) {
      all.set(bare(all.subarray(at + 10, end)), at + 10);
    } else if (mark === 0xfffe || (mark > 0xffe0 && mark < 0xffee) || mark === 0xffef) {
      if (letters !== COLOURS) all.fill(0, at + 4, end);
    }
    at = end;
  }
  return bytes;
}
