// Arrows and circles on a photo: notes beside it, in thousandths of its sides; its bytes stay.

export const MOST_DRAWINGS = 12; // as server/policy/drawings.py keeps
export const SIDE = 1000;
const SHORTEST = 25; // a tap is no drawing

const between = (value) => Math.max(0, Math.min(SIDE, Math.round(value)));

/** A drawing from one point to another, [x, y] in thousandths; null for what is only a tap. */
export function drawingOf(kind, start, end) {
  const one = { kind, start: start.map(between), end: end.map(between) };
  const across = one.end[0] - one.start[0];
  const down = one.end[1] - one.start[1];
  return Math.sqrt(across * across + down * down) < SHORTEST ? null : one;
}

/** What is drawn on a photo of a draft. */
export const drawingsOn = (photo) => (photo.notes && photo.notes.drawings) || [];

/** The draft with other drawings on one of its photos. */
function withDrawings(draft, photoId, drawings) {
  const photos = draft.photos.map((photo) => {
    if (photo.id !== photoId) return photo;
    const notes = Object.assign({}, photo.notes, { drawings });
    if (!drawings.length) delete notes.drawings;
    return Object.assign({}, photo, { notes });
  });
  return Object.assign({}, draft, { photos });
}

const photoOf = (draft, photoId) => draft.photos.filter((one) => one.id === photoId)[0];

/** The draft with one drawing more; the same when the photo is full of them, or gone. */
export function withDrawing(draft, photoId, drawing) {
  const photo = photoOf(draft, photoId);
  if (!photo || drawingsOn(photo).length >= MOST_DRAWINGS) return draft;
  return withDrawings(draft, photoId, drawingsOn(photo).concat([drawing]));
}

/** The draft without the last drawing on a photo. */
export function withoutLastDrawing(draft, photoId) {
  const photo = photoOf(draft, photoId);
  return photo ? withDrawings(draft, photoId, drawingsOn(photo).slice(0, -1)) : draft;
}

/** A drawing as an SVG path over a picture of this many pixels; circles fill their box. */
export function pathOfDrawing(one, width, height) {
  const place = ([x, y]) => [(x * width) / SIDE, (y * height) / SIDE];
  const start = place(one.start);
  const end = place(one.end);
  const told = (point) => point.map((n) => n.toFixed(1)).join(' ');
  if (one.kind === 'circle') {
    const wide = Math.abs(end[0] - start[0]) / 2;
    const high = Math.abs(end[1] - start[1]) / 2;
    const left = [Math.min(start[0], end[0]), (start[1] + end[1]) / 2];
    const arc = 'a' + told([wide, high]) + ' 0 1 0 ';
    return 'M' + told(left) + arc + told([wide * 2, 0]) + arc + told([-wide * 2, 0]);
  }
  const angle = Math.atan2(start[1] - end[1], start[0] - end[0]);
  const long = Math.sqrt(Math.pow(start[0] - end[0], 2) + Math.pow(start[1] - end[1], 2));
  const barb = Math.min(Math.max(width, height) * 0.05, long * 0.4);
  const tip = (turn) =>
    told([end[0] + barb * Math.cos(angle + turn), end[1] + barb * Math.sin(angle + turn)]);
  const shaft = 'M' + told(start) + 'L' + told(end);
  return shaft + 'M' + tip(Math.PI / 6) + 'L' + told(end) + 'L' + tip(-Math.PI / 6);
}
