// Tells a photo of a screen by the lattice of its lights; see server/media/pictures/screens.py.

const WINDOW = 64;
const HALF = WINDOW / 2;
const FINEST = 0.62;
const COARSEST = 0.26;
const DARKEST = 30;
const LIGHTEST = 250;
const STANDS_OUT = 6;
const DRIFT = 4;
const BUSY = 12;
const SHARE = 0.1;
const SHARE_OF_BUSY = 0.2;
const LEAST_BUSY = 5;
const CONTRAST = 1.5;
const SHARE_OF_ALL = 0.7;
const CONTRAST_OF_ALL = 6;

const turns = Array.from({ length: WINDOW }, (_, i) => (2 * Math.PI * i) / WINDOW);
const COS = Float32Array.from(turns, Math.cos);
const SIN = Float32Array.from(turns, Math.sin);
const BELL = Float32Array.from(turns, (turn) => 0.5 - 0.5 * Math.cos(turn));
const BELL_SUM = HALF * HALF;
const REVERSED = Uint8Array.from(turns, (_, i) => {
  const bits = i.toString(2).padStart(6, '0');
  return parseInt(bits.split('').reverse().join(''), 2);
});
const around = [];
const beside = [];
for (let y = -5; y <= 5; y += 1) {
  for (let x = -5; x <= 5; x += 1) {
    const away = Math.max(Math.abs(y), Math.abs(x));
    if (away >= 3) around.push([y, x]);
    if (away <= 1) beside.push([y, x]);
  }
}

/** Where the windows lie along one side: so many, from edge to edge. */
function starts(side, count) {
  return Array.from({ length: count }, (_, i) => Math.floor(((side - WINDOW) * i) / (count - 1)));
}

/** {size, rows, columns, tops, lefts} of the windows to look through; null for a small picture. */
export function windowsOf(width, height) {
  if (Math.min(width, height) < WINDOW) return null;
  const [rows, columns] = height > width ? [12, 9] : [9, 12];
  return { size: WINDOW, rows, columns, tops: starts(height, rows), lefts: starts(width, columns) };
}

/** The Fourier transform of 64 complex numbers, in place, from `at` on, `step` apart. */
function transform(real, imaginary, at, step) {
  for (let i = 0; i < WINDOW; i += 1) {
    const j = REVERSED[i];
    if (j > i) {
      const a = at + i * step;
      const b = at + j * step;
      const r = real[a];
      const m = imaginary[a];
      real[a] = real[b];
      imaginary[a] = imaginary[b];
      real[b] = r;
      imaginary[b] = m;
    }
  }
  for (let half = 1; half < WINDOW; half *= 2) {
    const skip = HALF / half;
    for (let k = 0; k < half; k += 1) {
      const c = COS[k * skip];
      const s = -SIN[k * skip];
      for (let i = k; i < WINDOW; i += 2 * half) {
        const a = at + i * step;
        const b = a + half * step;
        const r = real[b] * c - imaginary[b] * s;
        const m = real[b] * s + imaginary[b] * c;
        real[b] = real[a] - r;
        imaginary[b] = imaginary[a] - m;
        real[a] += r;
        imaginary[a] += m;
      }
    }
  }
}

const real = new Float32Array(WINDOW * WINDOW);
const imaginary = new Float32Array(WINDOW * WINDOW);
const power = new Float32Array(WINDOW * WINDOW);
const indexOf = (y, x) => ((y + 4 * WINDOW) % WINDOW) * WINDOW + ((x + 4 * WINDOW) % WINDOW);
const OPPOSITE = Uint16Array.from(power, (_, i) => indexOf(-Math.floor(i / WINDOW), -(i % WINDOW)));
const SEARCHED = [];
for (let y = -HALF; y < HALF; y += 1) {
  for (let x = 0; x <= HALF; x += 1) {
    const blocks = (x === 0 && y % 8 === 0) || (y === 0 && x % 8 === 0);
    const cycles = Math.sqrt(y * y + x * x) / WINDOW;
    if (!blocks && cycles >= COARSEST && cycles <= FINEST) SEARCHED.push([y, x, indexOf(y, x)]);
  }
}

/**
 * One window of `grey`, whose rows are `stride` long, from index `from` on: its mean goes, its
 * edges fade. Returns the mean.
 */
function lay(grey, stride, from, onto) {
  let light = 0;
  for (let y = 0; y < WINDOW; y += 1) {
    for (let x = 0; x < WINDOW; x += 1) light += grey[from + y * stride + x];
  }
  light /= WINDOW * WINDOW;
  for (let y = 0; y < WINDOW; y += 1) {
    for (let x = 0; x < WINDOW; x += 1) {
      onto[y * WINDOW + x] = (grey[from + y * stride + x] - light) * BELL[y] * BELL[x];
    }
  }
  return light;
}

/** How much light differs within a window, whatever its fine pattern: over squares of 8 by 8. */
function variety(grey, stride, from) {
  const squares = new Float32Array(64);
  for (let y = 0; y < WINDOW; y += 1) {
    for (let x = 0; x < WINDOW; x += 1) {
      squares[(y >> 3) * 8 + (x >> 3)] += grey[from + y * stride + x] / 64;
    }
  }
  const mean = squares.reduce((all, one) => all + one, 0) / 64;
  return Math.sqrt(squares.reduce((all, one) => all + (one - mean) * (one - mean), 0) / 64);
}

/** {usable, busy, lit, y, x, power} of a window whose power at each wave is known. */
function judged(light, differs) {
  const usable = light > DARKEST && light < LIGHTEST;
  const best = { usable, busy: usable && differs > BUSY, lit: false, y: 0, x: 0, power: 0 };
  for (const [y, x, i] of SEARCHED) {
    if (power[i] > best.power) {
      best.power = power[i];
      best.y = y;
      best.x = x;
    }
  }
  const nearby = (y, x) => power[indexOf(best.y + y, best.x + x)];
  const apart = around.every(([y, x]) => best.power > STANDS_OUT * (nearby(y, x) + 1));
  const at = (part, y, x) =>
    power[indexOf(Math.round(best.y / part) + y, Math.round(best.x / part) + x)];
  const coarser = ([y, x]) => [2, 3, 4].every((part) => best.power > at(part, y, x) + 1);
  best.lit = best.usable && apart && beside.every(coarser);
  return best;
}

/** Two windows at once, for one transform of complex numbers does two of plain ones. */
function judgedPair(grey, stride, first, second) {
  const lights = [lay(grey, stride, first, real), lay(grey, stride, second, imaginary)];
  for (let y = 0; y < WINDOW; y += 1) transform(real, imaginary, y * WINDOW, 1);
  for (let x = 0; x < WINDOW; x += 1) transform(real, imaginary, x, WINDOW);
  return lights.map((light, one) => {
    const sign = one ? -1 : 1;
    for (let i = 0; i < power.length; i += 1) {
      const j = OPPOSITE[i];
      const r = real[i] + sign * real[j];
      const m = imaginary[i] - sign * imaginary[j];
      power[i] = (r * r + m * m) / 4;
    }
    return judged(light, variety(grey, stride, one ? second : first));
  });
}

function near(a, b) {
  const close = (one, other) => {
    const away = Math.abs(one - other);
    return Math.min(away, WINDOW - away) <= DRIFT;
  };
  const same = () => close(a.y, b.y) && close(a.x, b.x);
  const turned = () => close(a.y, -b.y) && close(a.x, -b.x);
  return a.lit && b.lit && (same() || turned());
}

/**
 * Whether a picture looks like a photo of a screen. `grey` holds its windows only, edge to edge as
 * `windows` (see windowsOf) orders them: a mosaic of shades, so many windows wide.
 */
export function likeAScreen(grey, windows) {
  const { rows, columns } = windows;
  const stride = columns * WINDOW;
  const from = (i) => Math.floor(i / columns) * WINDOW * stride + (i % columns) * WINDOW;
  const seen = [];
  for (let i = 0; i < rows * columns; i += 2) {
    seen.push(...judgedPair(grey, stride, from(i), from(i + 1)));
  }
  const usable = seen.filter((one) => one.usable).length;
  const shared = seen.filter((one, i) => {
    const column = i % columns;
    const left = column > 0 ? i - 1 : -1;
    const right = column < columns - 1 ? i + 1 : -1;
    const beside4 = [i - columns, i + columns, left, right];
    return one.lit && beside4.some((j) => seen[j] && near(one, seen[j]));
  });
  if (!shared.length) return false;
  const share = shared.length / usable;
  const powers = Float64Array.from(shared, (one) => one.power).sort();
  const [lower, upper] = [powers[(powers.length - 1) >> 1], powers[powers.length >> 1]];
  const middle = (Math.sqrt(lower) + Math.sqrt(upper)) / 2;
  const contrast = (middle * 2) / BELL_SUM;
  const busy = seen.filter((one) => one.busy).length;
  const ofBusy = shared.filter((one) => one.busy).length;
  const onEverything = ofBusy >= LEAST_BUSY && ofBusy / busy >= SHARE_OF_BUSY;
  const onAll = share >= SHARE_OF_ALL && contrast >= CONTRAST_OF_ALL;
  return (onEverything && share >= SHARE && contrast >= CONTRAST) || onAll;
}
