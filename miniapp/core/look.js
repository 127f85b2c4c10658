// What a phone can see of a photo's faults before it is sent: light, sharpness, moving, size.

/** Long side in pixels at which a photo is judged, as were the server's (server/media). */
export const LOOK_SIDE = 1024;

const DARK_MEAN = 35;
const DARK_BRIGHTEST = 40;
const BRIGHT_SHARE = 0.35;
const LEAST_DETAIL = 35;
const LEAST_STEEPNESS = 0.72;
const LEAST_SIDE = 960;
const BARS = 0.2;
const PHONE_SHAPE = 1.9;

const WIDE = 5;
const STEP = 40;
const LEAST_EDGES = 150;
const BEST = 100;
const WAYS = [[0, 1], [1, 0], [1, 1], [1, -1]];

/** The light of RGBA pixels, one shade of 0 to 255 each. */
export function greyOf(data) {
  const grey = new Uint8Array(data.length / 4);
  for (let i = 0, at = 0; i < grey.length; i += 1, at += 4) {
    grey[i] = (data[at] * 19595 + data[at + 1] * 38470 + data[at + 2] * 7471 + 32768) >> 16;
  }
  return grey;
}

/** Variance of the Laplacian: little where nothing is sharp. */
function detail(grey, width, height) {
  let sum = 0;
  let square = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let i = y * width + 1, end = i + width - 2; i < end; i += 1) {
      const bend = grey[i - width] + grey[i + width] + grey[i - 1] + grey[i + 1] - 4 * grey[i];
      sum += bend;
      square += bend * bend;
    }
  }
  const n = Math.max(0, width - 2) * Math.max(0, height - 2);
  return n ? square / n - (sum / n) * (sum / n) : 0;
}

/** How steep the best edges along one way are (as server/media/pictures/sharpness.py); or null. */
function steepnessAlong(grey, width, height, down, across) {
  const reach = 2 * WIDE;
  if (Math.min(width, height) <= 2 * reach) return null;
  const top = down ? reach : 0;
  const left = across ? reach : 0;
  const everyRow = down && !across ? 1 : 2;
  const everyColumn = across && !down ? 1 : 2;
  const go = down * width + across;
  const found = [];
  for (let y = top; y < height - top; y += everyRow) {
    for (let x = left; x < width - left; x += everyColumn) {
      const i = y * width + x;
      const whole = Math.abs(grey[i + WIDE * go] - grey[i - WIDE * go]);
      if (whole >= STEP) {
        const here = grey[i];
        const next = grey[i + go];
        const step = Math.abs(next - here);
        const beside = Math.max(Math.abs(grey[i + 2 * go] - next), Math.abs(here - grey[i - go]));
        if (step >= beside) found.push(step / whole);
      }
    }
  }
  if (found.length < LEAST_EDGES) return null;
  return Float32Array.from(found).sort()[found.length - BEST];
}

/** Steepness along the most and the least smeared way, [least, most]; [9, 9] when none can tell. */
export function steepness(grey, width, height) {
  const along = ([down, across]) => steepnessAlong(grey, width, height, down, across);
  const ways = WAYS.map(along).filter((one) => one !== null);
  return ways.length ? [Math.min(...ways), Math.max(...ways)] : [9, 9];
}

/** The share of the long side that is plain bars at both ends, as a screenshot of a photo has. */
function bars(grey, width, height) {
  const tall = height >= width;
  const rows = tall ? height : width;
  const columns = tall ? width : height;
  const varied = (row) => {
    let sum = 0;
    let square = 0;
    for (let c = 0; c < columns; c += 1) {
      const shade = tall ? grey[row * width + c] : grey[c * width + row];
      sum += shade;
      square += shade * shade;
    }
    return square / columns - (sum / columns) * (sum / columns) >= 4;
  };
  let first = 0;
  while (first < rows && !varied(first)) first += 1;
  let last = rows - 1;
  while (last > first && !varied(last)) last -= 1;
  return first === rows ? 0 : (rows - (last - first + 1)) / rows;
}

/**
 * What is wrong with a picture of RGBA pixels, its long side LOOK_SIDE at most: {dark, bright,
 * blurred, moved, small, screenshot}. `longSide` is that of the photo as taken; `known` says
 * whether a camera's name stands in it (`camera`) and whether it is a PNG (`png`). Hints, no
 * verdicts.
 */
export function faultsOf({ data, width, height }, longSide, known) {
  const grey = greyOf(data);
  const shades = new Uint32Array(256);
  let sum = 0;
  for (let i = 0; i < grey.length; i += 1) {
    shades[grey[i]] += 1;
    sum += grey[i];
  }
  const upTo = (shade) =>
    shades.subarray(0, shade + 1).reduce((all, n) => all + n, 0) / grey.length;
  const dark = sum / grey.length < DARK_MEAN || upTo(DARK_BRIGHTEST - 1) >= 0.95;
  const [least, most] = steepness(grey, width, height);
  const sharp = detail(grey, width, height) >= LEAST_DETAIL;
  const narrow = Math.max(width, height) >= PHONE_SHAPE * Math.min(width, height);
  const phoneShaped = !known.camera && narrow;
  const screenshot = phoneShaped && (known.png || bars(grey, width, height) >= BARS);
  const clear = !dark && !screenshot; // else the light or the bars are what is wrong
  // Smeared one way and sharp another is a hand that moved; smeared every way is out of focus.
  const moved = least < LEAST_STEEPNESS && most >= LEAST_STEEPNESS && sharp;
  const blurred = !moved && (!sharp || least < LEAST_STEEPNESS);
  return {
    dark,
    bright: 1 - upTo(250) > BRIGHT_SHARE,
    blurred: clear && blurred,
    moved: clear && moved,
    small: longSide < LEAST_SIDE,
    screenshot,
  };
}
