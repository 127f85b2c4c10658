// The pieces of every screen after the first: rows, facts, pictures, verdicts, the unsent, the ✓.

import { html, Icon } from './html.js';
import { useEffect, useState } from './vendor/hooks.mjs';
import { Button, LateButton, Note } from './parts.js';
import { Listen } from './listen.js';
import { doneSays } from './core/listening.js';
import { dialled } from './core/dialling.js';
import {
  arrivalInWords, STATUS_VERDICTS, unsentOf, VERDICT_ICONS, whereabouts,
} from './core/marks.js';
import { WORDS } from './core/words.js';
import { count, goBack, pictureUrl, queue, send, sending, state } from './state.js';

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

/** 打电话: whom to call, as large as any other thing to do; nothing without a number. */
export function CallRow({ number, of }) {
  const digits = dialled(number);
  if (!digits) return null;
  return html`<section class="card"><${Row} icon="phone" tone="plain" href=${'tel:' + digits}
    title=${WORDS.callWhom(of)}>${number}<//></section>`;
}

/** What is said while something is being fetched. */
export function Getting({ children }) {
  return html`<p class="quiet centre" role="status">${children}</p>`;
}

/** One line of a list that leads somewhere. */
export function Row({ icon, tone, title, children, href, state }) {
  return html`<a class=${'row ' + (tone || '')} href=${href}>
    <span class="sign"><${Icon} name=${icon} /></span>
    <span class="words"><b>${title}</b>${children ? html`<span>${children}</span>` : null}</span>
    ${state ? html`<span class="state">${state}</span>` : html`<${Icon} name="next" />`}</a>`;
}

/**
 * The whole-screen confirmation; it says 交好了 only once the record has left the queue. `sign` is
 * for what is no ✓ yet.
 */
export function Done({ title, item, back, sign, children }) {
  const waits = whereabouts(queue.value, item) === 'waiting';
  useEffect(() => {
    document.title = WORDS.titleOf(title);
    window.scrollTo(0, 0);
  }, [title]);
  return html`<main class="done" id="main">
    <div class="done-body" role="status">
      <span class=${'big-check' + (sign ? ' waits' : '')}>
        <${Icon} name=${sign || 'check'} size="4rem" /></span>
      <h1>${title}</h1>
      <p class="done-line">
        ${waits ? html`<${Icon} name="cloud" />` : null}
        ${arrivalInWords(queue.value, item, sending.value)}</p>
      <${Listen} says=${doneSays(whereabouts(queue.value, item))} />
      ${children}
    </div>
    <footer class="foot">
      <${LateButton} onClick=${() => goBack('')}>${back || WORDS.backToToday}<//></footer>
  </main>`;
}

/** What still lies on this phone; says nothing until it has been counted. */
export function Unsent() {
  const left = unsentOf(state);
  if (!left) return null;
  return html`<section class=${'card unsent' + (left.late ? ' late' : '')}>
    <p><${Icon} name=${left.late ? 'bell' : 'cloud'} /> <b>${left.title}</b></p>
    ${left.late ? html`<p>${left.late}</p>` : null}
    <p class="quiet">${left.line}</p>
    <${Button} kind="plain" disabled=${left.sending} onClick=${() => send(true)}>
      ${left.sending ? '正在交…' : '现在上传'}<//>
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

/** A verdict or station state: its sign and its word. */
export function Verdict({ verdict, children }) {
  return html`<span class=${'verdict ' + verdict}>
    <${Icon} name=${VERDICT_ICONS[verdict] || 'ask'} size="1.2rem" />${children}</span>`;
}

/** What the machine read in a photo: a question where it differs, never a failure. */
export function MachineRead({ reading }) {
  if (!reading) return null;
  const matches = reading.outcome === 'matches';
  const said = [matches ? reading.aside : reading.why, reading.check_ins].filter(Boolean);
  return html`<span class="read">
    <${Verdict} verdict=${matches ? 'pass' : 'unknown'}>${reading.label}<//>
    ${said.map((one) => ' ' + one)}</span>`;
}

/** A station's state by the standard, 达标 and so on; null where the county has no standard. */
export function StatusMark({ status }) {
  if (!status) return null;
  return html`<${Verdict} verdict=${STATUS_VERDICTS[status.code] || 'unknown'}>${status.label}<//>`;
}
