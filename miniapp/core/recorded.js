// 记录 day by day: what was sent, the days between without anything, and which still take a count.

import { countsByDay } from './counts.js';
import { dayAfter } from './dates.js';
import { LONGEST_BACKLOG_DAYS } from './validate.js';
import { KEPT_WORDS } from './words/kept.js';

const isClosed = (told) => Boolean(told) && told.opening === 'closed';

/** The days on which nothing of a station's has arrived, after the first that is known of it. */
function emptyDays(own, next, today) {
  const first = own.length ? own[own.length - 1].day_on : next;
  const some = own.map((day) => day.day_on);
  const found = [];
  for (let day = dayAfter(today, -1); first && day >= first; day = dayAfter(day, -1)) {
    if (some.indexOf(day) < 0) found.push(day);
  }
  return found;
}

/**
 * What 记录 lists, newest first, from the server's days (newest first), where its next page begins
 * (null: there is none) and {stations, home, mine, today, fresh} of this phone:
 *   {day, late, waiting}  a day of which something arrived; `waiting` is its count on this phone,
 *                         or null
 *   {gaps: [{day_on, station_id, line, late}]}  days in a row of which nothing arrived
 * `late` is whether a past day's count is missing and may still be reported (补报). Before the first
 * known day of a station nothing is missed: nobody was asked yet; nor is it known what is missed
 * while the answer is not `fresh`: it may have arrived since. A day told to be closed, or whose
 * count lies refused on this phone, is not asked for again.
 */
export function recordedDays(days, next, { stations, home, mine, today, fresh }) {
  const backTo = dayAfter(today, 1 - LONGEST_BACKLOG_DAYS);
  const past = (day_on) => day_on < today && day_on >= backTo;
  const listed = [];
  stations.forEach((station) => {
    const counts = countsByDay(station, home, mine);
    const here = (day_on, kind) =>
      mine.filter((one) => one.station_id === station.id && one.day_on === day_on)
        .filter((one) => !kind || one.kind === kind);
    const closedHere = (day_on) => here(day_on, 'opening').some((one) => isClosed(one.payload));
    const late = (day_on, told) =>
      past(day_on) && !counts[day_on] && !here(day_on, 'parcel_count').length &&
      !isClosed(told) && !closedHere(day_on);
    const own = days.filter((day) => day.station_id === station.id);
    own.forEach((day) => {
      const kept = counts[day.day_on];
      const waiting = kept && kept.waiting ? kept : null;
      const lacks = !day.count && late(day.day_on, day.opening);
      listed.push({ day_on: day.day_on, station_id: station.id, day, late: lacks, waiting });
    });
    const empty = fresh ? emptyDays(own, stations.length > 1 ? null : next, today) : [];
    empty.forEach((day_on) => {
      if (counts[day_on] || here(day_on, 'parcel_count').length || closedHere(day_on)) return;
      const line = here(day_on).length ? KEPT_WORDS.noCount : KEPT_WORDS.nothingSent;
      listed.push({ day_on, station_id: station.id, line, late: late(day_on, null) });
    });
  });
  listed.sort((a, b) => (a.day_on < b.day_on ? 1 : a.day_on > b.day_on ? -1
    : a.station_id - b.station_id));
  return listed.reduce((shown, one) => {
    const { day, day_on, station_id, line, late, waiting } = one;
    const last = shown[shown.length - 1];
    if (day) shown.push({ day, late, waiting });
    else if (last && last.gaps) last.gaps.push({ day_on, station_id, line, late });
    else shown.push({ gaps: [{ day_on, station_id, line, late }] });
    return shown;
  }, []);
}
