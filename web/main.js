// Starts the app: reads what the phone remembers, shows the screen that the address names.

import { render } from './vendor/preact.mjs';
import { useEffect, useState } from './vendor/hooks.mjs';
import { html, Note, Screen } from './parts.js';
import {
  count, inRound, readAddress, route, session, start, station, trouble, turnTo, welcome,
} from './state.js';
import { keepForOffline, reloadOnTakeOver, startsOffline } from './platform/phone.js';
import { readBindCode } from './core/qr.js';
import { SUBJECT_KEYS, WORDS } from './core/words.js';
import { Bind, Welcome } from './views/bind.js';

/** The first of several modules; all are asked for at once instead of one naming the next. */
const together = (...modules) => Promise.all(modules).then((all) => all[0]);

/** Screens fetched after the first one is up; the first load stays small on a village's net. */
const FILES = {
  ask: () => import('./views/ask.js'),
  arrive: () => import('./views/arrive.js'),
  attention: () => import('./views/attention.js'),
  copy: () => import('./views/copy.js'),
  checkin: () => import('./views/checkin.js'),
  count: () =>
    together(
      import('./views/count.js'),
      import('./core/counts.js'),
      import('./core/words/count.js'),
    ),
  history: () => import('./views/history.js'),
  home: () => import('./views/home.js'),
  inspect: () => import('./views/inspect.js'),
  judge: () => import('./views/judge.js'),
  answer: () => import('./views/answer.js'),
  mend: () => import('./views/mend.js'),
  money: () => import('./views/money.js'),
  me: () => import('./views/me.js'),
  photo: () => import('./views/photo.js'),
  rounds: () =>
    together(
      import('./views/rounds.js'),
      import('./visits.js'),
      import('./core/answers.js'),
      import('./core/rounds.js'),
      import('./core/signing.js'),
      import('./core/strokes.js'),
    ),
  selfcheck: () => import('./views/selfcheck.js'),
  signing: () => import('./views/signing.js'),
  station: () => import('./views/station.js'),
  stations: () => import('./views/stations.js'),
  telephones: () => import('./views/telephones.js'),
  visit: () => import('./views/visit.js'),
};
const KEEPERS = [
  'home', 'checkin', 'photo', 'count', 'history', 'attention', 'me', 'station', 'mend', 'answer',
  'copy', 'selfcheck', 'ask', 'money',
];
const INSPECTORS = [
  'rounds', 'stations', 'arrive', 'visit', 'signing', 'inspect', 'judge', 'attention', 'copy', 'me',
  'selfcheck',
];
const ready = {};

function fetchFile(name) {
  return FILES[name]().then((module) => {
    ready[name] = module;
    if (sessionStorage.getItem('reloaded') === name) sessionStorage.removeItem('reloaded');
    return module;
  });
}

/**
 * Browsers remember that a module could not be fetched until the page is loaded anew; so load it
 * anew, once, when the net went away in the middle. Nothing is lost: screens keep no secrets.
 */
function reloadOnce(name) {
  if (sessionStorage.getItem('reloaded') === name) return false;
  sessionStorage.setItem('reloaded', name);
  location.reload();
  return true;
}

/** A screen that may still have to be fetched; says so in words when it cannot be. */
function Late({ name, screen, ...props }) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    fetchFile(name).then(() => redraw((n) => n + 1), () => reloadOnce(name) || setFailed(true));
  }, [name]);
  if (ready[name]) return html`<${ready[name][screen]} ...${props} />`;
  if (failed) {
    return html`<${Screen} title="打不开" back="">
      <${Note} kind="warm" icon="nonet">${WORDS.pageNotKept}<//><//>`;
  }
  return html`<main class="opening"><p role="status">正在打开…</p></main>`;
}

/** That screen of that file; what differs in `words` is another screen, begun anew. */
function late(name, screen, props, ...words) {
  const key = [name, screen].concat(words).join('/');
  return html`<${Late} ...${props} key=${key} name=${name} screen=${screen} />`;
}

/** One of many by its number, else the list of all. */
const one = (name, screen, list) => (word) =>
  word ? late(name, screen, { id: +word }, word) : late(name, list);

/** A keeper's screens, by the first word of the address; a second word may follow. */
const KEEPER = {
  'check-in': (word) => late('checkin', 'CheckIn', { typed: word === 'typed' }, word),
  photo: (word, mending) =>
    SUBJECT_KEYS.includes(word)
      ? late('photo', 'Photo', { subject: word, mending }, word, mending)
      : late('photo', 'PhotoList'),
  count: (word) => late('count', 'Count', { about: word }, word),
  station: () => late('station', 'Station'),
  ask: (word) => (word ? late('ask', 'Ask', { about: word }, word) : late('ask', 'Asks')),
  history: () => late('history', 'History'),
  mend: one('mend', 'Mend', 'MendList'),
  money: () => late('money', 'Money'),
  inspections: () => late('copy', 'Inspections'),
  question: one('answer', 'Question', 'Questions'),
};

/** Which of the screens at a station's door. */
function atTheDoor(word, next) {
  if (next === 'closed') return 'ClosedDoor';
  return next === 'scan' || !word ? 'AtTheDoor' : 'Arrive';
}

/** An inspector's screens; without an open round the list of stations comes first. */
const INSPECTOR = {
  scan: () => late('stations', 'Scan'),
  stations: () => late('stations', 'Stations'),
  inspect: (word) => late('inspect', 'Inspect', { text: word }),
  judge: one('judge', 'Judge', 'JudgeList'),
  arrive: (word, next) => late('arrive', atTheDoor(word, next), { id: +word || null }, word),
  visit: (word) => late('visit', 'Visit', { id: +word }, word),
  sign: (word, whose) =>
    late('signing', whose ? 'Pad' : 'Signing', { id: +word, whose }, word, whose),
};

/** The slip by which this phone was made its keeper's: opened again, it only leads home. */
function isOwnSlip(word) {
  const slip = session.value && trouble.value !== 'sign-in' && session.value.slip;
  return Boolean(slip) && readBindCode(word || '') === slip;
}

function screen(path) {
  const [first, word, next] = path.split('/').map(decodeURIComponent);
  if (welcome.value) return html`<${Welcome} person=${welcome.value} />`;
  if (first === 'self-check') return late('selfcheck', 'SelfCheck');
  if (first === 'telephones') return late('telephones', 'Telephones');
  if (first === 'bind' && isOwnSlip(word)) {
    setTimeout(() => turnTo(''));
    return html`<main class="opening"></main>`;
  }
  if (!session.value || first === 'bind') {
    return html`<${Bind} key=${word} code=${first === 'bind' ? word : ''} />`;
  }
  if (first === 'consent') return late('me', 'Consents');
  if (first === 'me') return late('me', 'Me');
  if (first === 'attention') return late('attention', 'Attention');
  if (first === 'inspection' && word) return late('copy', 'Copy', { id: word }, word);
  if (session.value.person.role !== 'keeper') {
    if (INSPECTOR[first]) return INSPECTOR[first](word, next);
    return inRound.value ? late('rounds', 'Rounds') : late('stations', 'Stations');
  }
  return KEEPER[first] && station.value ? KEEPER[first](word, next) : late('home', 'Home');
}

function App() {
  return screen(route.value);
}

/** Where nothing keeps them: the other screens one by one, before the net goes away. */
async function fetchTheRest() {
  const keeper = !session.value || session.value.person.role === 'keeper';
  for (const name of keeper ? KEEPERS : INSPECTORS) {
    if (!ready[name]) await fetchFile(name).catch(() => null);
  }
}

async function begin() {
  readAddress();
  // Whoever was here before is most likely a keeper: have the day's screen ready by then.
  const keepersOwn = startsOffline() ? fetchFile('home').catch(() => null) : null;
  window.addEventListener('hashchange', readAddress);
  await start();
  await keepersOwn;
  // The words of the opening screen stay until there is something better to show.
  const place = document.getElementById('app');
  const screens = Object.assign(document.createElement('div'), { id: 'app' });
  render(html`<${App} />`, screens);
  place.parentNode.replaceChild(screens, place);
  const keeping = keepForOffline((takeOver) => {
    // A newer version waits. It may take over only while nothing is unsent or half typed.
    if (count.value && !count.value.waiting && route.value === '') {
      reloadOnTakeOver();
      takeOver();
    }
  });
  // Once it is known whose phone this is and the first screen is up: the rest.
  const rest = async () => ((await keeping) || fetchTheRest)();
  session.subscribe((who) => who && setTimeout(rest, 1500));
}

if (!document.documentElement.hasAttribute('data-too-old')) {
  begin().catch((error) => {
    document.documentElement.className = 'failed-start'; // what to do is said there at once
    throw error;
  });
}
