// What lies on this phone unsent: pictures of it, and the button that makes one file of everything.

import { html } from './html.js';
import { useEffect, useState } from './vendor/hooks.mjs';
import { WORDS } from './core/words.js';
import { KEPT_WORDS } from './core/words/kept.js';
import { Button, Note } from './parts.js';
import { mine, phone, session } from './state.js';

/** A photo that lies on this phone; nothing where it does not. */
export function LocalPicture({ id, alt }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    let made = '';
    phone.photo(id).then((bytes) => {
      if (bytes) setUrl((made = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }))));
    });
    return () => made && URL.revokeObjectURL(made);
  }, [id]);
  return url ? html`<img class="photo" src=${url} alt=${alt} />` : null;
}

/** 存成一个文件: everything unsent, or just these records. */
export function RescueButton({ items, children }) {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const { rescue } = await import('./rescue.js');
    setSaid(await rescue(items || mine.value, session.value).catch(() => KEPT_WORDS.notSaved));
    setBusy(false);
  };
  const words = busy ? '正在存…' : children || KEPT_WORDS.saveAll;
  return html`<${Button} kind="plain" disabled=${busy} onClick=${save}>${words}<//>
    ${said ? html`<${Note} kind="calm" icon="list" live>${said}<//>` : null}`;
}

/** That an answer is old or did not come; that there is no net, the screen says at its top. */
export function NotFresh({ said }) {
  if (!said || said.fresh) return null;
  if (said.body) return html`<p class="quiet">${KEPT_WORDS.seenBefore}</p>`;
  return said.problem === WORDS.offline
    ? html`<p class="quiet">${KEPT_WORDS.notSeenYet}</p>`
    : html`<${Note} kind="calm" icon="nonet">${said.problem}<//>`;
}
