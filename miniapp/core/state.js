// What the app knows right now, and the few things it can do, for browser and mini program alike.

import { clockDoubted, clockOfRun, learnClock, trueNow } from './clock.js';
import { beijingDay, readMoment } from './dates.js';
import { makeHands } from './hands.js';
import { daysWaiting, keep, summary } from './queue.js';
import { makeSender } from './sync.js';
import { BIND_WORDS, WORDS } from './words.js';

const ROUNDS = '/rounds/mine';

/**
 * The app's state as cells (`.value`, as signals have it) and what changes them. A client gives
 *   signal(value) computed(work)   cells of its own kind
 *   phone      the adapter of queue.js; deviceLabel() a short name for this phone
 *   net        {useToken, getJson, postJson, deleteJson}
 *   storage    {storageWorks, recall, recallAll, remember, forgetPages, jot, jotted, askToLast}
 *   online()   whether there may be a net         later(work, ms) → a function that calls it off
 *   homeCore() promise of core/home.js            showTextSize(size) makes the letters so large
 *   signIn(code, device) promise of the answer that makes this phone a person's
 *   known(device)  the same by what the phone itself knows of its person, null where it knows
 *                  nothing of the kind; changedHands() hears that this is another than before
 */
export function makeState(client) {
  const { signal, computed, phone, net, storage } = client;
  const route = signal('');
  const session = signal(undefined); // undefined: not read yet; null: nobody signed in
  const home = signal(null);
  const rounds = signal(null); // an inspector's open rounds, as last heard
  const told = signal([]); // what the server said about records it took, not read yet
  const queue = signal(null); // null: not counted yet, so nobody may say "all sent"
  const clock = signal(null);
  const connected = signal(client.online());
  const sending = signal(false);
  const troubleSaid = signal(''); // what the server says of it in a sentence, if anything
  const trouble = signal(''); // a word about the last try to send: portal, busy, sign-in …
  const keepsThings = signal(true);
  const welcome = signal(null); // whom this phone has just been given to, until it was read
  const stationId = signal(null);
  const textSize = signal('normal');
  const tick = signal(0); // goes up each minute, so that a screen left open sees midnight
  let returning = null;
  let mayReturn = true; // until the house has said no; somebody who looks again asks again

  const { useSession, turn, rememberFor, seeWhose } = makeHands({
    session, home, rounds, stationId, trouble, welcome, net, storage,
  });

  /** How many open rounds there are for the person signed in. */
  const inRound = computed(() => Boolean(rounds.value && rounds.value.campaigns.length));

  const count = computed(() =>
    session.value ? summary(queue.value, session.value.person.id) : null,
  );

  /** This person's unsent records, newest first. */
  const mine = computed(() =>
    (queue.value && session.value ? queue.value : [])
      .filter((item) => item.person_id === session.value.person.id)
      .sort((a, b) => b.seq - a.seq),
  );

  const nowMs = () => trueNow(phone, clock.value);

  /** Today in Beijing, by the best clock we have. */
  const today = computed(() => {
    tick.value;
    return beijingDay(nowMs());
  });

  /** For how many days the oldest record has been waiting. */
  const daysLate = computed(() => {
    tick.value;
    return daysWaiting(count.value, nowMs());
  });

  /** Does the phone's date look wrong? Only until the net has told the time. */
  const doubtful = computed(() => {
    tick.value;
    return clockDoubted(phone, clock.value);
  });

  /** The stations this keeper keeps, as last heard. */
  const stations = computed(() => {
    if (home.value) return home.value.stations;
    return session.value ? session.value.stations || [] : [];
  });

  /** The station the screens are about. */
  const station = computed(() => {
    const chosen = stations.value.filter((one) => one.id === stationId.value)[0];
    return chosen || stations.value[0] || null;
  });

  /** What this phone knows whoever is signed in. */
  const jottedHere = (key) => storage.jotted(key);

  /** Keep what is being typed, for the person signed in only; null forgets it. */
  function jot(key, value) {
    storage.jot(session.value.person.id + ':' + key, value);
  }

  /** What was being typed, or null. */
  function jotted(key) {
    return storage.jotted(session.value.person.id + ':' + key);
  }

  /** Take in what the queue holds now. */
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
    const whose = turn();
    const core = await client.homeCore().catch(() => null);
    const sent = core ? core.arrivedSince(before, after) : [];
    if (!sent.length || turn() !== whose) return;
    home.value = core.homeAfter(home.value, sent);
    await rememberFor(whose, 'home', home.value);
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

  function showTextSize(size) {
    textSize.value = size;
    client.showTextSize(size);
  }

  /** Read everything this phone remembers; nothing of it waits for the net. */
  async function recallAll() {
    keepsThings.value = await storage.storageWorks();
    const pages = ['text-size', 'session', 'home', ROUNDS, 'station'];
    const [size, who, day, open, here] = await storage.recallAll(pages);
    showTextSize(size || 'normal');
    useSession(who || null);
    home.value = day || null;
    rounds.value = open || null;
    stationId.value = here || null;
    await changeMeta((meta) => ({ clock: clockOfRun(phone, meta.clock) }));
    await readQueue();
  }

  /**
   * Ask for the keeper's day and send what waits; nothing on the screen waits for either. Somebody
   * is looking, so our own waiting is skipped; only the server's wish for patience holds.
   */
  async function refresh() {
    mayReturn = true;
    await seeWhose(['home', ROUNDS]);
    if (!session.value) return;
    await send(true);
    await readNews();
  }

  /** The keeper's day, or the inspector's rounds. */
  async function readNews() {
    if (!session.value) return;
    const keeper = session.value.person.role === 'keeper';
    const sent = phone.steady();
    const whose = turn();
    const answer = await asked(() => net.getJson(keeper ? '/keeper/home' : ROUNDS));
    const body = answer && answer.status === 200 && answer.body;
    if (!body || !Array.isArray(keeper ? body.stations : body.campaigns)) return;
    await learn(body.server_now, sent);
    if (turn() !== whose) return;
    if (body.help) storage.jot('help', body.help);
    (keeper ? home : rounds).value = body;
    await rememberFor(whose, keeper ? 'home' : ROUNDS, body);
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

  /** Signed in again without anybody's help, where the phone knows its person? */
  async function returned() {
    if (!client.known || !mayReturn) return false;
    const said = await signInAgain();
    mayReturn = !said.problem;
    return Boolean(said.same);
  }

  /** The same; where one must sign in and the phone can do that by itself, asked again after it. */
  async function asked(ask) {
    const answer = await quietly(ask);
    const out = answer && answer.status === 401 && session.value && trouble.value === 'sign-in';
    return out && (await returned()) ? quietly(ask) : answer;
  }

  /**
   * What the net has at `path`, else what the phone remembers: {body, fresh, problem}. `body` is
   * null when neither knows.
   */
  async function fetched(path) {
    const whose = turn();
    const answer = await asked(() => net.getJson(path));
    if (turn() !== whose) return fetched(path); // it was told to somebody else
    if (answer && answer.status === 200 && answer.body) {
      await rememberFor(whose, path, answer.body);
      return { body: answer.body, fresh: true };
    }
    const why = answer && answer.body && answer.body.detail;
    if (why) return { body: null, problem: why, code: answer.body.code };
    return { body: (await storage.recall(path)) || null, fresh: false, problem: WORDS.offline };
  }

  /** Ask for something that cannot wait in the queue: {body}, or {problem} in a sentence. */
  async function tell(path, body) {
    const answer = await asked(() => net.postJson(path, body));
    if (!answer) return { problem: WORDS.notSent };
    if ([200, 201].indexOf(answer.status) >= 0 && answer.body) return { body: answer.body };
    const { detail, code, fields } = answer.body || {};
    return { problem: detail || WORDS.portal, code: code || '', fields: fields || null };
  }

  const send = makeSender({
    phone, later: client.later, session, sending, connected, trouble, troubleSaid,
    readQueue, readNews, returned,
  });

  /**
   * Keep a record and start sending; resolves to {item}, or {problem} with a sentence when the
   * phone has no room. The screen may say 已保存 only after this.
   */
  async function keepRecord(draft, replaces) {
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
  async function sendSelfCheck(found) {
    const { meta } = await phone.read();
    const device = { device_id: meta.device_id || '', device_label: client.deviceLabel() };
    return tell('/self-checks', Object.assign(device, found));
  }

  /** This phone to a server that is asked for a session: {device_id, device_label}. */
  async function thisDevice() {
    const now = await phone.read();
    const device = now.meta.device_id || phone.uuid();
    await changeMeta((meta) => ({ device_id: meta.device_id || device }));
    return { device_id: device, device_label: client.deviceLabel() };
  }

  /** The phone is this person's from now on; what was fetched for another is forgotten. */
  async function takeIn(answer, slip) {
    await storage.forgetPages();
    trouble.value = '';
    const who = Object.assign({ slip }, answer);
    await storage.remember('session', who);
    await storage.remember('text-size', textSize.value);
    storage.jot('county', answer.county); // whom to call, also when nobody is signed in
    storage.jot('help', answer.help || null);
    useSession(who);
    storage.askToLast();
    refresh();
  }

  /** Turn this phone into a person's by a one-time code; {problem} when that failed. */
  async function bind(code) {
    const device = await thisDevice();
    const answer = await quietly(() => client.signIn(code, device));
    if (!answer) return { problem: BIND_WORDS.needsNet };
    if (answer.status !== 201 || !answer.body || !answer.body.token) {
      return { problem: (answer.body && answer.body.detail) || WORDS.portal };
    }
    welcome.value = answer.body.person;
    await takeIn(answer.body, code);
    return {};
  }

  /** Sign in by what the phone itself knows of its person. */
  async function signInKnown() {
    const answer = await quietly(async () => client.known(await thisDevice()));
    const body = answer && answer.body;
    if (!answer) return { problem: BIND_WORDS.needsNet };
    if (answer.status !== 201 || !body || !body.token) {
      return { problem: (body && body.detail) || WORDS.portal };
    }
    const before = session.value;
    if (!before || before.person.id !== body.person.id) {
      welcome.value = before ? body.person : null;
      await takeIn(body, '');
      if (before) client.changedHands();
      return { same: false };
    }
    const who = Object.assign({ slip: before.slip }, body);
    await storage.remember('session', who);
    useSession(who);
    trouble.value = '';
    return { same: true };
  }

  /**
   * Sign in anew without a code, where the phone knows its person: {same}, whether it is whom it
   * was before, or {problem}. Who asks meanwhile gets the same answer: a second one would end the
   * first.
   */
  async function signInAgain() {
    if (!returning) returning = signInKnown();
    try {
      return await returning;
    } finally {
      returning = null;
    }
  }

  /** Whether this code made the phone its person's: then it need not be asked for again. */
  async function ownSlip(code) {
    const { body } = await tell('/session/slip', { code });
    if (!body || !body.own || !session.value) return false;
    session.value = Object.assign({}, session.value, { slip: code });
    await storage.remember('session', session.value);
    return true;
  }

  /** Let this phone go: its pages are forgotten, the unsent records stay for their person. */
  async function signOut() {
    await quietly(() => net.deleteJson('/session'));
    await storage.forgetPages();
    await storage.remember('text-size', textSize.value);
    trouble.value = '';
    useSession(null);
  }

  async function chooseStation(id) {
    stationId.value = id;
    await storage.remember('station', id);
  }

  /** normal, big or huge: the size of all text, kept on this phone. */
  function setTextSize(size) {
    showTextSize(size);
    storage.remember('text-size', size);
  }

  return {
    route, session, home, rounds, told, queue, clock, connected, sending, troubleSaid, trouble,
    keepsThings, welcome, stationId, textSize, tick, inRound, count, mine, today, daysLate,
    doubtful, stations, station, nowMs, jottedHere, jot, jotted, readQueue, recallAll, refresh,
    quietly, fetched, tell, send, keepRecord, sendSelfCheck, bind, signInAgain, ownSlip, signOut,
    chooseStation, setTextSize,
  };
}
