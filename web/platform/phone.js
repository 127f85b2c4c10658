// This phone: the adapter that the core asks for, and what its browser is able to do.

import { getLarge, postJson, putPhoto } from './net.js';
import { change, photo, read, recall, replacePages } from './storage.js';

const WORKER_WAIT = 60000;
const run = uuid();

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = Array.from(b, (n) => (n + 256).toString(16).slice(1)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

async function sha256(bytes) {
  if (!crypto.subtle) return (await import('../core/sha256.js')).sha256Hex(bytes); // plain http
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (n) => (n + 256).toString(16).slice(1)).join('');
}

let sending = false;

/** One tab at a time; where tabs cannot lock each other, sending twice is harmless by design. */
async function alone(work) {
  if (navigator.locks) {
    const once = (lock) => (lock ? work() : undefined);
    return navigator.locks.request('czt-sync', { ifAvailable: true }, once);
  }
  if (sending) return undefined;
  sending = true;
  try {
    return await work();
  } finally {
    sending = false;
  }
}

/** The adapter that core/queue.js and core/pocket.js describe. */
export const phone = {
  run,
  uuid,
  sha256,
  read,
  change,
  photo,
  recall,
  replacePages,
  getLarge,
  postJson,
  putPhoto,
  alone,
  now: () => Date.now(),
  steady: () => performance.now(),
  random: () => Math.random(),
};

export const online = () => navigator.onLine !== false;
export const inWeChat = /MicroMessenger/i.test(navigator.userAgent);
export const onIPhone = /iPhone|iPad|iPod/i.test(navigator.userAgent);
export const keepsPages = 'serviceWorker' in navigator;
export const startsOffline = () => keepsPages && Boolean(navigator.serviceWorker.controller);

/** A short name for this phone, as its owner's list of devices shows it. */
export function deviceLabel() {
  const ua = navigator.userAgent;
  const android = /Android [\d.]+; ([^;)]+?)(?: Build|[;)])/.exec(ua);
  const model = android && android[1].trim() !== 'K' ? android[1].trim() : '';
  const name = onIPhone ? 'iPhone' : model || (/Android/.test(ua) ? '安卓手机' : '电脑');
  return (name + (inWeChat ? ' 微信' : '')).slice(0, 60);
}

/**
 * Start (or find) the service worker, which lets the app start without a net. Resolves to a
 * function that has it fetch all that the app may need; to null where there is none.
 */
export async function keepForOffline(onNewer) {
  if (!keepsPages) return null;
  const worker = await navigator.serviceWorker.register('sw.js').catch(() => null);
  if (!worker) return null;
  if (worker.waiting) onNewer(() => worker.waiting.postMessage('take-over'));
  const late = new Promise((give) => setTimeout(give, WORKER_WAIT));
  await Promise.race([navigator.serviceWorker.ready, late]); // never, if its files are not right
  if (!worker.active) return null;
  return () => worker.active.postMessage('lazy');
}

/** Whether everything that the app may need lies on this phone. */
export function readyWithoutNet() {
  return new Promise((give) => {
    if (!startsOffline()) {
      give(false);
      return;
    }
    const ear = new MessageChannel();
    ear.port1.onmessage = (event) => give(event.data);
    navigator.serviceWorker.controller.postMessage('ready?', [ear.port2]);
    setTimeout(give, 3000, false); // a worker of an earlier version does not know the question
  });
}

/** Reload once when the newer version that we asked for has taken over. */
export function reloadOnTakeOver() {
  const reload = () => location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
}
