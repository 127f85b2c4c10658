// core/state.js in a browser: its cells are signals, its addresses stand behind the # of the page.

import { computed, signal } from './vendor/signals.mjs';
import { makeState } from './core/state.js';
import * as net from './platform/net.js';
import { deviceLabel, online, phone } from './platform/phone.js';
import * as storage from './platform/storage.js';

function later(work, ms) {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

const state = makeState({
  signal,
  computed,
  phone,
  net,
  storage,
  online,
  later,
  deviceLabel,
  homeCore: () => import('./core/home.js'),
  signIn: (code, device) => net.postJson('/session/bind', Object.assign({ code }, device)),
  showTextSize: (size) => {
    document.documentElement.dataset.text = size;
  },
});
const {
  route, session, home, rounds, told, queue, clock, connected, sending, troubleSaid, trouble,
  keepsThings, welcome, stationId, textSize, tick, inRound, count, mine, today, daysLate, doubtful,
  stations, station, nowMs, jottedHere, jot, jotted, refresh, fetched, tell, send, keepRecord,
  sendSelfCheck, bind, ownSlip, signOut, chooseStation, setTextSize,
} = state;
export {
  phone, state,
  route, session, home, rounds, told, queue, clock, connected, sending, troubleSaid, trouble,
  keepsThings, welcome, stationId, textSize, tick, inRound, count, mine, today, daysLate, doubtful,
  stations, station, nowMs, jottedHere, jot, jotted, refresh, fetched, tell, send, keepRecord,
  sendSelfCheck, bind, ownSlip, signOut, chooseStation, setTextSize,
};

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

/** Read everything this phone remembers; then ask the net for news without waiting for it. */
export async function start() {
  await state.recallAll();
  storage.onQueue(state.readQueue);
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

/** A picture or paper that needs our token; null when it cannot be had now. */
export async function fileAt(path) {
  const answer = await state.quietly(() => net.getLarge(path));
  return (answer && answer.status === 200 && answer.blob) || null;
}

/** A picture as a URL for <img>, or null. */
export async function pictureUrl(path) {
  const blob = await fileAt(path);
  return blob && URL.createObjectURL(blob);
}
