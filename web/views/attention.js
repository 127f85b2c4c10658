// 要处理: what the server did not take, with its reason; mend it, send it again, save it, or drop it.

import { useState } from '../vendor/hooks.mjs';
import { beijingTime, dayFromToday } from '../core/dates.js';
import { discard, happenedAt, onlyPhotosRefused, sendAgain } from '../core/queue.js';
import { kindLabel, subjectLabel } from '../core/words.js';
import { LocalPicture, RescueButton } from '../keeping.js';
import { Button, html, Note, Screen } from '../parts.js';
import { go, mine, phone, queue, send, today } from '../state.js';

/** Inspectors' visits are opened again by their own module, fetched only for them. */
const visits = () => import('../visits.js');

export function Attention() {
  const items = mine.value.filter((item) => item.state === 'attention');
  return html`<${Screen} title="要处理" tabs>
    ${queue.value === null ? html`<p class="quiet centre" role="status">正在数手机里的记录…</p>`
      : items.length ? items.map((item) => html`<${Refused} key=${item.id} item=${item} />`)
      : html`<section class="card pad centre"><p class="big-word">没有要处理的</p><p>交上去的，那边都收下了。要是有哪条没收下，会在这里告诉您原因。</p></section>`}<//>`;
}

function Refused({ item }) {
  const [asking, setAsking] = useState(false);
  const photosOnly = onlyPhotosRefused(item);
  const refused = item.photos.filter((photo) => photo.state === 'refused');
  const again = async () => {
    await sendAgain(phone, item.id);
    send(true);
  };
  const [lost, setLost] = useState(false);
  const mend = async () => {
    if (item.kind === 'inspection' && photosOnly) go('inspection/' + item.id);
    else if (item.kind === 'inspection') {
      const draft = await (await visits()).reopen(item);
      if (draft) go('visit/' + draft.visit_id);
      else setLost(true);
    } else if (item.kind === 'answer') go('question/' + item.payload.signal_id);
    else if (item.kind === 'rectification') go('mend/' + item.payload.rectification_id);
    else if (item.kind === 'parcel_count') go('count/' + item.id);
    else if (item.photos.length) go('photo/' + (refused[0] || item.photos[0]).subject + '/' + item.id);
    else go('check-in');
  };
  const drop = async () => {
    await discard(phone, item.id);
    if (item.kind === 'inspection' && !photosOnly) (await visits()).forget(item.id);
  };
  const words = { parcel_count: '改好再交', photo_note: '重新拍一张', check_in: '重新签到', inspection: '打开来改', rectification: '重新拍一张', answer: '改好再交' };
  const detail = item.kind === 'parcel_count' ? '收 ' + item.payload.received + ' 件，寄 ' + item.payload.sent + ' 件' : '';
  const mendWords = photosOnly ? (item.kind === 'inspection' ? '去看这份督导记录' : '重新拍一张') : words[item.kind];
  return html`<section class="card pad refused">
    <h2>${kindLabel(item)}：${photosOnly ? refused.length + ' 张照片没收下' : '没收下'}</h2>
    <p>${dayFromToday(item.day_on, today.value)} ${beijingTime(happenedAt(item))} ${detail}</p>
    <${Note} kind="bad" icon="ask">${item.why.message || '那边没说为什么，请打电话问一下。'}<//>
    ${photosOnly ? html`<p>记录本身已经交到了，没收下的只是${refused.length > 1 ? '这几张' : '这一张'}。县里知道它不会来了，不用一直等。${item.kind === 'inspection' ? '要补照片，请在督导记录里点“更正”。' : ''}</p>
      <div class="photos">${refused.map((photo) => html`<${LocalPicture} key=${photo.id} id=${photo.id} alt=${'没收下的' + subjectLabel(photo.subject)} />`)}</div>` : null}
    ${lost ? html`<${Note} kind="warm">这一份在手机里只剩交的内容了，改不了。可以原样再交，或者存成文件交给县里。<//>` : null}
    ${asking ? html`<div role="alertdialog" aria-label="确认不要了"><p><b>真的不要了？</b>${photosOnly ? '照片' : ''}扔掉就找不回来了。</p>
        <${Button} kind="warn" onClick=${drop}>${photosOnly ? '是，扔掉照片' : '是，扔掉这一条'}<//><${Button} kind="plain" onClick=${() => setAsking(false)}>先留着<//></div>`
      : html`<${Button} icon="pen" onClick=${mend}>${mendWords}<//>
        <${Button} kind="plain" onClick=${again}>原样再交一次<//>
        <${RescueButton} items=${[item]}>存成文件<//>
        <${Button} kind="warn" onClick=${() => setAsking(true)}>${photosOnly ? '照片不要了' : '不要这一条了'}<//>`}
    ${item.why.code ? html`<p class="helpline">打电话问时请报：${item.why.code}</p>` : null}</section>`;
}
