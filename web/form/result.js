// What will be signed, finding by finding: what fails first and large, what passes folded away.

import { askedRows, answerTo, leftRows, tally, TAPS } from '../core/answers.js';
import { dayInWords } from '../core/dates.js';
import { inOrder } from '../core/signing.js';
import { BESIDE_WORDS } from '../core/words/beside.js';
import { COPY_WORDS } from '../core/words/copy.js';
import { SHARED_WORDS, titleAndClause } from '../core/words/shared.js';
import { STATUS_SAID } from '../core/words/standard.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { html } from '../html.js';
import { StatusMark, Verdict } from '../pieces.js';

/** Where a finding comes from that nobody made today: 登记, 站长的话 and since when. */
function Source({ one, labels }) {
  if (one.word === 'inspector' || !one.word) return null;
  const said = VISIT_WORDS.saidSince(labels[one.code] || '', one.since);
  return html` <span class="chip">${said}</span>`;
}

/** What the inspector entered beside a finding that does not say it: 没看清, a remark. */
function Beside({ answer, why }) {
  if (!answer) return null;
  const unseen = answer.verdict === 'unknown';
  const remark = answer.note && why.indexOf(answer.note) < 0;
  return html`${unseen ? html`<p>${VISIT_WORDS.notSeenHere}</p>` : null}
    ${remark ? html`<p>${BESIDE_WORDS.remarked(answer.note)}</p>` : null}`;
}

/** A finding that the keeper has to read: what, where it stands, why, and what to do. */
function Large({ one, labels, answers }) {
  const binds = one.counts_against;
  return html`<div class="failed">
    <p><b>${one.title}</b>${SHARED_WORDS.inBrackets(one.clause)}
      ${one.verdict === 'fail' && !binds ? html` <span class="chip">${one.label}</span>` : null}
      <${Source} one=${one} labels=${labels} /></p>
    <p>${one.why}</p><${Beside} answer=${answers[one.code]} why=${one.why} />
    ${binds && one.mend ? html`<p class="quiet">${one.mend}</p>` : null}</div>`;
}

function Group({ title, list, labels, answers }) {
  if (!list.length) return null;
  return html`<section class="card pad to-read"><h2>${title}</h2>
    ${list.map((one) => html`<${Large} key=${one.code} one=${one} labels=${labels}
      answers=${answers} />`)}</section>`;
}

/** Findings that need no reading aloud, one line each, folded. */
function Folded({ title, list, labels, answers }) {
  if (!list.length) return null;
  return html`<details class="card rest"><summary>${title}</summary>
    ${list.map((one) => html`<div class="pad" key=${one.code}>
      <p><${Verdict} verdict=${one.verdict}>${one.label}<//> <b>${one.title}</b>
        ${SHARED_WORDS.inBrackets(one.clause)}<${Source} one=${one} labels=${labels} /></p>
      <p class="quiet">${one.why}</p>
      <${Beside} answer=${answers[one.code]} why=${one.why} /></div>`)}</details>`;
}

/** A station is not called 达标 while something is open there. */
function statusShown(code, openWork) {
  if (code === 'meets' && openWork) return { code: 'meets_open', label: VISIT_WORDS.meetsOpen };
  return { code, label: STATUS_SAID[code] };
}

function Left({ rules }) {
  if (!rules.length) return null;
  const names = rules.map(titleAndClause);
  return html`<section class="card pad"><h2>${VISIT_WORDS.notLookedAtRules(rules.length)}</h2>
    <p>${SHARED_WORDS.inALine(names)}</p>
    <p>${VISIT_WORDS.leftReason(rules[0].reason)}</p></section>`;
}

/** The text as the keeper reads it; `document` is {text, sha256}, everything shown is out of it. */
export function Result({ draft, document }) {
  const signed = JSON.parse(document.text);
  const insisted = signed.answers.filter((one) => one.insisted).map((one) => one.rule);
  const { failed, decided, open, passed, idle } = inOrder(signed.findings, insisted);
  const labels = {};
  draft.station.findings.forEach((one) => {
    labels[one.code] = one.word_label;
  });
  const answers = {};
  signed.answers.forEach((one) => {
    answers[one.rule] = one;
  });
  const group = (kind, title, list) => html`<${kind} title=${title(list.length)} list=${list}
    labels=${labels} answers=${answers} />`;
  const work = draft.station.open_work;
  const held = signed.status === 'meets' && work;
  return html`<section class="card pad"><p class="big-word">${signed.station.name}</p>
      <p class="status-line"><${StatusMark} status=${statusShown(signed.status, work)} /></p>
      ${held ? html`<p>${VISIT_WORDS.heldBack(work)}</p>` : null}
      ${signed.plate_remark ? html`<p>${signed.plate_remark}</p>` : null}
      ${failed.length ? null : html`<p>${VISIT_WORDS.noneFailed}</p>`}</section>
    ${group(Group, COPY_WORDS.failedRules, failed)}
    ${group(Group, VISIT_WORDS.decidedRules, decided)}
    ${group(Folded, VISIT_WORDS.openRules, open)}
    ${group(Folded, VISIT_WORDS.passedRules, passed)}
    ${group(Folded, VISIT_WORDS.idleRules, idle)}
    <${Left} rules=${signed.unanswered} />
    <p class="quiet">${VISIT_WORDS.takenOn(dayInWords(signed.package.taken_on))}
      <span class="line">${COPY_WORDS.fingerprint(document.sha256.slice(0, 8))}</span></p>`;
}

/** A rule that was not met, where an older package leaves the rest to the county. */
function Failed({ row, note }) {
  const binds = row.level === 'shall';
  return html`<li>
    <b>${row.title}</b>${SHARED_WORDS.inBrackets(row.clause)}
    ${binds ? '' : html` <span class="chip">建议</span>`}
    ${note ? html`<span class="line">${note}</span>` : null}
    ${binds && row.mend ? html`<span class="line quiet">${row.mend}</span>` : null}</li>`;
}

/** The taps alone, for a package of an older server: what they come to is worked out there. */
export function TapsAlone({ draft }) {
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
