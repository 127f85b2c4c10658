// core/state.js in the mini program: cells that tell the pages, over WeChat's storage and net.

import { arrivedSince, homeAfter } from './core/home.js';
import { makeState } from './core/state.js';
import {
  deviceLabel, later, loginCode, net, online, onNet, phone, storage,
} from './platform/wx.js';

const watchers = [];
let told = true;

/** Have every open page drawn anew, once for all that has changed until then. */
function changed() {
  if (!told) return;
  told = false;
  Promise.resolve().then(() => {
    told = true;
    watchers.slice().forEach((tell) => tell());
  });
}

/** A value that tells the pages when it changes. */
export function signal(first) {
  let now = first;
  return {
    get value() {
      return now;
    },
    set value(value) {
      if (value === now) return;
      now = value;
      changed();
    },
  };
}

/** A value worked out whenever it is asked for. */
export function computed(work) {
  return {
    get value() {
      return work();
    },
  };
}

// The house without WeChat, or with one that does not answer, still knows the code on the slip.
const WITHOUT_WECHAT = ['wechat-off', 'wechat-unusable'];

async function signIn(code, device) {
  const js_code = await loginCode();
  if (js_code) {
    const answer = await net.postJson('/wechat/bind', Object.assign({ js_code, code }, device));
    const why = answer.body && answer.body.code;
    if (WITHOUT_WECHAT.indexOf(why) < 0) return answer;
  }
  return net.postJson('/session/bind', Object.assign({ code }, device));
}

async function known(device) {
  const js_code = await loginCode();
  if (!js_code) return null;
  return net.postJson('/wechat/session', Object.assign({ js_code }, device));
}

let handedOn = () => {};

/** Call back when WeChat has named another person than before. */
export function onChangedHands(tell) {
  handedOn = tell;
}

export const state = makeState({
  signal,
  computed,
  phone,
  net,
  storage,
  online,
  later,
  deviceLabel,
  signIn,
  known,
  changedHands: () => handedOn(),
  homeCore: () => Promise.resolve({ arrivedSince, homeAfter }),
  showTextSize: () => {}, // each page reads it when it is drawn
});

let awake = () => {};

/** Resolves when what the phone remembers has been read. */
export const ready = new Promise((give) => {
  awake = give;
});

/** Read everything this phone remembers; then ask the net for news without waiting for it. */
export async function start() {
  await state.recallAll();
  awake();
  storage.onQueue(state.readQueue);
  onNet((is) => {
    const back = is && !state.connected.value;
    state.connected.value = is;
    if (back) state.refresh();
  });
  setInterval(() => {
    state.tick.value += 1;
  }, 60000);
}

/** Somebody looks at the app (again): what waits goes out, and the day is asked for. */
export async function wake() {
  await ready;
  state.tick.value += 1;
  state.refresh();
}

/** Call back whenever something has changed; the answer ends it. */
export function watch(tell) {
  watchers.push(tell);
  return () => {
    const at = watchers.indexOf(tell);
    if (at >= 0) watchers.splice(at, 1);
  };
}
