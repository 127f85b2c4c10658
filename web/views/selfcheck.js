// 看看这部手机行不行: what this phone and browser can do, for trials on real phones; for the office too.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { clockDoubted, offsetNow } from '../core/clock.js';
import { writeMoment } from '../core/dates.js';
import { sizeInWords, unsentInWords } from '../core/words.js';
import { Button, html, Note, Screen, Verdict } from '../parts.js';
import { clock, count, fetched, keepsThings, phone, sendSelfCheck, session } from '../state.js';
import { deviceLabel, keepsPages, startsOffline } from '../platform/phone.js';
import { agent, copyText, findPosition, hasCamera, hasKept, hasPosition, keptVersion, openCamera, screenSize, storageState } from '../platform/senses.js';
import { shrinkPhoto } from '../camera/reading.js';

const said = (ok, detail) => ({ ok, detail });

async function tryNet() {
  const began = phone.steady();
  const answer = await fetched('/session');
  if (answer.fresh) return said(true, '连得上县里，来回 ' + Math.round(phone.steady() - began) + ' 毫秒');
  return answer.problem && !session.value ? said(true, '连得上县里') : said(null, '现在连不上县里，不要紧，有网再看。');
}

async function tryStorage() {
  return keepsThings.value ? said(true, '能存') : said(false, '存不住东西。请换手机自带的浏览器或 Chrome。');
}

async function tryLasting() {
  const room = await storageState();
  return room.lasting ? said(true, '系统答应了不清理') : said(null, '系统没答应，地方不够时可能清理。请常连网交一交。');
}

async function tryRoom() {
  const room = await storageState();
  if (!room.quota) return said(null, '手机没说还有多少地方');
  const left = room.quota - room.used;
  return said(left > 100 * 1048576, '还能存 ' + sizeInWords(left) + '，已经用了 ' + sizeInWords(room.used));
}

async function tryOffline() {
  if (!keepsPages) return said(false, '没网时打不开。苹果手机请用 Safari 打开。');
  return startsOffline() ? said(true, '没网也能打开') : said(null, '还在准备，过一会儿再看。');
}

async function tryCamera() {
  if (!hasCamera()) return said(false, '不能在网页里开相机。签到请用“拍张照片来认”。');
  try {
    const stream = await openCamera();
    stream.getTracks().forEach((track) => track.stop());
    return said(true, '能用');
  } catch (error) {
    return said(false, '没让用相机。请在手机设置里允许，或用“拍张照片来认”。');
  }
}

async function tryScanner() {
  const kept = await hasKept('/app/vendor/zxing_reader.wasm');
  return kept ? said(true, '认码的程序存好了，没网也能扫') : said(null, '认码的程序还没存好，扫一次就有了。');
}

async function tryPosition() {
  if (!hasPosition) return said(false, '没有位置功能，不要紧。');
  const looking = findPosition();
  const fix = await looking.within(8000);
  looking.stop();
  return fix ? said(true, '能用，误差约 ' + fix.accuracy_m + ' 米') : said(null, '暂时没找到位置，不要紧。');
}

async function tryClock() {
  const offset = offsetNow(phone, clock.value);
  if (offset === null) return said(null, '还没和县里对过时间');
  if (clockDoubted(phone, clock.value)) return said(false, '日期好像不对。请打开“自动确定日期和时间”。');
  const minutes = Math.round(Math.abs(offset) / 60000);
  return minutes <= 5 ? said(true, '时间是准的') : said(false, '手机时间' + (offset < 0 ? '快' : '慢') + '了约 ' + (minutes < 120 ? minutes + ' 分钟' : Math.round(minutes / 60) + ' 小时') + '。请打开“自动确定日期和时间”。');
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
  return said(small.size <= 300 * 1024, '一张照片压成 ' + sizeInWords(small.size) + '，用了 ' + ((phone.steady() - began) / 1000).toFixed(1) + ' 秒');
}

async function tryUnsent() {
  const left = count.value;
  if (!left) return said(null, '还没认站');
  return left.waiting ? said(null, '还有 ' + unsentInWords(left) + '没交') : said(true, '都交完了');
}

const CHECKS = [
  ['net', '连网', tryNet], ['storage', '存东西', tryStorage], ['lasting', '存得住', tryLasting], ['room', '地方', tryRoom],
  ['offline', '没网时打开', tryOffline], ['camera', '相机', tryCamera], ['scanner', '扫码', tryScanner], ['photo', '压照片', tryPhoto],
  ['position', '位置', tryPosition], ['clock', '时间', tryClock], ['unsent', '没交的', tryUnsent],
];
const VERDICTS = { true: 'pass', false: 'fail', null: 'unknown' };
const MARKS = { true: '能用', false: '不行', null: '没弄清' };

/** The same as text, for those who can only send a message. */
function asText(report) {
  const lines = report.checks.map((one) => one.label + '：' + MARKS[one.ok] + '（' + one.detail + '）');
  return ['村站通手机自检 ' + report.made_at, report.device_label].concat(lines, [report.user_agent]).join('\n');
}

function Passing({ report }) {
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const send = async () => {
    setBusy(true);
    const answer = await sendSelfCheck(report);
    setBusy(false);
    setTold(answer.body ? '发好了，县办能看到。' : answer.problem);
    setShown(!answer.body);
  };
  const copy = async () => {
    setShown(true);
    setTold((await copyText(asText(report))) ? '复制好了，到微信里粘贴给县里就行。' : '请长按下面的字，全选、复制，再到微信里粘贴。');
  };
  return html`${told ? html`<${Note} kind="calm" icon="list" live>${told}<//>` : null}
    ${session.value ? html`<${Button} icon="cloud" disabled=${busy} onClick=${send}>${busy ? '正在发…' : '发给县办'}<//>` : null}
    <${Button} kind="plain" icon="list" onClick=${copy}>复制成文字<//>
    ${shown ? html`<section class="card pad"><textarea class="big-input" rows="8" readonly aria-label="自检结果">${asText(report)}</textarea></section>` : null}`;
}

export function SelfCheck() {
  const [found, setFound] = useState({});
  const [report, setReport] = useState(null);
  const gone = useRef(false);
  useEffect(() => {
    const began = phone.steady();
    const look = async () => {
      const checks = [];
      for (const [key, label, check] of CHECKS) {
        if (gone.current) return;
        const one = await check().catch((error) => said(false, '没试成：' + String(error && error.message).slice(0, 80)));
        checks.push(Object.assign({ key, label }, one));
        setFound((now) => Object.assign({}, now, { [key]: one }));
      }
      setReport({ device_label: deviceLabel(), user_agent: agent.slice(0, 300), app_version: await keptVersion(), made_at: writeMoment(phone.now()), took_ms: Math.round(phone.steady() - began), screen: screenSize(), checks });
    };
    look();
    return () => {
      gone.current = true;
    };
  }, []);
  return html`<${Screen} title="看看手机行不行" back=${session.value ? 'me' : ''}>
    <section class="card">${CHECKS.map(([key, label]) => html`<div class="row plain check" key=${key}><span class="words"><b>${label}</b><${Verdict} verdict=${found[key] ? VERDICTS[found[key].ok] : 'unknown'}>${found[key] ? found[key].detail : '正在看…'}<//></span></div>`)}</section>
    ${report ? html`<${Passing} report=${report} />` : html`<p class="quiet centre" role="status">正在一样一样试，要十几秒…</p>`}
    <p class="quiet small-agent">${agent}</p><//>`;
}
