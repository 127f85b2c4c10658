// Takes the place out of a JPEG where a camera wrote one, before the photo is hashed and kept.

const EXIF = 0x45786966; // the four letters
const PLACE = 0x8825; // the field that points to where the camera was
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8];

/** Zeros over every value of the place, and over the list of its fields. */
function blank(view, base) {
  const little = view.getUint16(base) === 0x4949;
  const u16 = (at) => view.getUint16(at, little);
  const u32 = (at) => view.getUint32(at, little);
  const zeros = (at, length) => {
    for (let i = at; i < Math.min(at + length, view.byteLength); i += 1) view.setUint8(i, 0);
  };
  const first = base + u32(base + 4);
  for (let i = 0; i < u16(first); i += 1) {
    const entry = first + 2 + 12 * i;
    if (u16(entry) !== PLACE) continue;
    const place = base + u32(entry + 8);
    const fields = u16(place);
    for (let j = 0; j < fields; j += 1) {
      const field = place + 2 + 12 * j;
      const length = (SIZES[u16(field + 2)] || 1) * u32(field + 4);
      if (length > 4) zeros(base + u32(field + 8), length);
    }
    zeros(place, 2 + 12 * fields);
  }
}

/**
 * The same bytes without a place, as long as before: EXIF keeps how the camera was held and when;
 * other notes beside it (XMP), which may name a place as well, are blanked whole.
 */
export function withoutPlace(bytes) {
  const view = new DataView(bytes);
  try {
    if (view.getUint16(0) !== 0xffd8) return bytes;
    for (let at = 2; at + 8 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
      const mark = view.getUint16(at);
      if (mark < 0xff00 || mark === 0xffda) return bytes;
      if (mark === 0xffe1) {
        if (view.getUint32(at + 4) === EXIF) blank(view, at + 10);
        else for (let i = at + 4; i < at + 2 + view.getUint16(at + 2); i += 1) view.setUint8(i, 0);
      }
    }
  } catch (error) {
    // cut short or malformed: whoever reads it finds no more than we did
  }
  return bytes;
}
