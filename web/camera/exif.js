// Reads the few EXIF fields that say when and how a photo was taken; no place, no makers' notes.

const NAMES = {
  0x10f: 'make',
  0x110: 'model',
  0x112: 'orientation',
  0x132: 'changed',
  0x9003: 'taken',
  0x9011: 'zone',
};
const EXIF = 0x45786966; // the four letters
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8];

/** {make, model, orientation, taken, zone} as far as a JPEG tells. */
export function readExif(buffer) {
  const view = new DataView(buffer);
  try {
    if (view.getUint16(0) !== 0xffd8) return {};
    for (let at = 2; at + 4 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
      const mark = view.getUint16(at);
      if (mark === 0xffe1 && view.getUint32(at + 4) === EXIF) return fields(view, at + 10);
      if (view.getUint8(at) !== 0xff || view.getUint16(at) === 0xffda) return {};
    }
  } catch (error) {
    // cut short or malformed: then there is nothing to read
  }
  return {};
}

function fields(view, base) {
  const little = view.getUint16(base) === 0x4949;
  const found = {};
  const u16 = (at) => view.getUint16(at, little);
  const u32 = (at) => view.getUint32(at, little);
  const value = (at) => {
    const type = u16(at + 2);
    const count = u32(at + 4);
    const from = (SIZES[type] || 1) * count > 4 ? base + u32(at + 8) : at + 8;
    if (type === 3) return u16(from);
    if (type === 4) return u32(from);
    if (type !== 2) return null;
    let text = '';
    for (let i = 0; i < Math.min(count, 60) && view.getUint8(from + i); i += 1) {
      text += String.fromCharCode(view.getUint8(from + i));
    }
    return text.trim();
  };
  const directory = (at) => {
    for (let i = 0; i < u16(at); i += 1) {
      const entry = at + 2 + 12 * i;
      const tag = u16(entry);
      if (NAMES[tag]) found[NAMES[tag]] = value(entry);
      if (tag === 0x8769) directory(base + value(entry));
    }
  };
  directory(base + u32(base + 4));
  return found;
}
