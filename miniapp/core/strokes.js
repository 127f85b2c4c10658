// Signatures: strokes drawn anywhere on a pad become few points in a box of 600 × 200.

export const BOX = { width: 600, height: 200 };
export const MOST_STROKES = 80;
export const MOST_POINTS = 3000;
const MARGIN = 8;
const LARGEST = 3; // a dot is not blown up to fill the box

function far(a, b) {
  return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
}

/** The points of a stroke that are at least so far apart; its end always stays. */
function thinned(stroke, apart) {
  const kept = stroke.slice(0, 1);
  stroke.forEach((point) => {
    if (far(point, kept[kept.length - 1]) >= apart) kept.push(point);
  });
  const end = stroke[stroke.length - 1];
  if (end && far(end, kept[kept.length - 1]) > 0) kept.push(end);
  return kept;
}

function pointsIn(strokes) {
  return strokes.reduce((sum, stroke) => sum + stroke.length, 0);
}

/**
 * Strokes of [x, y] in any measure, moved and scaled as a whole into the box, upright as they were
 * written, and thinned until they are few enough to be sent.
 */
export function inBox(strokes) {
  const drawn = strokes.filter((stroke) => stroke.length).slice(0, MOST_STROKES);
  if (!drawn.length) return [];
  const all = [].concat.apply([], drawn);
  const xs = all.map((point) => point[0]);
  const ys = all.map((point) => point[1]);
  const least = (list) => list.reduce((a, b) => Math.min(a, b));
  const most = (list) => list.reduce((a, b) => Math.max(a, b));
  const left = least(xs);
  const top = least(ys);
  const width = most(xs) - left;
  const height = most(ys) - top;
  const fit = (room, length) => (room - 2 * MARGIN) / Math.max(1, length);
  const k = Math.min(LARGEST, fit(BOX.width, width), fit(BOX.height, height));
  const moveX = (BOX.width - width * k) / 2;
  const moveY = (BOX.height - height * k) / 2;
  const place = ([x, y]) => [
    Math.round((x - left) * k + moveX),
    Math.round((y - top) * k + moveY),
  ];
  const placed = drawn.map((stroke) => stroke.map(place));
  let apart = 2;
  let few = placed.map((stroke) => thinned(stroke, apart));
  while (pointsIn(few) > MOST_POINTS) {
    apart *= 1.5;
    few = placed.map((stroke) => thinned(stroke, apart));
  }
  return few;
}

/** Is there enough ink for a signature? A touch by accident is none. */
export function isSigned(strokes) {
  const lengthOf = (stroke) =>
    stroke.reduce((sum, point, i) => sum + (i ? far(point, stroke[i - 1]) : 0), 0);
  return strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0) >= 40;
}

/** The strokes as the `d` of an SVG path; a dot becomes a very short line. */
export function pathOf(strokes) {
  return strokes
    .filter((stroke) => stroke.length)
    .map((stroke) => {
      const points = stroke.length > 1 ? stroke : [stroke[0], [stroke[0][0] + 1, stroke[0][1]]];
      return points.map((point, i) => (i ? 'L' : 'M') + point[0] + ' ' + point[1]).join('');
    })
    .join('');
}
