// WeChat: the only file that knows `wx`. Storage, net, camera, scanner, position, pages, letters.
//
// phone    the adapter of core/queue.js and core/pocket.js
// storage  what web/platform/storage.js gives, over the phone's files (shelf.js)
// net      {useToken, getJson, getLarge, postJson, deleteJson, putPhoto}; an answer is {status,
//          body, retry_after_s}; rejects when there was none
// The rest are single verbs, described where they stand. Nothing but `net` and `phone` rejects.

import { complaintsOf } from '../core/complaints.js';
import { sha256Hex } from '../core/sha256.js';
import { ADDRESS, TRIAL_ADDRESS } from '../house.js';
import { quietly, roomy, whyNot } from './errors.js';
import { makeShelf } from './shelf.js';

// The oldest base library that this works with: wx.getAppBaseInfo came with it. The same number
// stands in project.config.json, and in the runbook for the mini program's settings.
export const FLOOR = '2.20.1';

const API = '/api/v1';
const JSON_WAIT = 20000;
const LONGEST_WAIT = 60000; // WeChat allows no more
const files = wx.getFileSystemManager();
const folder = wx.env.USER_DATA_PATH;
export const pathOf = (name) => folder + '/' + name;
const app = quietly(() => wx.getAppBaseInfo(), null);
// Before 2.23.4 it does not say how large the person has the letters.
const base = app && app.fontSizeSetting ? app : quietly(() => wx.getSystemInfoSync(), app) || {};
const device = quietly(() => wx.getDeviceInfo(), null) || quietly(() => wx.getSystemInfoSync(), {});
const run = 'run-' + Date.now() + '-' + Math.random().toString(36).slice(2);

/** One of wx's functions with success and fail as a promise; rejects with {errMsg}. */
const asked = (name, options) =>
  new Promise((success, fail) => wx[name](Object.assign({}, options, { success, fail })));

// ---- what the phone keeps --------------------------------------------------------------------

export const disk = {
  get: (key) => quietly(() => wx.getStorageSync(key), '') || '',
  set: (key, text) => roomy(() => wx.setStorageSync(key, text)),
  drop: (key) => quietly(() => wx.removeStorageSync(key)),
  write: (name, body) =>
    roomy(() =>
      typeof body === 'string'
        ? files.writeFileSync(pathOf(name), body, 'utf8')
        : files.writeFileSync(pathOf(name), body),
    ),
  readText: (name) => quietly(() => files.readFileSync(pathOf(name), 'utf8'), ''),
  readBytes: (name) => quietly(() => files.readFileSync(pathOf(name)), null),
  remove: (name) => quietly(() => files.unlinkSync(pathOf(name))),
  names: () => quietly(() => files.readdirSync(folder), []),
};

export const storage = makeShelf(disk);

/** Where a photo of the queue lies, for <image>; '' when it does not. */
export function localPicture(id) {
  const name = storage.photoFile(id);
  return name ? pathOf(name) : '';
}

/** The bytes of a file that WeChat gave us; null when it is gone. */
export const bytesAt = (path) => quietly(() => files.readFileSync(path), null);

// ---- the net ---------------------------------------------------------------------------------

let token = '';

/** The county's house; in the developer tools (no phone, also none on trial) the one beside. */
const house = () => (device.platform === 'devtools' ? TRIAL_ADDRESS : ADDRESS);

function headerOf(headers, name) {
  const found = Object.keys(headers || {}).filter((key) => key.toLowerCase() === name)[0];
  return found ? String(headers[found]) : '';
}

function jsonOf(text) {
  return quietly(() => JSON.parse(text), null);
}

const ours = () => (token ? { Authorization: 'Bearer ' + token } : {});

async function ask(method, path, { data, header, wait } = {}) {
  const said = await asked('request', {
    url: house() + API + path,
    method,
    data,
    header: Object.assign(ours(), header),
    timeout: wait || JSON_WAIT,
    dataType: 'text',
    responseType: 'text',
  });
  const after = headerOf(said.header, 'retry-after');
  const json = /json/.test(headerOf(said.header, 'content-type'));
  return {
    status: said.statusCode,
    body: json ? jsonOf(said.data) : null,
    retry_after_s: /^\d+$/.test(after) ? +after : null,
  };
}

const JSON_HEADER = { 'Content-Type': 'application/json' };
export const net = {
  useToken: (value) => {
    token = value || '';
  },
  getJson: (path) => ask('GET', path),
  getLarge: (path) => ask('GET', path, { wait: LONGEST_WAIT }),
  postJson: (path, body) => ask('POST', path, { data: JSON.stringify(body), header: JSON_HEADER }),
  deleteJson: (path) => ask('DELETE', path),
  /** Send a photo's bytes; the server checks them against `sha256`. */
  putPhoto: (id, bytes, sha256) =>
    ask('PUT', '/photos/' + id, {
      data: bytes,
      header: { 'Content-Type': 'image/jpeg', 'X-SHA256': sha256 },
      wait: LONGEST_WAIT,
    }),
};

/** A picture or paper that needs our token as a file for now; '' when it cannot be had. */
async function download(path) {
  const options = { url: house() + API + path, header: ours(), timeout: LONGEST_WAIT };
  const said = await asked('downloadFile', options).catch(() => null);
  return said && said.statusCode === 200 ? said.tempFilePath : '';
}

export const picture = download;

/** Open a paper, from where it can be passed on to others; whether it opened. */
export async function paper(path) {
  const filePath = await download(path);
  if (!filePath) return false;
  const shown = asked('openDocument', { filePath, fileType: 'pdf', showMenu: true });
  return shown.then(() => true, () => false);
}

/** A player of sounds; heard where the phone is mute, too: somebody has asked for it. */
export function player() {
  quietly(() => wx.setInnerAudioOption({ obeyMuteSwitch: false }));
  return wx.createInnerAudioContext();
}

/** Whether there may be a net; a hint, no proof. */
let connected = true;
export const online = () => connected;

export function onNet(tell) {
  const heard = (is) => {
    connected = is;
    tell(is);
  };
  wx.getNetworkType({ success: ({ networkType }) => heard(networkType !== 'none') });
  wx.onNetworkStatusChange(({ isConnected }) => heard(isConnected));
}

/** What WeChat says of this person, for the server to ask about; '' when it says nothing. */
export const loginCode = () => asked('login', {}).then(({ code }) => code || '', () => '');

// ---- this phone ------------------------------------------------------------------------------

/** A short name for this phone, as its owner's list of devices shows it. */
export function deviceLabel() {
  return [device.brand, device.model, '小程序'].filter(Boolean).join(' ').slice(0, 60);
}

/** How much larger than usual the person has the letters of WeChat; 1 where it does not say. */
export function fontScale() {
  return base.fontSizeScaleFactor || (base.fontSizeSetting || 16) / 16;
}

/** Is this WeChat older than what we need? */
export function tooOld() {
  const parts = (text) => String(text || '0').split('.').map(Number);
  const [here, floor] = [parts(base.SDKVersion), parts(FLOOR)];
  const first = [0, 1, 2].filter((i) => (here[i] || 0) !== floor[i])[0];
  return first !== undefined && (here[first] || 0) < floor[first];
}

// A pool of random bytes: uuid() answers at once, WeChat's own source does not.
let pool = [];
function refill() {
  const success = ({ randomValues }) => {
    pool = Array.from(new Uint8Array(randomValues));
  };
  quietly(() => wx.getRandomValues({ length: 1024, success }));
}
refill();

function uuid() {
  const b = pool.splice(0, 16);
  if (pool.length < 160) refill();
  while (b.length < 16) b.push(Math.floor(Math.random() * 256));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = b.map((n) => (n + 256).toString(16).slice(1)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

let sending = false;

/** One sender at a time; a mini program runs only once. */
async function alone(work) {
  if (sending) return undefined;
  sending = true;
  try {
    return await work();
  } finally {
    sending = false;
  }
}

// A clock that nobody sets, where there is one; else the phone's, of which no step is noticed.
const performance = quietly(() => wx.getPerformance(), null);
const holds = Boolean(performance && typeof performance.now === 'function');

export const phone = {
  run,
  uuid,
  alone,
  steady: () => (holds ? performance.now() : Date.now()),
  holds,
  read: storage.read,
  change: storage.change,
  photo: storage.photo,
  recall: storage.recall,
  replacePages: storage.replacePages,
  getLarge: net.getLarge,
  postJson: net.postJson,
  putPhoto: net.putPhoto,
  sha256: async (bytes) => sha256Hex(bytes),
  now: () => Date.now(),
  random: () => Math.random(),
};

/** Do it after so many ms; the answer calls it off. */
export function later(work, ms) {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

// ---- camera, scanner, position ---------------------------------------------------------------

/** The code that the camera sees, never one from the album: {text}, {none} or {shut}. */
export function scan() {
  const options = { onlyFromCamera: true, scanType: ['qrCode'] };
  return asked('scanCode', options).then(({ result }) => ({ text: result || '' }), whyNot);
}

/** One photo, taken now and never from the album: {path, size}, {none} or {shut}. */
export async function shoot() {
  const options = {
    count: 1,
    mediaType: ['image'],
    sourceType: ['camera'],
    sizeType: ['compressed'],
    camera: 'back',
  };
  return asked('chooseMedia', options).then(({ tempFiles }) => {
    const file = tempFiles && tempFiles[0];
    return file ? { path: file.tempFilePath, size: file.size } : { none: true };
  }, whyNot);
}

/** {width, height} of a picture as it stands upright; null when it is none. */
export const sidesOf = (src) =>
  asked('getImageInfo', { src }).then(({ width, height }) => ({ width, height }), () => null);

/** The picture as a smaller JPEG, its sides so long; its path, '' where that failed. */
export function smaller(src, quality, { width, height }) {
  const sides = { compressedWidth: width, compressedHeight: height };
  const options = Object.assign({ src, quality: Math.round(quality * 100) }, sides);
  return asked('compressImage', options).then(({ tempFilePath }) => tempFilePath, () => '');
}

const OPENS_WITHIN = 3000;

/** A picture to draw from, on a canvas nobody sees; rejects where there is none, or it is slow. */
function openPicture(path) {
  const image = wx.createOffscreenCanvas({ type: '2d', width: 1, height: 1 }).createImage();
  const opened = new Promise((give, refuse) => {
    image.onload = () => give(image);
    image.onerror = refuse;
    image.src = path;
  });
  const late = new Promise((give, refuse) => setTimeout(refuse, OPENS_WITHIN));
  return Promise.race([opened, late]);
}

/** The pixels of parts of a picture, as core/complaints.js asks for them. */
function pixels(source, width, height, parts) {
  const pen = wx.createOffscreenCanvas({ type: '2d', width, height }).getContext('2d');
  parts.forEach((one) => pen.drawImage(source, ...one));
  return pen.getImageData(0, 0, width, height).data;
}

/**
 * What the phone sees of a photo's faults before it is sent; {} where it cannot look. iPhones run
 * a mini program without compiling it, and would look for ten seconds: theirs the house looks at.
 */
export async function faults(path) {
  if (!wx.createOffscreenCanvas || base.platform === 'ios' || device.platform === 'ios') return {};
  try {
    const image = await openPicture(path);
    const longSide = Math.max(image.width, image.height);
    return complaintsOf(image, image, longSide, { camera: true, png: false }, pixels);
  } catch (error) {
    return {};
  }
}

/** One fix of the phone, WGS-84, or null when there is none; never a track. */
export function position() {
  const patience = { isHighAccuracy: true, highAccuracyExpireTime: 4000 };
  return asked('getLocation', Object.assign({ type: 'wgs84' }, patience)).then(
    ({ latitude, longitude, accuracy }) => ({
      latitude: +latitude.toFixed(6),
      longitude: +longitude.toFixed(6),
      accuracy_m: Math.round(accuracy || 0) || null,
      fix_age_s: 0,
    }),
    () => null,
  );
}

const SWITCHED_OFF = 20004; // 订阅消息's main switch in the settings of WeChat

/** What a promise gives, or null when that takes longer than `ms`. */
export const within = (promise, ms) =>
  Promise.race([promise, new Promise((give) => setTimeout(() => give(null), ms))]);

/**
 * Ask for leave to send these messages, right at a tap: {answers: [{template, answer}]}, or {off}
 * where the person wants none of any mini program, {shut} where WeChat does not ask.
 */
export function askForMessages(tmplIds) {
  return asked('requestSubscribeMessage', { tmplIds }).then(
    (said) => ({
      answers: tmplIds.filter((id) => said[id]).map((id) => ({ template: id, answer: said[id] })),
    }),
    (error) => (error && error.errCode === SWITCHED_OFF ? { off: true } : { shut: true }),
  );
}

// ---- pages, calls, files passed on -----------------------------------------------------------

export const openPage = (url) => asked('navigateTo', { url }).catch(() => replacePage(url));
export const replacePage = (url) => asked('redirectTo', { url }).catch(() => null);
export const restart = (url) => asked('reLaunch', { url }).catch(() => null);
export const backPage = () => asked('navigateBack', { delta: 1 }).catch(() => null);
export const pageTitle = (title) => wx.setNavigationBarTitle({ title });
/** Scroll to what stands at this selector. */
export const toPlace = (selector) => asked('pageScrollTo', { selector }).catch(() => null);

/** A canvas on a page, ready to draw on in px: {node, pen, left, top, width, height} or null. */
export function canvasOn(page, selector) {
  const query = page.createSelectorQuery().select(selector);
  return new Promise((give) => {
    query.fields({ node: true, size: true, rect: true }).exec(([found]) => {
      if (!found || !found.node) {
        give(null);
        return;
      }
      const { node, left, top, width, height } = found;
      const ratio = quietly(() => wx.getWindowInfo().pixelRatio, 0) || 1;
      node.width = Math.round(width * ratio);
      node.height = Math.round(height * ratio);
      const pen = node.getContext('2d');
      pen.scale(ratio, ratio);
      give({ node, pen, left, top, width, height });
    });
  });
}

export const toTop = () => wx.pageScrollTo({ scrollTop: 0, duration: 0 });
export const call = (phoneNumber) => asked('makePhoneCall', { phoneNumber }).catch(() => null);

/** A text file begun anew: {write(line), path}; write throws with kind 'full'. */
export function beginFile(name) {
  const path = pathOf('out-' + name);
  disk.names().filter((one) => one.indexOf('out-') === 0).forEach(disk.remove);
  roomy(() => files.writeFileSync(path, '', 'utf8'));
  return { path, write: (line) => roomy(() => files.appendFileSync(path, line + '\n', 'utf8')) };
}

/**
 * Pass a file on in WeChat, after a question of `title`, `content` and `confirmText`: {done},
 * {shut}, or {none} when the person thought better of it. WeChat lets files be passed on at a tap
 * alone; the tap that had the file written is over, the one on the question counts.
 */
export const passOn = (filePath, fileName, words) =>
  new Promise((give) => {
    const gone = () => give({ done: true });
    const kept = (error) => give(whyNot(error));
    const success = ({ confirm }) => {
      if (!confirm) give({ none: true });
      else wx.shareFileMessage({ filePath, fileName, success: gone, fail: kept });
    };
    wx.showModal(Object.assign({ cancelText: '先不发' }, words, { success, fail: kept }));
  });
