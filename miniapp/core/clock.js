// What time it is by the server, on a phone whose own clock may be wrong or be set meanwhile.

import { beijingDay, dayAfter, daysBetween, readMoment } from './dates.js';

const DAY = 86400000;
const SLACK = 300000; // five minutes, as the server allows
const LONGEST_REST = 60 * DAY; // a phone unheard for longer is asked whether its date is right

/**
 * What one answer teaches: the server said `server_ms` between sending and receiving. `run` and
 * `steady_ms` (which nobody can set, within one run) show later whether the phone's clock moved.
 */
export function learnClock(phone, serverMs, sentSteadyMs) {
  const steady = phone.steady();
  const atServer = serverMs + (steady - sentSteadyMs) / 2;
  return {
    offset_ms: Math.round(atServer - phone.now()),
    server_ms: Math.round(atServer),
    steady_ms: steady,
    run: phone.run,
  };
}

/**
 * The clock as this run may trust it. In a new run the phone's may have been set: the relation seen
 * last stands if it makes sense (not before the last record, not months after it), else the one
 * the server taught; from then on the run's own steady clock holds.
 */
export function clockOfRun(phone, clock) {
  if (!clock || clock.run === phone.run) return clock;
  const seen = clock.seen || { offset_ms: clock.offset_ms, at_ms: clock.server_ms };
  const since = phone.now() + seen.offset_ms - seen.at_ms;
  const offset_ms = since > -SLACK && since < LONGEST_REST ? seen.offset_ms : clock.offset_ms;
  const heard_ms = clock.heard_ms || clock.server_ms;
  const server_ms = Math.round(phone.now() + offset_ms);
  return { offset_ms, server_ms, steady_ms: phone.steady(), run: phone.run, seen, heard_ms };
}

/** The clock with what a record made now shows of it, for the next run. */
export function clockSeen(phone, clock) {
  const here = clockOfRun(phone, clock);
  if (!here) return here;
  const offset_ms = offsetNow(phone, here);
  return Object.assign({}, here, { seen: { offset_ms, at_ms: phone.now() + offset_ms } });
}

/** Has this run heard the server's clock itself? */
export function heardInRun(phone, clock) {
  return Boolean(clock) && clock.run === phone.run && !clock.heard_ms;
}

/** How far the server's clock is ahead of the phone's now, in ms; null when never learnt. */
export function offsetNow(phone, known) {
  const clock = clockOfRun(phone, known);
  if (!clock) return null;
  return Math.round(clock.server_ms + (phone.steady() - clock.steady_ms) - phone.now());
}

/** Did the server speak in this run? Else the phone's clock may have been set and set back. */
export function heldAtKeeping(phone, clock) {
  return phone.holds !== false && heardInRun(phone, clock);
}

/** May the server believe when this was made: heard before, or sent in the run that made it? */
export function heldNow(phone, item) {
  if (item.clock_held) return true;
  if (phone.holds === false || !item.run || item.run !== phone.run) return false;
  const byWall = phone.now() - readMoment(item.device_at);
  return Math.abs(byWall - (phone.steady() - item.steady_ms)) <= SLACK;
}

/** The best guess of the moment, in ms: the phone's clock, corrected where we know better. */
export function trueNow(phone, clock) {
  return phone.now() + (offsetNow(phone, clock) || 0);
}

/** Does the phone's calendar look wrong? Behind what we heard last, or far ahead of it. */
export function clockDoubted(phone, clock) {
  if (!clock || heardInRun(phone, clock)) return false;
  const since = trueNow(phone, clock) - (clock.heard_ms || clock.server_ms);
  return since < -SLACK || since > LONGEST_REST;
}

function at(item, offset) {
  return readMoment(item.device_at) + (offset || 0);
}

/** One record moved to where it belongs; a count made by that calendar goes with its day. */
function moved(item, offset) {
  const from = beijingDay(at(item, item.clock_offset_ms));
  const until = beijingDay(at(item, offset));
  const day = item.payload.day_on && dayAfter(item.payload.day_on, daysBetween(from, until));
  const change = { clock_offset_ms: offset, day_on: day || until, clock_held: false, run: null };
  if (day) change.payload = Object.assign({}, item.payload, { day_on: day });
  return Object.assign({}, item, change);
}

/** A day has one check-in and one count of a station; a second on it is a guess gone wrong. */
function sameDay(one, other) {
  const alike = one.kind === other.kind && one.station_id === other.station_id;
  return one.kind !== 'photo_note' && alike && one.day_on === other.day_on;
}

/**
 * The records among these (in the order they were made) that their own clock puts a day or more
 * after `nowMs`, moved back: the phone's calendar was ahead then. When the clock is still as wrong
 * as it was, `offsetMs` (how far the server is ahead now) tells exactly how far; when somebody has
 * set it right since, whole days are taken off, so that the last of them comes before what was
 * recorded next, and hours and the distances in days stay. The server marks either 时间未核实. No
 * server ever took a count of such a day, so changing it cannot contradict one.
 */
export function movedBack(items, nowMs, offsetMs) {
  const ahead = (item) => at(item, item.clock_offset_ms) > nowMs + DAY;
  const good = items.filter((item) => !ahead(item));
  let limit = nowMs;
  let block = [];
  let found = [];
  const settle = () => {
    if (!block.length) return;
    const last = Math.max.apply(null, block.map((item) => at(item, item.clock_offset_ms)));
    const exact = block.every((item) => at(item, offsetMs) <= limit + SLACK);
    const offsetOf = (item, days) =>
      exact ? offsetMs : (item.clock_offset_ms || 0) - days * DAY;
    const back = (days) => block.map((item) => moved(item, offsetOf(item, days)));
    const days = Math.ceil((last - limit) / DAY);
    const fits = back(days);
    const taken = fits.some((item) => good.some((one) => sameDay(item, one)));
    found = found.concat(taken ? back(days + 1) : fits);
    block = [];
  };
  items.slice().reverse().forEach((item) => {
    if (ahead(item)) block.push(item);
    else {
      settle();
      limit = Math.min(limit, at(item, item.clock_offset_ms));
    }
  });
  settle();
  return found;
}
