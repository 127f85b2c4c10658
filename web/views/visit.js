// 查站: one rule after another, a tap each; what is still open is always in sight; every tap is kept.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { answerTo, isOpen, MOST_PHOTOS, openRows, readMeasure, tapped, TAPS, withAnswer, withValue } from '../core/rounds.js';
import { hints, made, NO_PHOTO, TakeButton, urlOf } from '../camera/take.js';
import { Button, html, MachineRead, Note, Picture, Screen, Verdict } from '../parts.js';
import { Icon } from '../html.js';
import { go, phone } from '../state.js';
import { findPosition } from '../platform/senses.js';
import { addPhoto, changeDraft, draftOf, drafts, dropDraft, fromPocket, problem, readVisits, removePhoto, visitNamed } from '../visits.js';

const LEVELS = { should: '建议', may: '可选' };
const ICONS = { pass: 'check', fail: 'cross' };

/** Position found late: kept as soon as it is there, one for the visit. */
function useLatePosition(draft) {
  useEffect(() => {
    if (!draft || draft.position) return undefined;
    const looking = findPosition();
    looking.within(20000).then((position) => position && changeDraft(draft.id, (now) => Object.assign({}, now, { position })));
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
  return html`<figure class="shot">${url ? html`<img class="photo" src=${url} alt="刚拍的照片" />` : null}<button type="button" class="small" onClick=${onGone}>不要这张</button></figure>`;
}

/** What the keeper says of this rule, with the newest picture of it, small and large. */
function Keepers({ finding, photo, thumb }) {
  const [large, setLarge] = useState(false);
  const said = finding && finding.word_label ? html`${finding.word_label}：<${Verdict} verdict=${finding.verdict}>${finding.verdict_label}<//>` : html`站长没说过`;
  return html`<div class="keepers"><p>${said}${finding && finding.word_label && finding.since ? html` <span class="line quiet">${finding.since} 起</span>` : null}</p>
    ${photo ? html`<button type="button" class="thumb" aria-expanded=${large} aria-label=${'站长拍的' + photo.subject_label + '，' + photo.day_on} onClick=${() => setLarge(!large)}>
      ${thumb ? html`<img src=${'data:image/jpeg;base64,' + thumb} alt="" />` : html`<${Icon} name="camera" />`}</button>` : null}
    ${large ? html`<figure class="shot wide">${thumb ? html`<img class="photo" src=${'data:image/jpeg;base64,' + thumb} alt=${'站长拍的' + photo.subject_label} />` : html`<${Picture} path=${'/inspector/photos/' + photo.id + '/view'} alt=${photo.subject_label} />`}
      <figcaption>站长 ${photo.day_on} 拍的${photo.subject_label}<${MachineRead} reading=${photo.reading} /></figcaption></figure>` : null}</div>`;
}

function Measure({ ask, id, value, wanted, onInput }) {
  const error = value || wanted ? readMeasure(value).error : '';
  return html`<div class=${'field across' + (error ? ' wrong' : '')}><label for=${id}>量出来的${ask.title}</label>
    <div class="number-line"><input id=${id} class="big-input number-input" inputmode="decimal" autocomplete="off" maxlength="8" value=${value || ''} onInput=${(e) => onInput(e.target.value)}
      aria-describedby=${error ? id + '-error' : null} aria-invalid=${error ? 'true' : null} /><span>${ask.unit}</span></div>
    ${error ? html`<p class="error" id=${id + '-error'}><${Icon} name="cross" size="1.2rem" />${error}</p>` : null}</div>`;
}

/** Which of several things are there: only asked when not all are. */
function Which({ ask, value, onChange }) {
  const choice = (said, word) => html`<button type="button" class="choice" aria-pressed=${value === said} onClick=${() => onChange(value === said ? null : said)}>${word}</button>`;
  return html`<div class="which" role="group" aria-label=${ask.title}><span>${ask.title}</span>${choice(true, ask.yes)}${choice(false, ask.no)}</div>`;
}

function Rule({ draft, row, pack, quoted }) {
  const answer = answerTo(draft, row.code);
  const [noting, setNoting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const change = (edit) => changeDraft(draft.id, edit);
  const set = (fact) => (value) => change((now) => withValue(now, row.code, fact, value));
  const photos = draft.photos.filter((photo) => photo.rule_code === row.code);
  const finding = draft.station.findings.filter((one) => one.code === row.code)[0];
  const photo = draft.station.photos.filter((one) => (finding && one.id === finding.photo_id) || (row.subject && one.subject === row.subject))[0];
  const chosen = async (file) => {
    if (draft.photos.length >= MOST_PHOTOS) {
      setSaid('一个站最多拍 ' + MOST_PHOTOS + ' 张，已经够了。');
      return;
    }
    setBusy(true);
    try {
      const shot = await made(file, phone.now());
      await addPhoto(draft.id, shot, row.code);
      setSaid(hints(shot).join(''));
    } catch (error) {
      setSaid(NO_PHOTO);
    }
    setBusy(false);
  };
  const open = isOpen(draft, row);
  const flags = row.asks.filter((ask) => ask.kind === 'flag');
  return html`<section class=${'card rule' + (open ? ' open' : '')} id=${'rule-' + row.code} tabindex="-1" aria-labelledby=${'title-' + row.code}>
    <h2 id=${'title-' + row.code}>${row.title}${LEVELS[row.level] ? html` <span class="chip">${LEVELS[row.level]}</span>` : null}</h2>
    ${quoted ? html`<p class="clause">${row.clause} ${row.text}</p>` : null}
    <${Keepers} finding=${finding} photo=${photo} thumb=${photo && pack && pack.thumbs[photo.id]} />
    <div class="taps" role="group" aria-label=${row.title + '，' + row.clause}>${TAPS.map(([verdict, word]) => html`<button type="button" key=${verdict} class=${'tap ' + verdict} aria-pressed=${answer.verdict === verdict} onClick=${() => change((now) => tapped(now, row, verdict, answer.verdict))}>
      ${verdict === 'unknown' ? null : html`<${Icon} name=${ICONS[verdict]} size="1.2rem" />`}<span>${verdict === 'unknown' ? html`看不清<br />不适用` : word}</span></button>`)}</div>
    ${row.asks.map((ask) => {
      const id = 'value-' + row.code + ask.fact;
      if (ask.kind === 'amount') return html`<${Measure} key=${id} id=${id} ask=${ask} value=${answer.values[ask.fact]} wanted=${answer.verdict && answer.verdict !== 'unknown'} onInput=${set(ask.fact)} />`;
      if (ask.kind === 'text') return html`<div class="field" key=${id}><label for=${id}>实际写的字 <span class="hint">应是：${draft.station.registered_name}</span></label><input id=${id} class="big-input" maxlength="100" value=${answer.values[ask.fact] || ''} onInput=${(e) => set(ask.fact)(e.target.value)} /></div>`;
      return answer.verdict === 'fail' && flags.length > 1 ? html`<${Which} key=${id} ask=${ask} value=${answer.values[ask.fact]} onChange=${set(ask.fact)} />` : null;
    })}
    ${said ? html`<${Note} kind="warm" icon="ask" live>${said}<//>` : null}
    ${photos.length ? html`<div class="photos">${photos.map((one) => html`<${OwnPicture} key=${one.id} photo=${one} onGone=${() => removePhoto(draft, one.id)} />`)}</div>` : null}
    ${noting || answer.note ? html`<div class="field"><label for=${'note-' + row.code}>备注</label><textarea id=${'note-' + row.code} class="big-input" rows="2" maxlength="300" value=${answer.note} onInput=${(e) => change((now) => withAnswer(now, row.code, { note: e.target.value }))}></textarea></div>` : null}
    <div class="two"><${TakeButton} kind=${'plain tool' + (busy ? ' busy' : '')} onFile=${chosen}>${busy ? '正在处理…' : photos.length ? '再拍' : '拍照'}<//>
      ${noting || answer.note ? null : html`<${Button} kind="plain tool" icon="pen" onClick=${() => setNoting(true)}>备注<//>`}</div></section>`;
}

function Leaving({ draft }) {
  const [asking, setAsking] = useState(false);
  const drop = async () => {
    go('');
    await dropDraft(draft);
  };
  if (!asking) return html`<${Button} kind="warn" onClick=${() => setAsking(true)}>这一份不要了<//>`;
  return html`<section class="card pad" role="alertdialog" aria-label="确认不要了"><p><b>真的不要了？</b>点过的、拍过的都会扔掉，找不回来。</p>
    <${Button} kind="plain" onClick=${() => setAsking(false)}>先留着<//><${Button} kind="warn" onClick=${drop}>是，扔掉这一份<//></section>`;
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
  if (drafts.value === null) return html`<${Screen} title="正在打开" back=""><p class="quiet centre" role="status">正在取查了一半的…</p><//>`;
  if (!draft) return html`<${Screen} title="还没开始查" back=""><${Note} kind="calm" icon="ask">这个站没有查了一半的记录。<a href=${'#/arrive/' + id}>去这个站</a><//><//>`;
  const open = openRows(draft);
  const jump = () => {
    const at = draft.rows.map((row) => row.code);
    const next = open.filter((row) => at.indexOf(row.code) > last.current)[0] || open[0];
    last.current = at.indexOf(next.code);
    const place = document.getElementById('rule-' + next.code);
    place.scrollIntoView({ block: 'start' });
    place.focus({ preventScroll: true });
  };
  const foot = html`${open.length ? html`<${Button} kind="plain jump" onClick=${jump}>还差 <b>${open.length}</b> 条<//>` : null}<${Button} icon="pen" href=${'#/sign/' + id}>${open.length ? '去签字' : '查完了，去签字'}<//>`;
  return html`<${Screen} title=${draft.station.code || draft.station.name} back="" foot=${foot}>
    <p class="sub"><b>${draft.station.name}</b>${draft.amends_id ? html` <span class="chip">更正</span>` : null}</p>
    ${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    ${draft.plate_remark ? html`<${Note} kind="warm" icon="scan">${draft.plate_remark}<//>` : null}
    ${draft.station.open_mends.length ? html`<${Note} kind="warm" icon="wrench">还在整改：${draft.station.open_mends.map((one) => one.title).join('、')}。请看看改好没有。<//>` : null}
    ${draft.rows.map((row, i) => html`<${Rule} key=${row.code} draft=${draft} row=${row} pack=${pack} quoted=${!i || draft.rows[i - 1].text !== row.text} />`)}
    <${Leaving} draft=${draft} /><//>`;
}
