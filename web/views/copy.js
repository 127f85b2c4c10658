// 督导记录: an inspection as it was signed, for keeper and inspector; the keeper's yes or no.

import { useEffect, useState } from '../vendor/hooks.mjs';
import {
  copyFacts, copyHeadline, measured, outcomeInList, rulesOf, ruleTone,
} from '../core/copy.js';
import { shortDay } from '../core/dates.js';
import { mendBy } from '../core/deadlines.js';
import { COPY_WORDS } from '../core/words/copy.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { Ink } from '../pad.js';
import { Button, Field, html, LateButton, Note, Screen } from '../parts.js';
import { NotFresh } from '../keeping.js';
import { Compared, keepAll, KeptHere, useOwnRecord } from '../ownrecord.js';
import { Paper } from '../paper.js';
import { Facts, Getting, Row, StatusMark, Verdict } from '../pieces.js';
import { fetched, go, refresh, session, stations, tell, today } from '../state.js';

const isKeeper = () => session.value.person.role === 'keeper';
const pathOf = (id) => (isKeeper() ? '/keeper' : '/rounds') + '/inspections/' + id;

/** One inspection in a list: when, by whom, what came of it. */
function Inspection({ one }) {
  const waits = one.waits_for_you;
  const here = stations.value.filter((station) => station.id === one.station_id)[0];
  const place = stations.value.length > 1 ? (here ? here.name : '') + ' · ' : '';
  return html`<${Row} icon=${waits ? 'bell' : 'list'} tone=${waits ? 'todo' : 'plain'}
    href=${'#/inspection/' + one.id} title=${shortDay(one.day_on) + ' ' + one.inspector_name}>
    ${place}${outcomeInList(one)}<//>`;
}

/** The inspections of my stations, the newest first. */
export function Inspections() {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched('/keeper/inspections').then((found) => {
      setSaid(found);
      if (found.fresh) keepAll(found.body.inspections);
    });
  }, []);
  const known = said && said.body;
  const list = known ? known.inspections : [];
  const nobody = html`<p class="quiet centre">${COPY_WORDS.nobodyCame}</p>`;
  return html`<${Screen} title="督导记录" back="station">
    ${said === null ? html`<${Getting}>正在取记录…<//>` : null}
    <${NotFresh} said=${said} />
    ${list.length ? html`<section class="card">
      ${list.map((one) => html`<${Inspection} key=${one.id} one=${one} />`)}</section>` : null}
    ${known && !list.length ? nobody : null}<//>`;
}

/** The keeper's answer on the own phone: yes, or no with a reason. */
function Answer({ copy, onAnswered }) {
  const [no, setNo] = useState(false);
  const [note, setNote] = useState('');
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const answer = async (agree) => {
    if (!agree && !note.trim()) {
      setSaid(COPY_WORDS.reasonNeeded);
      return;
    }
    setBusy(true);
    const body = { agree, note: agree ? '' : note.trim() };
    const told = await tell('/keeper/inspections/' + copy.id + '/confirm', body);
    setBusy(false);
    if (told.problem) setSaid(told.problem);
    else {
      onAnswered(told.body);
      refresh();
    }
  };
  const asking = html`
    <${Button} icon="check" disabled=${busy} onClick=${() => answer(true)}>${COPY_WORDS.agree}<//>
    <${Button} kind="plain" onClick=${() => setNo(true)}>${COPY_WORDS.disagree}<//>`;
  const disagreeing = html`<${Field} label="哪里不对" id="note">
      <textarea id="note" class="big-input" rows="3" maxlength="300" value=${note}
        onInput=${(e) => setNote(e.target.value)}></textarea><//>
    <${LateButton} disabled=${busy} onClick=${() => answer(false)}>${SHARED_WORDS.sendItSo}<//>
    <${Button} kind="plain" onClick=${() => setNo(false)}>再想想<//>`;
  return html`<section class="card pad"><h2>${COPY_WORDS.isItRight}</h2>
    ${said ? html`<${Note} kind="bad" live>${said}<//>` : null}
    ${no ? disagreeing : asking}</section>`;
}

function Amending({ copy }) {
  const [said, setSaid] = useState('');
  const start = async () => {
    const { amend } = await import('../visits.js');
    const begun = await amend(copy);
    if (begun.draft) go('visit/' + begun.draft.visit_id);
    else setSaid(begun.problem);
  };
  return html`${said ? html`<${Note} kind="warm" icon="nonet" live>${said}<//>` : null}
    <${Button} kind="plain" icon="pen" onClick=${start}>${COPY_WORDS.amend}<//>
    <p class="quiet">${COPY_WORDS.amending}</p>`;
}

/** A rule's verdict, name and place in the standard. */
function RuleLine({ row }) {
  return html`<${Verdict} verdict=${ruleTone(row)}>${row.verdict_label}<//> <b>${row.title}</b>
    ${SHARED_WORDS.inBrackets(row.clause)}`;
}

function FailedRule({ row }) {
  const counts = row.counts_against;
  return html`<div class="failed">
    <p><${RuleLine} row=${row} />${counts ? '' : html` <span class="chip">建议</span>`}</p>
    <p>${row.why}</p>
    ${measured(row) ? html`<p>${measured(row)}</p>` : null}
    ${counts && row.mend ? html`<p class="quiet">${row.mend}</p>` : null}</div>`;
}

function OtherRule({ row }) {
  const values = measured(row);
  return html`<p class="pad"><span><${RuleLine} row=${row} />
    <span class="line quiet">${row.why}</span>
    ${values ? html`<span class="line quiet">${values}</span>` : null}</span></p>`;
}

/** Where, when, by whom, and what came of it. */
function Head({ copy }) {
  return html`<section class="card pad">
    <p class="big-word">${copy.station.name}</p>
    <p>${copyHeadline(copy)}</p>
    ${copy.outcome === 'closed_door' ? null : html`
      <p class="status-line"><${StatusMark} status=${copy.status} /></p>`}
    <${Facts} facts=${copyFacts(copy, today.value)} /></section>`;
}

/** What was found, rule by rule: what failed, what is to be mended, the others folded away. */
function Findings({ copy, children }) {
  const { failed, others } = rulesOf(copy);
  return html`
    ${failed.length ? html`<section class="card pad">
      <h2>${COPY_WORDS.failedRules(failed.length)}</h2>
      ${failed.map((row) => html`<${FailedRule} key=${row.code} row=${row} />`)}</section>` : null}
    ${copy.mends.length ? html`<section class="card pad"><h2>要整改的</h2>
      ${copy.mends.map((one) => html`
        <p key=${one.id}><b>${one.title}</b> ${mendBy(one.due_on)}</p>`)}</section>` : null}
    ${children}
    ${others.length ? html`<details class="card rest">
      <summary>${COPY_WORDS.otherRules(others.length)}</summary>
      ${others.map((row) => html`<${OtherRule} key=${row.code} row=${row} />`)}</details>` : null}`;
}

/** What was asked and not looked at, with the inspector's reason. */
function Unanswered({ copy }) {
  if (!copy.unanswered.length) return null;
  const said = COPY_WORDS.notLookedAt(copy.unanswered);
  return html`<section class="card pad"><p>${said}</p></section>`;
}

/** Where the register says otherwise than what was signed. */
function Since({ copy }) {
  const since = copy.since || []; // a copy that an older app kept has none
  if (!since.length) return null;
  return html`<${Note} kind="calm" icon="pen">
    ${since.map((one) => html`<span class="line" key=${one.label}>
      ${COPY_WORDS.nowRegistered(one)}</span>`)}<//>`;
}

/** By which standards, and what proves that this is what was signed. */
function Proof({ copy }) {
  const standard = (one) => html`<span class="line" key=${one.id}>${one.name}</span>`;
  const hash = copy.document_sha256;
  const how = copy.signed_how === 'on_document' ? '' : copy.signed_how_label;
  return html`<section class="card pad">
    <p class="quiet">${COPY_WORDS.byStandards}${copy.standards.map(standard)}</p>
    ${hash ? html`<p class="quiet">${COPY_WORDS.fingerprint(hash.slice(0, 8))}</p>` : null}
    ${how ? html`<p class="quiet">${how}</p>` : null}</section>`;
}

function Signatures({ copy }) {
  const { inspector, keeper, second } = copy.signatures;
  if (!inspector && !keeper) return null;
  return html`<section class="card pad">
    <${Ink} path=${inspector} title=${SHARED_WORDS.inspector(copy.inspector_name)} />
    ${second ? html`
      <${Ink} path=${second} title=${SHARED_WORDS.inspector(copy.second_name)} />` : null}
    <${Ink} path=${keeper} title=${SHARED_WORDS.keeper(copy.keeper_name)} /></section>`;
}

/** May the person with this phone write a new version of it? */
function mayAmend(copy) {
  const own = !isKeeper() && copy.inspector_name === session.value.person.name;
  return own && !copy.newer_id && copy.outcome !== 'closed_door';
}

/** The record itself; `own` is what this phone has kept of it, `children` what may be done. */
function Whole({ copy, own, onAnswered }) {
  const paper = pathOf(copy.id) + '/copy.pdf';
  return html`
    ${copy.newer_id ? html`<${Note} kind="warm" icon="bell">
      ${COPY_WORDS.amendedSince}<a href=${'#/inspection/' + copy.newer_id}>看更正后的</a><//>` : null}
    ${own ? html`<${Compared} own=${own} copy=${copy} />` : null}
    <${Head} copy=${copy} /><${Since} copy=${copy} />
    ${copy.waits_for_you ? null : html`
      <${Paper} path=${paper} name=${COPY_WORDS.fileName(copy)} />`}
    <${Findings} copy=${copy}>
      ${copy.waits_for_you ? html`<${Answer} copy=${copy} onAnswered=${onAnswered} />` : null}<//>
    <${Unanswered} copy=${copy} />
    <${Signatures} copy=${copy} />
    <${Proof} copy=${copy} />
    ${mayAmend(copy) ? html`<${Amending} copy=${copy} />` : null}`;
}

export function Copy({ id }) {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    fetched(pathOf(id)).then(setSaid);
  }, [id]);
  const own = useOwnRecord(id, said);
  const back = isKeeper() ? 'inspections' : '';
  if (!said) {
    return html`<${Screen} title="督导记录" back=${back}><${Getting}>正在取记录…<//><//>`;
  }
  if (!said.body) {
    return html`<${Screen} title="督导记录" back=${back}>
      ${own
        ? html`<${KeptHere} own=${own} gone=${said.code === 'inspection-unknown'} />
          <${Whole} copy=${own.copy} />`
        : html`<${Note} kind="warm" icon="nonet" live>${said.problem}<//>`}<//>`;
  }
  const answered = (body) => setSaid({ body, fresh: true, answered: true });
  return html`<${Screen} title="督导记录" back=${back}>
    <${NotFresh} said=${said} />
    <${Whole} copy=${said.body} own=${said.fresh ? own : null} onAnswered=${answered} /><//>`;
}
