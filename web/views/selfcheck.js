// 看看这部手机行不行: what this phone and browser can do, for trials on real phones and the office.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { clockDoubted, offsetNow } from '../core/clock.js';
import { writeMoment } from '../core/dates.js';
import { CHECK_WORDS, reportInWords } from '../core/words/check.js';
import { Button, html, Note, Screen } from '../parts.js';
import { Getting, Verdict } from '../pieces.js';
import { clock, count, fetched, keepsThings, phone, sendSelfCheck, session } from '../state.js';
import { deviceLabel, keepsPages, readyWithoutNet } from '../platform/phone.js';
import {
  agent, copyText, findPosition, hasCamera, hasKept, hasPosition, keptVersion, openCamera,
  screenSize, storageState,
} from '../platform/senses.js';
import { shrinkPhoto } from '../camera/reading.js';

const said = (ok, detail) => ({ ok, detail });

async function tryNet() {
  const began = phone.steady();
  const answer = await fetched('/session');
  if (answer.fresh) return said(true, CHECK_WORDS.reached(Math.round(phone.steady() - began)));
  const answered = answer.problem && !session.value;
  return answered ? said(true, '连得上县里') : said(null, CHECK_WORDS.notReached);
}

async function tryStorage() {
  return keepsThings.value ? said(true, '能存') : said(false, CHECK_WORDS.keepsNothing);
}

async function tryLasting() {
  const room = await storageState();
  return room.lasting ? said(true, CHECK_WORDS.lasting) : said(null, CHECK_WORDS.notLasting);
}

async function tryRoom() {
  const room = await storageState();
  if (!room.quota) return said(null, CHECK_WORDS.roomUnknown);
  const left = room.quota - room.used;
  return said(left > 100 * 1048576, CHECK_WORDS.room(left, room.used));
}

async function tryOffline() {
  if (!keepsPages) return said(false, CHECK_WORDS.notOffline);
  return (await readyWithoutNet()) ? said(true, '没网也能打开') : said(null, CHECK_WORDS.offlineSoon);
}

async function tryCamera() {
  if (!hasCamera()) return said(false, CHECK_WORDS.noCamera);
  try {
    const stream = await openCamera();
    stream.getTracks().forEach((track) => track.stop());
    return said(true, '能用');
  } catch (error) {
    return said(false, CHECK_WORDS.cameraRefused);
  }
}

async function tryScanner() {
  const kept = await hasKept('/app/vendor/qr_reader.js');
  return kept ? said(true, CHECK_WORDS.scanner) : said(null, CHECK_WORDS.scannerSoon);
}

async function tryPosition() {
  if (!hasPosition) return said(false, CHECK_WORDS.noPosition);
  const looking = findPosition();
  const fix = await looking.within(8000);
  looking.stop();
  if (!fix) return said(null, CHECK_WORDS.positionUnknown);
  return said(true, CHECK_WORDS.position(fix.accuracy_m));
}

async function tryClock() {
  const offset = offsetNow(phone, clock.value);
  if (offset === null) return said(null, CHECK_WORDS.clockUnknown);
  if (clockDoubted(phone, clock.value)) return said(false, CHECK_WORDS.clockDoubted);
  const right = Math.round(Math.abs(offset) / 60000) <= 5;
  return right ? said(true, '时间是准的') : said(false, CHECK_WORDS.clockWrong(offset));
}

/** A picture as a camera's, so that the time it takes is this phone's time. */
function testPicture() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 4000, height: 3000 });
  const pen = canvas.getContext('2d');
  for (let i = 0; i < 300; i += 1) {
    pen.fillStyle = 'hsl(' + i * 37 + ',60%,50%)';
    pen.fillRect((i * 613) % 4000, (i * 389) % 3000, 400, 300);
  }
  return new Promise((give) => canvas.toBlob(give, 'image/jpeg', 0.9));
}

async function tryPhoto() {
  const picture = await testPicture();
  const began = phone.steady();
  const small = await shrinkPhoto(picture);
  const took = phone.steady() - began;
  return said(small.size <= 300 * 1024, CHECK_WORDS.photo(small.size, took));
}

async function tryUnsent() {
  const left = count.value;
  if (!left) return said(null, '还没认站');
  return left.waiting ? said(null, CHECK_WORDS.unsent(left)) : said(true, '都交完了');
}

const CHECKS = [
  ['net', '连网', tryNet],
  ['storage', '存东西', tryStorage],
  ['lasting', '存得住', tryLasting],
  ['room', '地方', tryRoom],
  ['offline', '没网时打开', tryOffline],
  ['camera', '相机', tryCamera],
  ['scanner', '扫码', tryScanner],
  ['photo', '压照片', tryPhoto],
  ['position', '位置', tryPosition],
  ['clock', '时间', tryClock],
  ['unsent', '没交的', tryUnsent],
];
const VERDICTS = { true: 'pass', false: 'fail', null: 'unknown' };

function Passing({ report }) {
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const send = async () => {
    setBusy(true);
    const answer = await sendSelfCheck(report);
    setBusy(false);
    setTold(answer.body ? CHECK_WORDS.sent : answer.problem);
    setShown(!answer.body);
  };
  const copy = async () => {
    setShown(true);
    const copied = await copyText(reportInWords(report));
    setTold(copied ? CHECK_WORDS.copied : CHECK_WORDS.copyByHand);
  };
  return html`${told ? html`<${Note} kind="calm" icon="list" live>${told}<//>` : null}
    ${session.value ? html`<${Button} icon="cloud" disabled=${busy} onClick=${send}>
      ${busy ? '正在发…' : '发给县办'}<//>` : null}
    <${Button} kind="plain" icon="list" onClick=${copy}>复制成文字<//>
    ${shown ? html`<section class="card pad">
      <textarea class="big-input" rows="8" readonly aria-label="自检结果">
        ${reportInWords(report)}</textarea></section>` : null}`;
}

function Check({ label, found }) {
  return html`<div class="row plain check"><span class="words"><b>${label}</b>
    <${Verdict} verdict=${found ? VERDICTS[found.ok] : 'unknown'}>
      ${found ? found.detail : '正在看…'}<//></span></div>`;
}

/** What was found out, as the office keeps it. */
async function reportOf(checks, began) {
  return {
    device_label: deviceLabel(),
    user_agent: agent.slice(0, 300),
    app_version: await keptVersion(),
    made_at: writeMoment(phone.now()),
    took_ms: Math.round(phone.steady() - began),
    screen: screenSize(),
    checks,
  };
}

export function SelfCheck() {
  const [found, setFound] = useState({});
  const [report, setReport] = useState(null);
  const gone = useRef(false);
  useEffect(() => {
    const began = phone.steady();
    const failed = (error) =>
      said(false, CHECK_WORDS.failed(String(error && error.message).slice(0, 80)));
    const look = async () => {
      const checks = [];
      for (const [key, label, check] of CHECKS) {
        if (gone.current) return;
        const one = await check().catch(failed);
        checks.push(Object.assign({ key, label }, one));
        setFound((now) => Object.assign({}, now, { [key]: one }));
      }
      setReport(await reportOf(checks, began));
    };
    look();
    return () => {
      gone.current = true;
    };
  }, []);
  return html`<${Screen} title=${CHECK_WORDS.title} back=${session.value ? 'me' : ''}>
    <section class="card">${CHECKS.map(([key, label]) => html`
      <${Check} key=${key} label=${label} found=${found[key]} />`)}</section>
    ${report
      ? html`<${Passing} report=${report} />`
      : html`<${Getting}>${CHECK_WORDS.trying}<//>`}
    <p class="quiet small-agent">${agent}</p><//>`;
}
