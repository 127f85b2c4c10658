// What this phone knows of a station's counts: what was reported, what is usual, what looks a slip.

import { dayAfter } from './dates.js';
import { COUNT_FIELDS } from './validate.js';

// A slip of the finger adds or doubles a digit: ten times as many, or more. The busiest days that
// villages know (双十一, the weeks before 春节) bring three to four times the usual. So five times
// is asked about; a handful of parcels more is not, however few are usual.
const TIMES_THE_USUAL = 5;
const AND_MORE_BY = 20;
// Whoever has not reported three days yet has no usual; no village point begins with a thousand.
const LEAST_DAYS = 3;
const WITHOUT_USUAL = 1000;

/** The counts that hold at a station by day, {day: numbers with `id` and `waiting`}. */
export function countsByDay(station, home, mine) {
  const found = {};
  const lately = station.counts || [];
  lately.forEach((count) => {
    found[count.day_on] = Object.assign({ waiting: false }, count);
  });
  // An answer kept by an earlier version of the app knows of its own day only, and no names.
  const today = home && station.today && station.today.count;
  if (today && !found[home.today]) found[home.today] = Object.assign({ waiting: false }, today);
  mine
    .filter((item) => item.kind === 'parcel_count' && item.station_id === station.id)
    .filter((item) => item.state !== 'attention')
    .sort((a, b) => a.seq - b.seq)
    .forEach((item) => {
      found[item.day_on] = Object.assign({ waiting: true }, item.payload, { id: item.id });
    });
  return found;
}

/** The middle of a field over the days known, without `day` itself; null for too few days. */
function usual(counts, field, day) {
  const days = Object.keys(counts).filter((one) => one !== day);
  const numbers = days.map((one) => counts[one][field] || 0).sort((a, b) => a - b);
  return numbers.length < LEAST_DAYS ? null : numbers[numbers.length >> 1];
}

/** What of a day's numbers is far above this station's own usual: [{field, value, usual}]. */
export function unusualIn(value, counts) {
  return COUNT_FIELDS.map((field) => ({
    field,
    value: value[field],
    usual: usual(counts, field, value.day_on),
  })).filter((one) =>
    one.usual === null
      ? one.value >= WITHOUT_USUAL
      : one.value > one.usual * TIMES_THE_USUAL && one.value >= one.usual + AND_MORE_BY,
  );
}

/** Is there any difference between what was reported and what is now? */
export function differs(before, value) {
  const plain = (count) => {
    const brands = count.by_brand || {};
    const some = Object.keys(brands).filter((name) => brands[name]).sort();
    const numbers = COUNT_FIELDS.map((field) => count[field] || 0);
    return JSON.stringify([numbers, some.map((name) => [name, brands[name]])]);
  };
  return plain(before) !== plain(value);
}

/** The count of the day before. */
export function dayBefore(counts, day) {
  return counts[dayAfter(day, -1)] || null;
}
