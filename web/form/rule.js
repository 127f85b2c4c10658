// One rule of an inspector's form: what it says, the answer to it, its pictures.

import { useEffect, useState } from '../vendor/hooks.mjs';
import {
  answerTo, isInsisted, isOpen, doubtOf, insisted, needsReason, tapped, withAnswer, withValue,
} from '../core/answers.js';
import { drawingsOn } from '../core/drawings.js';
import { MOST_PHOTOS } from '../core/rounds.js';
import { DRAWING_WORDS } from '../core/words/drawings.js';
import { doubted } from '../core/worked.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { hints, TakeButton, urlOf, useShot } from '../camera/take.js';
import { Earlier, ReadyRemarks } from '../beside.js';
import { Button, html, Note } from '../parts.js';
import { phone } from '../state.js';
import { addPhoto, changeDraft, removePhoto } from '../visits.js';
import { Asks, Remark, Taps } from './asks.js';
import { Before } from './before.js';
import { Drawing } from './drawing.js';

const LEVELS = { should: '建议', may: '可选' };

function OwnPicture({ draft, photo, onGone }) {
  const [url, setUrl] = useState('');
  const [drawing, setDrawing] = useState(false);
  useEffect(() => {
    let made = '';
    phone.photo(photo.id).then((bytes) => bytes && setUrl((made = urlOf(bytes))));
    return () => made && URL.revokeObjectURL(made);
  }, [photo.id]);
  if (drawing) {
    return html`<${Drawing} draft=${draft} photo=${photo} url=${url}
      onDone=${() => setDrawing(false)} />`;
  }
  const drawings = drawingsOn(photo).length;
  return html`<figure class="shot">
    ${url ? html`<img class="photo" src=${url} alt="刚拍的照片" />
      <${Button} kind="plain tool" icon="pen" onClick=${() => setDrawing(true)}>
        ${drawings ? DRAWING_WORDS.drawn(drawings) : DRAWING_WORDS.open}<//>` : null}
    <button type="button" class="small" onClick=${onGone}>不要这张</button></figure>`;
}

/** The pictures of a rule, and the keys below it: take one, write a word. */
function Tools({ draft, row, noted, onNote }) {
  const [said, setSaid] = useState('');
  const shot = useShot();
  const photos = draft.photos.filter((photo) => photo.rule_code === row.code);
  const chosen = async (file) => {
    if (draft.photos.length >= MOST_PHOTOS) {
      setSaid(VISIT_WORDS.enoughPhotos(MOST_PHOTOS));
      return;
    }
    const taken = await shot.choose(file, (one) => addPhoto(draft.id, one, row.code));
    setSaid(taken ? hints(taken).join('') : '');
  };
  const busy = shot.state === 'working';
  const warned = said || shot.problem;
  const take = photos.length ? '再拍' : '拍照';
  const picture = (one) => html`<${OwnPicture} key=${one.id} draft=${draft} photo=${one}
    onGone=${() => removePhoto(draft, one.id)} />`;
  return html`
    ${warned ? html`<${Note} kind="warm" icon="ask" live>${warned}<//>` : null}
    ${photos.length ? html`<div class="photos">${photos.map(picture)}</div>` : null}
    <div class="two">
      <${TakeButton} kind=${'plain tool' + (busy ? ' busy' : '')} onFile=${chosen}>
        ${busy ? '正在处理…' : take}<//>
      ${noted ? null : html`<${Button} kind="plain tool" icon="pen" onClick=${onNote}>备注<//>`}
    </div>`;
}

/** Where tap and value part: the check's sentence, and the two ways on. */
function Doubt({ draft, row, change }) {
  const doubt = doubtOf(draft, row);
  if (!doubt) return null;
  if (isInsisted(draft, row)) return html`<${Note} kind="calm" icon="pen">${doubt}<//>`;
  const correct = () => {
    const field = document.querySelector('#rule-' + row.code + ' input:not([type=file])');
    if (field) field.focus();
    else change((now) => withAnswer(now, row.code, { verdict: null }));
  };
  return html`<${Note} kind="warm" icon="ask" live>${doubt}<//>
    <div class="two"><${Button} kind="plain tool" onClick=${correct}>我改一下<//>
      <${Button} kind="plain tool" onClick=${() => change((now) => insisted(now, row))}>
        就按我点的<//></div>`;
}

/** A card of the form; `quoted` where the clause is not the one above. */
export function Rule({ draft, row, pack, quoted }) {
  const answer = answerTo(draft, row.code);
  const [noting, setNoting] = useState(false);
  const change = (edit) => changeDraft(draft.id, (now) => doubted(edit(now)));
  const tap = (verdict) => change((now) => tapped(now, row, verdict, answer.verdict));
  const note = (text) => change((now) => withAnswer(now, row.code, { note: text }));
  const noted = noting || Boolean(answer.note) || needsReason(draft, row);
  const level = LEVELS[row.level];
  return html`<section class=${'card rule' + (isOpen(draft, row) ? ' open' : '')}
    id=${'rule-' + row.code} tabindex="-1" aria-labelledby=${'title-' + row.code}>
    <h2 id=${'title-' + row.code}>
      ${row.title}${level ? html` <span class="chip">${level}</span>` : null}</h2>
    ${quoted ? html`<p class="clause">${row.clause} ${row.text}</p>` : null}
    <${Taps} row=${row} verdict=${answer.verdict} onTap=${tap} />
    ${answer.left ? html`<p class="quiet">${VISIT_WORDS.notLookedAt(answer.left)}</p>` : null}
    <${Asks} draft=${draft} row=${row}
      onValue=${(fact, value) => change((now) => withValue(now, row.code, fact, value))} />
    <${Doubt} draft=${draft} row=${row} change=${change} />
    ${noted ? html`<${Remark} draft=${draft} row=${row} onInput=${note} />
      <${ReadyRemarks} remarks=${pack && pack.remarks} code=${row.code} note=${answer.note}
        onNote=${note} />` : null}
    <${Tools} draft=${draft} row=${row} noted=${noted} onNote=${() => setNoting(true)} />
    <${Before} draft=${draft} row=${row} pack=${pack} />
    <${Earlier} station=${draft.station} code=${row.code} /></section>`;
}
