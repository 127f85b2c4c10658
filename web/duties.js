// What waits for an inspector besides the round: visits begun between rounds, mendings to look at.

import { html } from './html.js';
import { useEffect, useState } from './vendor/hooks.mjs';
import { VISIT_WORDS } from './core/words/visit.js';
import { Row } from './pieces.js';
import { fetched } from './state.js';
import { outsideDrafts, readVisits } from './visits.js';

function Begun({ draft }) {
  const words = draft.visit_id < 0
    ? VISIT_WORDS.halfOutside
    : VISIT_WORDS.halfAfterwards(draft.round_name);
  return html`<${Row} icon="pen" tone="todo" href=${'#/visit/' + draft.visit_id}
    title=${draft.station.name}>${words}<//>`;
}

export function Duties() {
  const [answered, setAnswered] = useState(0);
  useEffect(() => {
    readVisits();
    fetched('/rounds/rectifications?state=answered').then((said) => {
      setAnswered(said.body ? said.body.rectifications.length : 0);
    });
  }, []);
  const drafts = outsideDrafts.value;
  if (!answered && !drafts.length) return null;
  return html`<section class="card">
    ${drafts.map((one) => html`<${Begun} key=${one.id} draft=${one} />`)}
    ${answered ? html`<${Row} icon="wrench" tone="todo" href="#/judge"
      title=${VISIT_WORDS.mendsToJudge(answered)}>${VISIT_WORDS.judge}<//>` : null}</section>`;
}
