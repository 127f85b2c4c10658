// 要处理: what the server did not take, with its reason; mend it, send it again, save it, or drop it.

import { useState } from '../vendor/hooks.mjs';
import { MEND, mendPath } from '../core/attention.js';
import { discard, sendAgain } from '../core/again.js';
import { onlyPhotosRefused } from '../core/queue.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { KEPT_WORDS, kindLabel, whenInWords } from '../core/words/kept.js';
import { LocalPicture, RescueButton } from '../keeping.js';
import { Button, html, LateButton, Note, Screen } from '../parts.js';
import { Getting } from '../pieces.js';
import { go, mine, phone, queue, send, today } from '../state.js';

/** Inspectors' visits are opened again by their own module, fetched only for them. */
const visits = () => import('../visits.js');

export function Attention() {
  const items = mine.value.filter((item) => item.state === 'attention');
  const counted = queue.value !== null;
  return html`<${Screen} title="要处理" tabs>
    ${counted ? null : html`<${Getting}>${KEPT_WORDS.counting}<//>`}
    ${counted && !items.length ? html`<section class="card pad centre">
      <p class="big-word">没有要处理的</p><p>${KEPT_WORDS.allTaken}</p></section>` : null}
    ${items.map((item) => html`<${Refused} key=${item.id} item=${item} />`)}<//>`;
}

/** The record arrived; only these photos of it did not. */
function OnlyPhotos({ item, photos }) {
  const amend = item.kind === 'inspection' ? KEPT_WORDS.amendForPhotos : '';
  return html`<p>${KEPT_WORDS.onlyPhotos(photos.length)}${amend}</p>
    <div class="photos">${photos.map((photo) => html`<${LocalPicture} key=${photo.id} id=${photo.id}
      alt=${KEPT_WORDS.refusedPhoto(photo.subject)} />`)}</div>`;
}

function ReallyDrop({ photosOnly, onDrop, onStay }) {
  return html`<div role="alertdialog" aria-label="确认不要了">
    <p><b>${SHARED_WORDS.reallyDrop}</b>${KEPT_WORDS.goneForGood(photosOnly ? '照片' : '')}</p>
    <${LateButton} kind="warn" onClick=${onDrop}>
      ${photosOnly ? KEPT_WORDS.dropPhotos : KEPT_WORDS.dropRecord}<//>
    <${Button} kind="plain" onClick=${onStay}>先留着<//></div>`;
}

function Refused({ item }) {
  const [asking, setAsking] = useState(false);
  const [lost, setLost] = useState(false);
  const { kind, why } = item;
  const isVisit = kind === 'inspection';
  const photosOnly = onlyPhotosRefused(item);
  const refused = item.photos.filter((photo) => photo.state === 'refused');
  const again = async () => {
    await sendAgain(phone, item.id);
    send(true);
  };
  const mend = async () => {
    if (isVisit && photosOnly) go('inspection/' + item.id);
    else if (isVisit) {
      const draft = await (await visits()).reopen(item);
      if (draft) go('visit/' + draft.visit_id);
      else setLost(true);
    } else go(mendPath(item));
  };
  const drop = async () => {
    await discard(phone, item.id);
    if (isVisit && !photosOnly) (await visits()).forget(item.id);
  };
  const mendPhotos = isVisit ? KEPT_WORDS.readCopy : '重新拍一张';
  const when = whenInWords(item, today.value);
  return html`<section class="card pad refused">
    <h2>${KEPT_WORDS.refusal(kindLabel(item), photosOnly ? refused.length : 0)}</h2>
    <p>${when} ${kind === 'parcel_count' ? SHARED_WORDS.counted(item.payload) : ''}</p>
    <${Note} kind="bad" icon="ask">${why.message || KEPT_WORDS.noReason}<//>
    ${photosOnly ? html`<${OnlyPhotos} item=${item} photos=${refused} />` : null}
    ${lost ? html`<${Note} kind="warm">${KEPT_WORDS.onlyContent}<//>` : null}
    ${asking
      ? html`<${ReallyDrop} photosOnly=${photosOnly} onDrop=${drop}
          onStay=${() => setAsking(false)} />`
      : html`<${Button} icon="pen" onClick=${mend}>${photosOnly ? mendPhotos : MEND[kind]}<//>
        <${Button} kind="plain" onClick=${again}>原样再交一次<//>
        <${RescueButton} items=${[item]}>存成文件<//>
        <${Button} kind="warn" onClick=${() => setAsking(true)}>
          ${photosOnly ? '照片不要了' : '不要这一条了'}<//>`}
    ${why.code ? html`<p class="helpline">${KEPT_WORDS.sayCode(why.code)}</p>` : null}</section>`;
}
