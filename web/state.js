// What the app knows right now, as signals, and the few things it can do; screens only show it.

import { computed, signal } from './vendor/signals.mjs';
import { clockDoubted, clockOfRun, learnClock, trueNow } from './core/clock.js';
import { beijingDay, readMoment } from './core/dates.js';
import { daysWaiting, keep, summary } from './core/queue.js';
import { sync } from './core/sync.js';
import { BIND_WORDS, WORDS } from './core/words.js';
import * as net from './platform/net.js';
import { deviceLabel, online, phone } from './platform/phone.js';
import * as storage from './platform/storage.js';

export { phone };
export const route = signal('');
export const session = signal(undefined); // undefined: not read yet; null: nobody signed in
export const home = signal(null);
export const rounds = signal(null); // an inspector's open rounds, as last heard
export const told = signal([]); // what the server said about records it took, not read yet
export const queue = signal(null); // null: not counted yet, so nobody may say "all sent"
export const clock = signal(null);
export const connected = signal(online());
export const sending = signal(false);
export const troubleSaid = signal(''); // what the server says of it in a sentence, if anything
export const trouble = signal(''); // a word about the last try to send: portal, busy, sign-in …
export const keepsThings = signal(true);
export const welcome = signal(null); // whom this phone has just been given to, until it was read
export const stationId = signal(null);
export const textSize = signal('normal');
export const tick = signal(0); // goes up each minute, so that a screen left open sees midnight

const ROUNDS = '/rounds/mine';
const TROUBLES = ['portal', 'busy', 'sign-in', 'not-allowed'];
let timer = null;

/** How many open rounds there are for the person signed in. */
export const inRound = computed(() => Boolean(rounds.value && rounds.value.campaigns.length));

export const count = computed(() =>
  session.value ? summary(queue.value, session.value.person.id) : null,
);

/** This person's unsent records, newest first. */
export const mine = computed(() =>
  (queue.value && session.value ? queue.value : [])
    .filter((item) => item.person_id === session.value.person.id)
    .sort((a, b) => b.seq - a.seq),
);

export function nowMs() {
  return trueNow(phone, clock.value);
}

/** Today in Beijing, by the best clock we have. */
export const today = computed(() => {
  tick.value;
  return beijingDay(nowMs());
});

/** For how many days the oldest record has been waiting. */
export const daysLate = computed(() => {
  tick.value;
  return daysWaiting(count.value, nowMs());
});

/** Does the phone's date look wrong? Only until the net has told the time. */
export const doubtful = computed(() => {
  tick.value;
  return clockDoubted(phone, clock.value);
});

/** The stations this keeper keeps, as last heard. */
export const stations = computed(() => {
  if (home.value) return home.value.stations;
  return session.value ? session.value.stations || [] : [];
});

/** The station the screens are about. */
export const station = computed(() => {
  const chosen = stations.value.filter((one) => one.id === stationId.value)[0];
  return chosen || stations.value[0] || null;
});

export function go(path) {
  location.hash = '#/' + path;
}

// The addresses of this run in the phone's history, and which of them is shown: 返回 goes back in it
// and adds nothing, so that the phone's own back leaves the app where one expects it to.
let trail = [];
let at = 0;

/** Take in which address is shown now: one gone to, or one gone back to. */
export function readAddress() {
  const path = location.hash.replace(/^#\/?/, '');
  const known = history.state && history.state.trail;
  if (known) {
    trail = known;
    at = known.length - 1;
  } else {
    trail = trail.slice(0, at + 1).concat([path]);
    at = trail.length - 1;
    history.replaceState({ trail }, '');
  }
  route.value = path;
}

/** The same screen about something else: it takes the place of this one in the phone's history. */
export function turnTo(path) {
  trail = trail.slice(0, at).concat([path]);
  history.replaceState({ trail }, '', '#/' + path);
  route.value = path;
}

/**
 * Back to a screen: by the phone's history where one came from there, else in this one's place.
 *
 * The same address opened once more (a link from outside) is a step of which no browser tells: it
 * carries no trail, and counting steps from it would lead to itself.
 */
export function goBack(path) {
  const before = trail.lastIndexOf(path, at - 1);
  if (history.state && history.state.trail && at > 0 && before >= 0) history.go(before - at);
  else turnTo(path);
}

/** What this phone knows whoever is signed in. */
export const jottedHere = (key) => storage.jotted(key);

/** Keep what is being typed, for the person signed in only; null forgets it. */
export function jot(key, value) {
  storage.jot(session.value.person.id + ':' + key, value);
}

/** What was being typed, or null. */
export function jotted(key) {
  return storage.jotted(session.value.person.id + ':' + key);
}

async function readQueue() {
  const now = await phone.read();
  clock.value = now.meta.clock || clock.value;
  const before = queue.value || [];
  queue.value = now.items;
  told.value = now.meta.told || [];
  if (home.value && before.length) await countAsDone(before, now.items);
}

/** What has arrived counts as done before the server says so. */
async function countAsDone(before, after) {
  // Should this not load, the server's next answer says it as well.
  const core = await import('./core/home.js').catch(() => null);
  const sent = core ? core.arrivedSince(before, after) : [];
  if (!sent.length) return;
  home.value = core.homeAfter(home.value, sent);
  await storage.remember('home', home.value);
}

/** Take in an answer's clock, so that a check-in right after opening the app is timed well. */
async function learn(serverNow, sentSteady) {
  const server = serverNow && readMoment(serverNow);
  if (!server) return;
  const learnt = learnClock(phone, server, sentSteady);
  clock.value = learnt;
  await changeMeta(() => ({ clock: learnt }));
}

/** Change what the queue knows besides its records. */
function changeMeta(news) {
  return phone.change((meta) => ({ meta: Object.assign({}, meta, news(meta)) }));
}

async function useSession(value) {
  net.useToken(value ? value.token : '');
  session.value = value;
}

/** Read everything this phone remembers; then ask the net for news without waiting for it. */
export async function start() {
  keepsThings.value = await storage.storageWorks();
  const pages = ['text-size', 'session', 'home', ROUNDS, 'station'];
  const [size, who, day, open, here] = await storage.recallAll(pages);
  showTextSize(size || 'normal');
  await useSession(who || null);
  home.value = day || null;
  rounds.value = open || null;
  stationId.value = here || null;
  await changeMeta((meta) => ({ clock: clockOfRun(phone, meta.clock) }));
  await readQueue();
  storage.onQueue(readQueue);
  setInterval(() => {
    tick.value += 1;
  }, 60000);
  window.addEventListener('online', () => {
    connected.value = true;
    refresh();
  });
  window.addEventListener('offline', () => {
    connected.value = false;
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      tick.value += 1;
      refresh();
    }
  });
  refresh();
}

/**
 * Ask for the keeper's day and send what waits; nothing on the screen waits for either. Somebody is
 * looking, so our own waiting is skipped; only the server's wish for patience holds.
 */
export async function refresh() {
  if (!session.value) return;
  await send(true);
  await readNews();
}

/** The keeper's day, or the inspector's rounds. */
async function readNews() {
  if (!session.value) return;
  const keeper = session.value.person.role === 'keeper';
  const sent = phone.steady();
  const answer = await quietly(() => net.getJson(keeper ? '/keeper/home' : ROUNDS));
  const body = answer && answer.status === 200 && answer.body;
  if (!body || !Array.isArray(keeper ? body.stations : body.campaigns)) return;
  await learn(body.server_now, sent);
  if (body.help) storage.jot('help', body.help);
  (keeper ? home : rounds).value = body;
  await storage.remember(keeper ? 'home' : ROUNDS, body);
}

/** An answer, or null when the net gave none; notes whether there is one and who must sign in. */
async function quietly(ask) {
  try {
    const answer = await ask();
    connected.value = true;
    if (answer.status === 401 && answer.body && answer.body.code) trouble.value = 'sign-in';
    return answer;
  } catch (error) {
    connected.value = false;
    return null;
  }
}

/**
 * What the net has at `path`, else what the phone remembers: {body, fresh, problem}. `body` is null
 * when neither knows.
 */
export async function fetched(path) {
  const answer = await quietly(() => net.getJson(path));
  if (answer && answer.status === 200 && answer.body) {
    await storage.remember(path, answer.body);
    return { body: answer.body, fresh: true };
  }
  const why = answer && answer.body && answer.body.detail;
  if (why) return { body: null, problem: why, code: answer.body.code };
  return { body: (await storage.recall(path)) || null, fresh: false, problem: WORDS.offline };
}

/** A picture or paper that needs our token; null when it cannot be had now. */
export async function fileAt(path) {
  const answer = await quietly(() => net.getLarge(path));
  return (answer && answer.status === 200 && answer.blob) || null;
}

/** A picture as a URL for <img>, or null. */
export async function pictureUrl(path) {
  const blob = await fileAt(path);
  return blob && URL.createObjectURL(blob);
}

/** Ask for something that cannot wait in the queue: {body}, or {problem} in a sentence. */
export async function tell(path, body) {
  const answer = await quietly(() => net.postJson(path, body));
  if (!answer) return { problem: WORDS.notSent };
  if ((answer.status === 200 || answer.status === 201) && answer.body) return { body: answer.body };
  const { detail, code, fields } = answer.body || {};
  return { problem: detail || WORDS.portal, code: code || '', fields: fields || null };
}

/** Send the queue now; `byHand` skips our own waiting. Arranges the next try by itself. */
export async function send(byHand) {
  if (!session.value || sending.value) return;
  sending.value = true;
  let said;
  try {
    said = await sync(phone, session.value.person.id, byHand);
  } finally {
    sending.value = false;
    await readQueue();
  }
  if (said.outcome === 'offline') connected.value = false;
  if (['done', 'portal', 'busy'].indexOf(said.outcome) >= 0) connected.value = true;
  const askedToSignIn = trouble.value === 'sign-in' && said.outcome === 'nothing';
  if (said.outcome !== 'later' && said.outcome !== 'elsewhere' && !askedToSignIn) {
    trouble.value = TROUBLES.indexOf(said.outcome) >= 0 ? said.outcome : '';
    troubleSaid.value = said.message || '';
  }
  clearTimeout(timer);
  if (said.wait_ms) timer = setTimeout(() => send(false), said.wait_ms + 50);
  if (said.outcome === 'done') await readNews();
}

/**
 * Keep a record and start sending; resolves to {item}, or {problem} with a sentence when the phone
 * has no room. The screen may say 已保存 only after this.
 */
export async function keepRecord(draft, replaces) {
  try {
    const item = await keep(phone, session.value.person.id, draft, replaces);
    await readQueue();
    storage.askToLast();
    send(true);
    return { item };
  } catch (error) {
    return { problem: error.kind === 'full' ? WORDS.full : WORDS.broken };
  }
}

/** What this phone found out about itself, for the office; {body} or {problem}. */
export async function sendSelfCheck(found) {
  const { meta } = await phone.read();
  const device = { device_id: meta.device_id || '', device_label: deviceLabel() };
  return tell('/self-checks', Object.assign(device, found));
}

/** Turn this phone into a person's by a one-time code; {problem} when that failed. */
export async function bind(code) {
  const now = await phone.read();
  const device = now.meta.device_id || phone.uuid();
  await changeMeta((meta) => ({ device_id: meta.device_id || device }));
  const body = { code, device_id: device, device_label: deviceLabel() };
  const answer = await quietly(() => net.postJson('/session/bind', body));
  if (!answer) return { problem: BIND_WORDS.needsNet };
  if (answer.status !== 201 || !answer.body || !answer.body.token) {
    return { problem: (answer.body && answer.body.detail) || WORDS.portal };
  }
  await storage.forgetPages();
  home.value = null;
  rounds.value = null;
  stationId.value = null;
  trouble.value = '';
  const who = Object.assign({ slip: code }, answer.body);
  await storage.remember('session', who);
  await storage.remember('text-size', textSize.value);
  storage.jot('county', answer.body.county); // whom to call, also when nobody is signed in
  storage.jot('help', answer.body.help || null);
  welcome.value = who.person;
  await useSession(who);
  storage.askToLast();
  refresh();
  return {};
}

/** Whether this code made the phone its person's: then it need not be asked for again. */
export async function ownSlip(code) {
  const { body } = await tell('/session/slip', { code });
  if (!body || !body.own || !session.value) return false;
  session.value = Object.assign({}, session.value, { slip: code });
  await storage.remember('session', session.value);
  return true;
}

/** Let this phone go: its pages are forgotten, the unsent records stay for their person. */
export async function signOut() {
  await quietly(() => net.deleteJson('/session'));
  await storage.forgetPages();
  await storage.remember('text-size', textSize.value);
  home.value = null;
  rounds.value = null;
  trouble.value = '';
  await useSession(null);
}

export async function chooseStation(id) {
  stationId.value = id;
  await storage.remember('station', id);
}

/** normal, big or huge: the size of all text, kept on this phone. */
export function setTextSize(size) {
  showTextSize(size);
  storage.remember('text-size', size);
}

function showTextSize(size) {
  textSize.value = size;
  document.documentElement.dataset.text = size;
}
