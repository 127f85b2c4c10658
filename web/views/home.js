// 今天: what a keeper has to do today, in one glance, and the one button for the next thing.

import { useState } from '../vendor/hooks.mjs';
import { day } from '../day.js';
import { answersUnread, requestState, unasked } from '../core/asking.js';
import { thingsToDo } from '../core/day.js';
import { homeSays } from '../core/listening.js';
import { beijingHour, beijingTime, dayInShort } from '../core/dates.js';
import { THING_ICONS } from '../core/icons.js';
import { WORDS } from '../core/words.js';
import { ASK_WORDS } from '../core/words/asking.js';
import { DAY_WORDS, greeting } from '../core/words/day.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { Button, Hills, html, LateButton, Note, Screen } from '../parts.js';
import { CallRow, Demo, RefusedNote, Row, Unsent } from '../pieces.js';
import { Icon } from '../html.js';
import { Listen } from '../listen.js';
import {
  chooseStation, connected, count, daysLate, home, jotted, keepRecord, mine, nowMs, session,
  station, stations, today,
} from '../state.js';

function Hello({ here }) {
  return html`<header class="hello">
    <${Hills} />
    <p class="date">
      ${dayInShort(today.value)} · <b class="number">${here.code || SHARED_WORDS.noNumber}</b>
      <${Demo} of=${home.value && home.value.county} />
    </p>
    <h1>${greeting(beijingHour(nowMs()), session.value.person.name)}</h1>
    <a class="place" href="#/station">
      <span>${here.name}</span><${Icon} name="next" size="1.2rem" />
    </a>
  </header>`;
}

function Nowhere() {
  const top = html`<header class="hello">
    <${Hills} /><h1>${WORDS.hello(session.value.person.name)}</h1>
  </header>`;
  return html`<${Screen} title="今天" tabs top=${top}>
    ${answersUnread(home.value, []).map((one) => html`
      <${Note} key=${one.id} kind="good" icon="bell"><b>${one.said}</b> ${requestState(one)}<//>`)}
    <${Note} kind="warm" icon="home">${DAY_WORDS.noStation}<//><//>`;
}

function Thing({ thing }) {
  const tone = thing.done ? 'ok' : thing.aside ? 'mend' : 'todo';
  const icon = thing.done ? 'check' : THING_ICONS[thing.kind];
  return html`<${Row} href=${'#/' + thing.path} icon=${icon} tone=${tone} title=${thing.title}>
    ${thing.line}<//>`;
}

/** 今天还有 3 件事, and which. */
function Today({ list, open }) {
  const heading = open.length
    ? html`<h2>今天还有 <b class="count">${open.length}</b> 件事</h2>`
    : html`<h2 class="all-done"><${Icon} name="check" />${DAY_WORDS.allDone}</h2>`;
  return html`<section class="card today">
    ${heading}
    ${list.map((thing) => html`<${Thing} key=${thing.key} thing=${thing} />`)}
  </section>`;
}

/** 今天不开门, 早关门 in one tap, and back; the button of the second tap is another one. */
function Opening({ here }) {
  const [problem, setProblem] = useState('');
  const { told } = day.value;
  const tell = (opening) => async () => {
    const payload = { opening };
    const record = { kind: 'opening', station_id: here.id, payload, photos: [] };
    const kept = await keepRecord(record);
    setProblem(kept.problem || '');
  };
  const said = told && DAY_WORDS.told(told, beijingTime(told.at_ms));
  return html`<section class="card pad choices" key=${told ? told.opening : ''}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${told
      ? html`<p role="status"><b>${said}</b></p>
        <${LateButton} key="back" kind="plain" onClick=${tell('usual')}>还是照常开门<//>`
      : html`<${LateButton} key="shut" kind="plain" onClick=${tell('closed')}>今天不开门<//>
        <${LateButton} key="early" kind="plain" onClick=${tell('early')}>早关门<//>`}
  </section>`;
}

function OtherStation({ here }) {
  return html`<section class="card pad"><label for="which">换一个站</label>
    <select id="which" class="big-input" value=${here.id}
      onChange=${(e) => chooseStation(+e.target.value)}>
      ${stations.value.map((one) => html`
        <option key=${one.id} value=${one.id}>${one.code} ${one.name}</option>`)}
    </select></section>`;
}

/** The township's office, or the county's where it has no number: {number, of}. */
function whomToCall() {
  const help = home.value && home.value.help;
  return help && help.number ? help : { number: session.value.county.hotline };
}

export function Home() {
  const here = station.value;
  if (!here) return html`<${Nowhere} />`;
  const list = thingsToDo(day.value, today.value, Boolean(home.value));
  const open = list.filter((one) => !one.done && !one.aside);
  const next = open[0];
  const foot = next
    ? html`<${Button} icon=${THING_ICONS[next.kind]} href=${'#/' + next.path}>${next.button}<//>`
    : null;
  const late = daysLate.value >= 3;
  const news = answersUnread(home.value, jotted('answers-read'));
  const says = homeSays(open, {
    refused: Boolean(count.value && count.value.attention), late, news: news.length > 0,
    offline: !connected.value,
  });
  return html`<${Screen} title="今天" tabs says=${[]} foot=${foot}
    top=${html`<${Hello} here=${here} />`}>
    <${RefusedNote} />
    ${unasked(home.value, mine.value) ? html`<${Note} kind="warm" icon="me">
      <b>${ASK_WORDS.privacy}</b> <a href="#/consent">去看看</a><//>` : null}
    ${news.map((one) => html`
      <${Note} key=${one.id} kind="good" icon="bell"><b>${ASK_WORDS.news}</b> ${one.said}
        <a href="#/ask">去看看</a><//>`)}
    ${late ? html`<${Unsent} />` : null}
    <${Today} list=${list} open=${open} />
    <${Listen} says=${says} />
    ${late ? null : html`<${Unsent} />`}
    <${Opening} here=${here} key=${here.id} />
    <${CallRow} ...${whomToCall()} />
    <section class="card"><${Row} icon="pen" tone="plain" href="#/ask" title=${ASK_WORDS.title}>
      ${ASK_WORDS.what}<//></section>
    ${stations.value.length > 1 ? html`<${OtherStation} here=${here} />` : null}
  <//>`;
}
