// What waits for an inspector besides the round: visits begun between rounds, mended things to look at.

import { html } from './html.js';
import { useEffect, useState } from './vendor/hooks.mjs';
import { Row } from './parts.js';
import { fetched } from './state.js';
import { outsideDrafts, readVisits } from './visits.js';

export function Duties() {
  const [answered, setAnswered] = useState(0);
  useEffect(() => {
    readVisits();
    fetched('/rounds/rectifications?state=answered').then((said) => setAnswered(said.body ? said.body.rectifications.length : 0));
  }, []);
  const drafts = outsideDrafts.value;
  if (!answered && !drafts.length) return null;
  return html`<section class="card">
    ${drafts.map((one) => html`<${Row} key=${one.id} icon="pen" tone="todo" href=${'#/visit/' + one.visit_id} title=${one.station.name}>${one.visit_id < 0 ? '查了一半（不在这一轮里）' : '查了一半（' + one.round_name + '名单里已没有它，照样能交）'}<//>`)}
    ${answered ? html`<${Row} icon="wrench" tone="todo" href="#/judge" title=${'整改等您看 ' + answered + ' 处'}>站长交了照片，通过还是退回<//>` : null}</section>`;
}
