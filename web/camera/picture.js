// A photo file as pixels that stand upright, on every phone; not all browsers turn photos.

// A JPEG of 2 × 1 pixels whose EXIF says that it is to be turned: who turns it makes 1 × 2 of it.
const LYING = [
  '/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAP//////////',
  '////////////////////////////////////////////////////////////////////////////wAALCAABAAIBAREA',
  '/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z',
].join('');
// How stored pixels come to stand, by EXIF orientation: six numbers of a canvas' transform, of
// which the last two count in widths and heights of the upright picture.
const TURNS = {
  2: [-1, 0, 0, 1, 1, 0],
  3: [-1, 0, 0, -1, 1, 1],
  4: [1, 0, 0, -1, 0, 1],
  5: [0, 1, 1, 0, 0, 0],
  6: [0, 1, -1, 0, 1, 0],
  7: [0, -1, -1, 0, 1, 1],
  8: [0, -1, 1, 0, 0, 1],
};

/** The bytes of a file or blob; Blob.arrayBuffer came only with Chromium 76 and Safari 14. */
export function bytesOf(blob) {
  return new Promise((give, refuse) => {
    const reader = new FileReader();
    reader.onload = () => give(reader.result);
    reader.onerror = () => refuse(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}

function asImage(blob) {
  return new Promise((give, refuse) => {
    const image = new Image();
    const url = URL.createObjectURL(blob);
    const end = (tell, value) => () => {
      URL.revokeObjectURL(url);
      tell(value);
    };
    image.onload = end(give, image);
    image.onerror = end(refuse, new Error('no picture'));
    image.src = url;
  });
}

/** The ways in which this browser or worker decodes pictures; iPhones before 15 have no bitmaps. */
const WAYS = [];
if (typeof createImageBitmap === 'function') {
  WAYS.push({ decode: (blob) => createImageBitmap(blob), turns: null });
}
if (typeof Image === 'function') WAYS.push({ decode: asImage, turns: null });

/** Whether a way of decoding turns pictures as their EXIF says; asked once, of one that we know. */
function turns(way) {
  if (!way.turns) {
    const bytes = Uint8Array.from(atob(LYING), (letter) => letter.charCodeAt(0));
    const known = new Blob([bytes], { type: 'image/jpeg' });
    way.turns = way.decode(known).then(({ width, height }) => height > width);
  }
  return way.turns;
}

export function canvasOf(width, height) {
  if (typeof OffscreenCanvas === 'function') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

/**
 * A photo, decoded: {source, width, height, draw, close}; width and height are those of the
 * upright picture, `source` may lie; `draw(longSide)` gives an upright canvas. `orientation` is
 * what its EXIF says. Rejects when it is no picture.
 */
export async function openPicture(file, orientation) {
  let failed = new Error('no way to decode pictures');
  for (const way of WAYS) {
    try {
      const source = await way.decode(file);
      const turn = TURNS[orientation] && !(await turns(way)) ? TURNS[orientation] : null;
      return pictureOf(source, turn);
    } catch (error) {
      failed = error;
    }
  }
  throw failed;
}

/** `source` on a canvas of its own, the long side of `width` × `height` at most so many pixels. */
export function drawn(source, width, height, longSide, turn) {
  const k = Math.min(1, longSide / Math.max(width, height));
  const canvas = canvasOf(Math.round(width * k), Math.round(height * k));
  const pen = canvas.getContext('2d', { alpha: false });
  pen.imageSmoothingQuality = 'high';
  if (turn) {
    const [a, b, c, d, widths, heights] = turn;
    pen.setTransform(a, b, c, d, widths * canvas.width, heights * canvas.height);
  }
  const sides = [canvas.width, canvas.height];
  const [across, down] = lies(turn) ? sides.reverse() : sides;
  pen.drawImage(source, 0, 0, across, down);
  return canvas;
}

const lies = (turn) => Boolean(turn) && turn[0] === 0;

function pictureOf(source, turn) {
  const width = lies(turn) ? source.height : source.width;
  const height = lies(turn) ? source.width : source.height;
  const draw = (longSide) => drawn(source, width, height, longSide, turn);
  return { source, width, height, draw, close: () => source.close && source.close() };
}
