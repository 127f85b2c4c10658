// 我的: who I am, what this phone still holds, the size of the text, and leaving.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { consentRecord, consentsAt } from '../core/asking.js';
import { daysWaiting } from '../core/queue.js';
import { unsentInWords, WORDS } from '../core/words.js';
import { ASK_WORDS } from '../core/words/asking.js';
import { KEPT_WORDS } from '../core/words/kept.js';
import { Button, html, LateButton, Note, Screen, TextSize } from '../parts.js';
import { CallRow, Demo, Row } from '../pieces.js';
import { RescueButton } from '../keeping.js';
import {
  connected, count, go, home, keepRecord, keepsThings, mine, nowMs, send, sending, session,
  signOut, station, stations,
} from '../state.js';
import { inWeChat, onIPhone } from '../platform/phone.js';
import { storageState } from '../platform/senses.js';

/** Whether the phone promised not to clear this by itself, and whether there is room. */
function Room({ room }) {
  const tight = room.quota && room.used > room.quota * 0.8;
  const promised = room.lasting ? KEPT_WORDS.lasting : keepsThings.value && KEPT_WORDS.notLasting;
  return html`${promised ? html`<p class="quiet">${promised}</p>` : null}
    ${tight ? html`<${Note} kind="bad">${WORDS.full}<//>` : null}`;
}

/** What lies on this phone; nothing is claimed before it was counted. */
function Holding() {
  const [room, setRoom] = useState(null);
  const left = count.value;
  useEffect(() => {
    storageState().then(setRoom);
  }, [left && left.waiting]);
  const days = daysWaiting(left, nowMs());
  const some = left && left.waiting;
  return html`<section class="card pad"><h2>手机里存的</h2>
    ${left === null ? html`<p role="status">正在数…</p>` : null}
    ${some ? html`<p>还有 <b>${unsentInWords(left)}</b>${KEPT_WORDS.notSent(left.bytes)}</p>` : null}
    ${left && !some ? html`<p>${KEPT_WORDS.nothingLeft}</p>` : null}
    ${days >= 3 ? html`<${Note} kind="warm">${KEPT_WORDS.oldest(days)}<//>` : null}
    ${left && left.others ? html`<p>${KEPT_WORDS.ofOthers(left.others)}</p>` : null}
    ${room ? html`<${Room} room=${room} />` : null}
    ${some ? html`<${Button} disabled=${sending.value} icon="cloud" onClick=${() => send(true)}>
        ${sending.value ? '正在交…' : '现在上传'}<//>
      <${RescueButton} />` : null}</section>`;
}

function ReallyLeave({ unsent, onStay }) {
  const leave = async () => {
    await signOut();
    go('bind');
  };
  return html`<section class="card pad" role="alertdialog" aria-label="确认退出">
    ${unsent
      ? html`<${Note} kind="bad" icon="bell">
          <b>${KEPT_WORDS.unsentLeft(unsent)}</b>${KEPT_WORDS.sendFirst}<//>`
      : html`<p>${KEPT_WORDS.newCodeNeeded}</p>`}
    ${unsent && connected.value
      ? html`<${Button} icon="cloud" onClick=${() => send(true)}>先交完再说<//>`
      : null}
    <${Button} kind="plain" onClick=${onStay}>不退出<//>
    <${LateButton} kind="warn" onClick=${leave}>${unsent ? '没交完也退出' : '退出'}<//></section>`;
}

function Leaving() {
  const [asking, setAsking] = useState(false);
  const left = count.value;
  const unsent = left ? left.waiting + left.attention : 0;
  if (asking) return html`<${ReallyLeave} unsent=${unsent} onStay=${() => setAsking(false)} />`;
  return html`<${Button} kind="warn" disabled=${!left} onClick=${() => setAsking(true)}>
    换人用这部手机<//>`;
}

function HelpLines({ hotline }) {
  return html`<${CallRow} number=${hotline} /><section class="card">
    <${Row} icon="ask" tone="plain" href="#/self-check" title=${KEPT_WORDS.isItAble}>
      ${KEPT_WORDS.able}<//>
    ${station.value ? html`<${Row} icon="me" tone="plain" href="#/consent"
      title=${ASK_WORDS.privacy} />` : null}</section>`;
}

/** What may be refused, a yes or no each, and what is kept without asking. */
export function Consents() {
  const [problem, setProblem] = useState('');
  const say = (one, agreed) => async () => {
    const kept = await keepRecord(consentRecord(station.value, one, agreed, 'web'), one.refused);
    setProblem(kept.problem || '');
  };
  return html`<${Screen} title=${ASK_WORDS.privacy} back="">
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${consentsAt(home.value, mine.value).map((one) => html`
      <section class="card pad choices" key=${one.purpose + one.state}><h2>${one.title}</h2>
        <p>${one.text}</p><p role="status"><b>${ASK_WORDS.consent[one.state]}</b></p>
        <${LateButton} kind="plain" onClick=${say(one, true)}>同意<//>
        <${LateButton} kind="plain" onClick=${say(one, false)}>不同意<//></section>`)}
    <section class="card pad">${home.value && home.value.privacy.map((line) => html`
      <p key=${line}>${line}</p>`)}</section><//>`;
}

export function Me() {
  const { person, county } = session.value;
  return html`<${Screen} title="我的" tabs>
    <section class="card pad who">
      <p class="big-word">${person.name}</p>
      <p>${county.name} · ${person.role_label}<${Demo} of=${county} /></p>
      ${stations.value.map((one) => html`
        <p key=${one.id}><b class="number">${one.code}</b> ${one.name}</p>`)}</section>
    <${Holding} />
    <${TextSize} />
    <${HelpLines} hotline=${county.hotline} />
    ${onIPhone && inWeChat ? html`<${Note} kind="warm">${KEPT_WORDS.toSafari}<//>` : null}
    <${Leaving} /><//>`;
}
