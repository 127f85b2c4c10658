// 整改 in words: what has to be mended by when, and how that stands on this phone.

import { mendByAndLeft } from './deadlines.js';
import { DAY_WORDS } from './words/day.js';

/** Has this thing's photo been handed in, or does it wait here? */
export const isSent = (task) => ['answered', 'waiting'].indexOf(task.standing) >= 0;

/** By when, and how long that is. */
export const deadlineOf = (task, today) => mendByAndLeft(task.due_on, today);

/** How it stands, or by when. */
export function howItStands(task, today) {
  return DAY_WORDS.mend[task.standing] || deadlineOf(task, today);
}

/** A photo of this very thing that the server did not take; or undefined. */
export function refusedMend(mine, id) {
  const isThis = (item) => item.payload.rectification_id === id && item.state === 'attention';
  return mine.filter(isThis)[0];
}
