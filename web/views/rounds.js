// 督导: the stations of the round that are mine, what is done, what still lies on this phone.

import { useEffect, useMemo, useState } from '../vendor/hooks.mjs';
import { beijingDay, beijingTime, dayAfter, dayFromToday, dayInWords } from '../core/dates.js';
import { heard } from '../core/queue.js';
import { Button, html, Note, Screen, Unsent } from '../parts.js';
import { Icon } from '../html.js';
import { count, mine, phone, rounds, session, today, told } from '../state.js';
import { Duties } from '../duties.js';
import { along, chosenRound, drafts, minePart, packing, problem, readAlong, readVisits, round, stateOfVisit, takeAlong } from '../visits.js';

const LOOKS = { due: ['minus', 'none'], draft: ['pen', 'wait'], waiting: ['cloud', 'wait'], photos: ['cloud', 'wait'], attention: ['bell', 'bad'], sent: ['check', 'ok'], done: ['check', 'ok'] };
const FIRST = 24; // these are seen at once, the others a moment later
const FEW = 8; // so many stations need no search
const OPEN = ['due', 'draft', 'attention'];

function words(here, visit) {
  const said = { draft: here.left ? '查了一半，还差 ' + here.left + ' 条' : '查完了，还没签字', waiting: '查完了，等网交', photos: '已交，照片还在传', attention: '没收下，点开看看', sent: '已交' };
  const seen = visit.inspections.length ? '（' + visit.inspections.map((one) => one.by).join('、') + '）' : '';
  return said[here.state] || visit.state_label + seen;
}

function VisitRow({ visit }) {
  const here = stateOfVisit(visit);
  const [icon, tone] = LOOKS[here.state];
  const path = here.state === 'attention' ? 'attention' : here.state === 'draft' ? 'visit/' + visit.id : 'arrive/' + visit.id;
  return html`<a class="row visit" href=${'#/' + path}><span class="words"><b>${visit.name}</b>
    <span class="under"><span><b class="number">${visit.code || '没有编号'}</b> ${visit.township_name}${visit.mine ? '' : visit.inspector_name ? ' · 归' + visit.inspector_name : ' · 还没指派'}</span>
    <span class=${'mark ' + tone}><${Icon} name=${icon} size="1.2rem" /><span>${words(here, visit)}</span></span></span></span></a>`;
}

/** What was taken along, and taking it. */
function Pocket({ campaign }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    readAlong(campaign);
  }, [campaign]);
  const have = along.value[campaign.id];
  if (!have || !have.of) return null;
  const take = async () => setSaid(await takeAlong(campaign));
  if (packing.value) {
    const { done, of, name } = packing.value;
    return html`<section class="card pad" role="status"><p>正在带上 <b>${name}</b>（第 ${done + 1} 个乡镇，共 ${of} 个）…</p><progress max=${of} value=${done + 0.5} aria-label="带上名单的进度"></progress></section>`;
  }
  const whole = have.stations >= have.of;
  const day = have.oldest_ms && beijingDay(have.oldest_ms);
  const old = day && day < dayAfter(today.value, -2);
  return html`<section class=${'card pad pocket' + (whole && !old ? ' whole' : '')}>
    ${said ? html`<${Note} kind="warm" icon="nonet" live>${said}<//>` : null}
    <p>${whole ? html`<${Icon} name="check" /> <b>都带上了，没网也能查</b>` : have.stations ? html`<b>带上了 ${have.stations} 个，还差 ${have.of - have.stations} 个</b>` : html`<b>还没带上</b>，进村没网前请先点一下`}
      ${day ? html`<span class="line quiet">${dayFromToday(day, today.value)} ${beijingTime(have.oldest_ms)} 带的${old ? '，日子久了，出发前请更新' : ''}</span>` : null}</p>
    <${Button} kind=${whole ? 'plain' : 'main'} icon=${whole ? null : 'cloud'} onClick=${take}>${whole ? '更新' : '带上 ' + have.of + ' 个站'}<//></section>`;
}

/** What the server had to say about a record that it took. */
function Told() {
  const list = told.value.filter((one) => one.person_id === session.value.person.id);
  const name = (id) => (round.value.visits.filter((one) => one.station_id === id)[0] || { name: '督导记录' }).name;
  return list.map((one) => html`<section class="card pad told" key=${one.id}><p><b>${name(one.station_id)}</b>：已交。请留意：</p><p>${one.message}</p>
    <${Button} kind="plain" icon="check" onClick=${() => heard(phone, one.id)}>知道了<//></section>`);
}

export function Rounds() {
  const [where, setWhere] = useState('mine');
  const [which, setWhich] = useState('');
  const [text, setText] = useState('');
  const [most, setMost] = useState(FIRST);
  useEffect(() => {
    readVisits();
    const later = setTimeout(() => setMost(Infinity), 50);
    return () => clearTimeout(later);
  }, []);
  const campaign = round.value;
  const wanted = text.trim().toUpperCase();
  const own = useMemo(() => minePart(campaign), [campaign]);
  const here = useMemo(() => (where === 'mine' ? own : campaign.visits.filter((one) => where === 'all' || one.township_code === where)), [campaign, where]);
  const shown = useMemo(() => {
    const found = here.filter((one) => !wanted || (one.name + (one.code || '')).toUpperCase().includes(wanted));
    return which ? found.filter((one) => OPEN.includes(stateOfVisit(one).state) === (which === 'open')) : found;
  }, [here, wanted, which, drafts.value, mine.value]);
  const done = own.filter((one) => !OPEN.includes(stateOfVisit(one).state)).length;
  const top = html`<header class="hello plain"><p class="date">${session.value.person.name} · ${dayInWords(campaign.due_on).split(' ')[0]}前查完${campaign.demo ? html` <span class="demo">演示数据</span>` : null}</p>
    <h1>${campaign.name}</h1><p class="round-count">查了 <b>${done}</b> 个，共 ${own.length} 个</p><progress class="on-green" max=${own.length || 1} value=${done} aria-label="查了多少"></progress></header>`;
  const few = campaign.visits.length <= FEW;
  const filters = html`<section class="card pad">${few ? null : html`<input aria-label="找站点" class="big-input" type="search" placeholder="找站点：名字或编号" value=${text} onInput=${(e) => setText(e.target.value)} />`}
      <div class="two"><select aria-label="哪里的" class="big-input" value=${where} onChange=${(e) => setWhere(e.target.value)}><option value="mine">归我查的</option><option value="all">全部乡镇</option>
        ${campaign.townships.map((one) => html`<option key=${one.code} value=${one.code}>${one.name}</option>`)}</select>
      <select aria-label="查没查" class="big-input" value=${which} onChange=${(e) => setWhich(e.target.value)}><option value="">不分</option><option value="open">还没查</option><option value="done">查过了</option></select></div></section>`;
  return html`<${Screen} title="督导" tabs top=${top} foot=${html`<${Button} icon="scan" href="#/arrive">扫牌子，开始查<//>`}>
    ${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    ${count.value && count.value.attention ? html`<${Note} kind="bad" icon="bell">有 ${count.value.attention} 条没收下，要您看一看。<a href="#/attention">去看看</a><//>` : null}
    <${Told} />
    ${rounds.value.campaigns.length > 1 ? html`<section class="card pad"><label for="round">哪一轮</label><select id="round" class="big-input" value=${campaign.id} onChange=${(e) => (chosenRound.value = +e.target.value)}>
      ${rounds.value.campaigns.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select></section>` : null}
    <${Pocket} campaign=${campaign} />
    <${Duties} />
    <${Unsent} />
    ${few ? null : filters}
    <section class="card visits"><h2>${shown.length ? '这里有 ' + shown.length + ' 个站' : '这里没有站'}</h2>${drafts.value === null ? null : shown.slice(0, most).map((visit) => html`<${VisitRow} key=${visit.id} visit=${visit} />`)}</section>
    ${few ? filters : null}<//>`;
}
