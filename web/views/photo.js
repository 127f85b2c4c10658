// 拍照片: choose what, see how, take it, look at it, keep it; one step a screen.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { betterPhotos, photosToTake } from '../day.js';
import { SUBJECT_KEYS, SUBJECTS } from '../core/words.js';
import { hints, made as madeOf, NO_PHOTO, shotOf, TakeButton, urlOf } from '../camera/take.js';
import { Example } from '../examples.js';
import { Button, Done, html, Note, Picture, Row, Screen } from '../parts.js';
import { keepRecord, phone, station } from '../state.js';

/** The list of what can be photographed, what is asked for first. */
export function PhotoList() {
  const tasks = betterPhotos(station.value).concat(photosToTake(station.value));
  const asked = tasks.map((task) => task.subject).filter((subject, i, all) => all.indexOf(subject) === i);
  const rest = SUBJECT_KEYS.filter((key) => asked.indexOf(key) < 0);
  const why = {};
  tasks.slice().reverse().forEach((task) => {
    why[task.subject] = task.why;
  });
  const row = (key) => html`<${Row} key=${key} href=${'#/photo/' + key} icon="camera" tone=${asked.indexOf(key) < 0 ? 'plain' : 'todo'} title=${SUBJECTS[key].label}>${why[key] || null}<//>`;
  return html`<${Screen} title="拍照片" back="">
    ${asked.length ? html`<section class="card"><h2>这几样要拍</h2>${asked.filter((k) => SUBJECTS[k]).map(row)}</section>` : html`<${Note} kind="good" icon="check">要拍的都拍过了。下面的想拍也可以拍。<//>`}
    <section class="card"><h2>别的照片</h2>${rest.map(row)}</section><//>`;
}

export function Photo({ subject, mending }) {
  const about = SUBJECTS[subject];
  const better = betterPhotos(station.value).filter((task) => task.subject === subject)[0];
  const [made, setMade] = useState(null);
  const [state, setState] = useState('ready');
  const [saved, setSaved] = useState(null);
  const [problem, setProblem] = useState('');
  useEffect(() => () => made && URL.revokeObjectURL(made.url), [made]);
  const chosen = async (file) => {
    setState('working');
    setProblem('');
    try {
      const small = await madeOf(file, phone.now());
      setMade(Object.assign(small, { url: urlOf(small.bytes) }));
    } catch (error) {
      setProblem(NO_PHOTO);
    }
    setState('ready');
  };
  const save = async () => {
    setState('saving');
    const said = await keepRecord({ kind: 'photo_note', station_id: station.value.id, payload: { note: '' }, photos: [shotOf(made, subject)] }, mending || null);
    setState('ready');
    if (said.problem) setProblem(said.problem);
    else setSaved(said.item);
  };
  if (saved) return html`<${Done} title=${about.label + '照片存好了'} item=${saved}><img class="done-photo" src=${made.url} alt=${'刚拍的' + about.label} /><//>`;
  if (state === 'working') return html`<${Screen} title=${'拍' + about.label} back="photo"><div class="card pad working" role="status"><span class="spin" aria-hidden="true"></span><p>正在处理照片，请稍等…</p></div><//>`;
  if (made) {
    const foot = html`<${TakeButton} kind="plain" onFile=${chosen}>重拍<//><${Button} icon="check" disabled=${state === 'saving'} onClick=${save}>就用这张<//>`;
    return html`<${Screen} title="这张行吗？" back="photo" foot=${foot}>
      ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
      ${hints(made).map((line) => html`<${Note} key=${line} kind="warm" icon="ask">${line}<//>`)}
      <img class="preview" src=${made.url} alt=${'刚拍的' + about.label} /><//>`;
  }
  return html`<${Screen} title=${'拍' + about.label} back="photo" foot=${html`<${TakeButton} kind="main" onFile=${chosen}>打开相机<//>`}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${better ? html`<${Note} kind="warm" icon="camera">${better.why}<//>` : null}
    ${better && better.photo_id ? html`<section class="card pad"><p class="quiet">上次拍的这张：</p><div class="photos"><figure class="shot"><${Picture} path=${'/keeper/photos/' + better.photo_id + '/thumb'} alt="上次拍的照片" /></figure></div></section>` : null}
    <section class="card pad"><p class="how">${about.how}</p><${Example} subject=${subject} /><p class="quiet">像这样拍就行</p></section><//>`;
}
