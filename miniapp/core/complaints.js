// What is wrong with a photo, for its keeper to hear before leaving: hints, no verdicts.

import { faultsOf, greyOf, LOOK_SIDE } from './look.js';
import { likeAScreen, windowsOf } from './screens.js';

/** Whether a picture shows a screen, seen through windows in its own size: shrinking hides it. */
function showsScreen(source, pixels) {
  const windows = windowsOf(source.width, source.height);
  if (!windows) return false;
  const { size, rows, columns, tops, lefts } = windows;
  const parts = [];
  tops.forEach((top, row) => {
    lefts.forEach((left, column) => {
      parts.push([left, top, size, size, column * size, row * size, size, size]);
    });
  });
  return likeAScreen(greyOf(pixels(source, columns * size, rows * size, parts)), windows);
}

/**
 * {dark, bright, blurred, moved, small, screenshot, screen} of a photo: `source` as it was taken,
 * `made` as it will be sent, upright, each {width, height} and whatever the phone draws from;
 * `pixels(source, width, height, parts)` gives the RGBA of so large a canvas on which parts of it
 * are drawn, each [x, y, width, height] there and the same four here. `known` is that of
 * look.js, `longSide` that of the photo as taken.
 */
export function complaintsOf(source, made, longSide, known, pixels) {
  const long = (one) => Math.max(one.width, one.height);
  const k = Math.min(1, LOOK_SIDE / long(made));
  const width = Math.round(made.width * k);
  const height = Math.round(made.height * k);
  const whole = [[0, 0, made.width, made.height, 0, 0, width, height]];
  const data = pixels(made, width, height, whole);
  const faults = faultsOf({ data, width, height }, longSide, known);
  const shows = () =>
    showsScreen(source, pixels) || (long(source) !== long(made) && showsScreen(made, pixels));
  return Object.assign(faults, { screen: !faults.screenshot && shows() });
}
