// Signatures: strokes drawn anywhere on a pad become few points in a box of 600 × 200.

export const BOX = { width: 600, height: 200 };
export const MOST_STROKES = 80;
export const MOST_POINTS = 3000;
const MARGIN = 8;
const LARGEST = 3; // a dot is not blown up to fill the box
const FEWEST_STROKES = 3;
const SHORTEST_STROKE = 12;
const LEAST_INK = 150;
const JOINED_INK = 250;
const JOINED_TURNS = 12;
const STEP = 16;
const LEAST_MARK = 24; // in the box; a thumb's slip is shorter

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

const lengthOf = (stroke) =>
  stroke.reduce((sum, point, i) => sum + (i ? distance(point, stroke[i - 1]) : 0), 0);

function distance(a, b) {
  return Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));
}

/** How far the pen turned in all, in radians; what is very near together is a trembling hand. */
function turning(stroke) {
  const points = stroke.slice(0, 1);
  stroke.forEach((point) => {
    if (distance(point, points[points.length - 1]) >= STEP) points.push(point);
  });
  const angle = (i) => Math.atan2(points[i][1] - points[i - 1][1], points[i][0] - points[i - 1][0]);
  let turned = 0;
  for (let i = 2; i < points.length; i += 1) {
    const by = angle(i) - angle(i - 1) + Math.PI;
    turned += Math.abs(by - Math.floor(by / (2 * Math.PI)) * 2 * Math.PI - Math.PI);
  }
  return turned;
}

/**
 * Could these strokes, in their box, be somebody's name? A dot, a tick or a line could not. The
 * numbers are those of server/policy/rounds/strokes.py, which marks what an older app sends.
 */
export function looksSigned(strokes) {
  const lengths = strokes.map(lengthOf);
  const ink = lengths.reduce((a, b) => a + b, 0);
  if (lengths.filter((one) => one >= SHORTEST_STROKE).length >= FEWEST_STROKES) {
    return ink >= LEAST_INK;
  }
  const turned = strokes.reduce((sum, stroke) => sum + turning(stroke), 0);
  return ink >= JOINED_INK && turned >= JOINED_TURNS;
}

/** Is there any ink at all, for a mark beside a witness? A touch by accident is none. */
export function isMarked(strokes) {
  return strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0) >= LEAST_MARK;
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
