// A keeper who cannot write: the way to a mark, and who is witness to it.

import { PRESENCE_WORDS } from './core/words/presence.js';
import { Button, Field, html } from './parts.js';

/** Below a keeper's pad: the way to a mark, then the witness's name. */
export function Witness({ marking, name, error, onMark, onName }) {
  if (!marking) {
    return html`<${Button} kind="plain" onClick=${onMark}>${PRESENCE_WORDS.cannotWrite}<//>`;
  }
  return html`<${Field} label=${PRESENCE_WORDS.witness} hint=${PRESENCE_WORDS.witnessFor}
    id="witness" error=${error}>
    <input id="witness" class="big-input" maxlength="40" value=${name}
      onInput=${(e) => onName(e.target.value)} /><//>`;
}
