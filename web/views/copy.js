// 督导记录: an inspection as it was signed, for keeper and inspector; the keeper's yes or no.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { beijingDay, beijingTime, dayFromToday, dayInWords, readMoment } from '../core/dates.js';
import { Button, Field, html, Note, Row, Screen, StatusMark, Verdict } from '../parts.js';
import { inWeChat } from '../platform/phone.js';
import { saveBlob } from '../platform/senses.js';
import { fetched, fileAt, go, refresh, session, stations, tell, today } from '../state.js';

const isKeeper = () => session.value.person.role === 'keeper';

/** The inspections of my stations, the newest first. */
export function Inspections() {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched('/keeper/inspections').then(setSaid);
  }, []);
  const list = said && said.body ? said.body.inspections : [];
  const name = (one) => (stations.value.length > 1 ? (stations.value.filter((s) => s.id === one.station_id)[0] || { name: '' }).name + ' · ' : '');
  return html`<${Screen} title="督导记录" back="station">
    ${said === null ? html`<p class="quiet centre" role="status">正在取记录…</p>` : null}
    ${said && !said.fresh ? html`<${Note} kind="calm" icon="nonet">${said.body ? '现在没网，下面是上次看到的。' : said.problem}<//>` : null}
    ${list.length ? html`<section class="card">${list.map((one) => html`<${Row} key=${one.id} icon=${one.waits_for_you ? 'bell' : 'list'} tone=${one.waits_for_you ? 'todo' : 'plain'} href=${'#/inspection/' + one.id} title=${dayInWords(one.day_on).split(' ')[0] + ' ' + one.inspector_name}>${name(one)}${one.waits_for_you ? '等您看了点同意' : one.outcome_label}${one.fails ? '，' + one.fails + ' 条不符合' : ''}<//>`)}</section>`
      : said && said.body ? html`<p class="quiet centre">督导员还没来查过。</p>` : null}<//>`;
}

function when(text) {
  const ms = readMoment(text);
  return dayFromToday(beijingDay(ms), today.value) + ' ' + beijingTime(ms);
}

/** The keeper's answer on the own phone: yes, or no with a reason. */
function Answer({ copy, onAnswered }) {
  const [no, setNo] = useState(false);
  const [note, setNote] = useState('');
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const answer = async (agree) => {
    if (!agree && !note.trim()) {
      setSaid('请写一句为什么不同意。');
      return;
    }
    setBusy(true);
    const told = await tell('/keeper/inspections/' + copy.id + '/confirm', { agree, note: agree ? '' : note.trim() });
    setBusy(false);
    if (told.problem) setSaid(told.problem);
    else {
      onAnswered(told.body);
      refresh();
    }
  };
  return html`<section class="card pad"><h2>您看，写得对吗？</h2>
    ${said ? html`<${Note} kind="bad" live>${said}<//>` : null}
    ${no ? html`<${Field} label="哪里不对" id="note"><textarea id="note" class="big-input" rows="3" maxlength="300" value=${note} onInput=${(e) => setNote(e.target.value)}></textarea><//>
        <${Button} disabled=${busy} onClick=${() => answer(false)}>就这样说，交上去<//><${Button} kind="plain" onClick=${() => setNo(false)}>再想想<//>`
      : html`<${Button} icon="check" disabled=${busy} onClick=${() => answer(true)}>对，我同意<//><${Button} kind="plain" onClick=${() => setNo(true)}>不对，我有话说<//>`}</section>`;
}

function Ink({ path, title }) {
  return path ? html`<figure class="signed"><figcaption>${title}</figcaption><svg viewBox="0 0 600 200" role="img" aria-label=${title + '的签名'}><path d=${path} fill="none" stroke="#14202e" stroke-width="6" stroke-linecap="round" stroke-linejoin="round" /></svg></figure>` : null;
}

function Paper({ copy }) {
  const [said, setSaid] = useState('');
  const save = async () => {
    setSaid('正在取…');
    const blob = await fileAt((isKeeper() ? '/keeper' : '/rounds') + '/inspections/' + copy.id + '/copy.pdf');
    setSaid(blob ? '存好了，在手机的“下载”里。' : '现在取不到，有网再点一次。');
    if (blob) saveBlob('督导记录-' + (copy.station.code || '') + '-' + copy.day_on + '.pdf', blob);
  };
  return html`<${Button} kind="plain" icon="list" onClick=${save}>存成 PDF<//>${said ? html`<p class="quiet centre" role="status">${said}</p>` : null}
    ${inWeChat ? html`<p class="quiet">微信里存不了文件，请点右上角 ··· 用浏览器打开。</p>` : null}`;
}

/** What was measured or read on the spot: 现场量的：面积 12.5平方米. */
function measured(row) {
  const values = (row.values || []).filter((one) => one.text);
  return values.length ? '现场记的：' + values.map((one) => one.title + ' ' + one.text).join('；') : '';
}

/** A failed recommendation is said calmly. */
function tone(row) {
  return row.verdict === 'fail' && !row.counts_against ? 'unknown' : row.verdict;
}

function Amending({ copy }) {
  const [said, setSaid] = useState('');
  const start = async () => {
    const { amend } = await import('../visits.js');
    const begun = await amend(copy);
    if (begun.draft) go('visit/' + begun.draft.visit_id);
    else setSaid(begun.problem);
  };
  return html`${said ? html`<${Note} kind="warm" icon="nonet" live>${said}<//>` : null}<${Button} kind="plain" icon="pen" onClick=${start}>写错了，更正这一份<//><p class="quiet">更正会另存一份，要重新签字；这一份还留着。</p>`;
}

export function Copy({ id }) {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched((isKeeper() ? '/keeper' : '/rounds') + '/inspections/' + id).then(setSaid);
  }, [id]);
  const back = isKeeper() ? 'inspections' : '';
  if (!said) return html`<${Screen} title="督导记录" back=${back}><p class="quiet centre" role="status">正在取记录…</p><//>`;
  if (!said.body) return html`<${Screen} title="督导记录" back=${back}><${Note} kind="warm" icon="nonet" live>${said.problem}<//><//>`;
  const copy = said.body;
  const failed = copy.rows.filter((row) => row.verdict === 'fail');
  const others = copy.rows.filter((row) => row.verdict !== 'fail' && row.verdict !== 'not_applicable');
  const own = !isKeeper() && copy.inspector_name === session.value.person.name && !copy.newer_id && copy.outcome !== 'closed_door';
  const facts = [['督导员', copy.inspector_name], ['到站', when(copy.arrived_at)], ['查完', when(copy.finished_at)], ['站长', copy.keeper_name], ['结果', copy.outcome_label + (copy.outcome_note ? '：' + copy.outcome_note : '')], ['牌子', copy.sign_remark],
    ['站长确认', copy.confirmed_at ? when(copy.confirmed_at) + ' 同意' : ''], ['站长不同意', copy.refusal], ['更正', copy.amended_because]];
  return html`<${Screen} title="督导记录" back=${back}>
    ${said.fresh ? null : html`<${Note} kind="calm" icon="nonet">现在没网，下面是上次看到的。<//>`}
    ${copy.newer_id ? html`<${Note} kind="warm" icon="bell">这一份后来更正过。<a href=${'#/inspection/' + copy.newer_id}>看更正后的</a><//>` : null}
    <section class="card pad"><p class="big-word">${copy.station.name}</p><p>${copy.campaign ? copy.campaign.name + ' · ' : ''}${dayInWords(copy.day_on)}${copy.version > 1 ? ' · 第 ' + copy.version + ' 版' : ''}</p>
      ${copy.outcome === 'closed_door' ? null : html`<p class="status-line"><${StatusMark} status=${copy.status} /></p>`}
      <dl class="sum">${facts.filter(([, value]) => value).map(([name, value]) => html`<dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl></section>
    ${copy.waits_for_you ? null : html`<${Paper} copy=${copy} />`}
    ${failed.length ? html`<section class="card pad"><h2>不符合的 ${failed.length} 条</h2>${failed.map((row) => html`<div class="failed" key=${row.code}><p><${Verdict} verdict=${tone(row)}>${row.verdict_label}<//> <b>${row.title}</b>（${row.clause}）${row.counts_against ? '' : html` <span class="chip">建议</span>`}</p><p>${row.why}</p>
      ${measured(row) ? html`<p>${measured(row)}</p>` : null}
      ${row.counts_against && row.mend ? html`<p class="quiet">${row.mend}</p>` : null}</div>`)}</section>` : null}
    ${copy.mends.length ? html`<section class="card pad"><h2>要整改的</h2>${copy.mends.map((one) => html`<p key=${one.id}><b>${one.title}</b> ${dayInWords(one.due_on).split(' ')[0]}前改好</p>`)}</section>` : null}
    ${copy.waits_for_you ? html`<${Answer} copy=${copy} onAnswered=${(body) => setSaid({ body, fresh: true })} />` : null}
    ${others.length ? html`<details class="card rest"><summary>别的 ${others.length} 条</summary>${others.map((row) => html`<p class="pad" key=${row.code}><span><${Verdict} verdict=${row.verdict}>${row.verdict_label}<//> <b>${row.title}</b>（${row.clause}）${measured(row) ? html`<span class="line quiet">${measured(row)}</span>` : null}</span></p>`)}</details>` : null}
    ${copy.signatures.inspector || copy.signatures.keeper ? html`<section class="card pad"><${Ink} path=${copy.signatures.inspector} title=${'督导员 ' + copy.inspector_name} /><${Ink} path=${copy.signatures.keeper} title=${'站长 ' + copy.keeper_name} /></section>` : null}
    <section class="card pad"><p class="quiet">照这些标准查的：${copy.standards.map((one) => html`<span class="line" key=${one.id}>${one.name}</span>`)}</p></section>
    ${own ? html`<${Amending} copy=${copy} />` : null}<//>`;
}
