// A keeper's day: what the server last said is to do, and what this phone has done since.

import { DAY_WORDS } from './words/day.js';
import { subjectLabel } from './words.js';
import { beijingTime, readMoment } from './dates.js';
import { happenedAt } from './queue.js';

/** Unsent records of this station, of one kind. */
function unsent(mine, station, kind) {
  return mine.filter(
    (item) => item.station_id === station.id && item.kind === kind && item.state !== 'attention',
  );
}

/** How a thing to mend stands: open, returned, answered, or on this phone: waiting, attention. */
function standing(mine, task) {
  const ofTask = (item) =>
    item.kind === 'rectification' && item.payload.rectification_id === task.rectification_id;
  const here = mine.filter(ofTask)[0];
  if (here) return here.state === 'attention' ? 'attention' : 'waiting';
  return task.done ? 'answered' : task.state || 'open';
}

/**
 * What the keeper told of today's opening, {opening, at_ms, waiting}; null when nothing holds: the
 * latest word does, until it is taken back or somebody checks in after it.
 */
function told(known, mine, checkIn) {
  const here = mine.sort((a, b) => b.seq - a.seq)[0];
  const heard = known.opening;
  const last = here
    ? { opening: here.payload.opening, at_ms: happenedAt(here), waiting: true }
    : heard && { opening: heard.opening, at_ms: readMoment(heard.at), waiting: false };
  if (!last || last.opening === 'usual' || (checkIn && checkIn.at_ms > last.at_ms)) return null;
  return last;
}

/** Today's unsent check-in, first one that needs no second look; null for none. */
function checkInOf(items) {
  const isNew = (item) => Boolean(item.payload.new_plate);
  const item = items.filter((one) => !isNew(one))[0] || items[0];
  return item ? { at_ms: happenedAt(item), waiting: true, new_plate: isNew(item) } : null;
}

/** Of the tasks that ask for a photo, the first for each subject that was not taken since. */
function firstOfEach(tasks, taken) {
  const seen = [];
  return tasks.filter((task) => {
    const first = seen.indexOf(task.subject) < 0 && taken.indexOf(task.subject) < 0;
    seen.push(task.subject);
    return first;
  });
}

/**
 * A station's day, from the home answer as last heard (null: never), this person's unsent records
 * and today's Beijing day:
 *   checkIn    null, or {at_ms, waiting,      count     null, or the numbers with `waiting`
 *              new_plate}: true while a plate that the phone does not know waits to be looked at
 *   told       null, or what today's opening is said to be: {opening: closed or early, at_ms,
 *              waiting}
 *   photos     tasks that ask for a picture  better    pictures that could not be made out
 *   asked      photos drawn by lot for today confirm   inspections that wait for a yes or no
 *   questions  of the county, not answered   mends     what inspections asked to be mended, each
 *   failings   of the standard, which no     with `standing`: open, returned, answered, or on this
 *              inspection asked to be mended phone waiting, attention
 */
export function dayOf(station, home, mine, today) {
  const todo = station.todo || [];
  const ofKind = (kind) => todo.filter((task) => task.kind === kind);
  const sameDay = Boolean(home) && home.today === today;
  const known = sameDay && station.today ? station.today : { check_in: null, count: null };
  const ofToday = (kind) => unsent(mine, station, kind).filter((one) => one.day_on === today)[0];
  const checkIns = unsent(mine, station, 'check_in').filter((one) => one.day_on === today);
  const checkIn = checkInOf(checkIns);
  const counted = ofToday('parcel_count');
  const taken = [].concat.apply(
    [],
    unsent(mine, station, 'photo_note').map((item) => item.photos.map((photo) => photo.subject)),
  );
  const notTaken = (task) => !task.done && taken.indexOf(task.subject) < 0;
  const answered = unsent(mine, station, 'answer').map((item) => item.payload.signal_id);
  const wantsPhoto = (task) =>
    task.subject && !task.done && !task.rectification_id && task.kind !== 'better_photo';
  const mends = ofKind('mend').filter((task) => task.rectification_id);
  const unasked = ofKind('mend').map((task) => task.key);
  const seenAt = known.check_in && { at_ms: readMoment(known.check_in.at), waiting: false };
  const inNow = checkIn && !(checkIn.new_plate && seenAt) ? checkIn : seenAt;
  const openings = unsent(mine, station, 'opening').filter((one) => one.day_on === today);
  return {
    checkIn: inNow,
    told: told(known, openings, inNow),
    count: counted ? Object.assign({ waiting: true }, counted.payload) : known.count,
    photos: firstOfEach(todo.filter(wantsPhoto), taken),
    asked: sameDay ? ofKind('asked_photo').filter(notTaken) : [],
    better: ofKind('better_photo').filter(notTaken),
    confirm: ofKind('confirm').filter((task) => !task.done),
    questions: ofKind('question').filter(
      (task) => !task.done && answered.indexOf(task.signal_id) < 0,
    ),
    mends: mends.map((task) => Object.assign({}, task, { standing: standing(mine, task) })),
    failings: (station.fails || []).filter(
      (one) => !mends.length || unasked.indexOf('mend:' + one.code) >= 0,
    ),
  };
}

const STILL_TO_MEND = ['open', 'returned', 'attention'];

/** What inspections left to mend in one line, the most pressing; null when there is nothing. */
function mendLine(day, today) {
  const open = day.mends.filter((task) => STILL_TO_MEND.indexOf(task.standing) >= 0);
  const first = open[0];
  if (!day.mends.length) return null;
  const pressing = () =>
    first.returned_because ? DAY_WORDS.someReturned : DAY_WORDS.mostPressing(first.due_on, today);
  return {
    kind: 'mends',
    title: DAY_WORDS.mends(open.length),
    line: first ? pressing() : DAY_WORDS.mendsSent,
    path: open.length === 1 ? 'mend/' + first.rectification_id : 'mend',
    done: !open.length,
    button: DAY_WORDS.goMend,
  };
}

function saidOfCheckIn({ at_ms, waiting, new_plate }) {
  const time = beijingTime(at_ms);
  return new_plate ? DAY_WORDS.newPlate(time) : DAY_WORDS.checkedIn(time, waiting);
}

/**
 * The day as a list of {key, kind, title, line, path, done, aside, button}: `path` names the
 * screen, `button` says how to begin, `aside` is what nobody has to do today. `heard` is whether
 * the server has ever said what to photograph.
 */
export function thingsToDo(day, today, heard) {
  const { checkIn, count, photos } = day;
  const closed = Boolean(day.told) && day.told.opening === 'closed';
  const left = photos.length;
  const fails = day.failings;
  const first = fails[0];
  const photosLine = left ? DAY_WORDS.photosLeft(left) : DAY_WORDS.photosDone;
  const every = (list, thing) => list.map((task) => Object.assign({ key: task.key }, thing(task)));
  const mends = mendLine(day, today);
  return [].concat(
    {
      kind: 'check_in',
      title: DAY_WORDS.checkIn,
      line: checkIn
        ? saidOfCheckIn(checkIn)
        : closed ? DAY_WORDS.closedToday : DAY_WORDS.notCheckedIn,
      path: 'check-in',
      done: (checkIn && !checkIn.new_plate) || closed,
      button: DAY_WORDS.scanToCheckIn,
    },
    every(day.confirm, (task) => ({
      kind: 'confirm',
      title: DAY_WORDS.confirm,
      line: DAY_WORDS.lookAndAgree,
      path: 'inspection/' + task.inspection_id,
      button: DAY_WORDS.readResult,
    })).reverse(),
    {
      kind: 'photos',
      title: DAY_WORDS.takePhotos,
      line: heard ? photosLine : DAY_WORDS.photosUnknown,
      path: 'photo',
      done: heard && !left,
      button: DAY_WORDS.goTakePhotos,
    },
    {
      kind: 'count',
      title: DAY_WORDS.reportCounts,
      line: count
        ? DAY_WORDS.counted(count)
        : closed ? DAY_WORDS.closedToday : DAY_WORDS.notCounted,
      path: 'count',
      done: Boolean(count) || closed,
      button: DAY_WORDS.reportToday,
    },
    every(day.asked, (task) => ({
      kind: 'asked_photo',
      title: DAY_WORDS.askedPhoto(subjectLabel(task.subject)),
      line: DAY_WORDS.drawnByLot,
      path: 'photo/' + task.subject,
      button: DAY_WORDS.takeOf(subjectLabel(task.subject)),
    })),
    every(day.better, (task) => ({
      kind: 'better_photo',
      title: DAY_WORDS.betterPhoto(subjectLabel(task.subject)),
      line: task.why,
      path: 'photo/' + task.subject,
      button: DAY_WORDS.takeAgain,
    })),
    every(day.questions, (task) => ({
      kind: 'question',
      title: DAY_WORDS.pleaseExplain,
      line: DAY_WORDS.justAsking,
      path: 'question/' + task.signal_id,
      aside: true,
    })),
    mends || [],
    first
      ? {
          kind: 'failings',
          title: DAY_WORDS.failings(fails.length),
          line: fails.length > 1 ? DAY_WORDS.andOthers(first.title) : first.title,
          path: 'station',
          aside: true,
        }
      : [],
  ).map((thing) => Object.assign({ key: thing.kind }, thing));
}
