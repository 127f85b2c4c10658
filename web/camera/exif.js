// Reads the few EXIF fields that say when and where a photo was taken; makers' notes are skipped.

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

/** {make, model, orientation, taken, zone, latitude, longitude} as far as a JPEG tells. */
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
  const gps = {};
  const u16 = (at) => view.getUint16(at, little);
  const u32 = (at) => view.getUint32(at, little);
  const ratio = (at) => u32(at) / (u32(at + 4) || 1);
  const value = (at) => {
    const type = u16(at + 2);
    const count = u32(at + 4);
    const from = (SIZES[type] || 1) * count > 4 ? base + u32(at + 8) : at + 8;
    if (type === 3) return u16(from);
    if (type === 4) return u32(from);
    const ratios = () =>
      Array.from({ length: Math.min(count, 3) }, (_, i) => ratio(from + 8 * i));
    if (type === 5) return ratios();
    if (type !== 2) return null;
    let text = '';
    for (let i = 0; i < Math.min(count, 60) && view.getUint8(from + i); i += 1) {
      text += String.fromCharCode(view.getUint8(from + i));
    }
    return text.trim();
  };
  const directory = (at, onto, names) => {
    for (let i = 0; i < u16(at); i += 1) {
      const entry = at + 2 + 12 * i;
      const tag = u16(entry);
      if (names ? names[tag] : true) onto[names ? names[tag] : tag] = value(entry);
      if (names && tag === 0x8769) directory(base + value(entry), onto, names);
      if (names && tag === 0x8825) directory(base + value(entry), gps, null);
    }
  };
  directory(base + u32(base + 4), found, NAMES);
  if (Array.isArray(gps[2]) && Array.isArray(gps[4])) {
    const degrees = (d, back) =>
      +((d[0] + d[1] / 60 + d[2] / 3600) * (back ? -1 : 1)).toFixed(6);
    found.latitude = degrees(gps[2], gps[1] === 'S');
    found.longitude = degrees(gps[4], gps[3] === 'W');
  }
  return found;
}
