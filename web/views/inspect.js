// 看一个站: every clause with its verdict, on whose word, why, and the keeper's newest photo.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { beijingDay, beijingTime, dayInWords, readMoment } from '../core/dates.js';
import { Button, html, MachineRead, Note, Picture, Screen, StatusMark, Verdict } from '../parts.js';
import { Icon } from '../html.js';
import { fetched, go, rounds } from '../state.js';
import { findPosition } from '../platform/senses.js';

const GROUPS = [['fail', '不符合的'], ['unknown', '还没弄清的'], ['pass', '符合的'], ['not_applicable', '不适用的']];

function moment(text) {
  const ms = readMoment(text);
  return ms === null ? '' : dayInWords(beijingDay(ms)).split(' ')[0] + ' ' + beijingTime(ms);
}

/** A failed recommendation stands with the passes' calm, never among the failures. */
function groupOf(finding) {
  return finding.verdict === 'fail' && finding.level !== 'shall' ? 'unknown' : finding.verdict;
}

function Finding({ one, photo }) {
  return html`<details class="finding"><summary><${Verdict} verdict=${groupOf(one)}>${one.verdict_label}<//><b>${one.title}</b><${Icon} name="next" /></summary>
    <p class="clause">${one.clause} ${one.text}</p>
    <p>${one.why}</p>
    ${one.word_label ? html`<p class="quiet">依据：${one.word_label}${one.since ? '，' + one.since + ' 起' : ''}</p>` : null}
    ${one.mend && one.verdict === 'fail' ? html`<${Note} kind="warm" icon="wrench">${one.mend}<//>` : null}
    ${photo ? html`<figure class="shot"><${Picture} path=${'/inspector/photos/' + photo.id + '/view'} alt=${photo.subject_label} /><figcaption>${photo.subject_label} ${moment(photo.taken_at)}
      ${(photo.complaints || []).map((line) => html`<span key=${line} class="complaint">${line}</span>`)}<${MachineRead} reading=${photo.reading} /></figcaption></figure>` : null}</details>`;
}

const WAIT_FOR_FIX = 2500;

/** 督导这个站: in the open round where it belongs to one, else by itself. */
function Begin({ station, method, text }) {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const visit = [].concat(...(rounds.value ? rounds.value.campaigns : []).map((one) => one.visits)).filter((one) => one.station_id === station.id && one.state === 'due')[0];
  if (visit) return html`<${Button} kind="plain" icon="pen" href=${'#/arrive/' + visit.id}>这一轮要查它，去督导<//>`;
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
    <${Button} kind="plain" icon="pen" disabled=${busy} onClick=${begin}>${busy ? '正在取表…' : '督导这个站'}<//>`;
}

export function Inspect({ text }) {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    setSaid(null);
    fetched('/inspector/scan?text=' + encodeURIComponent(text)).then(setSaid);
  }, [text]);
  const foot = html`<${Button} icon="scan" href="#/scan">再扫一个<//>`;
  if (!said) return html`<${Screen} title="看站点" back="" foot=${foot}><p class="quiet centre" role="status">正在取这个站的情况…</p><//>`;
  if (!said.body) return html`<${Screen} title="看站点" back="" foot=${foot}><${Note} kind="warm" icon="ask" live>${said.problem}<//><//>`;
  const { station, sign, status, findings, photos, last_check_in: checkIn, counts_30d: counts } = said.body;
  const photoOf = (finding) => photos.filter((photo) => photo.id === finding.photo_id)[0];
  const used = findings.map((one) => one.photo_id);
  const others = photos.filter((photo) => used.indexOf(photo.id) < 0);
  return html`<${Screen} title=${station.code} back="" foot=${foot}>
    ${said.fresh ? null : html`<${Note} kind="calm" icon="nonet">现在没网，下面是上次看到的。<//>`}
    <section class="card pad"><p class="big-word">${station.name}</p><p>${station.level_label} · ${station.ownership_label || ''} · ${station.township_name}</p>
      <p class="status-line"><${StatusMark} status=${status} /></p>
      <dl class="sum">${[['面积', station.area], ['地址', station.address], ['运营企业', station.operator], ['负责人', station.head_name], ['扫的牌子', sign ? '第 ' + sign.plate_no + ' 块' : ''],
        ['最近签到', checkIn ? moment(checkIn) : '还没有'], ['近30天', counts ? '收 ' + counts.received + '，寄 ' + counts.sent + '（报了 ' + counts.days + ' 天）' : '没有报件数']]
        .filter(([, value]) => value).map(([name, value]) => html`<dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl></section>
    <${Begin} station=${station} method=${said.body.method === 'typed' ? 'typed' : 'scan'} text=${text} />
    ${GROUPS.map(([group, words]) => {
      const list = findings.filter((one) => groupOf(one) === group);
      const rows = list.map((one) => html`<${Finding} key=${one.code} one=${one} photo=${photoOf(one)} />`);
      if (group === 'not_applicable' && list.length) return html`<details class="card rest" key=${group}><summary>${words} ${list.length} 条</summary>${rows}</details>`;
      return list.length ? html`<section class="card" key=${group}><h2>${words} ${list.length} 条</h2>${rows}</section>` : null;
    })}
    ${others.length ? html`<section class="card pad"><h2>别的照片</h2><div class="photos">${others.map((photo) => html`<figure class="shot" key=${photo.id}><${Picture} path=${'/inspector/photos/' + photo.id + '/thumb'} alt=${photo.subject_label} /><figcaption>${photo.subject_label} ${moment(photo.taken_at)}<${MachineRead} reading=${photo.reading} /></figcaption></figure>`)}</div></section>` : null}<//>`;
}
