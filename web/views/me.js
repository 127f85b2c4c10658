// 我的: who I am, what this phone still holds, the size of the text, and leaving.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { daysWaiting } from '../core/queue.js';
import { sizeInWords, unsentInWords, WORDS } from '../core/words.js';
import { Button, html, Note, Row, Screen } from '../parts.js';
import { RescueButton } from '../keeping.js';
import { connected, count, go, keepsThings, nowMs, send, sending, session, setTextSize, signOut, stations, textSize } from '../state.js';
import { inWeChat, onIPhone } from '../platform/phone.js';
import { storageState } from '../platform/senses.js';

const SIZES = [['normal', '标准'], ['big', '大'], ['huge', '特大']];

/** What lies on this phone, in words; nothing is claimed before it was counted. */
function Holding() {
  const [room, setRoom] = useState(null);
  const left = count.value;
  useEffect(() => {
    storageState().then(setRoom);
  }, [left && left.waiting]);
  const days = daysWaiting(left, nowMs());
  return html`<section class="card pad"><h2>手机里存的</h2>
    ${left === null ? html`<p role="status">正在数…</p>` : left.waiting ? html`<p>还有 <b>${unsentInWords(left)}</b>没交，约 ${sizeInWords(left.bytes + 1024)}。</p>` : html`<p>都交完了，没有剩下的。</p>`}
    ${days >= 3 ? html`<${Note} kind="warm">最早的一条已经等了 ${days} 天。请到有信号的地方点“现在上传”；一直没信号，就存成一个文件，用微信发给乡镇或县里。<//>` : null}
    ${left && left.others ? html`<p>另外有 ${left.others} 条是别人的，等他们自己认站以后再交。</p>` : null}
    ${room && room.lasting ? html`<p class="quiet">系统答应了：这些记录它不会自己清理。</p>` : null}
    ${room && !room.lasting && keepsThings.value ? html`<p class="quiet">问过系统，它没答应一直留着：手机地方不够时可能清理。请常连网交一交，别清理本网页的数据。</p>` : null}
    ${room && room.quota && room.used > room.quota * 0.8 ? html`<${Note} kind="bad">${WORDS.full}<//>` : null}
    ${left && left.waiting ? html`<${Button} disabled=${sending.value} icon="cloud" onClick=${() => send(true)}>${sending.value ? '正在交…' : '现在上传'}<//>
      <${RescueButton} />` : null}</section>`;
}

function Leaving() {
  const [asking, setAsking] = useState(false);
  const left = count.value;
  const unsent = left ? left.waiting + left.attention : 0;
  const leave = async () => {
    await signOut();
    go('bind');
  };
  if (!asking) return html`<${Button} kind="warn" disabled=${!left} onClick=${() => setAsking(true)}>换人用这部手机<//>`;
  return html`<section class="card pad" role="alertdialog" aria-label="确认退出">
    ${unsent ? html`<${Note} kind="bad" icon="bell"><b>还有 ${unsent} 条没交！</b>最好先连上网交完。现在退出也不会丢，但要您再认一次站才会接着交。<//>` : html`<p>退出以后，要有新的绑定码才能再用。</p>`}
    ${unsent && connected.value ? html`<${Button} icon="cloud" onClick=${() => send(true)}>先交完再说<//>` : null}
    <${Button} kind="plain" onClick=${() => setAsking(false)}>不退出<//>
    <${Button} kind="warn" onClick=${leave}>${unsent ? '没交完也退出' : '退出'}<//></section>`;
}

export function Me() {
  const { person, county } = session.value;
  return html`<${Screen} title="我的" tabs>
    <section class="card pad who"><p class="big-word">${person.name}</p><p>${county.name} · ${person.role_label}${county.demo ? html` <span class="demo">演示数据</span>` : null}</p>
      ${stations.value.map((one) => html`<p key=${one.id}><b class="number">${one.code}</b> ${one.name}</p>`)}</section>
    <${Holding} />
    <section class="card pad"><fieldset class="sizes"><legend>字的大小</legend>${SIZES.map(([size, word]) => html`<label key=${size} class=${'size ' + size}>
      <input type="radio" name="size" value=${size} checked=${textSize.value === size} onChange=${() => setTextSize(size)} /><span>${word}</span></label>`)}</fieldset></section>
    <section class="card">
      ${county.hotline ? html`<${Row} icon="bell" tone="plain" href=${'tel:' + county.hotline.replace(/[^0-9+]/g, '')} title="打电话问县里">${county.hotline}<//>` : null}
      <${Row} icon="ask" tone="plain" href="#/self-check" title="看看这部手机行不行">相机、位置、没网时能不能用<//></section>
    ${onIPhone && inWeChat ? html`<${Note} kind="warm">苹果手机在微信里没网时打不开。请点右上角 ··· 选“在 Safari 中打开”，再“添加到主屏幕”。<//>` : null}
    <${Leaving} /><//>`;
}
