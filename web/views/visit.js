// 查站: one rule after another, a tap each; what is still open is always in sight; every tap is kept.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { isAsked, openRows, withAdded } from '../core/answers.js';
import { isSignedBy } from '../core/signing.js';
import { doubted } from '../core/worked.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { Rule } from '../form/rule.js';
import { Button, html, LateButton, Note, Screen } from '../parts.js';
import { Getting } from '../pieces.js';
import { go } from '../state.js';
import { findPosition } from '../platform/senses.js';
import {
  changeDraft, draftOf, drafts, dropDraft, fromPocket, problem, readVisits, renew, visitNamed,
} from '../visits.js';

/** Position found late: kept as soon as it is there, one for the visit. */
function useLatePosition(draft) {
  useEffect(() => {
    if (!draft || draft.position) return undefined;
    const looking = findPosition();
    const keep = (position) => changeDraft(draft.id, (now) => Object.assign({}, now, { position }));
    looking.within(20000).then((position) => position && keep(position));
    return () => looking.stop();
  }, [draft && draft.id]);
}

function Leaving({ draft }) {
  const [asking, setAsking] = useState(false);
  const drop = async () => {
    go('');
    await dropDraft(draft);
  };
  if (!asking) {
    return html`<${Button} kind="warn" onClick=${() => setAsking(true)}>这一份不要了<//>`;
  }
  return html`<section class="card pad" role="alertdialog" aria-label="确认不要了">
    <p><b>${SHARED_WORDS.reallyDrop}</b>${VISIT_WORDS.goneForGood}</p>
    <${Button} kind="plain" onClick=${() => setAsking(false)}>先留着<//>
    <${LateButton} kind="warn" onClick=${drop}>${VISIT_WORDS.dropIt}<//></section>`;
}

/** What was odd before the first rule: the plate, and what is still being mended. */
function Notes({ draft }) {
  const mends = draft.station.open_mends.map((one) => one.title);
  return html`${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    ${draft.taken_back ? html`<${Note} kind="warm" icon="pen">${VISIT_WORDS.takenBack}<//>` : null}
    ${isSignedBy(draft) ? html`<${Note} kind="calm" icon="pen">${VISIT_WORDS.fixedNow}<//>` : null}
    ${draft.plate_remark ? html`<${Note} kind="warm" icon="scan">${draft.plate_remark}<//>` : null}
    ${mends.length ? html`<${Note} kind="warm" icon="wrench">
      ${VISIT_WORDS.stillMending(mends)}<//>` : null}`;
}

/** A permitted alternative (可): nothing is asked of it until somebody has used it. */
function Permitted({ draft, row }) {
  const add = () => changeDraft(draft.id, (now) => doubted(withAdded(now, row.code)));
  return html`<p class="permitted">${VISIT_WORDS.isUsed(row.asks[0].title)}
    <button type="button" class="small" onClick=${add}>加上这一条</button></p>`;
}

export function Visit({ id }) {
  const [pack, setPack] = useState(null);
  const last = useRef(-1);
  const found = visitNamed(id);
  const draft = drafts.value && draftOf(id);
  useLatePosition(draft);
  useEffect(() => {
    readVisits();
    if (found) fromPocket(found.campaign, found.visit).then(setPack, () => null);
  }, []);
  useEffect(() => {
    const old = draft && found && !draft.pack; // begun with an older server's package
    if (old) renew(draft, found).then(() => changeDraft(draft.id, doubted), () => null);
  }, [draft && draft.id]);
  if (drafts.value === null) {
    return html`<${Screen} title="正在打开" back=""><${Getting}>${VISIT_WORDS.opening}<//><//>`;
  }
  if (!draft) {
    return html`<${Screen} title="还没开始查" back=""><${Note} kind="calm" icon="ask">
      ${VISIT_WORDS.notBegun}<a href=${'#/arrive/' + id}>去这个站</a><//><//>`;
  }
  const { rows, station } = draft;
  const open = openRows(draft);
  const jump = () => {
    const at = rows.map((row) => row.code);
    const next = open.filter((row) => at.indexOf(row.code) > last.current)[0] || open[0];
    last.current = at.indexOf(next.code);
    const place = document.getElementById('rule-' + next.code);
    place.scrollIntoView({ block: 'start' });
    place.focus({ preventScroll: true });
  };
  const foot = html`
    ${open.length ? html`<${Button} kind="plain jump" onClick=${jump}>
      还差 <b>${open.length}</b> 条<//>` : null}
    <${Button} icon="pen" href=${'#/sign/' + id}>${open.length ? '去签字' : VISIT_WORDS.allSeen}<//>`;
  const quoted = (row, i) => !i || rows[i - 1].text !== row.text;
  const card = (row, i) =>
    isAsked(draft, row)
      ? html`<${Rule} key=${row.code} draft=${draft} row=${row} pack=${pack}
          quoted=${quoted(row, i)} />`
      : html`<${Permitted} key=${row.code} draft=${draft} row=${row} />`;
  return html`<${Screen} title=${station.code || station.name} back="" foot=${foot}>
    <p class="sub"><b>${station.name}</b>
      ${draft.covert ? html` <span class="chip">暗访</span>` : null}
      ${draft.amends_id ? html` <span class="chip">更正</span>` : null}</p>
    <${Notes} draft=${draft} />
    ${rows.map(card)}
    <${Leaving} draft=${draft} /><//>`;
}
