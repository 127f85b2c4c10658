// 签字: what will be signed, in one look; then both names, or how the keeper says yes or no.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { leftOut, openRows } from '../core/answers.js';
import { documentText } from '../core/document.js';
import { signaturePath } from '../core/rounds.js';
import {
  isSignedBy, takenBack, toWriteFirst, whatIsMissing, withSignature,
} from '../core/signing.js';
import { lacksWhy, witnessDoubt } from '../core/presence.js';
import { inBox, isMarked, looksSigned } from '../core/strokes.js';
import { COVERT_WORDS } from '../core/words/company.js';
import { PRESENCE_WORDS } from '../core/words/presence.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { hasChecks } from '../core/worked.js';
import { StillOpen } from '../form/open.js';
import { Result, TapsAlone } from '../form/result.js';
import { Witness } from '../mark.js';
import { Ink, SignaturePad } from '../pad.js';
import { Button, Field, html, LateButton, Note, Screen } from '../parts.js';
import { SecondInspector } from '../second.js';
import { useSigningPosition, WhyThere } from '../there.js';
import { Done, Getting } from '../pieces.js';
import { Icon } from '../html.js';
import { go, nowMs, session } from '../state.js';
import {
  changeDraft, documentOf, draftOf, drafts, handIn, problem, readVisits,
} from '../visits.js';

const shown = {}; // by draft: the text that stood on this screen last, {text, sha256} or null

function useDraft(id) {
  useEffect(() => {
    readVisits();
  }, []);
  return drafts.value && draftOf(id);
}

/** The text of this draft as it is shown: undefined while it is being made, null without checks. */
function useDocument(draft) {
  const [made, setMade] = useState(undefined);
  useEffect(() => {
    let gone = false;
    const show = (document) => {
      if (gone) return;
      shown[draft.id] = document;
      setMade(document);
    };
    if (draft && !openRows(draft).length) documentOf(draft).then(show);
    return () => {
      gone = true;
    };
  }, [draft]);
  return made;
}

/** What signatures on this draft would stand under now; null where the package had no checks. */
function textOf(draft) {
  if (isSignedBy(draft)) return draft.document ? draft.document.text : null;
  return hasChecks(draft) ? documentText(draft, session.value.person.name, nowMs()) : null;
}

const inspectorHere = () => SHARED_WORDS.inspector(session.value.person.name);

function Signature({ draft, whose, title }) {
  const signature = draft.signatures[whose];
  const path = '#/sign/' + draft.visit_id + '/' + whose;
  if (!signature) {
    return html`<${Button} kind="plain sign-here" icon="pen" href=${path}>
      ${VISIT_WORDS.signHere(title)}<//>`;
  }
  return html`<${Ink} path=${signaturePath(signature)} title=${title}>
    <${Icon} name="check" size="1.2rem" /> ${VISIT_WORDS.hasSigned(title)}
    ${whose === 'keeper' && draft.witness_name ? html`<span class="line">
      ${PRESENCE_WORDS.markedBefore(draft.witness_name)}</span>` : null}
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

/** A sentence that belongs to the record, by its field in the draft; `fixed` once it is signed. */
function Sentence({ draft, field, id, label, set, fixed }) {
  return html`<${Field} label=${label} id=${id}>
    <textarea id=${id} class="big-input" rows="2" maxlength="300" value=${draft[field]}
      readonly=${fixed} onInput=${(e) => set({ [field]: e.target.value })}></textarea><//>`;
}

/** Whose names are wanted; first what has to be written, for no signature outlives a change. */
function Signatures({ draft }) {
  const first = toWriteFirst(draft);
  if (first) return html`<${Note} kind="calm" icon="pen">${first}<//>`;
  return html`
    ${draft.outcome === 'signed'
      ? html`<${Signature} draft=${draft} whose="keeper" title="站长" />`
      : null}
    <${Signature} draft=${draft} whose="inspector" title=${inspectorHere()} />
    ${draft.second ? html`<${Signature} draft=${draft} whose="second"
      title=${SHARED_WORDS.inspector(draft.second.name)} />` : null}`;
}

/** What the chosen way needs: a reason, a name, signatures. */
function Confirming({ draft, set }) {
  const { outcome } = draft;
  return html`<section class="card pad">
    ${outcome === 'refused' ? html`<${Sentence} draft=${draft} field="refusal" id="refusal"
      label="站长为什么不签" set=${set} />` : null}
    ${outcome === 'signed' ? html`<${Field} label="签名的站长" id="keeper">
        <input id="keeper" class="big-input" maxlength="40" value=${draft.keeper_name}
          readonly=${isSignedBy(draft)}
          onInput=${(e) => set({ keeper_name: e.target.value })} /><//>` : null}
    <${Signatures} draft=${draft} /></section>`;
}

/** Signed text stands still; to change it, the signatures are taken back first. */
function Fixed({ draft }) {
  if (draft.taken_back) {
    return html`<${Note} kind="warm" icon="pen">${VISIT_WORDS.takenBack}<//>`;
  }
  if (!isSignedBy(draft)) return null;
  return html`<section class="card pad"><p>${VISIT_WORDS.fixedNow}</p>
    <${Button} kind="plain" onClick=${() => changeDraft(draft.id, takenBack)}>收回签名<//>
  </section>`;
}

/** The draft as it will be signed, and how it is confirmed. */
function Signed({ draft, document, set, wanted }) {
  return html`
    ${document ? html`<${Result} draft=${draft} document=${document} />` : html`
      <${TapsAlone} draft=${draft} />`}
    ${draft.amends_id ? html`<section class="card pad"><${Sentence} draft=${draft}
      field="amended_because" id="because" label="为什么更正" set=${set}
      fixed=${isSignedBy(draft)} /></section>` : null}
    <${WhyThere} draft=${draft} wanted=${wanted} />
    <${SecondInspector} draft=${draft} />
    ${draft.covert ? html`<${Note} kind="calm" icon="ask">${COVERT_WORDS.onlyYou}<//>` : html`
      <${Ways} outcome=${draft.outcome} onChoose=${(outcome) => set({ outcome })} />`}
    ${draft.outcome ? html`<${Confirming} draft=${draft} set=${set} />` : null}
    <${Fixed} draft=${draft} />`;
}

export function Signing({ id }) {
  const draft = useDraft(id);
  const document = useDocument(draft);
  useSigningPosition(draft);
  const [wanted, setWanted] = useState(false);
  const [said, setSaid] = useState([]);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(null);
  if (saved) {
    return html`<${Done} title=${VISIT_WORDS.recordKept} item=${saved.item} back="回到名单">
      <p>${saved.name}</p>${saved.asks ? html`<p>${VISIT_WORDS.askKeeper}</p>` : null}<//>`;
  }
  if (drafts.value === null) {
    return html`<${Screen} title="签字" back=""><${Getting}>正在打开…<//><//>`;
  }
  if (!draft) {
    return html`<${Screen} title="签字" back=""><${Note} kind="calm" icon="ask">
      ${VISIT_WORDS.notBegun}<a href="#/">回名单</a><//><//>`;
  }
  const open = openRows(draft);
  if (open.length) {
    const leave = (reason) => changeDraft(draft.id, (now) => leftOut(now, reason));
    return html`<${StillOpen} id=${id} draft=${draft} rows=${open} onLeave=${leave} />`;
  }
  if (document === undefined) {
    return html`<${Screen} title="签字" back=${'visit/' + id}>
      <${Getting}>${VISIT_WORDS.working}<//><//>`;
  }
  const set = (change) => changeDraft(draft.id, (now) => Object.assign({}, now, change));
  const finish = async () => {
    const unexplained = lacksWhy(draft, nowMs());
    const missing = whatIsMissing(draft).concat(unexplained ? [PRESENCE_WORDS.lacksWhy] : []);
    setSaid(missing);
    setWanted(unexplained);
    if (missing.length || busy) return;
    setBusy(true);
    const kept = await handIn(draft, shown[draft.id]);
    setBusy(false);
    const asks = draft.outcome === 'to_confirm';
    if (kept.problem) setSaid([kept.problem]);
    else setSaved({ item: kept.item, name: draft.station.name, asks });
  };
  const foot = html`<${LateButton} icon="check" disabled=${busy} onClick=${finish}>交上去<//>`;
  return html`<${Screen} title="签字" back=${'visit/' + id} foot=${foot}>
    ${problem.value ? html`<${Note} kind="bad" live>${problem.value}<//>` : null}
    <${Signed} draft=${draft} document=${document} set=${set}
      wanted=${wanted} />
    ${said.length ? html`<${Note} kind="bad" icon="ask" live>${said.join(' ')}<//>` : null}<//>`;
}

/** Others who cannot be witness of a mark: the keeper, and whoever inspects. */
function notWitnesses(draft) {
  const second = draft.second ? draft.second.name : '';
  return [draft.keeper_name, session.value.person.name, second];
}

/** Why these strokes are no signature: a sentence, '' when they are one. */
function strokesDoubt(drawn, marking) {
  if (marking) return isMarked(drawn) ? '' : PRESENCE_WORDS.noMark;
  if (!isMarked(drawn)) return VISIT_WORDS.notSigned;
  return looksSigned(drawn) ? '' : PRESENCE_WORDS.notAName;
}

/** Whose name is being written: the keeper's, the second inspector's, or one's own. */
function signerOf(draft, whose) {
  if (whose === 'keeper') return SHARED_WORDS.keeper(draft.keeper_name);
  const second = whose === 'second' && draft.second;
  return second ? SHARED_WORDS.inspector(second.name) : inspectorHere();
}

/**
 * One signature, with as much glass as the phone has, held either way. It is kept only under the
 * very text that was shown before; whoever comes here without having seen it is led there.
 */
export function Pad({ id, whose }) {
  const draft = useDraft(id);
  const strokes = useRef([]);
  const [said, setSaid] = useState('');
  const [marking, setMarking] = useState(false);
  const [witness, setWitness] = useState('');
  const [, redraw] = useState(0);
  const unseen = draft && shown[draft.id] === undefined;
  useEffect(() => {
    if (unseen) go('sign/' + id);
  }, [unseen]);
  if (!draft || unseen) return html`<main class="opening"><p role="status">正在打开…</p></main>`;
  const who = signerOf(draft, whose);
  const clear = () => {
    strokes.current = [];
    setSaid('');
    redraw((n) => n + 1);
  };
  const keep = async () => {
    const drawn = inBox(strokes.current);
    const doubt = strokesDoubt(drawn, marking) ||
      (marking ? witnessDoubt(witness, notWitnesses(draft)) : '');
    if (doubt) {
      setSaid(doubt);
      return;
    }
    const seen = shown[draft.id];
    let differs = false;
    const sign = (now) => {
      differs = textOf(now) !== (seen && seen.text);
      if (differs) return now;
      const signed = withSignature(now, whose, drawn, seen);
      const witness_name = marking ? witness.trim() : '';
      return whose === 'keeper' ? Object.assign(signed, { witness_name }) : signed;
    };
    const kept = await changeDraft(draft.id, sign);
    if (kept && !differs) go('sign/' + id);
    else setSaid(differs ? VISIT_WORDS.lookAgain : problem.value);
  };
  return html`<main class="pad-screen" id="main">
    <h1>${VISIT_WORDS.pleaseSign(who)}</h1>
    <p class="quiet" role="status">${said || (marking
      ? PRESENCE_WORDS.markHere(draft.keeper_name) : VISIT_WORDS.useFinger)}</p>
    ${whose === 'keeper' ? html`<${Witness} marking=${marking} name=${witness}
      onMark=${() => setMarking(true)} onName=${setWitness} />` : null}
    <${SignaturePad} strokes=${strokes} label=${VISIT_WORDS.padOf(who)}
      onChange=${() => redraw((n) => n + 1)} />
    <div class="pad-keys">
      <a class="button plain" href=${'#/sign/' + id}><span>不签了</span></a>
      <${Button} kind="plain" onClick=${clear}>清掉重写<//>
      <${Button} onClick=${keep}>签好了<//></div></main>`;
}
