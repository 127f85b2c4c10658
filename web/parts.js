// The pieces that screens are made of: frame, buttons, rows, notes, fields, the whole-screen ✓.

import { html, Icon } from './html.js';
import { useEffect, useRef, useState } from './vendor/hooks.mjs';
import {
  connected, count, daysLate, doubtful, go, inRound, keepsThings, nowMs, pictureUrl, queue, route,
  send, sending, session, trouble,
} from './state.js';
import { beijingDay, dayInFull } from './core/dates.js';
import { lateInWords, WORDS } from './core/words.js';

export { html };

const TODO = ['attention', 'bell', '要处理'];
const ME = ['me', 'me', '我的'];
const KEEPERS_TABS = [['', 'home', '今天'], ['history', 'list', '记录'], TODO, ME];
const INSPECTORS_TABS = [['', 'check', '督导'], ['stations', 'home', '站点'], TODO, ME];
const OTHERS_TABS = [['', 'home', '站点'], ME];

function Tab({ path, icon, word }) {
  const left = count.value || { attention: 0, waiting: 0 };
  const late = daysLate.value >= 3 && path === 'me';
  const number = path === 'attention' ? left.attention : late ? left.waiting : 0;
  const badge = html`<b class="badge">
    ${number}<span class="only-read">${late ? '条没交' : '件'}</span></b>`;
  const here = route.value === path ? 'page' : null;
  return html`<a class="tab" href=${'#/' + path} aria-current=${here}>
    <${Icon} name=${icon} /><span>${word}${number ? badge : null}</span></a>`;
}

/** The bar at the bottom; the number of things to handle stands beside its word. */
function Tabs() {
  const keeper = session.value && session.value.person.role === 'keeper';
  const tabs = keeper ? KEEPERS_TABS : inRound.value ? INSPECTORS_TABS : OTHERS_TABS;
  return html`<nav class="tabs" aria-label="主要页面">${tabs.map(([path, icon, word]) => html`
    <${Tab} key=${path} path=${path} icon=${icon} word=${word} />`)}</nav>`;
}

/** A screen: heading, body, and at the bottom the one thing to press (or the tabs). */
export function Screen({ title, back, foot, tabs, top, children }) {
  const heading = useRef(null);
  useEffect(() => {
    document.title = WORDS.titleOf(title);
    window.scrollTo(0, 0);
    if (back !== undefined && heading.current) heading.current.focus({ preventScroll: true });
  }, [title]);
  const bar = html`<header class="bar">
    ${back !== undefined ? html`<a class="back" href=${'#/' + back}>
      <${Icon} name="back" /><span>返回</span></a>` : null}
    <h1 ref=${heading} tabindex="-1">${title}</h1></header>`;
  return html`<div class=${'screen' + (tabs ? ' with-tabs' : '')}>
    ${top || bar}
    <main id="main"><${State} />${children}</main>
    ${foot ? html`<footer class="foot">${foot}</footer>` : null}
    ${tabs ? html`<${Tabs} />` : null}
  </div>`;
}

/** Hills, a sun and a house: the picture belongs to the greeting and says nothing by itself. */
export function Hills() {
  return html`<svg class="hills" viewBox="0 0 360 140" preserveAspectRatio="xMaxYMax slice"
    aria-hidden="true">
    <circle cx="322" cy="52" r="18" fill="#f5c84c" />
    <path d="M0 120c50-34 96-34 150-8s110 6 210-34v62H0z" fill="#04552a" opacity=".55" />
    <path d="M120 140c60-46 130-50 240-30v30z" fill="#03481f" opacity=".7" />
    <path d="M300 104l15-11 15 11v16h-30z" fill="#f6f4ef" />
    <path d="M296 105l19-14 19 14" fill="none" stroke="#d9913a" stroke-width="4"
      stroke-linejoin="round" />
    <path d="M311 110h8v10h-8z" fill="#0a6b38" /></svg>`;
}

/** What every screen says about net and storage, in words, only when there is something to say. */
function State() {
  if (!keepsThings.value) return html`<${Note} kind="bad" icon="ask">${WORDS.noStore}<//>`;
  if (trouble.value === 'sign-in' && session.value) {
    return html`<${Note} kind="warm" icon="me">${WORDS.signIn} <a href="#/bind">重新认一下</a><//>`;
  }
  if (doubtful.value) {
    const said = WORDS.doubtedDate(dayInFull(beijingDay(nowMs())));
    return html`<${Note} kind="warm" icon="bell">${said}<//>`;
  }
  if (trouble.value === 'portal') {
    return html`<${Note} kind="warm" icon="nonet">${WORDS.portal}<//>`;
  }
  if (!connected.value && session.value) {
    const left = count.value && count.value.waiting;
    const said = left ? WORDS.offlineWith(left) : WORDS.offline;
    return html`<${Note} kind="calm" icon="nonet">${said}<//>`;
  }
  return null;
}

/** That something was not taken, and the way to it; nothing while all is well. */
export function RefusedNote() {
  const refused = count.value && count.value.attention;
  if (!refused) return null;
  return html`<${Note} kind="bad" icon="bell">
    ${WORDS.refused(refused)}<a href="#/attention">去看看</a><//>`;
}

/** 演示数据, beside what is only shown for trying: a county or a round. */
export function Demo({ of }) {
  return of && of.demo ? html` <span class="demo">演示数据</span>` : null;
}

/** Facts by name, [[name, value]]; those without a value are left out. */
export function Facts({ facts }) {
  const known = facts.filter(([, value]) => value);
  return html`<dl class="sum">${known.map(([name, value]) => html`
    <dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** What is said while something is being fetched. */
export function Getting({ children }) {
  return html`<p class="quiet centre" role="status">${children}</p>`;
}

/** A sentence on a coloured ground with its own sign, so that colour never speaks alone. */
export function Note({ kind, icon, children, live }) {
  return html`<div class=${'note ' + kind} role=${live ? 'alert' : null}>
    <${Icon} name=${icon || 'bell'} /><p>${children}</p></div>`;
}

/** A big button (or link); `kind` is main, plain or warn. */
export function Button({ kind, icon, href, children, ...rest }) {
  const inside = html`${icon ? html`<${Icon} name=${icon} />` : null}<span>${children}</span>`;
  const look = 'button ' + (kind || 'main');
  return href
    ? html`<a class=${look} href=${href} ...${rest}>${inside}</a>`
    : html`<button type="button" class=${look} ...${rest}>${inside}</button>`;
}

/** One line of a list that leads somewhere. */
export function Row({ icon, tone, title, children, href, state }) {
  return html`<a class=${'row ' + (tone || '')} href=${href}>
    <span class="sign"><${Icon} name=${icon} /></span>
    <span class="words"><b>${title}</b>${children ? html`<span>${children}</span>` : null}</span>
    ${state ? html`<span class="state">${state}</span>` : html`<${Icon} name="next" />`}</a>`;
}

/** A labelled input with its own error sentence. */
export function Field({ label, hint, error, children, id, across }) {
  return html`<div class=${'field' + (error ? ' wrong' : '') + (across ? ' across' : '')}>
    <label for=${id}>${label}${hint ? html` <span class="hint">${hint}</span>` : null}</label>
    ${children}
    ${error ? html`<p class="error" id=${id + '-error'}>
      <${Icon} name="cross" size="1.2rem" />${error}</p>` : null}</div>`;
}

/** The whole-screen confirmation; it says 交好了 only once the record has left the queue. */
export function Done({ title, item, back, children }) {
  const here = (queue.value || []).filter((one) => one.id === item.id)[0];
  const waiting = queue.value === null || Boolean(here);
  const refused = here && here.state === 'attention';
  useEffect(() => {
    document.title = WORDS.titleOf(title);
    window.scrollTo(0, 0);
  }, []);
  const line = refused ? WORDS.notTaken : waiting ? WORDS.saved : WORDS.arrived;
  return html`<main class="done" id="main">
    <div class="done-body" role="status">
      <span class="big-check"><${Icon} name="check" size="4rem" /></span>
      <h1>${title}</h1>
      <p class="done-line">
        ${waiting && !refused ? html`<${Icon} name="cloud" />` : null}
        ${line}${waiting && sending.value ? WORDS.sendingToo : ''}</p>
      ${children}
    </div>
    <footer class="foot">
      <${Button} onClick=${() => go('')}>${back || WORDS.backToToday}<//></footer>
  </main>`;
}

/** What becomes of what is unsent, in a sentence. */
function sendingInWords() {
  if (sending.value) return WORDS.sendingNow;
  if (!connected.value) return WORDS.keptForNet;
  return trouble.value === 'busy' ? WORDS.busy : WORDS.sendsItself;
}

/** What still lies on this phone; says nothing until it has been counted. */
export function Unsent() {
  const left = count.value;
  if (!left || !left.waiting) return null;
  const late = lateInWords(left, daysLate.value);
  return html`<section class=${'card unsent' + (late ? ' late' : '')}>
    <p><${Icon} name=${late ? 'bell' : 'cloud'} /> <b>${WORDS.stillHere(left)}</b></p>
    ${late ? html`<p>${late}</p>` : null}
    <p class="quiet">${sendingInWords()}</p>
    <${Button} kind="plain" disabled=${sending.value} onClick=${() => send(true)}>
      ${sending.value ? '正在交…' : '现在上传'}<//>
  </section>`;
}

/** A photo that only its own people may see, fetched with the token; words where it cannot show. */
export function Picture({ path, alt }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    let gone = false;
    let made = null;
    pictureUrl(path).then((found) => {
      made = found;
      if (!gone) setUrl(found);
      else if (found) URL.revokeObjectURL(found);
    });
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [path]);
  if (url) return html`<img class="photo" src=${url} alt=${alt} />`;
  return html`<span class="photo none">
    ${url === null ? WORDS.pictureNeedsNet : '正在取照片…'}</span>`;
}

const VERDICT_ICONS = { pass: 'check', fail: 'cross', unknown: 'ask', not_applicable: 'minus' };

/** A verdict or station state: its sign and its word. */
export function Verdict({ verdict, children }) {
  return html`<span class=${'verdict ' + verdict}>
    <${Icon} name=${VERDICT_ICONS[verdict] || 'ask'} size="1.2rem" />${children}</span>`;
}

/** What the machine read in a photo: a question where it differs, never a failure. */
export function MachineRead({ reading }) {
  if (!reading) return null;
  const matches = reading.outcome === 'matches';
  const said = [matches ? '' : reading.why, reading.check_ins].filter(Boolean);
  return html`<span class="read">
    <${Verdict} verdict=${matches ? 'pass' : 'unknown'}>${reading.label}<//>
    ${said.map((one) => ' ' + one)}</span>`;
}

const STATUS_VERDICTS = {
  meets: 'pass',
  fails: 'fail',
  to_verify: 'unknown',
  not_assessed: 'not_applicable',
};

/** A station's state by the standard, 达标 and so on. */
export function StatusMark({ status }) {
  return html`<${Verdict} verdict=${STATUS_VERDICTS[status.code] || 'unknown'}>${status.label}<//>`;
}
