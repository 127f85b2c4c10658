// 乡镇电话: whom to call, for phones that nobody has bound yet.

import { useEffect, useState } from '../vendor/hooks.mjs';
import { BIND_WORDS } from '../core/words.js';
import { TELEPHONE_WORDS } from '../core/words/telephones.js';
import { Caller, html, Note, Screen } from '../parts.js';
import { Getting } from '../pieces.js';
import { fetched } from '../state.js';

/** One county: the townships that have a number, then the county's own for all others. */
function County({ county }) {
  const { name, hotline, townships } = county;
  return html`<section class="card pad"><h2>${name}</h2>
    <ul class="plain-list">${townships.map((one) => html`
      <li key=${one.of}><${Caller} number=${one.number} of=${one.of} /></li>`)}
      ${hotline ? html`<li key="county">
        <${Caller} number=${hotline} of=${TELEPHONE_WORDS.county} /></li>` : null}</ul>
    ${townships.length || hotline ? null : html`<p>${TELEPHONE_WORDS.none}</p>`}</section>`;
}

export function Telephones() {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched('/public/telephones').then(setSaid);
  }, []);
  const counties = said && said.body && said.body.counties;
  return html`<${Screen} title="乡镇电话" back="">
    <p>${BIND_WORDS.noCode}</p>
    ${said ? null : html`<${Getting}>${TELEPHONE_WORDS.looking}<//>`}
    ${said && !counties
      ? html`<${Note} kind="warm" icon="nonet">${TELEPHONE_WORDS.noNet}<//>`
      : null}
    ${(counties || []).map((one) => html`<${County} key=${one.name} county=${one} />`)}<//>`;
}
