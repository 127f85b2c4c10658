// 督导记录: one inspection as it was signed, and the keeper's yes or no to it.

import { copyFacts, copyHeadline, measured, rulesOf, ruleTone } from '../../core/copy.js';
import { mendBy } from '../../core/deadlines.js';
import { comparedInWords, keptHereInWords } from '../../core/owncopies.js';
import { COPY_WORDS } from '../../core/words/copy.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { copies } from '../../copies.js';
import { inkOf, late, notFresh, once, screen, verdictOf } from '../../page.js';
import { paper } from '../../platform/wx.js';
import { state } from '../../store.js';

const isKeeper = () => state.session.value.person.role === 'keeper';
const pathOf = (id) => (isKeeper() ? '/keeper' : '/rounds') + '/inspections/' + id;

function ruleOf(row) {
  const counts = row.counts_against;
  return {
    key: row.code,
    verdict: verdictOf(ruleTone(row), row.verdict_label),
    title: row.title + SHARED_WORDS.inBrackets(row.clause),
    advice: row.verdict === 'fail' && !counts,
    lines: [row.why, measured(row)].filter(Boolean),
    mend: row.verdict === 'fail' && counts ? row.mend || '' : '',
  };
}

function signaturesOf(copy) {
  const { inspector, keeper, second } = copy.signatures;
  if (!inspector && !keeper) return [];
  return [
    inspector && inkOf(inspector, SHARED_WORDS.inspector(copy.inspector_name)),
    second && inkOf(second, SHARED_WORDS.inspector(copy.second_name)),
    keeper && inkOf(keeper, SHARED_WORDS.keeper(copy.keeper_name)),
  ].filter(Boolean);
}

/** By which standards, and what proves that this is what was signed. */
function proofOf(copy) {
  const hash = copy.document_sha256;
  return [
    COPY_WORDS.byStandards + SHARED_WORDS.inALine(copy.standards.map((one) => one.name)),
    hash ? COPY_WORDS.fingerprint(hash.slice(0, 8)) : '',
    copy.signed_how === 'on_document' ? '' : copy.signed_how_label,
  ].filter(Boolean);
}

function wholeOf(copy) {
  const { failed, others } = rulesOf(copy);
  const { status } = copy;
  const facts = copyFacts(copy, state.today.value).filter(([, value]) => value);
  return {
    station: copy.station.name,
    headline: copyHeadline(copy),
    status: status && copy.outcome !== 'closed_door' ? verdictOf(status.code, status.label) : null,
    facts: facts.map(([name, value]) => ({ name, value })),
    since: (copy.since || []).map(COPY_WORDS.nowRegistered),
    failedWords: COPY_WORDS.failedRules(failed.length),
    failed: failed.map(ruleOf),
    mends: copy.mends.map((one) => ({ key: one.id, title: one.title, by: mendBy(one.due_on) })),
    othersWords: COPY_WORDS.otherRules(others.length),
    others: others.map(ruleOf),
    notLookedAt: copy.unanswered.length ? COPY_WORDS.notLookedAt(copy.unanswered) : '',
    signatures: signaturesOf(copy),
    proof: proofOf(copy),
    newer: copy.newer_id
      ? { kind: 'warm', icon: 'bell', text: COPY_WORDS.amendedSince, word: '看更正后的',
        path: 'inspection/' + copy.newer_id }
      : null,
    waits: Boolean(copy.waits_for_you),
  };
}

const WORDS = {
  isItRight: COPY_WORDS.isItRight, agree: COPY_WORDS.agree, disagree: COPY_WORDS.disagree,
  send: SHARED_WORDS.sendItSo,
};

screen({
  async open({ about }) {
    const key = 'disagree:' + about;
    this.own = {
      id: about, key, said: null, own: null, rest: false, no: false, problem: '', paper: '',
      note: state.jotted(key) || '',
    };
    state.fetched(pathOf(about)).then((said) => this.took(said));
  },

  /** The server's answer, or what the phone has in its place; kept if it was not. */
  async took(said) {
    const own = said.fresh
      ? await copies.keepOwn(said.body, said.answered)
      : await copies.ownRecord(this.own.id);
    this.set({ said, own });
  },
  show() {
    const { said, own, rest, no, problem, paper: paperSaid, note } = this.own;
    if (!said) return { step: 'getting' };
    const copy = said.body || (own && own.copy);
    if (!copy) {
      return { step: 'none', why: { kind: 'warm', icon: 'nonet', text: said.problem, live: true } };
    }
    const compared = said.body && said.fresh && own ? comparedInWords(own, copy) : null;
    const gone = said.code === 'inspection-unknown';
    return {
      step: 'copy',
      stale: said.body ? notFresh(said) : { kind: gone ? 'bad' : 'calm', icon: 'bell',
        text: keptHereInWords(own, gone) },
      compared: compared
        ? { kind: compared.same ? 'calm' : 'bad', icon: compared.same ? 'check' : 'bell',
          text: compared.text }
        : null,
      copy: wholeOf(copy),
      rest,
      no,
      note,
      words: WORDS,
      problem: problem ? { kind: 'bad', text: problem, live: true } : null,
      paper: paperSaid,
    };
  },
  onRest() {
    this.set({ rest: !this.own.rest });
  },
  onPaper: once(async function open() {
    this.set({ paper: COPY_WORDS.fetching });
    const opened = await paper(pathOf(this.own.id) + '/copy.pdf');
    this.set({ paper: opened ? '' : COPY_WORDS.notNow });
  }),
  async answer(agree) {
    const { id, note, key } = this.own;
    const body = { agree, note: agree ? '' : note.trim() };
    const told = await state.tell('/keeper/inspections/' + id + '/confirm', body);
    if (told.problem) {
      this.set({ problem: told.problem });
      return;
    }
    state.jot(key, null);
    await this.took({ body: told.body, fresh: true, answered: true });
    this.step({ problem: '', no: false });
    state.refresh();
  },
  onAgree: late(async function agree() {
    await this.answer(true);
  }),
  onNo() {
    this.step({ no: true, problem: '' });
  },
  onYes() {
    this.step({ no: false, problem: '' });
  },
  onNote(event) {
    this.own.note = event.detail.value;
    state.jot(this.own.key, this.own.note);
  },
  onDisagree: late(async function disagree() {
    if (!this.own.note.trim()) this.set({ problem: COPY_WORDS.reasonNeeded });
    else await this.answer(false);
  }),
});
