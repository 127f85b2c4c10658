// 签字: what will be signed, in one look; then both names, or how the keeper says yes or no.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import {
  answerTo, askedRows, lackOf, leftOut, leftRows, openRows, tally, TAPS,
} from '../core/answers.js';
import { signaturePath, whatIsMissing } from '../core/rounds.js';
import { inBox, isSigned } from '../core/strokes.js';
import { SHARED_WORDS, titleAndClause } from '../core/words/shared.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { Ink, SignaturePad } from '../pad.js';
import { Button, Field, html, LateButton, Note, Screen } from '../parts.js';
import { SecondInspector } from '../second.js';
import { Done, Getting, Verdict } from '../pieces.js';
import { Icon } from '../html.js';
import { go, session } from '../state.js';
import { changeDraft, draftOf, drafts, handIn, problem, readVisits } from '../visits.js';

function useDraft(id) {
  useEffect(() => {
    readVisits();
  }, []);
  return drafts.value && draftOf(id);
}

const inspectorHere = () => SHARED_WORDS.inspector(session.value.person.name);

/** A rule that was not met, as the keeper reads it before signing. */
function Failed({ row, note }) {
  const binds = row.level === 'shall';
  return html`<li>
    <b>${row.title}</b>${SHARED_WORDS.inBrackets(row.clause)}
    ${binds ? '' : html` <span class="chip">建议</span>`}
    ${note ? html`<span class="line">${note}</span>` : null}
    ${binds && row.mend ? html`<span class="line quiet">${row.mend}</span>` : null}</li>`;
}

/** The result as the keeper reads it before signing. */
function Result({ draft }) {
  const count = tally(draft);
  const failed = askedRows(draft).filter((row) => answerTo(draft, row.code).verdict === 'fail');
  const left = leftRows(draft);
  const tallied = (verdict) =>
    count[verdict]
      ? html`<${Verdict} verdict=${verdict}>${VISIT_WORDS.tally[verdict](count[verdict])}<//> `
      : null;
  return html`<section class="card pad"><p class="big-word">${draft.station.name}</p>
    <p class="tally">${TAPS.map(tallied)}</p>
    ${failed.length
      ? html`<ul class="plain-list">${failed.map((row) => html`
          <${Failed} key=${row.code} row=${row} note=${answerTo(draft, row.code).note} />`)}</ul>`
      : html`<p>${VISIT_WORDS.noneFailed}</p>`}
    ${left.length ? html`<p>${VISIT_WORDS.leftBecause(left.length, left[0].reason)}</p>` : null}
  </section>`;
}

function Signature({ draft, whose, title }) {
  const signature = draft.signatures[whose];
  const path = '#/sign/' + draft.visit_id + '/' + whose;
  if (!signature) {
    return html`<${Button} kind="plain sign-here" icon="pen" href=${path}>
      ${VISIT_WORDS.signHere(title)}<//>`;
  }
  return html`<${Ink} path=${signaturePath(signature)} title=${title}>
    <${Icon} name="check" size="1.2rem" /> ${VISIT_WORDS.hasSigned(title)}
    <a href=${path}>重签</a><//>`;
}

/** 站长怎么确认: signed here, agreed to on the own phone, or refused. */
function Ways({ outcome, onChoose }) {
  const way = ([key, word, hint]) => html`<label key=${key} class="way">
    <input type="radio" name="way" checked=${outcome === key} onChange=${() => onChoose(key)} />
    <span><b>${word}</b><span class="hint">${hint}</span></span></label>`;
  return html`<section class="card pad"><fieldset class="ways">
    <legend>站长怎么确认</legend>${VISIT_WORDS.ways.map(way)}</fieldset></section>`;
}

/** A sentence that belongs to the record, by its field in the draft. */
function Sentence({ draft, field, id, label, set }) {
  return html`<${Field} label=${label} id=${id}>
    <textarea id=${id} class="big-input" rows="2" maxlength="300" value=${draft[field]}
      onInput=${(e) => set({ [field]: e.target.value })}></textarea><//>`;
}

/** What the chosen way needs: a reason, a name, signatures. */
function Confirming({ draft, set }) {
  const { outcome } = draft;
  return html`<section class="card pad">
    ${outcome === 'refused' ? html`<${Sentence} draft=${draft} field="refusal" id="refusal"
      label="站长为什么不签" set=${set} />` : null}
    ${outcome === 'signed' ? html`<${Field} label="签名的站长" id="keeper">
        <input id="keeper" class="big-input" maxlength="40" value=${draft.keeper_name}
          onInput=${(e) => set({ keeper_name: e.target.value })} /><//>
      <${Signature} draft=${draft} whose="keeper" title="站长" />` : null}
    <${Signature} draft=${draft} whose="inspector" title=${inspectorHere()} />
    ${draft.second ? html`<${Signature} draft=${draft} whose="second"
      title=${SHARED_WORDS.inspector(draft.second.name)} />` : null}</section>`;
}

/** Rules that wait for an answer, each with what it still lacks. */
function Lacking({ draft, rows }) {
  return html`<section class="card pad"><ul class="plain-list">
    ${rows.map((row) => html`<li key=${row.code}>${titleAndClause(row)}
      <span class="line quiet">${VISIT_WORDS.lack[lackOf(draft, row)] || ''}</span></li>`)}</ul>
  </section>`;
}

/** Why the rest was not looked at: one reason for all of it. */
function Leaving({ rows, onLeave }) {
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const leave = () => (reason.trim() ? onLeave(reason) : setSaid(VISIT_WORDS.reasonForLeft));
  return html`<section class="card pad">
    <${Field} label=${VISIT_WORDS.whyLeft(rows.length)} id="left" error=${said}>
      <textarea id="left" class="big-input" rows="2" maxlength="200" value=${reason}
        onInput=${(e) => setReason(e.target.value)}></textarea><//>
    <${Button} kind="plain" onClick=${leave}>${VISIT_WORDS.signAnyway}<//></section>`;
}

/** What is still open: one signs when each rule is answered, or left with a reason. */
function StillOpen({ id, draft, rows, onLeave }) {
  const begun = rows.filter((row) => lackOf(draft, row) !== 'tap');
  const untouched = rows.filter((row) => lackOf(draft, row) === 'tap');
  const foot = html`<${Button} href=${'#/visit/' + id}>回去接着查<//>`;
  const said = begun.length
    ? VISIT_WORDS.halfAnswered(begun.length)
    : VISIT_WORDS.rulesLeft(rows.length);
  return html`<${Screen} title="还没查完" back=${'visit/' + id} foot=${foot}>
    <${Note} kind="warm" icon="ask" live>${said}<//>
    <${Lacking} draft=${draft} rows=${begun.concat(untouched)} />
    ${begun.length ? null : html`<${Leaving} rows=${untouched} onLeave=${onLeave} />`}<//>`;
}

export function Signing({ id }) {
  const draft = useDraft(id);
  const [said, setSaid] = useState([]);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(null);
  if (saved) {
    return html`<${Done} title="督导记录存好了" item=${saved.item} back="回到名单">
      <p>${saved.name}</p>${saved.asks ? html`<p>${VISIT_WORDS.askKeeper}</p>` : null}<//>`;
  }
  if (drafts.value === null) {
    return html`<${Screen} title="签字" back=""><${Getting}>正在打开…<//><//>`;
  }
  if (!draft) {
    return html`<${Screen} title="签字" back=""><${Note} kind="calm" icon="ask">
      ${VISIT_WORDS.notBegun}<a href="#/">回名单</a><//><//>`;
  }
  const set = (change) => changeDraft(draft.id, (now) => Object.assign({}, now, change));
  const open = openRows(draft);
  const finish = async () => {
    const missing = whatIsMissing(draft);
    setSaid(missing);
    if (missing.length || busy) return;
    setBusy(true);
    const kept = await handIn(draft);
    setBusy(false);
    const asks = draft.outcome === 'to_confirm';
    if (kept.problem) setSaid([kept.problem]);
    else setSaved({ item: kept.item, name: draft.station.name, asks });
  };
  if (open.length) {
    const leave = (reason) => changeDraft(draft.id, (now) => leftOut(now, reason));
    return html`<${StillOpen} id=${id} draft=${draft} rows=${open} onLeave=${leave} />`;
  }
  const foot = html`<${LateButton} icon="check" disabled=${busy} onClick=${finish}>交上去<//>`;
  return html`<${Screen} title="签字" back=${'visit/' + id} foot=${foot}>
    ${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    <${Result} draft=${draft} />
    ${draft.amends_id ? html`<section class="card pad"><${Sentence} draft=${draft}
      field="amended_because" id="because" label="为什么更正" set=${set} /></section>` : null}
    <${SecondInspector} draft=${draft} />
    <${Ways} outcome=${draft.outcome} onChoose=${(outcome) => set({ outcome })} />
    ${draft.outcome ? html`<${Confirming} draft=${draft} set=${set} />` : null}
    ${said.length ? html`<${Note} kind="bad" icon="ask" live>${said.join(' ')}<//>` : null}<//>`;
}

/** Whose name is being written: the keeper's, the second inspector's, or one's own. */
function signerOf(draft, whose) {
  if (whose === 'keeper') return SHARED_WORDS.keeper(draft.keeper_name);
  const second = whose === 'second' && draft.second;
  return second ? SHARED_WORDS.inspector(second.name) : inspectorHere();
}

/** One signature, with as much glass as the phone has, held either way. */
export function Pad({ id, whose }) {
  const draft = useDraft(id);
  const strokes = useRef([]);
  const [said, setSaid] = useState('');
  const [, redraw] = useState(0);
  if (!draft) return html`<main class="opening"><p role="status">正在打开…</p></main>`;
  const who = signerOf(draft, whose);
  const clear = () => {
    strokes.current = [];
    setSaid('');
    redraw((n) => n + 1);
  };
  const keep = async () => {
    if (!isSigned(strokes.current)) {
      setSaid(VISIT_WORDS.notSigned);
      return;
    }
    const drawn = inBox(strokes.current);
    const signed = (now) => {
      const signatures = Object.assign({}, now.signatures, { [whose]: drawn });
      return Object.assign({}, now, { signatures });
    };
    if (await changeDraft(draft.id, signed)) go('sign/' + id);
    else setSaid(problem.value);
  };
  return html`<main class="pad-screen" id="main">
    <h1>${VISIT_WORDS.pleaseSign(who)}</h1>
    <p class="quiet" role="status">${said || VISIT_WORDS.useFinger}</p>
    <${SignaturePad} strokes=${strokes} label=${VISIT_WORDS.padOf(who)}
      onChange=${() => redraw((n) => n + 1)} />
    <div class="pad-keys">
      <a class="button plain" href=${'#/sign/' + id}><span>不签了</span></a>
      <${Button} kind="plain" onClick=${clear}>清掉重写<//>
      <${Button} onClick=${keep}>签好了<//></div></main>`;
}
