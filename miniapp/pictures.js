// Pictures that only their own people may see, fetched with the token, two at a time.

import { picture } from './platform/wx.js';

const AT_ONCE = 2; // a village's net; records go out on it too
const known = {}; // path → file, '' while it is fetched, 'none' where it could not be
const waiting = [];
let busy = 0;

function next() {
  if (busy >= AT_ONCE || !waiting.length) return;
  const { path, redraw } = waiting.shift();
  busy += 1;
  picture(path).then((file) => {
    busy -= 1;
    known[path] = file || 'none';
    redraw();
    next();
  });
}

/**
 * A picture of the server as a file: '' while it is being fetched, 'none' where it cannot be had
 * now; `redraw` is called when that changes.
 */
export function pictureAt(path, redraw) {
  if (path in known) return known[path];
  known[path] = '';
  waiting.push({ path, redraw });
  next();
  return '';
}

/** Ask once more for what could not be had before. */
export function askAgain() {
  Object.keys(known).forEach((path) => {
    if (known[path] === 'none') delete known[path];
  });
}
