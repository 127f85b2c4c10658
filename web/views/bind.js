// 认一下你是哪个站: a one-time code turns this phone into a keeper's (or inspector's) phone.

import { useState } from '../vendor/hooks.mjs';
import { readBindCode } from '../core/qr.js';
import { Button, Field, Hills, html, Note, Screen } from '../parts.js';
import { bind, count, go, queue, session, welcome } from '../state.js';
import { inWeChat, keepsPages, onIPhone } from '../platform/phone.js';

/** How a code is written while it is typed: four, a line, four. */
function written(text) {
  const letters = text.toUpperCase().replace(/[^0-9A-Z]/g, '').slice(0, 8);
  return letters.length > 4 ? letters.slice(0, 4) + '-' + letters.slice(4) : letters;
}

export function Bind({ code }) {
  const [typed, setTyped] = useState(written(code || ''));
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    const right = readBindCode(typed);
    if (!right) {
      setError('绑定码是八个字，比如 7KQ2-M4XA。请照着乡镇给您的纸条再输一遍。');
      return;
    }
    setBusy(true);
    setError('');
    const said = await bind(right);
    setBusy(false);
    if (said.problem) setError(said.problem);
  };
  const left = session.value === null && queue.value ? queue.value.length : 0;
  const top = html`<header class="hello"><${Hills} /><p class="brand">村站通</p><h1>认一下您是哪个站</h1></header>`;
  return html`<${Screen} title="认一下您是哪个站" top=${top}>
    <form class="card pad" id="bind-form" onSubmit=${submit}>
      <p>请输入乡镇干部给您的绑定码，只用输这一次。</p>
      <${Field} label="绑定码" id="code" error=${error}>
        <input id="code" class="big-input code" value=${typed} onInput=${(e) => setTyped(written(e.target.value))}
          autocomplete="off" autocapitalize="characters" spellcheck=${false} placeholder="XXXX-XXXX" maxlength="9"
          aria-describedby=${error ? 'code-error' : null} aria-invalid=${error ? 'true' : null} />
      <//>
      <button class="button main" type="submit" disabled=${busy}><span>${busy ? '正在认…' : '就是我，进去'}</span></button>
    </form>
    <p class="quiet">没有绑定码？请打电话给乡镇快递专干，让他给您一个。</p>
    ${left ? html`<${Note} kind="calm" icon="cloud">这部手机里还有 ${left} 条没交的记录，都还在。原来的人认站以后会接着交。<//>` : null}
    ${onIPhone && inWeChat ? html`<${Note} kind="warm">苹果手机请点右上角 ··· 选“在 Safari 中打开”。在微信里没网时打不开。<//>` : null}
    ${!keepsPages && !onIPhone ? html`<${Note} kind="warm">这个浏览器没网时打不开本页，请换成手机自带的浏览器或 Chrome。<//>` : null}
  <//>`;
}

/** Says by name whose phone this is now. */
export function Welcome({ person }) {
  const begin = () => {
    welcome.value = null;
    go('');
  };
  const place = session.value && session.value.stations && session.value.stations[0];
  return html`<main class="done" id="main"><div class="done-body" role="status">
    <span class="big-hills"><${Hills} /></span>
    <h1>${person.name}，您好</h1>
    <p class="done-line">${place ? html`${place.name}<br /><b class="number">${place.code}</b>` : person.role_label}</p>
    <p>认好了。以后打开就能用，不用再输。${count.value && count.value.waiting ? '没交的记录会接着交。' : ''}</p>
  </div><footer class="foot"><${Button} onClick=${begin}>好，开始用<//></footer></main>`;
}
