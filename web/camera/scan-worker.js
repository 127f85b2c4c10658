// Reads all QR codes in a picture; a classic worker, which old phones know as well.
/* global QR, importScripts */

importScripts('../vendor/qr_reader.js');

const EFFORT = 4; // how many second thoughts a look may have
const LONGEST_MS = 100;

/** How light each pixel is: 0 to 255. */
function greyOf({ data, width, height }) {
  const grey = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < grey.length; i += 1, j += 4) {
    grey[i] = (data[j] * 77 + data[j + 1] * 150 + data[j + 2] * 29) >> 8;
  }
  return { grey, width, height };
}

/** Twice the size, evenly in between: a small code has too few pixels to be cut from. */
function doubled({ grey, width, height }) {
  const made = new Uint8Array(4 * width * height);
  for (let y = 0; y < 2 * height; y += 1) {
    const up = Math.max(0, (y - 1) >> 1) * width;
    const down = Math.min(height - 1, (y + 1) >> 1) * width;
    const low = y % 2 ? 1 : 3;
    for (let x = 0; x < 2 * width; x += 1) {
      const left = Math.max(0, (x - 1) >> 1);
      const right = Math.min(width - 1, (x + 1) >> 1);
      const near = x % 2 ? 1 : 3;
      const above = grey[up + left] * (4 - near) + grey[up + right] * near;
      const below = grey[down + left] * (4 - near) + grey[down + right] * near;
      made[y * 2 * width + x] = (above * (4 - low) + below * low) >> 4;
    }
  }
  return { grey: made, width: 2 * width, height: 2 * height };
}

/** Edges that a moving hand or a near lens has softened, made hard again. */
function sharpened({ grey, width, height }) {
  const made = new Uint8ClampedArray(grey);
  const far = 2 * width;
  for (let i = far; i < grey.length - far; i += 1) {
    const around = grey[i - far] + grey[i + far] + grey[i - 2] + grey[i + 2];
    made[i] = 3 * grey[i] - (around >> 1);
  }
  return { grey: made, width, height };
}

/** Each pixel against its surroundings: a faded code, or one half in shadow. */
function evened({ grey, width, height }) {
  const reach = 20;
  const columns = new Int32Array(width);
  const made = new Uint8ClampedArray(grey.length);
  for (let y = -reach; y < height + reach; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (y + reach < height) columns[x] += grey[(y + reach) * width + x];
      if (y > reach) columns[x] -= grey[(y - reach - 1) * width + x];
    }
    if (y < 0 || y >= height) continue;
    const rows = Math.min(height, y + reach + 1) - Math.max(0, y - reach);
    let sum = 0;
    for (let x = -reach; x < width; x += 1) {
      if (x + reach < width) sum += columns[x + reach];
      if (x > reach) sum -= columns[x - reach - 1];
      if (x < 0) continue;
      const wide = Math.min(width, x + reach + 1) - Math.max(0, x - reach);
      made[y * width + x] = 128 + 3 * (grey[y * width + x] - sum / (rows * wide));
    }
  }
  return { grey: made, width, height };
}

const LOOKS = {
  plain: (picture) => picture,
  fine: (picture) => sharpened(picture.width < 1000 ? doubled(picture) : picture),
  even: evened,
};
let scanner = null;

function textsIn({ grey, width, height }) {
  const size = { width, height };
  if (!scanner || scanner.opts.maxSize.width !== width || scanner.opts.maxSize.height !== height) {
    scanner = new QR.Scanner({ maxSize: size, effort: EFFORT, timeLimit: LONGEST_MS });
  }
  scanner.addImage({ data: grey, width, height }, 'I420'); // of which only the light is read
  return scanner.decode(true).filter((found) => typeof found === 'string');
}

let picture = null; // the last that came; asked about in one way after another

onmessage = ({ data }) => {
  let texts = [];
  try {
    if (data.picture) picture = greyOf(data.picture);
    texts = textsIn(LOOKS[data.look](picture));
  } catch (error) {
    texts = [];
  }
  postMessage(texts);
};
