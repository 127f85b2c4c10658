// 认一下你是哪个站: a one-time code turns this phone into a keeper's (or inspector's) phone.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { plainCode, readBindCode } from '../core/qr.js';
import { BIND_WORDS, SIZE_WORDS, WORDS } from '../core/words.js';
import {
  Field, Hills, html, LateButton, Note, Screen, Telephone, TextSize, useOnce,
} from '../parts.js';
import { bind, count, ownSlip, queue, session, trouble, turnTo, welcome } from '../state.js';
import { inWeChat, keepsPages, onIPhone } from '../platform/phone.js';

const KIND = inWeChat ? 'wechat' : onIPhone ? 'iphone' : 'android';

/** How a code is written while it is typed: four, a line, four. */
function written(text) {
  const letters = plainCode(text).replace(/[^0-9A-Z]/g, '').slice(0, 8);
  return letters.length > 4 ? letters.slice(0, 4) + '-' + letters.slice(4) : letters;
}

export function Bind({ code }) {
  const [typed, setTyped] = useState(written(code || ''));
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = useOnce(async () => {
    const right = readBindCode(typed);
    if (!right) {
      setError(BIND_WORDS.wrongCode);
      return;
    }
    setBusy(true);
    setError('');
    const said = await bind(right);
    setBusy(false);
    if (said.problem) setError(said.problem);
  });
  // A phone bound by an earlier version does not know its own slip: the server does.
  useEffect(() => {
    const slip = session.value && trouble.value !== 'sign-in' && readBindCode(code || '');
    if (slip) ownSlip(slip).then((own) => own && turnTo(''));
  }, []);
  const mineLeft = session.value && count.value ? count.value.waiting : 0;
  const left = session.value === null && queue.value ? queue.value.length : 0;
  const top = html`<header class="hello">
    <${Hills} /><p class="brand">村站通</p><h1>${BIND_WORDS.title}</h1></header>`;
  const safari = onIPhone && inWeChat;
  const elsewhere = !keepsPages && !onIPhone;
  return html`<${Screen} title=${BIND_WORDS.title} top=${top}>
    <form class="card pad" id="bind-form" onSubmit=${submit}>
      <p>${BIND_WORDS.ask}</p>
      <${Field} label="绑定码" id="code" error=${error}>
        <input id="code" class="big-input code" value=${typed}
          onInput=${(e) => setTyped(written(e.target.value))} autocomplete="off"
          autocapitalize="characters" spellcheck=${false} placeholder="XXXX-XXXX" maxlength="9"
          aria-describedby=${error ? 'code-error' : null} aria-invalid=${error ? 'true' : null} />
      <//>
      <button class="button main" type="submit" disabled=${busy}>
        <span>${busy ? '正在认…' : BIND_WORDS.itIsMe}</span></button>
    </form>
    <${TextSize} hint=${SIZE_WORDS.seeIt} />
    <p class="quiet">${BIND_WORDS.noCode} <${Telephone} /></p>
    <p class="quiet">${BIND_WORDS.officers} <a href="/desk/">去工作台</a></p>
    ${mineLeft ? html`<${Note} kind="warm" icon="cloud">
      ${BIND_WORDS.unsentOfMine(session.value.person.name, mineLeft)}<//>` : null}
    ${left ? html`<${Note} kind="calm" icon="cloud">${BIND_WORDS.unsentOfOthers(left)}<//>` : null}
    ${safari ? html`<${Note} kind="warm">${BIND_WORDS.openInSafari}<//>` : null}
    ${elsewhere ? html`<${Note} kind="warm">${BIND_WORDS.otherBrowser}<//>` : null}
  <//>`;
}

/** Says by name whose phone this is now. */
export function Welcome({ person }) {
  const begin = () => {
    turnTo(''); // the slip does not stay behind it in the phone's history
    welcome.value = null;
  };
  const place = session.value && session.value.stations && session.value.stations[0];
  return html`<main class="done" id="main"><div class="done-body" role="status">
    <span class="big-hills"><${Hills} /></span>
    <h1>${WORDS.hello(person.name)}</h1>
    <p class="done-line">
      ${place
        ? html`${place.name}<br /><b class="number">${place.code}</b>`
        : person.role_label}</p>
    <${TextSize} hint=${SIZE_WORDS.seeIt} />
    <p class="keep">${BIND_WORDS.keepAtHand[KIND]}</p>
    <p>${BIND_WORDS.known}${count.value && count.value.waiting ? BIND_WORDS.restGoesOn : ''}</p>
  </div><footer class="foot">
    <${LateButton} onClick=${begin}>${BIND_WORDS.begin}<//></footer></main>`;
}
