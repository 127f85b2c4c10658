// 查站: one rule after another, a tap each; what is still open is always in sight; every tap is kept.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import {
  answerTo, isOpen, MOST_PHOTOS, openRows, readMeasure, tapped, TAPS, withAnswer, withValue,
} from '../core/rounds.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { hints, TakeButton, urlOf, useShot } from '../camera/take.js';
import { Earlier, ReadyRemarks } from '../beside.js';
import { Button, html, LateButton, Note, Screen } from '../parts.js';
import { Getting, MachineRead, Picture, Verdict } from '../pieces.js';
import { Icon } from '../html.js';
import { go, phone } from '../state.js';
import { findPosition } from '../platform/senses.js';
import {
  addPhoto, changeDraft, draftOf, drafts, dropDraft, fromPocket, problem, readVisits, removePhoto,
  visitNamed,
} from '../visits.js';

const LEVELS = { should: '建议', may: '可选' };
const ICONS = { pass: 'check', fail: 'cross' };

/** Position found late: kept as soon as it is there, one for the visit. */
function useLatePosition(draft) {
  useEffect(() => {
    if (!draft || draft.position) return undefined;
    const looking = findPosition();
    const keep = (position) => changeDraft(draft.id, (now) => Object.assign({}, now, { position }));
    looking.within(20000).then((position) => position && keep(position));
    return () => looking.stop();
  }, [draft && draft.id]);
}

function OwnPicture({ photo, onGone }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    let made = '';
    phone.photo(photo.id).then((bytes) => bytes && setUrl((made = urlOf(bytes))));
    return () => made && URL.revokeObjectURL(made);
  }, [photo.id]);
  return html`<figure class="shot">
    ${url ? html`<img class="photo" src=${url} alt="刚拍的照片" />` : null}
    <button type="button" class="small" onClick=${onGone}>不要这张</button></figure>`;
}

/** The keeper's newest picture, large: the one in the pocket, else the one on the server. */
function Large({ photo, source }) {
  const label = photo.subject_label;
  const path = '/inspector/photos/' + photo.id + '/view';
  return html`<figure class="shot wide">
    ${source
      ? html`<img class="photo" src=${source} alt=${VISIT_WORDS.keepersPhoto(label)} />`
      : html`<${Picture} path=${path} alt=${label} />`}
    <figcaption>
      ${VISIT_WORDS.takenByKeeper(label, photo.day_on)}<${MachineRead} reading=${photo.reading} />
    </figcaption></figure>`;
}

/** What the keeper says of this rule, with the newest picture of it, small and large. */
function Keepers({ finding, photo, thumb }) {
  const [large, setLarge] = useState(false);
  const word = finding && finding.word_label;
  const said = word
    ? html`${VISIT_WORDS.saidBy(word)}<${Verdict} verdict=${finding.verdict}>
        ${finding.verdict_label}<//>`
    : '站长没说过';
  const since = word && finding.since
    ? html` <span class="line quiet">${SHARED_WORDS.since(finding.since)}</span>`
    : null;
  const source = thumb && 'data:image/jpeg;base64,' + thumb;
  const small = source ? html`<img src=${source} alt="" />` : html`<${Icon} name="camera" />`;
  return html`<div class="keepers"><p>${said}${since}</p>
    ${photo ? html`<button type="button" class="thumb" aria-expanded=${large}
      aria-label=${VISIT_WORDS.keepersPhoto(photo.subject_label, photo.day_on)}
      onClick=${() => setLarge(!large)}>${small}</button>` : null}
    ${large ? html`<${Large} photo=${photo} source=${source} />` : null}</div>`;
}

function Measure({ ask, id, value, wanted, onInput }) {
  const error = value || wanted ? readMeasure(value).error : '';
  return html`<div class=${'field across' + (error ? ' wrong' : '')}>
    <label for=${id}>${VISIT_WORDS.measured(ask.title)}</label>
    <div class="number-line"><input id=${id} class="big-input number-input" inputmode="decimal"
      autocomplete="off" maxlength="8" value=${value || ''}
      onInput=${(e) => onInput(e.target.value)} aria-describedby=${error ? id + '-error' : null}
      aria-invalid=${error ? 'true' : null} /><span>${ask.unit}</span></div>
    ${error ? html`<p class="error" id=${id + '-error'}>
      <${Icon} name="cross" size="1.2rem" />${error}</p>` : null}</div>`;
}

/** What is really written where a name should stand. */
function Text({ id, value, wanted, onInput }) {
  return html`<div class="field">
    <label for=${id}>实际写的字 <span class="hint">${VISIT_WORDS.shouldSay(wanted)}</span></label>
    <input id=${id} class="big-input" maxlength="100" value=${value || ''}
      onInput=${(e) => onInput(e.target.value)} /></div>`;
}

/** Which of several things are there: only asked when not all are. */
function Which({ ask, value, onChange }) {
  const choice = (said, word) => html`<button type="button" class="choice"
    aria-pressed=${value === said}
    onClick=${() => onChange(value === said ? null : said)}>${word}</button>`;
  return html`<div class="which" role="group" aria-label=${ask.title}>
    <span>${ask.title}</span>${choice(true, ask.yes)}${choice(false, ask.no)}</div>`;
}

/** What else a rule asks for, besides the tap. */
function Ask({ ask, id, draft, row, onChange }) {
  const answer = answerTo(draft, row.code);
  const value = answer.values[ask.fact];
  if (ask.kind === 'amount') {
    const wanted = answer.verdict && answer.verdict !== 'unknown';
    return html`<${Measure} id=${id} ask=${ask} value=${value} wanted=${wanted}
      onInput=${onChange} />`;
  }
  if (ask.kind === 'text') {
    return html`<${Text} id=${id} value=${value} wanted=${draft.station.registered_name}
      onInput=${onChange} />`;
  }
  const several = row.asks.filter((one) => one.kind === 'flag').length > 1;
  if (answer.verdict !== 'fail' || !several) return null;
  return html`<${Which} ask=${ask} value=${value} onChange=${onChange} />`;
}

function Taps({ row, verdict, onTap }) {
  const unsure = html`看不清<br />不适用`;
  const key = (tap) => html`<button type="button" key=${tap} class=${'tap ' + tap}
    aria-pressed=${verdict === tap} onClick=${() => onTap(tap)}>
    ${ICONS[tap] ? html`<${Icon} name=${ICONS[tap]} size="1.2rem" />` : null}
    <span>${VISIT_WORDS.tap[tap] || unsure}</span></button>`;
  return html`<div class="taps" role="group" aria-label=${VISIT_WORDS.ruleAndClause(row)}>
    ${TAPS.map(key)}</div>`;
}

function Remark({ id, value, onInput }) {
  return html`<div class="field"><label for=${id}>备注</label>
    <textarea id=${id} class="big-input" rows="2" maxlength="300" value=${value}
      onInput=${(e) => onInput(e.target.value)}></textarea></div>`;
}

function Rule({ draft, row, pack, quoted }) {
  const answer = answerTo(draft, row.code);
  const [noting, setNoting] = useState(false);
  const [said, setSaid] = useState('');
  const shot = useShot();
  const change = (edit) => changeDraft(draft.id, edit);
  const set = (fact) => (value) => change((now) => withValue(now, row.code, fact, value));
  const tap = (verdict) => change((now) => tapped(now, row, verdict, answer.verdict));
  const remark = (note) => change((now) => withAnswer(now, row.code, { note }));
  const photos = draft.photos.filter((photo) => photo.rule_code === row.code);
  const finding = draft.station.findings.filter((one) => one.code === row.code)[0];
  const ofRule = (one) =>
    (finding && one.id === finding.photo_id) || (row.subject && one.subject === row.subject);
  const photo = draft.station.photos.filter(ofRule)[0];
  const chosen = async (file) => {
    if (draft.photos.length >= MOST_PHOTOS) {
      setSaid(VISIT_WORDS.enoughPhotos(MOST_PHOTOS));
      return;
    }
    const taken = await shot.choose(file, (one) => addPhoto(draft.id, one, row.code));
    setSaid(taken ? hints(taken).join('') : '');
  };
  const busy = shot.state === 'working';
  const noted = noting || answer.note;
  const warned = said || shot.problem;
  const take = photos.length ? '再拍' : '拍照';
  const level = LEVELS[row.level];
  const picture = (one) => html`<${OwnPicture} key=${one.id} photo=${one}
    onGone=${() => removePhoto(draft, one.id)} />`;
  return html`<section class=${'card rule' + (isOpen(draft, row) ? ' open' : '')}
    id=${'rule-' + row.code} tabindex="-1" aria-labelledby=${'title-' + row.code}>
    <h2 id=${'title-' + row.code}>
      ${row.title}${level ? html` <span class="chip">${level}</span>` : null}</h2>
    ${quoted ? html`<p class="clause">${row.clause} ${row.text}</p>` : null}
    <${Keepers} finding=${finding} photo=${photo} thumb=${photo && pack && pack.thumbs[photo.id]} />
    <${Earlier} station=${draft.station} code=${row.code} />
    <${Taps} row=${row} verdict=${answer.verdict} onTap=${tap} />
    ${row.asks.map((ask) => html`<${Ask} key=${ask.fact} id=${'value-' + row.code + ask.fact}
      ask=${ask} draft=${draft} row=${row} onChange=${set(ask.fact)} />`)}
    ${warned ? html`<${Note} kind="warm" icon="ask" live>${warned}<//>` : null}
    ${photos.length ? html`<div class="photos">${photos.map(picture)}</div>` : null}
    ${noted ? html`<${Remark} id=${'note-' + row.code} value=${answer.note} onInput=${remark} />
      <${ReadyRemarks} remarks=${pack && pack.remarks} code=${row.code} note=${answer.note}
        onNote=${remark} />` : null}
    <div class="two">
      <${TakeButton} kind=${'plain tool' + (busy ? ' busy' : '')} onFile=${chosen}>
        ${busy ? '正在处理…' : take}<//>
      ${noted ? null : html`
        <${Button} kind="plain tool" icon="pen" onClick=${() => setNoting(true)}>备注<//>`}
    </div></section>`;
}

function Leaving({ draft }) {
  const [asking, setAsking] = useState(false);
  const drop = async () => {
    go('');
    await dropDraft(draft);
  };
  if (!asking) {
    return html`<${Button} kind="warn" onClick=${() => setAsking(true)}>这一份不要了<//>`;
  }
  return html`<section class="card pad" role="alertdialog" aria-label="确认不要了">
    <p><b>${SHARED_WORDS.reallyDrop}</b>${VISIT_WORDS.goneForGood}</p>
    <${Button} kind="plain" onClick=${() => setAsking(false)}>先留着<//>
    <${LateButton} kind="warn" onClick=${drop}>${VISIT_WORDS.dropIt}<//></section>`;
}

/** What was odd before the first rule: the plate, and what is still being mended. */
function Notes({ draft }) {
  const mends = draft.station.open_mends.map((one) => one.title);
  return html`${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    ${draft.plate_remark ? html`<${Note} kind="warm" icon="scan">${draft.plate_remark}<//>` : null}
    ${mends.length ? html`<${Note} kind="warm" icon="wrench">
      ${VISIT_WORDS.stillMending(mends)}<//>` : null}`;
}

export function Visit({ id }) {
  const [pack, setPack] = useState(null);
  const last = useRef(-1);
  const found = visitNamed(id);
  const draft = drafts.value && draftOf(id);
  useLatePosition(draft);
  useEffect(() => {
    readVisits();
    if (found) fromPocket(found.campaign, found.visit).then(setPack, () => null);
  }, []);
  if (drafts.value === null) {
    return html`<${Screen} title="正在打开" back=""><${Getting}>${VISIT_WORDS.opening}<//><//>`;
  }
  if (!draft) {
    return html`<${Screen} title="还没开始查" back=""><${Note} kind="calm" icon="ask">
      ${VISIT_WORDS.notBegun}<a href=${'#/arrive/' + id}>去这个站</a><//><//>`;
  }
  const { rows, station } = draft;
  const open = openRows(draft);
  const jump = () => {
    const at = rows.map((row) => row.code);
    const next = open.filter((row) => at.indexOf(row.code) > last.current)[0] || open[0];
    last.current = at.indexOf(next.code);
    const place = document.getElementById('rule-' + next.code);
    place.scrollIntoView({ block: 'start' });
    place.focus({ preventScroll: true });
  };
  const foot = html`
    ${open.length ? html`<${Button} kind="plain jump" onClick=${jump}>
      还差 <b>${open.length}</b> 条<//>` : null}
    <${Button} icon="pen" href=${'#/sign/' + id}>${open.length ? '去签字' : VISIT_WORDS.allSeen}<//>`;
  const quoted = (row, i) => !i || rows[i - 1].text !== row.text;
  return html`<${Screen} title=${station.code || station.name} back="" foot=${foot}>
    <p class="sub"><b>${station.name}</b>
      ${draft.amends_id ? html` <span class="chip">更正</span>` : null}</p>
    <${Notes} draft=${draft} />
    ${rows.map((row, i) => html`<${Rule} key=${row.code} draft=${draft} row=${row} pack=${pack}
      quoted=${quoted(row, i)} />`)}
    <${Leaving} draft=${draft} /><//>`;
}
