// 看看这部手机行不行: what this phone and browser can do, for trials on real phones.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { sizeInWords } from '../core/words.js';
import { html, Screen, Verdict } from '../parts.js';
import { keepsThings } from '../state.js';
import { agent, findPosition, hasCamera, hasPosition, keepsPages, openCamera, startsOffline, storageState } from '../platform/browser.js';

async function tryCamera() {
  if (!hasCamera()) return { verdict: 'fail', words: '不能在网页里开相机。签到请用“拍张照片来认”。' };
  try {
    const stream = await openCamera();
    stream.getTracks().forEach((track) => track.stop());
    return { verdict: 'pass', words: '能用' };
  } catch (error) {
    return { verdict: 'fail', words: '没让用相机。请在手机设置里允许，或用“拍张照片来认”。' };
  }
}

async function tryPosition() {
  if (!hasPosition) return { verdict: 'fail', words: '没有位置功能，不要紧。' };
  const looking = findPosition();
  const fix = await looking.within(8000);
  looking.stop();
  return fix ? { verdict: 'pass', words: '能用，误差约 ' + fix.accuracy_m + ' 米' } : { verdict: 'unknown', words: '暂时没找到位置，不要紧。' };
}

async function tryStorage() {
  if (!keepsThings.value) return { verdict: 'fail', words: '存不住东西。请换手机自带的浏览器或 Chrome。' };
  const room = await storageState();
  return { verdict: 'pass', words: '能存' + (room.quota ? '，还有 ' + sizeInWords(room.quota - room.used) : '') + (room.lasting ? '，系统不会清理' : '') };
}

async function tryOffline() {
  if (!keepsPages) return { verdict: 'fail', words: '没网时打不开。苹果手机请用 Safari 打开。' };
  return startsOffline() ? { verdict: 'pass', words: '没网也能打开' } : { verdict: 'unknown', words: '还在准备，过一会儿再看。' };
}

const CHECKS = [['相机', tryCamera], ['位置', tryPosition], ['存东西', tryStorage], ['没网时打开', tryOffline]];

export function SelfCheck() {
  const [found, setFound] = useState({});
  useEffect(() => {
    CHECKS.forEach(([name, check]) => check().then((said) => setFound((now) => Object.assign({}, now, { [name]: said }))));
  }, []);
  return html`<${Screen} title="看看手机行不行" back="me"><section class="card">${CHECKS.map(([name]) => {
    const said = found[name];
    return html`<div class="row plain" key=${name}><span class="words"><b>${name}</b><${Verdict} verdict=${said ? said.verdict : 'unknown'}>${said ? said.words : '正在看…'}<//></span></div>`;
  })}</section><p class="quiet small-agent">${agent}</p><//>`;
}
