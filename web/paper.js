// The paper of a record: handed on to WeChat by one tap where the phone can, else saved as a file.

import { useState } from './vendor/hooks.mjs';
import { COPY_WORDS } from './core/words/copy.js';
import { Button, html } from './parts.js';
import { inWeChat } from './platform/phone.js';
import { saveBlob, sharesFiles, shareFile } from './platform/senses.js';
import { fileAt } from './state.js';

/** The PDF at `path`, as a file of this name. */
export function Paper({ path, name }) {
  const [said, setSaid] = useState('');
  const [paper, setPaper] = useState(null);
  const taken = async () => {
    if (paper) return paper;
    setSaid(COPY_WORDS.fetching);
    const blob = await fileAt(path);
    setPaper(blob);
    setSaid(blob ? '' : COPY_WORDS.notNow);
    return blob;
  };
  // A share sheet opens right after a tap only: after a slow line it wants another one.
  const passOn = async () => {
    const blob = await taken();
    if (blob && !(await shareFile(name, blob))) setSaid(COPY_WORDS.passOnAgain);
  };
  const save = async () => {
    const blob = await taken();
    if (!blob) return;
    saveBlob(name, blob);
    setSaid(COPY_WORDS.saved);
  };
  return html`
    ${sharesFiles() ? html`
      <${Button} kind="plain" onClick=${passOn}>${COPY_WORDS.passOn}<//>` : null}
    <${Button} kind="plain" icon="list" onClick=${save}>存成 PDF<//>
    ${said ? html`<p class="quiet centre" role="status">${said}</p>` : null}
    ${inWeChat ? html`<p class="quiet">${COPY_WORDS.notInWeChat}</p>` : null}`;
}
