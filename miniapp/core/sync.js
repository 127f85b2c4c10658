// How the queue reaches the server: records in batches, then photos one by one, each exactly once.

import { heardInRun, learnClock, movedBack, offsetNow, trueNow } from './clock.js';
import { readMoment } from './dates.js';
import {
  nextBatch, nextPhoto, nextWithdrawal, onTheWire, photoKept, photoUnsure, refuse, refusePhoto,
  taking, toldWith, withdrawn,
} from './queue.js';

const TROUBLES = ['portal', 'busy', 'sign-in', 'not-allowed'];
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 300000;
const LONGEST_BUSY = 3600000;
const MOST_TRIES = 4;
const PHOTOS_WAIT_S = 300;
const LATER_S = 3600;

/** One of ours: problem+json with a stable code. A hotel's sign-in page has none. */
function isProblem(body) {
  return Boolean(body) && typeof body === 'object' && typeof body.code === 'string';
}

/** Raised inside a run to end it; `outcome` says why, `message` in the server's own sentence. */
class Stop {
  constructor(outcome, retryAfterS, message) {
    this.outcome = outcome;
    this.retry_after_s = retryAfterS || 0;
    this.message = message || '';
  }
}

/** How long to wait after so many failures in a row, in ms: doubling, capped, never in step. */
export function backoff(failures, random) {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * Math.pow(2, Math.min(failures, 16) - 1));
  return Math.round(longest * (0.5 + random / 2));
}

/** How long the next run has to wait, in ms. By hand one may skip our backoff, not the server's. */
export function waitLeft(meta, nowMs, byHand) {
  const busy = (meta.busy_until || 0) - nowMs;
  const own = byHand ? 0 : (meta.retry_at || 0) - nowMs;
  // A wait longer than we ever set means that the phone's clock was moved: do not obey it.
  return Math.max(0, busy <= LONGEST_BUSY ? busy : 0, own <= LONGEST_WAIT ? own : 0);
}

/** What the server says of a matter of its own, such as a full disk; '' where it is only busy. */
function ownWords(body) {
  return body.code === 'busy' ? '' : body.detail || '';
}

/** Ask, and turn what is no answer of ours into the end of this run. */
async function answerTo(ask) {
  let answer;
  try {
    answer = await ask();
  } catch (error) {
    throw error instanceof Stop ? error : new Stop('offline');
  }
  const ours = isProblem(answer.body);
  if (answer.status === 401 && ours) throw new Stop('sign-in');
  if (answer.status === 403 && ours) throw new Stop('not-allowed');
  if ([408, 429, 500, 502, 503, 504, 507].indexOf(answer.status) >= 0) {
    throw new Stop('busy', answer.retry_after_s, ours ? ownWords(answer.body) : '');
  }
  if (answer.status >= 400 && ours) return { refused: answer.body, status: answer.status };
  return { status: answer.status, body: answer.body };
}

function isBatchAnswer(answer) {
  const body = answer.body;
  return (
    answer.status === 200 &&
    Boolean(body) &&
    Array.isArray(body.results) &&
    Array.isArray(body.need_photos) &&
    typeof body.server_now === 'string' &&
    readMoment(body.server_now) !== null
  );
}

/**
 * Send some records and take in the answers; returns the ids that were answered. Whose turn comes
 * later stays as it is; `putOff` hears why.
 */
async function deliver(phone, personId, batch, putOff) {
  const sent = phone.steady();
  const meta = (await phone.read()).meta;
  const answer = await answerTo(() =>
    phone.postJson('/sync', {
      device_id: meta.device_id,
      client_now: new Date(phone.now()).toISOString(),
      items: batch.map((one) => onTheWire(phone, one)),
    }),
  );
  if (answer.refused) {
    if (answer.status === 404) throw new Stop('busy');
    return separately(phone, personId, batch, answer.refused, putOff);
  }
  if (!isBatchAnswer(answer)) throw new Stop('portal');
  const body = answer.body;
  const clock = learnClock(phone, readMoment(body.server_now), sent);
  const known = body.results.filter(
    (one) => one && ['ok', 'same', 'merged', 'conflict', 'invalid'].indexOf(one.result) >= 0,
  );
  const later = body.results.filter((one) => one && one.result === 'later')[0];
  if (later && later.code === 'record-of-another') throw new Stop('changed');
  if (later) putOff.records = later.message || '';
  const take = taking(known, body.need_photos, personId);
  await phone.change((now, items) => {
    const told = toldWith(now.told, known, batch);
    return Object.assign({ meta: Object.assign({}, now, { clock, told }) }, take(now, items));
  });
  return known.map((one) => one.id);
}

/** The whole batch was refused: one bad record must not hold up the others. */
async function separately(phone, personId, batch, problem, putOff) {
  if (batch.length === 1) {
    const { code, detail, fields } = problem;
    const why = { result: 'invalid', code, message: detail, fields };
    await phone.change(refuse(batch[0].id, why));
    return [batch[0].id];
  }
  let answered = [];
  for (const item of batch) {
    answered = answered.concat(await deliver(phone, personId, [item], putOff));
  }
  return answered;
}

/** Send one photo; the phone lets go of it only when its own sha256 comes back. */
async function deliverPhoto(phone, item, photo) {
  const bytes = await phone.photo(photo.id);
  if (!bytes) {
    const message = '这张照片在手机里找不到了（可能被清理过）。请重新拍一张。';
    await phone.change(refusePhoto(item.id, photo.id, 'lost', { code: 'photo-lost', message }));
    return false;
  }
  let answer;
  try {
    answer = await answerTo(() => phone.putPhoto(photo.id, bytes, photo.sha256));
  } catch (stop) {
    // Whether it arrived is not known; the next run announces it again and is told.
    if (stop.outcome === 'offline') await phone.change(photoUnsure(item.id));
    if (stop.outcome !== 'busy' || !stop.message) throw stop;
    // Only photos have to wait (the day's share is used up, a disk is full): records go on.
    const until = phone.now() + 1000 * (stop.retry_after_s || PHOTOS_WAIT_S);
    await phone.change((meta) => ({
      meta: Object.assign({}, meta, { photos_until: until, photos_why: stop.message }),
    }));
    return false;
  }
  if (answer.refused) {
    const again = ['photo-not-announced', 'hash-differs'].indexOf(answer.refused.code) >= 0;
    if (again && item.tries < MOST_TRIES) {
      await phone.change(photoUnsure(item.id));
      return false;
    }
    const problem = { code: answer.refused.code, message: answer.refused.detail };
    await phone.change(refusePhoto(item.id, photo.id, 'refused', problem));
    return false;
  }
  const right = answer.body && answer.body.sha256 === photo.sha256;
  if (!right || (answer.status !== 200 && answer.status !== 201)) throw new Stop('portal');
  await phone.change(photoKept(item.id, photo.id));
  return true;
}

/** Tell the server not to wait for a photo; whatever it answers in our words ends the matter. */
async function withdraw(phone, one) {
  const answer = await answerTo(() =>
    phone.postJson('/photos/' + one.photo_id + '/withdrawn', {
      reason: one.reason,
      code: one.code,
      note: '',
    }),
  );
  const heard = answer.refused || (answer.status === 200 && answer.body && answer.body.state);
  if (!heard) throw new Stop('portal');
  await phone.change(withdrawn([one.photo_id]));
}

/**
 * Before the first record of a run: the clock was last compared in an earlier run, and may have
 * been set since. An empty batch tells; then what a wrong calendar put into the future is moved
 * back.
 */
async function settleClock(phone, personId) {
  const { meta, items } = await phone.read();
  const waits = (one) => one.person_id === personId && one.state === 'waiting';
  const waiting = (all) => all.filter(waits).sort((a, b) => a.seq - b.seq);
  if (!waiting(items).length) return;
  if (meta.clock && !heardInRun(phone, meta.clock)) await deliver(phone, personId, [], {});
  const { clock } = (await phone.read()).meta;
  const offset = () => offsetNow(phone, clock) || 0;
  const back = (all) => movedBack(waiting(all), trueNow(phone, clock), offset());
  if (back(items).length) await phone.change((now, all) => ({ put: back(all) }));
}

/** How long photos still have to wait, in ms, because the server said so; else 0. */
function photosWait(phone, meta) {
  const left = (meta.photos_until || 0) - phone.now();
  return left > 0 && left <= LONGEST_BUSY ? left : 0;
}

/** Records first (small, and the server then knows which photos to expect), photos after. */
async function everything(phone, personId, count) {
  const silent = [];
  const putOff = { records: '' };
  await settleClock(phone, personId);
  for (;;) {
    const { items, meta } = await phone.read();
    const batch = nextBatch(phone, items, personId, silent);
    if (batch.length) {
      const answered = await deliver(phone, personId, batch, putOff);
      count.records += answered.length;
      batch.forEach((item) => {
        if (answered.indexOf(item.id) < 0) silent.push(item.id);
      });
    } else {
      const next = photosWait(phone, meta) ? null : nextPhoto(items, personId);
      const done = next ? null : nextWithdrawal(meta, personId);
      if (!next && !done) break;
      if (done) await withdraw(phone, done);
      else if (await deliverPhoto(phone, next.item, next.photo)) count.photos += 1;
    }
  }
  if (silent.length) throw new Stop('busy', putOff.records ? LATER_S : 0, putOff.records);
}

/**
 * The phone for as long as it is in the same hands: who signs in while a run is under way would
 * otherwise send the rest of it under the own name.
 */
function whileTheirs(phone, isTheirs) {
  const asks = (name) => (...told) =>
    isTheirs() ? phone[name](...told) : Promise.reject(new Stop('changed'));
  return Object.assign({}, phone, { postJson: asks('postJson'), putPhoto: asks('putPhoto') });
}

async function run(phone, personId, byHand) {
  const count = { records: 0, photos: 0 };
  const before = await phone.read();
  const wait = waitLeft(before.meta, phone.now(), byHand);
  if (wait > 0) return { outcome: 'later', wait_ms: wait, count };
  let stop = null;
  try {
    await everything(phone, personId, count);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    stop = error;
  }
  const asks = stop && ['sign-in', 'not-allowed', 'changed'].indexOf(stop.outcome) >= 0;
  const meta = await phone.change((now) => {
    // By hand, or because the net is back: waiting begins anew, for the net may take a moment more.
    const before = byHand || count.records + count.photos ? 0 : now.failures || 0;
    const failures = stop && !asks ? before + 1 : 0;
    const busy = stop ? Math.min(stop.retry_after_s * 1000, LONGEST_BUSY) : 0;
    const at = phone.now();
    const next = Object.assign({}, now, {
      failures,
      retry_at: failures ? at + backoff(failures, phone.random()) : 0,
      busy_until: busy ? at + busy : 0,
    });
    return { meta: next, result: next };
  });
  const wait_ms = asks ? 0 : waitLeft(meta, phone.now(), false);
  if (!stop && photosWait(phone, meta) && nextPhoto((await phone.read()).items, personId)) {
    return { outcome: 'busy', message: meta.photos_why, wait_ms: photosWait(phone, meta), count };
  }
  const outcome = stop ? stop.outcome : count.records + count.photos ? 'done' : 'nothing';
  return { outcome, message: stop ? stop.message : '', wait_ms, count };
}

/**
 * Send what this person's queue holds, unless another tab is at it.
 *
 * Resolves to {outcome, message, wait_ms, count: {records, photos}}; `message` is what the server
 * says of it in its own words, if anything; outcome is one of
 *   done, nothing     all that could go has gone
 *   offline           no answer            portal     somebody else answered (a sign-in page)
 *   busy              the server asks for patience, for all or for photos alone
 *   later             too early after the last failure; `wait_ms` says how long still
 *   sign-in           bind the phone anew; the queue stays     not-allowed  the same, other reason
 *   elsewhere         another tab is sending
 *   changed           somebody else has this phone by now (`isTheirs` says no); the queue stays
 */
export async function sync(phone, personId, byHand, isTheirs) {
  const theirs = isTheirs ? whileTheirs(phone, isTheirs) : phone;
  const done = await phone.alone(() => run(theirs, personId, byHand));
  return done || { outcome: 'elsewhere', wait_ms: 0, count: { records: 0, photos: 0 } };
}

/**
 * A function send(byHand) for the app's state, whose cells and ways are given; `later(work, ms)`
 * gives a function that calls it off. `byHand` skips our own waiting, never the server's.
 */
export function makeSender(state) {
  const { phone, session, sending, connected, trouble, troubleSaid } = state;
  let callOff = () => {};
  let askedMeanwhile = false;

  function say({ outcome, message }) {
    if (outcome === 'offline') connected.value = false;
    if (['done', 'portal', 'busy'].indexOf(outcome) >= 0) connected.value = true;
    const askedToSignIn = trouble.value === 'sign-in' && outcome === 'nothing';
    if (outcome === 'later' || outcome === 'elsewhere' || askedToSignIn) return;
    trouble.value = TROUBLES.indexOf(outcome) >= 0 ? outcome : '';
    troubleSaid.value = message || '';
  }

  async function send(byHand, again) {
    if (!session.value) return undefined;
    if (sending.value) {
      // The net may be back while a try of before is still failing: then another follows at once.
      askedMeanwhile = askedMeanwhile || byHand;
      return undefined;
    }
    sending.value = true;
    const personId = session.value.person.id;
    const isTheirs = () => Boolean(session.value) && session.value.person.id === personId;
    let said;
    try {
      said = await sync(phone, personId, byHand, isTheirs);
    } finally {
      sending.value = false;
      await state.readQueue();
    }
    if (!isTheirs()) return send(true); // how the other's sending ended is not said to this one
    if (said.outcome === 'sign-in' && !again && (await state.returned())) return send(byHand, true);
    say(said);
    callOff();
    const anew = askedMeanwhile;
    askedMeanwhile = false;
    if (said.wait_ms && anew) return send(true);
    if (said.wait_ms) callOff = state.later(() => send(false), said.wait_ms + 50);
    if (said.outcome === 'done') await state.readNews();
    return undefined;
  }

  return send;
}
