// The parts that the first screen needs too: frame, tabs, buttons, notes, fields; see pieces.js.

import { html, Icon } from './html.js';
import { useEffect, useRef, useState } from './vendor/hooks.mjs';
import { goBack, route, setTextSize, state, textSize } from './state.js';
import { dialled } from './core/dialling.js';
import { helpOf, noticeOf, tabsOf } from './core/frame.js';
import { SIZE_WORDS, TEXT_SIZES, WORDS } from './core/words.js';

export { html };

function Tab({ path, icon, word, number, unit }) {
  const badge = html`<b class="badge">${number}<span class="only-read">${unit}</span></b>`;
  const here = route.value === path ? 'page' : null;
  return html`<a class="tab" href=${'#/' + path} aria-current=${here}>
    <${Icon} name=${icon} /><span>${word}${number ? badge : null}</span></a>`;
}

/** The bar at the bottom; the number of things to handle stands beside its word. */
function Tabs() {
  return html`<nav class="tabs" aria-label="主要页面">${tabsOf(state).map((tab) => html`
    <${Tab} key=${tab.path} ...${tab} />`)}</nav>`;
}

/** 返回 goes back, as the phone's own does. */
const goingBack = (path) => (event) => {
  event.preventDefault();
  goBack(path);
};

/** What later files put into every screen's frame; the first screen of all does without. */
export const frame = { Listen: null };

/** A screen: heading, body, and at the bottom the one thing to press (or the tabs). */
export function Screen({ title, back, foot, tabs, top, says, children }) {
  const heading = useRef(null);
  useEffect(() => {
    document.title = WORDS.titleOf(title);
    window.scrollTo(0, 0);
    if (back !== undefined && heading.current) heading.current.focus({ preventScroll: true });
  }, [title]);
  const bar = html`<header class="bar">
    ${back !== undefined ? html`<a class="back" href=${'#/' + back} onClick=${goingBack(back)}>
      <${Icon} name="back" /><span>返回</span></a>` : null}
    <h1 ref=${heading} tabindex="-1">${title}</h1></header>`;
  return html`<div class=${'screen' + (tabs ? ' with-tabs' : '')}>
    ${top || bar}
    <main id="main"><${State} />
      ${frame.Listen ? html`<${frame.Listen} says=${says} />` : null}${children}</main>
    ${foot ? html`<footer class="foot">${foot}</footer>` : null}
    ${tabs ? html`<${Tabs} />` : null}
  </div>`;
}

/** Hills, a sun and a house: the picture belongs to the greeting and says nothing by itself. */
export function Hills() {
  return html`<svg class="hills" viewBox="0 0 360 140" preserveAspectRatio="xMaxYMax slice"
    aria-hidden="true">
    <circle cx="322" cy="52" r="18" fill="#f5c84c" opacity=".14" />
    <path d="M0 120c50-34 96-34 150-8s110 6 210-34v62H0z" fill="#04552a" opacity=".55" />
    <path d="M120 140c60-46 130-50 240-30v30z" fill="#03481f" opacity=".7" />
    <path d="M300 104l15-11 15 11v16h-30z" fill="#f6f4ef" />
    <path d="M296 105l19-14 19 14" fill="none" stroke="#d9913a" stroke-width="4"
      stroke-linejoin="round" />
    <path d="M311 110h8v10h-8z" fill="#0a6b38" /></svg>`;
}

/** A number to call, and whose it is; an extension is read, not dialled. */
export function Caller({ number, of }) {
  const digits = dialled(number);
  return digits ? html`<a href=${'tel:' + digits}>${WORDS.call(number, of)}</a>` : null;
}

/** Whom to call for a code: the township, else the county; all of them where none is known. */
export function Telephone() {
  const help = helpOf(state);
  return help
    ? html`<a href=${'tel:' + help.digits}>${help.text}</a>`
    : html`<a href="#/telephones">看乡镇电话</a>`;
}

/** What every screen says about net and storage, in words, only when there is something to say. */
function State() {
  const said = noticeOf(state);
  if (!said) return null;
  const again = html` <a href="#/bind">重新认一下</a> <${Telephone} />`;
  return html`<${Note} kind=${said.kind} icon=${said.icon}>
    ${said.text}${said.signIn ? again : null}<//>`;
}

/** A sentence on a coloured ground with its own sign, so that colour never speaks alone. */
export function Note({ kind, icon, children, live }) {
  return html`<div class=${'note ' + kind} role=${live ? 'alert' : null}>
    <${Icon} name=${icon || 'bell'} /><p>${children}</p></div>`;
}

const SECOND_TAP = 600; // the second tap of two, and the shake of a hand, come sooner than this

/**
 * Whether a screen has stood long enough for a tap to be meant for it, and not to be the second of
 * two on what stood there before.
 */
function useSettled() {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SECOND_TAP);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}

/**
 * What a tap does, done once: until its promise has ended, further taps do nothing. Its screen has
 * changed by then, or says why not.
 */
export function useOnce(work) {
  const busy = useRef(false);
  return async (event) => {
    if (event && event.preventDefault) event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    try {
      await work(event);
    } finally {
      busy.current = false;
    }
  };
}

/** A big button (or link); `kind` is main, plain or warn. Two taps on it are one. */
export function Button({ kind, icon, href, onClick, children, ...rest }) {
  const once = useOnce(onClick || (() => null));
  const inside = html`${icon ? html`<${Icon} name=${icon} />` : null}<span>${children}</span>`;
  const look = 'button ' + (kind || 'main');
  return href
    ? html`<a class=${look} href=${href} ...${rest}>${inside}</a>`
    : html`<button type="button" class=${look} onClick=${once} ...${rest}>${inside}</button>`;
}

/** A button where another one stood when the finger came down: it waits for the finger to lift. */
export function LateButton(props) {
  return html`<${Button} ...${props} disabled=${!useSettled() || props.disabled} />`;
}

/** 字的大小: each choice in its own size; what was chosen stays on this phone. */
export function TextSize({ hint }) {
  const choice = ({ key, word }) => html`<label key=${key} class=${'size ' + key}>
    <input type="radio" name="size" value=${key} checked=${textSize.value === key}
      onChange=${() => setTextSize(key)} /><span>${word}</span></label>`;
  return html`<section class="card pad">
    <fieldset class="sizes"><legend>${SIZE_WORDS.legend}
      ${hint ? html`<span class="hint"> ${hint}</span>` : null}</legend>
      ${TEXT_SIZES.map(choice)}</fieldset></section>`;
}

/** A labelled input with its own error sentence. */
export function Field({ label, hint, error, children, id, across }) {
  return html`<div class=${'field' + (error ? ' wrong' : '') + (across ? ' across' : '')}>
    <label for=${id}>${label}${hint ? html` <span class="hint">${hint}</span>` : null}</label>
    ${children}
    ${error ? html`<p class="error" id=${id + '-error'}>
      <${Icon} name="cross" size="1.2rem" />${error}</p>` : null}</div>`;
}
