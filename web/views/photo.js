// 拍照片: choose what, see how, take it, look at it, keep it; one step a screen.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { photosToTake } from '../day.js';
import { SUBJECT_KEYS, SUBJECTS } from '../core/words.js';
import { shrinkPhoto } from '../camera/reading.js';
import { Example } from '../examples.js';
import { Button, Done, html, Note, Row, Screen } from '../parts.js';
import { Icon } from '../icons.js';
import { keepRecord, phone, station } from '../state.js';

const FRESH = 180000; // a file older than this was not taken just now

/** The list of what can be photographed, what is asked for first. */
export function PhotoList() {
  const asked = photosToTake(station.value).map((task) => task.subject);
  const rest = SUBJECT_KEYS.filter((key) => asked.indexOf(key) < 0);
  const why = {};
  photosToTake(station.value).forEach((task) => {
    why[task.subject] = task.why;
  });
  const row = (key) => html`<${Row} key=${key} href=${'#/photo/' + key} icon="camera" tone=${asked.indexOf(key) < 0 ? 'plain' : 'todo'} title=${SUBJECTS[key].label}>${why[key] || null}<//>`;
  return html`<${Screen} title="拍照片" back="">
    ${asked.length ? html`<section class="card"><h2>这几样要拍</h2>${asked.filter((k) => SUBJECTS[k]).map(row)}</section>` : html`<${Note} kind="good" icon="check">要拍的都拍过了。下面的想拍也可以拍。<//>`}
    <section class="card"><h2>别的照片</h2>${rest.map(row)}</section><//>`;
}

/** What is wrong with a picture, in a sentence each; a hint that may be ignored. */
function hints(made, old) {
  const list = [];
  if (made.complaints.dark) list.push('有点暗，看不清。请开灯或换个亮的地方。');
  if (made.complaints.blurred) list.push('有点糊。手拿稳，等清楚了再按。');
  if (made.complaints.small) list.push('照片太小，字可能看不清。请用手机相机直接拍。');
  if (old) list.push('这张好像是以前拍的。最好现在重新拍一张。');
  return list;
}

export function Photo({ subject }) {
  const about = SUBJECTS[subject];
  const [made, setMade] = useState(null);
  const [state, setState] = useState('ready');
  const [saved, setSaved] = useState(null);
  const [problem, setProblem] = useState('');
  useEffect(() => () => made && URL.revokeObjectURL(made.url), [made]);
  const chosen = async (event) => {
    const file = event.target.files[0];
    event.target.value = '';
    if (!file) return;
    setState('working');
    setProblem('');
    try {
      const small = await shrinkPhoto(file);
      const old = Math.abs(phone.now() - file.lastModified) > FRESH;
      const url = URL.createObjectURL(new Blob([small.bytes], { type: 'image/jpeg' }));
      setMade(Object.assign(small, { old, url, taken_ms: old ? file.lastModified : phone.now() }));
    } catch (error) {
      setProblem('这个文件不是照片，打不开。请用相机重新拍一张。');
    }
    setState('ready');
  };
  const save = async () => {
    setState('saving');
    const { width, height, complaints, exif } = made;
    const shot = { subject, bytes: made.bytes, size: made.size, taken_ms: made.taken_ms, camera: made.old ? 'file' : 'camera', notes: { width, height, complaints, exif } };
    const said = await keepRecord({ kind: 'photo_note', station_id: station.value.id, payload: { note: '' }, photos: [shot] });
    setState('ready');
    if (said.problem) setProblem(said.problem);
    else setSaved(said.item);
  };
  if (saved) return html`<${Done} title=${about.label + '照片存好了'} item=${saved}><img class="done-photo" src=${made.url} alt=${'刚拍的' + about.label} /><//>`;
  const take = (kind, words) => html`<label class=${'button file ' + kind}><${Icon} name="camera" /><span>${words}</span>
    <input type="file" accept="image/*" capture="environment" onChange=${chosen} /></label>`;
  if (state === 'working') return html`<${Screen} title=${'拍' + about.label} back="photo"><div class="card pad working" role="status"><span class="spin" aria-hidden="true"></span><p>正在处理照片，请稍等…</p></div><//>`;
  if (made) {
    const list = hints(made, made.old);
    return html`<${Screen} title="这张行吗？" back="photo" foot=${html`${take('plain', '重拍')}<${Button} icon="check" disabled=${state === 'saving'} onClick=${save}>就用这张<//>`}>
      ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
      ${list.map((line) => html`<${Note} key=${line} kind="warm" icon="ask">${line}<//>`)}
      <img class="preview" src=${made.url} alt=${'刚拍的' + about.label} /><//>`;
  }
  return html`<${Screen} title=${'拍' + about.label} back="photo" foot=${take('main', '打开相机')}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    <section class="card pad"><p class="how">${about.how}</p><${Example} subject=${subject} /><p class="quiet">像这样拍就行</p></section><//>`;
}
