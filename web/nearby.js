// The way to a station: which is nearest from here, and opening it in a map; without a net as well.

import { signal } from './vendor/signals.mjs';
import { useEffect, useState } from './vendor/hooks.mjs';
import { asText, hasPlace, mapLinks, metresBetween, nearestFirst } from './core/places.js';
import { BESIDE_WORDS } from './core/words/beside.js';
import { Button, html, Note } from './parts.js';
import { copyText, findPosition, mapSystem } from './platform/senses.js';

const LOOK_FOR = 8000;

/** Where the list's order was asked for; null while it goes by the round's own order. */
export const here = signal(null);

/** These in the order asked for: by the list, or the nearest first. */
export const inOrder = (visits) => (here.value ? nearestFirst(visits, here.value) : visits);

/** How far a station is from where the order was asked for; '' when it was not. */
export const awayFrom = (visit) =>
  (here.value ? BESIDE_WORDS.away(metresBetween(here.value, visit)) : '');

/** 离我近的排前面, and back to the list's order. */
export function NearFirst() {
  const [said, setSaid] = useState('');
  const look = async () => {
    setSaid(BESIDE_WORDS.looking);
    const looking = findPosition();
    const found = await looking.within(LOOK_FOR);
    looking.stop();
    here.value = found;
    setSaid(found ? '' : BESIDE_WORDS.noPosition);
  };
  const back = () => {
    here.value = null;
  };
  return html`<div class="pad"><${Button} kind="plain tool" onClick=${here.value ? back : look}>
      ${here.value ? BESIDE_WORDS.byTheList : BESIDE_WORDS.nearFirst}<//>
    ${said ? html`<p class="quiet" role="status">${said}</p>` : null}</div>`;
}

/** How far a place is from here, as soon as the phone knows; null until then. */
function useAway(place) {
  const [metres, setMetres] = useState(null);
  useEffect(() => {
    if (!hasPlace(place)) return undefined;
    const looking = findPosition();
    looking.within(LOOK_FOR).then((found) => found && setMetres(metresBetween(found, place)));
    return () => looking.stop();
  }, [place.station_id]);
  return metres;
}

/** 怎么去: maps that can be opened there, and the position to copy where none can. */
export function WayThere({ place, name }) {
  const [said, setSaid] = useState('');
  const metres = useAway(place);
  if (!hasPlace(place)) return html`<${Note} kind="calm" icon="ask">${BESIDE_WORDS.notKnown}<//>`;
  const links = mapLinks(place, name, mapSystem());
  const copy = async () => {
    const done = await copyText(asText(place));
    setSaid(done ? BESIDE_WORDS.copied : BESIDE_WORDS.notCopied);
  };
  return html`<details class="card rest"><summary>${BESIDE_WORDS.wayThere}
      ${metres === null ? null : html` <span class="quiet">${BESIDE_WORDS.away(metres)}</span>`}
    </summary><div class="pad">
    ${links.length ? html`<div class="two">${links.map(({ key, href }) => html`
        <${Button} kind="plain tool" key=${key} href=${href}>${BESIDE_WORDS.maps[key]}<//>`)}</div>
      <p class="quiet">${BESIDE_WORDS.noMap}
        ${links.length > 2 ? BESIDE_WORDS.geoIsShifted : ''}</p>`
    : null}
    <p>${asText(place)}</p><${Button} kind="plain tool" onClick=${copy}>复制坐标<//>
    ${said ? html`<p class="quiet" role="status">${said}</p>` : null}</div></details>`;
}
