// What office and keeper say of a rule: behind a tap, so that the form leads nobody.

import { useState } from '../vendor/hooks.mjs';
import { SHARED_WORDS } from '../core/words/shared.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { html, Icon } from '../html.js';
import { MachineRead, Picture, Verdict } from '../pieces.js';

/** The keeper's newest picture, large: the one in the pocket, else the one on the server. */
function Large({ photo, source }) {
  const label = photo.subject_label;
  const path = '/inspector/photos/' + photo.id + '/view';
  return html`<figure class="shot wide">
    ${source
      ? html`<img class="photo" src=${source} alt=${VISIT_WORDS.keepersPhoto(label)} />`
      : html`<${Picture} path=${path} alt=${label} />`}
    <figcaption>
      ${VISIT_WORDS.takenByKeeper(label, photo.day_on)}<${MachineRead} reading=${photo.reading} />
    </figcaption></figure>`;
}

/** Who said what of this rule, since when. */
function Said({ finding }) {
  const word = finding && finding.word_label;
  if (!word) return html`<p>${VISIT_WORDS.nobodySaid}</p>`;
  const since = finding.since
    ? html` <span class="line quiet">${SHARED_WORDS.since(finding.since)}</span>`
    : null;
  return html`<p>${VISIT_WORDS.saidBy(word)}<${Verdict} verdict=${finding.verdict}>
    ${finding.verdict_label}<//>${since}</p>`;
}

/** What was said before, with the newest picture of it, small and large. */
function Told({ finding, photo, thumb }) {
  const [large, setLarge] = useState(false);
  const source = thumb && 'data:image/jpeg;base64,' + thumb;
  const small = source ? html`<img src=${source} alt="" />` : html`<${Icon} name="camera" />`;
  return html`<div class="keepers"><${Said} finding=${finding} />
    ${photo ? html`<button type="button" class="thumb" aria-expanded=${large}
      aria-label=${VISIT_WORDS.keepersPhoto(photo.subject_label, photo.day_on)}
      onClick=${() => setLarge(!large)}>${small}</button>` : null}
    ${large ? html`<${Large} photo=${photo} source=${source} />` : null}</div>`;
}

/** 看县办和站长怎么说: folded until asked for; nothing where nobody has said or shown anything. */
export function Before({ draft, row, pack }) {
  const { findings, photos } = draft.station;
  const finding = findings.filter((one) => one.code === row.code)[0];
  const ofRule = (one) =>
    (finding && one.id === finding.photo_id) || (row.subject && one.subject === row.subject);
  const photo = photos.filter(ofRule)[0];
  if (!photo && !(finding && finding.word_label)) return null;
  return html`<details class="before"><summary><${Icon} name="next" size="1.2rem" />
      ${VISIT_WORDS.seeBefore}</summary>
    <${Told} finding=${finding} photo=${photo}
      thumb=${photo && pack && pack.thumbs[photo.id]} /></details>`;
}
