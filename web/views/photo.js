// 拍照片: choose what, see how, take it, look at it, keep it; one step a screen.

import { day } from '../day.js';
import { betterOf, noteRecord, photosToTake } from '../core/shots.js';
import { SUBJECTS } from '../core/words.js';
import { PHOTO_WORDS } from '../core/words/photo.js';
import { Looking, shotOf, Shrinking, TakeButton, useShot } from '../camera/take.js';
import { Example } from '../examples.js';
import { html, Note, Screen } from '../parts.js';
import { Done, Picture, Row } from '../pieces.js';
import { keepRecord, station } from '../state.js';

/** The list of what can be photographed, what is asked for first. */
export function PhotoList() {
  const { asked, rest } = photosToTake(day.value);
  const row = (tone) => ({ key, label, why }) => html`<${Row} key=${key} href=${'#/photo/' + key}
    icon="camera" tone=${tone} title=${label}>${why || null}<//>`;
  return html`<${Screen} title="拍照片" back="">
    ${asked.length
      ? html`<section class="card">
          <h2>这几样要拍</h2>${asked.map(row('todo'))}</section>`
      : html`<${Note} kind="good" icon="check">${PHOTO_WORDS.allTaken}<//>`}
    <section class="card"><h2>别的照片</h2>${rest.map(row('plain'))}</section><//>`;
}

/** How to take it, with a drawing; and the last one, when nobody could make it out. */
function How({ subject, shot }) {
  const { label, how } = SUBJECTS[subject];
  const better = betterOf(day.value, subject);
  const foot = html`<${TakeButton} kind="main" onFile=${shot.choose}>打开相机<//>`;
  return html`<${Screen} title=${PHOTO_WORDS.take(label)} back="photo" foot=${foot}>
    ${shot.problem ? html`<${Note} kind="bad" live>${shot.problem}<//>` : null}
    ${better ? html`<${Note} kind="warm" icon="camera">${better.why}<//>` : null}
    ${better && better.photo_id ? html`<section class="card pad">
      <p class="quiet">${PHOTO_WORDS.lastOne}</p>
      <div class="photos"><figure class="shot">
        <${Picture} path=${'/keeper/photos/' + better.photo_id + '/thumb'} alt="上次拍的照片" />
      </figure></div></section>` : null}
    <section class="card pad">
      <p class="how">${how}</p><${Example} subject=${subject} /><p class="quiet">像这样拍就行</p>
    </section><//>`;
}

export function Photo({ subject, mending }) {
  const shot = useShot();
  const { label } = SUBJECTS[subject];
  const alt = PHOTO_WORDS.justTaken(label);
  const save = (photo) => {
    const record = noteRecord(station.value.id, shotOf(photo, subject));
    return keepRecord(record, mending || null);
  };
  if (shot.saved) {
    return html`<${Done} title=${PHOTO_WORDS.kept(label)} item=${shot.saved}>
      <img class="done-photo" src=${shot.made.url} alt=${alt} /><//>`;
  }
  if (shot.state === 'working') {
    return html`<${Shrinking} title=${PHOTO_WORDS.take(label)} back="photo" />`;
  }
  if (!shot.made) return html`<${How} subject=${subject} shot=${shot} />`;
  return html`<${Looking} shot=${shot} back="photo" alt=${alt}
    keepWords="就用这张" onKeep=${() => shot.keep(save)} />`;
}
