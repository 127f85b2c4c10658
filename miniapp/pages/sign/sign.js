// 签字: what will be signed, in one look; then both names, or how the keeper says yes or no.

import { lackOf, leftOut, openRows } from '../../core/answers.js';
import { dayInWords } from '../../core/dates.js';
import { lacksWhy, oddOf } from '../../core/presence.js';
import { signaturePath } from '../../core/rounds.js';
import {
  inOrder,
  isSignedBy,
  takenBack,
  toWriteFirst,
  whatIsMissing,
} from '../../core/signing.js';
import { BESIDE_WORDS } from '../../core/words/beside.js';
import { COVERT_WORDS } from '../../core/words/company.js';
import { COPY_WORDS } from '../../core/words/copy.js';
import { PRESENCE_WORDS } from '../../core/words/presence.js';
import { SHARED_WORDS, titleAndClause } from '../../core/words/shared.js';
import { STATUS_SAID } from '../../core/words/standard.js';
import { VISIT_WORDS } from '../../core/words/visit.js';
import { doneOf, inkOf, late, screen, verdictOf } from '../../page.js';
import { state } from '../../store.js';
import { keepPosition, seenTexts, visiting } from '../../visiting.js';

/** A station is not called 达标 while something is open there. */
function statusShown(code, openWork) {
  if (code === 'meets' && openWork) return verdictOf('meets_open', VISIT_WORDS.meetsOpen);
  return verdictOf(code, STATUS_SAID[code]);
}

/** What the inspector entered beside a finding that does not say it: 没看清, a remark. */
function besideOf(answer, why) {
  if (!answer) return [];
  const remark = answer.note && why.indexOf(answer.note) < 0;
  return [
    answer.verdict === 'unknown' ? VISIT_WORDS.notSeenHere : '',
    remark ? BESIDE_WORDS.remarked(answer.note) : '',
  ];
}

/** The text as the keeper reads it; everything that is shown is out of it. */
function resultOf(draft, document) {
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
  const findingOf = (one) => {
    const told = one.word && one.word !== 'inspector';
    const source = told ? VISIT_WORDS.saidSince(labels[one.code] || '', one.since) : '';
    return {
      key: one.code,
      verdict: verdictOf(one.verdict, one.label),
      title: one.title + SHARED_WORDS.inBrackets(one.clause),
      source,
      lines: [one.why].concat(besideOf(answers[one.code], one.why)).filter(Boolean),
      mend: one.verdict === 'fail' && one.counts_against ? one.mend || '' : '',
    };
  };
  const groupOf = (title, list) => ({ title: title(list.length), list: list.map(findingOf) });
  const groups = [
    groupOf(COPY_WORDS.failedRules, failed),
    groupOf(VISIT_WORDS.decidedRules, decided),
    groupOf(VISIT_WORDS.openRules, open),
    groupOf(VISIT_WORDS.passedRules, passed),
    groupOf(VISIT_WORDS.idleRules, idle),
  ].filter((group) => group.list.length);
  const work = draft.station.open_work;
  const left = signed.unanswered;
  return {
    name: signed.station.name,
    status: statusShown(signed.status, work),
    held: signed.status === 'meets' && work ? VISIT_WORDS.heldBack(work) : '',
    remark: signed.plate_remark || '',
    none: failed.length ? '' : VISIT_WORDS.noneFailed,
    groups,
    left: left.length
      ? {
          title: VISIT_WORDS.notLookedAtRules(left.length),
          names: SHARED_WORDS.inALine(left.map(titleAndClause)),
          reason: VISIT_WORDS.leftReason(left[0].reason),
        }
      : null,
    proof: [
      VISIT_WORDS.takenOn(dayInWords(signed.package.taken_on)),
      COPY_WORDS.fingerprint(document.sha256.slice(0, 8)),
    ],
  };
}

screen({
  async open({ about }) {
    this.own = {
      id: +about,
      said: [],
      wanted: false,
      why: '',
      saved: null,
      typing: '',
      before: '',
    };
    this.document = undefined;
    await visiting.readVisits();
    const draft = this.draft();
    if (draft && !draft.amends_id) keepPosition(draft, 'signed_position');
  },
  seen() {
    return this.work();
  },
  draft() {
    return visiting.draftOf(this.own.id);
  },
  /** Work out anew what would be signed, whenever the draft has become another one. */
  async work() {
    const draft = this.draft();
    if (!draft || this.worked === draft || openRows(draft).length) return;
    this.worked = draft;
    const document = await visiting.documentOf(draft);
    if (this.worked !== draft) return;
    seenTexts[draft.id] = document;
    this.document = document;
    this.draw();
  },
  show() {
    const { said, saved, wanted } = this.own;
    if (saved) {
      const lines = [saved.name].concat(saved.asks ? VISIT_WORDS.askKeeper : []);
      return { done: doneOf(VISIT_WORDS.recordKept, saved.item, { lines, back: '回到名单' }) };
    }
    const draft = this.draft();
    if (!draft) {
      return {
        done: null,
        step: 'gone',
        gone: { kind: 'calm', icon: 'ask', text: VISIT_WORDS.notBegun },
      };
    }
    const rows = openRows(draft);
    if (rows.length) return this.stillOpen(draft, rows);
    this.work();
    if (this.document === undefined)
      return { done: null, step: 'working', working: VISIT_WORDS.working };
    const odd = oddOf(draft, state.nowMs());
    const first = toWriteFirst(draft);
    return {
      done: null,
      step: 'sign',
      result: this.document ? resultOf(draft, this.document) : null,
      plain: this.document ? '' : draft.station.name,
      problem:
        visiting.problem.value || said.length
          ? {
              kind: 'bad',
              icon: 'ask',
              text: visiting.problem.value || said.join(' '),
              live: true,
            }
          : null,
      because: draft.amends_id ? this.field(draft, 'amended_because', '为什么更正') : null,
      odd: odd.length
        ? Object.assign(this.field(draft, 'why_there', PRESENCE_WORDS.writeWhy), {
            text: { kind: 'warm', icon: 'ask', text: odd.join('') },
            hint: PRESENCE_WORDS.whyFor,
            error: wanted && !(draft.why_there || '').trim() ? PRESENCE_WORDS.lacksWhy : '',
          })
        : null,
      covert: draft.covert ? { kind: 'calm', icon: 'ask', text: COVERT_WORDS.onlyYou } : null,
      ways: draft.covert
        ? []
        : VISIT_WORDS.ways.map(([key, word, hint]) => ({
            key,
            word,
            hint,
            chosen: draft.outcome === key,
          })),
      refusal:
        draft.outcome === 'refused' ? this.field(draft, 'refusal', '站长为什么不签') : null,
      keeper: draft.outcome === 'signed' ? this.field(draft, 'keeper_name', '签名的站长') : null,
      first: first ? { kind: 'calm', icon: 'pen', text: first } : null,
      signatures: first || !draft.outcome ? [] : this.signatures(draft),
      fixed: isSignedBy(draft) ? VISIT_WORDS.fixedNow : '',
      takenBack: draft.taken_back
        ? { kind: 'warm', icon: 'pen', text: VISIT_WORDS.takenBack }
        : null,
    };
  },
  stillOpen(draft, rows) {
    const begun = rows.filter((row) => lackOf(draft, row) !== 'tap');
    const untouched = rows.filter((row) => lackOf(draft, row) === 'tap');
    const text = begun.length
      ? VISIT_WORDS.halfAnswered(begun.length)
      : VISIT_WORDS.rulesLeft(rows.length);
    return {
      done: null,
      step: 'open',
      lacking: begun.concat(untouched).map((row) => ({
        key: row.code,
        title: titleAndClause(row),
        line: VISIT_WORDS.lack[lackOf(draft, row)] || '',
      })),
      note: { kind: 'warm', icon: 'ask', text, live: true },
      leaving: begun.length
        ? null
        : {
            label: VISIT_WORDS.whyLeft(untouched.length),
            error: this.own.said.join(''),
            word: VISIT_WORDS.signAnyway,
          },
      back: 'visit/' + this.own.id,
    };
  },
  /** A sentence that belongs to the record; fixed once it is signed. */
  field(draft, name, label) {
    const value = name === this.own.typing ? this.own.before : draft[name] || '';
    return { name, label, value, fixed: isSignedBy(draft), hint: '', error: '' };
  },
  signatures(draft) {
    const { person } = state.session.value;
    const one = (whose, title) => {
      const signature = draft.signatures[whose];
      return {
        key: whose,
        path: 'pad/' + this.own.id + '/' + whose,
        word: VISIT_WORDS.signHere(title),
        ink: signature ? inkOf(signaturePath(signature), VISIT_WORDS.hasSigned(title)) : null,
        marked:
          whose === 'keeper' && signature && draft.witness_name
            ? PRESENCE_WORDS.markedBefore(draft.witness_name)
            : '',
      };
    };
    return [
      draft.outcome === 'signed' ? one('keeper', '站长') : null,
      one('inspector', SHARED_WORDS.inspector(person.name)),
      draft.second ? one('second', SHARED_WORDS.inspector(draft.second.name)) : null,
    ].filter(Boolean);
  },
  put(change) {
    const draft = this.draft();
    return draft && visiting.changeDraft(draft.id, (now) => Object.assign({}, now, change));
  },

  onWay(event) {
    return this.put({ outcome: event.currentTarget.dataset.way });
  },
  onWrite(event) {
    const { name } = event.currentTarget.dataset;
    if (this.own.typing !== name) {
      Object.assign(this.own, { typing: name, before: this.draft()[name] || '' });
    }
    return this.put({ [name]: event.detail.value });
  },
  onTakeBack() {
    return visiting.changeDraft(this.draft().id, takenBack);
  },
  onWhyLeft(event) {
    this.own.why = event.detail.value;
  },
  onLeave() {
    const { why } = this.own;
    if (!why.trim()) {
      this.set({ said: [VISIT_WORDS.reasonForLeft] });
      return;
    }
    this.step({ said: [] });
    visiting.changeDraft(this.draft().id, (now) => leftOut(now, why));
  },
  onFinish: late(async function finish() {
    const draft = this.draft();
    const unexplained = lacksWhy(draft, state.nowMs());
    const missing = whatIsMissing(draft).concat(unexplained ? [PRESENCE_WORDS.lacksWhy] : []);
    this.set({ said: missing, wanted: unexplained });
    if (missing.length) return;
    const kept = await visiting.handIn(draft, seenTexts[draft.id]);
    const asks = draft.outcome === 'to_confirm';
    if (kept.problem) this.set({ said: [kept.problem] });
    else this.step({ saved: { item: kept.item, name: draft.station.name, asks } });
  }),
});
