// 看一个站: every clause with its verdict, on whose word, why, and the keeper's newest photo.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { beijingDay, beijingTime, readMoment, shortDay } from '../core/dates.js';
import { COPY_WORDS } from '../core/words/copy.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { Button, html, Note, Screen } from '../parts.js';
import { NotFresh } from '../keeping.js';
import { Facts, Getting, MachineRead, Picture, StatusMark, Verdict } from '../pieces.js';
import { Icon } from '../html.js';
import { fetched, go, rounds } from '../state.js';
import { findPosition } from '../platform/senses.js';

const GROUPS = [
  ['fail', '不符合的'],
  ['unknown', '还没弄清的'],
  ['pass', '符合的'],
  ['not_applicable', '不适用的'],
];
const WAIT_FOR_FIX = 2500;

function moment(text) {
  const ms = readMoment(text);
  return ms === null ? '' : shortDay(beijingDay(ms)) + ' ' + beijingTime(ms);
}

/** A failed recommendation stands with the passes' calm, never among the failures. */
function groupOf(finding) {
  return finding.verdict === 'fail' && finding.level !== 'shall' ? 'unknown' : finding.verdict;
}

function Photo({ photo, size, children }) {
  const path = '/inspector/photos/' + photo.id + '/' + size;
  return html`<figure class="shot"><${Picture} path=${path} alt=${photo.subject_label} />
    <figcaption>${photo.subject_label} ${moment(photo.taken_at)}
      ${children}<${MachineRead} reading=${photo.reading} /></figcaption></figure>`;
}

function Finding({ one, photo }) {
  const complaint = (line) => html`<span key=${line} class="complaint">${line}</span>`;
  return html`<details class="finding">
    <summary><${Verdict} verdict=${groupOf(one)}>${one.verdict_label}<//>
      <b>${one.title}</b><${Icon} name="next" /></summary>
    <p class="clause">${one.clause} ${one.text}</p>
    <p>${one.why}</p>
    ${one.word_label ? html`
      <p class="quiet">${COPY_WORDS.onWord(one.word_label, one.since)}</p>` : null}
    ${one.mend && one.verdict === 'fail' ? html`
      <${Note} kind="warm" icon="wrench">${one.mend}<//>` : null}
    ${photo ? html`<${Photo} photo=${photo} size="view">
      ${(photo.complaints || []).map(complaint)}<//>` : null}</details>`;
}

/** One group of findings; what does not apply is folded away. */
function Group({ group, words, list, photoOf }) {
  if (!list.length) return null;
  const title = COPY_WORDS.rules(words, list.length);
  const rows = list.map((one) => html`
    <${Finding} key=${one.code} one=${one} photo=${photoOf(one)} />`);
  if (group === 'not_applicable') {
    return html`<details class="card rest"><summary>${title}</summary>${rows}</details>`;
  }
  return html`<section class="card"><h2>${title}</h2>${rows}</section>`;
}

/** 督导这个站: in the open round where it belongs to one, else by itself. */
function Begin({ station, method, text }) {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const open = rounds.value ? rounds.value.campaigns : [];
  const due = (one) => one.station_id === station.id && one.state === 'due';
  const visit = [].concat(...open.map((one) => one.visits)).filter(due)[0];
  if (visit) {
    return html`<${Button} kind="plain" icon="pen" href=${'#/arrive/' + visit.id}>
      ${COPY_WORDS.inThisRound}<//>`;
  }
  const begin = async () => {
    setBusy(true);
    const looking = findPosition();
    const { beginOutside } = await import('../visits.js');
    const position = await looking.within(WAIT_FOR_FIX);
    looking.stop();
    const begun = await beginOutside(station, { method, text, position });
    setBusy(false);
    if (begun.draft) go('visit/' + begun.draft.visit_id);
    else setSaid(begun.problem);
  };
  return html`${said ? html`<${Note} kind="warm" icon="nonet" live>${said}<//>` : null}
    <${Button} kind="plain" icon="pen" disabled=${busy} onClick=${begin}>
      ${busy ? '正在取表…' : '督导这个站'}<//>`;
}

function Register({ seen }) {
  const { station, sign, status, last_check_in: checkIn, counts_30d: counts } = seen;
  const days = counts && COPY_WORDS.daysReported(counts.days);
  const where = [station.level_label, station.ownership_label || '', station.township_name];
  return html`<section class="card pad">
    <p class="big-word">${station.name}</p><p>${where.join(' · ')}</p>
    <p class="status-line"><${StatusMark} status=${status} /></p>
    <${Facts} facts=${[
      ['面积', station.area],
      ['地址', station.address],
      ['运营企业', station.operator],
      ['负责人', station.head_name],
      ['扫的牌子', sign ? SHARED_WORDS.plate(sign.plate_no) : ''],
      ['最近签到', checkIn ? moment(checkIn) : '还没有'],
      ['近30天', counts ? SHARED_WORDS.counts30(counts) + days : '没有报件数'],
    ]} /></section>`;
}

/** Photos that speak for no clause. */
function Others({ photos }) {
  if (!photos.length) return null;
  return html`<section class="card pad"><h2>别的照片</h2><div class="photos">
    ${photos.map((photo) => html`<${Photo} key=${photo.id} photo=${photo} size="thumb" />`)}
  </div></section>`;
}

export function Inspect({ text }) {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    setSaid(null);
    fetched('/inspector/scan?text=' + encodeURIComponent(text)).then(setSaid);
  }, [text]);
  const foot = html`<${Button} icon="scan" href="#/scan">再扫一个<//>`;
  if (!said) {
    return html`<${Screen} title="看站点" back="" foot=${foot}>
      <${Getting}>${SHARED_WORDS.gettingStation}<//><//>`;
  }
  if (!said.body) {
    return html`<${Screen} title="看站点" back="" foot=${foot}>
      <${Note} kind="warm" icon="ask" live>${said.problem}<//><//>`;
  }
  const { station, findings, photos, method } = said.body;
  const photoOf = (finding) => photos.filter((photo) => photo.id === finding.photo_id)[0];
  const used = findings.map((one) => one.photo_id);
  return html`<${Screen} title=${station.code} back="" foot=${foot}>
    <${NotFresh} said=${said} />
    <${Register} seen=${said.body} />
    <${Begin} station=${station} method=${method === 'typed' ? 'typed' : 'scan'} text=${text} />
    ${GROUPS.map(([group, words]) => html`<${Group} key=${group} group=${group} words=${words}
      list=${findings.filter((one) => groupOf(one) === group)} photoOf=${photoOf} />`)}
    <${Others} photos=${photos.filter((photo) => used.indexOf(photo.id) < 0)} /><//>`;
}
