// 督导: the stations of the round that are mine, what is done, what still lies on this phone.

import { useEffect, useMemo, useState } from '../vendor/hooks.mjs';
import { beijingDay, dayAfter, momentFromToday, shortDay } from '../core/dates.js';
import { heard } from '../core/again.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { VISIT_WORDS, visitInWords } from '../core/words/visit.js';
import { Button, html, Note, Screen } from '../parts.js';
import { Demo, RefusedNote, Unsent } from '../pieces.js';
import { Icon } from '../html.js';
import { mine, phone, rounds, session, today, told } from '../state.js';
import { Duties } from '../duties.js';
import { awayFrom, here as from, inOrder, NearFirst } from '../nearby.js';
import {
  along, chosenRound, drafts, minePart, packing, problem, readAlong, readVisits, round,
  stateOfVisit, takeAlong,
} from '../visits.js';

const LOOKS = {
  due: ['minus', 'none'],
  draft: ['pen', 'wait'],
  waiting: ['cloud', 'wait'],
  photos: ['cloud', 'wait'],
  attention: ['bell', 'bad'],
  sent: ['check', 'ok'],
  done: ['check', 'ok'],
};
const FIRST = 24; // these are seen at once, the others a moment later
const FEW = 8; // so many stations need no search
const OPEN = ['due', 'draft', 'attention'];

const isOpen = (visit) => OPEN.includes(stateOfVisit(visit).state);

/** The screen of a visit: gone on with, mended, or begun. */
function pathOf(visit, state) {
  if (state === 'attention') return 'attention';
  return (state === 'draft' ? 'visit/' : 'arrive/') + visit.id;
}

function VisitRow({ visit }) {
  const here = stateOfVisit(visit);
  const [icon, tone] = LOOKS[here.state];
  const whose = visit.mine ? '' : VISIT_WORDS.ofInspector(visit.inspector_name);
  const away = awayFrom(visit);
  return html`<a class="row visit" href=${'#/' + pathOf(visit, here.state)}>
    <span class="words"><b>${visit.name}</b><span class="under">
      <span><b class="number">${visit.code || '没有编号'}</b> ${visit.township_name}${whose}
        ${away ? html`<span class="line quiet">${away}</span>` : null}</span>
      <span class=${'mark ' + tone}>
        <${Icon} name=${icon} size="1.2rem" /><span>${visitInWords(here, visit)}</span></span>
    </span></span></a>`;
}

/** Which township is being taken along just now. */
function Packing() {
  const { done, of, name } = packing.value;
  return html`<section class="card pad" role="status">
    <p>正在带上 <b>${name}</b>${VISIT_WORDS.takingAlong(done, of)}</p>
    <progress max=${of} value=${done + 0.5} aria-label="带上名单的进度"></progress></section>`;
}

/** How much of the round lies on this phone, in a sentence. */
function Along({ have, whole }) {
  if (whole) return html`<${Icon} name="check" /> <b>${VISIT_WORDS.allAlong}</b>`;
  const { stations, of } = have;
  if (stations) return html`<b>${VISIT_WORDS.someAlong(stations, of - stations)}</b>`;
  return html`<b>还没带上</b>${VISIT_WORDS.takeFirst}`;
}

/** What was taken along, and taking it. */
function Pocket({ campaign }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    readAlong(campaign);
  }, [campaign]);
  const have = along.value[campaign.id];
  if (!have || !have.of) return null;
  if (packing.value) return html`<${Packing} />`;
  const take = async () => setSaid(await takeAlong(campaign));
  const whole = have.stations >= have.of;
  const at = have.oldest_ms;
  const old = at && beijingDay(at) < dayAfter(today.value, -2);
  const when = at ? VISIT_WORDS.takenAt(momentFromToday(at, today.value), old) : '';
  return html`<section class=${'card pad pocket' + (whole && !old ? ' whole' : '')}>
    ${said ? html`<${Note} kind="warm" icon="nonet" live>${said}<//>` : null}
    <p><${Along} have=${have} whole=${whole} />
      ${when ? html`<span class="line quiet">${when}</span>` : null}</p>
    <${Button} kind=${whole ? 'plain' : 'main'} icon=${whole ? null : 'cloud'} onClick=${take}>
      ${whole ? '更新' : VISIT_WORDS.takeAll(have.of)}<//></section>`;
}

/** What the server had to say about a record that it took. */
function Told() {
  const list = told.value.filter((one) => one.person_id === session.value.person.id);
  const name = (id) => {
    const visit = round.value.visits.filter((one) => one.station_id === id)[0];
    return visit ? visit.name : '督导记录';
  };
  return list.map((one) => html`<section class="card pad told" key=${one.id}>
    <p><b>${name(one.station_id)}</b>${VISIT_WORDS.takenWith}</p><p>${one.message}</p>
    <${Button} kind="plain" icon="check" onClick=${() => heard(phone, one.id)}>知道了<//></section>`);
}

/** The round's name, by when it has to be done, and how far it is. */
function Hello({ campaign, own, done }) {
  return html`<header class="hello plain">
    <p class="date">
      ${session.value.person.name} · ${VISIT_WORDS.until(shortDay(campaign.due_on))}
      <${Demo} of=${campaign} /></p>
    <h1>${campaign.name}</h1>
    <p class="round-count">查了 <b>${done}</b>${VISIT_WORDS.ofAll(own.length)}</p>
    <progress class="on-green" max=${own.length || 1} value=${done} aria-label="查了多少"></progress>
  </header>`;
}

/** Which of several open rounds. */
function WhichRound({ campaign }) {
  const { campaigns } = rounds.value;
  if (campaigns.length < 2) return null;
  return html`<section class="card pad"><label for="round">哪一轮</label>
    <select id="round" class="big-input" value=${campaign.id}
      onChange=${(e) => (chosenRound.value = +e.target.value)}>
      ${campaigns.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}
    </select></section>`;
}

/** What is looked for: {text, where, which}; `few` stations need no search. */
function Filters({ campaign, few, wanted, onChange }) {
  const on = (field) => (e) => onChange(Object.assign({}, wanted, { [field]: e.target.value }));
  return html`<section class="card pad">
    ${few ? null : html`<input aria-label="找站点" class="big-input" type="search"
      placeholder=${SHARED_WORDS.search} value=${wanted.text} onInput=${on('text')} />`}
    <div class="two">
      <select aria-label="哪里的" class="big-input" value=${wanted.where} onChange=${on('where')}>
        <option value="mine">归我查的</option><option value="all">全部乡镇</option>
        ${campaign.townships.map((one) => html`
          <option key=${one.code} value=${one.code}>${one.name}</option>`)}</select>
      <select aria-label="查没查" class="big-input" value=${wanted.which} onChange=${on('which')}>
        <option value="">不分</option><option value="open">还没查</option>
        <option value="done">查过了</option></select></div></section>`;
}

export function Rounds() {
  const [wanted, setWanted] = useState({ text: '', where: 'mine', which: '' });
  const [most, setMost] = useState(FIRST);
  useEffect(() => {
    readVisits();
    const later = setTimeout(() => setMost(Infinity), 50);
    return () => clearTimeout(later);
  }, []);
  const campaign = round.value;
  const { where, which } = wanted;
  const text = wanted.text.trim().toUpperCase();
  const own = useMemo(() => minePart(campaign), [campaign]);
  const here = useMemo(() => {
    const isThere = (one) => where === 'all' || one.township_code === where;
    return where === 'mine' ? own : campaign.visits.filter(isThere);
  }, [campaign, where]);
  const shown = useMemo(() => {
    const isNamed = (one) => !text || (one.name + (one.code || '')).toUpperCase().includes(text);
    const found = here.filter(isNamed);
    const wished = which ? found.filter((one) => isOpen(one) === (which === 'open')) : found;
    return inOrder(wished);
  }, [here, text, which, drafts.value, mine.value, from.value]);
  const done = own.filter((one) => !isOpen(one)).length;
  const few = campaign.visits.length <= FEW;
  const filters = html`<${Filters} campaign=${campaign} few=${few} wanted=${wanted}
    onChange=${setWanted} />`;
  const list = drafts.value === null ? [] : shown.slice(0, most);
  return html`<${Screen} title="督导" tabs
    top=${html`<${Hello} campaign=${campaign} own=${own} done=${done} />`}
    foot=${html`<${Button} icon="scan" href="#/arrive">${VISIT_WORDS.scanToBegin}<//>`}>
    ${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    <${RefusedNote} />
    <${Told} />
    <${WhichRound} campaign=${campaign} />
    <${Pocket} campaign=${campaign} />
    <${Duties} />
    <${Unsent} />
    ${few ? null : filters}
    <section class="card visits"><h2>${VISIT_WORDS.stations(shown.length)}</h2>
      ${shown.length > 2 ? html`<${NearFirst} />` : null}
      ${list.map((visit) => html`<${VisitRow} key=${visit.id} visit=${visit} />`)}</section>
    ${few ? filters : null}<//>`;
}
