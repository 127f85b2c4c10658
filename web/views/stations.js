// 督导员的站点: the stations I may look at, found by scanning, name, number or township.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { isSeveral } from '../core/inview.js';
import { readScan } from '../core/qr.js';
import { WORDS } from '../core/words.js';
import { COPY_WORDS } from '../core/words/copy.js';
import { PHOTO_WORDS } from '../core/words/photo.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { Finder, StillButton } from '../camera/finder.js';
import { Button, html, Note, Screen } from '../parts.js';
import { Demo, StatusMark, Unsent } from '../pieces.js';
import { Duties } from '../duties.js';
import { fetched, go, inRound, session } from '../state.js';

const ALL = '/inspector/stations';

function Hello() {
  const { county, person } = session.value;
  return html`<header class="hello plain">
    <p class="date">${county.name} · ${person.role_label}<${Demo} of=${county} /></p>
    <h1>${WORDS.hello(person.name)}</h1></header>`;
}

function StationRow({ one }) {
  return html`<a class="row plain" href=${'#/inspect/' + encodeURIComponent(one.code)}>
    <span class="words"><b>${one.name}</b>
      <span><b class="number">${one.code}</b> ${one.township_name}</span>
      <${StatusMark} status=${one.status} /></span></a>`;
}

export function Stations() {
  const [list, setList] = useState(null);
  const [problem, setProblem] = useState('');
  const [township, setTownship] = useState('');
  const [text, setText] = useState('');
  useEffect(() => {
    fetched(ALL).then((said) => {
      setList(said.body ? said.body.stations : []);
      setProblem(said.body && said.fresh ? '' : said.problem);
    });
  }, []);
  const townships = Array.from(new Set((list || []).map((one) => one.township_name)));
  const wanted = text.trim().toUpperCase();
  const isThere = (one) => !township || one.township_name === township;
  const isNamed = (one) => !wanted || (one.name + one.code).toUpperCase().includes(wanted);
  const shown = (list || []).filter((one) => isThere(one) && isNamed(one));
  return html`<${Screen} title="站点" tabs top=${html`<${Hello} />`}
    foot=${html`<${Button} icon="scan" href="#/scan">扫站点牌子<//>`}>
    ${problem ? html`<${Note} kind="calm" icon="nonet">${problem}<//>` : null}
    ${inRound.value ? null : html`<${Unsent} /><${Duties} />`}
    <section class="card pad">
      <input aria-label="找站点" class="big-input" type="search" placeholder=${SHARED_WORDS.search}
        value=${text} onInput=${(e) => setText(e.target.value)} />
      <select aria-label="乡镇" class="big-input" value=${township}
        onChange=${(e) => setTownship(e.target.value)}><option value="">全部乡镇</option>
        ${townships.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select></section>
    <section class="card">
      <h2>${list === null ? '正在取站点…' : COPY_WORDS.stations(shown.length)}</h2>
      ${shown.map((one) => html`<${StationRow} key=${one.id} one=${one} />`)}</section><//>`;
}

/** Scan a plate and go to its station; a text that is none of ours is said in words. */
export function Scan() {
  const [problem, setProblem] = useState('');
  const [typed, setTyped] = useState('');
  const read = (text) => {
    const scan = readScan(text);
    const named = scan.kind === 'plate' || scan.kind === 'number';
    if (isSeveral(text)) setProblem(PHOTO_WORDS.several);
    else if (named) go('inspect/' + encodeURIComponent(scan.token || scan.code));
    else setProblem(text ? PHOTO_WORDS.notOurs : PHOTO_WORDS.noCode);
  };
  const submit = (event) => {
    event.preventDefault();
    read(typed);
  };
  return html`<${Screen} title="扫站点牌子" back="">
    ${problem ? html`<${Note} kind="warm" icon="ask" live>${problem}<//>` : null}
    <${Finder} onText=${read} hint=${PHOTO_WORDS.aimAtPlate} />
    <div class="choices"><${StillButton} onText=${read}>拍张照片来认<//></div>
    <form class="card pad" onSubmit=${submit}><label for="typed">或者输入编号</label>
      <input id="typed" class="big-input" placeholder="C0007" autocapitalize="characters"
        autocomplete="off" value=${typed} onInput=${(e) => setTyped(e.target.value)} />
      <button class="button plain" type="submit"><span>查这个站</span></button></form><//>`;
}
