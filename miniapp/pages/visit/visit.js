// 查站: one rule after another, a tap each; what is still open is always in sight; each tap is kept.

import {
  answerTo,
  asksOf,
  doubtOf,
  insisted,
  isAsked,
  isInsisted,
  isOpen,
  needsReason,
  openRows,
  readMeasure,
  tapped,
  TAPS,
  withAdded,
  withAnswer,
  withValue,
} from '../../core/answers.js';
import { MOST_PHOTOS } from '../../core/rounds.js';
import { isSignedBy } from '../../core/signing.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { VISIT_WORDS } from '../../core/words/visit.js';
import { doubted } from '../../core/worked.js';
import { hintsOf, takeShot } from '../../camera.js';
import { go, late, once, screen } from '../../page.js';
import { localPicture, phone, toPlace } from '../../platform/wx.js';
import { attach, attachLeft, keepPosition, shotOf, visiting } from '../../visiting.js';

const LEVELS = { should: '建议', may: '可选' };
const ICONS = { pass: 'check', fail: 'cross' };

/** What a rule asks for besides the tap. */
function askOf(draft, row, ask, answer, valueFor) {
  const value = answer.values[ask.fact];
  const key = row.code + ':' + ask.fact;
  if (ask.kind === 'flag') {
    return {
      key,
      fact: ask.fact,
      kind: 'flag',
      title: ask.title,
      yes: ask.yes,
      no: ask.no,
      isYes: value === true,
      isNo: value === false,
    };
  }
  const wanted = answer.verdict === 'pass' || answer.verdict === 'fail';
  const isAmount = ask.kind === 'amount';
  return {
    key,
    fact: ask.fact,
    kind: ask.kind,
    label: isAmount ? VISIT_WORDS.measured(ask.title) : '牌子上的字',
    hint: isAmount
      ? ''
      : answer.verdict === 'fail'
        ? VISIT_WORDS.copyIfThere
        : VISIT_WORDS.copySign,
    unit: isAmount ? ask.unit : '',
    value: valueFor(key, value || ''),
    error: isAmount && (value || wanted) ? readMeasure(value).error || '' : '',
  };
}

function asksShown(draft, row, answer, valueFor) {
  const asks = asksOf(draft, row);
  const several = asks.filter((one) => one.kind === 'flag').length > 1;
  return asks
    .filter((one) => one.kind !== 'flag' || (several && answer.verdict === 'fail'))
    .map((one) => askOf(draft, row, one, answer, valueFor));
}

screen({
  async open({ about }) {
    this.own = {
      id: +about,
      typing: '',
      before: '',
      noting: {},
      said: '',
      at: '',
      asking: false,
    };
    await visiting.readVisits();
    const draft = this.draft();
    if (!draft) return;
    await attachLeft(draft);
    const found = visiting.visitNamed(this.own.id);
    if (found && !draft.pack) {
      await visiting.renew(draft, found).catch(() => null); // begun with an older server's package
      this.change((now) => now);
    }
    if (!draft.position) keepPosition(draft, 'position');
  },
  draft() {
    return visiting.draftOf(this.own.id);
  },
  show() {
    const draft = this.draft();
    if (!draft) {
      const text = VISIT_WORDS.notBegun;
      return { gone: { kind: 'calm', icon: 'ask', text }, rules: [], left: '' };
    }
    const { station, rows } = draft;
    const open = openRows(draft).length;
    const { said, asking } = this.own;
    const mends = station.open_mends.map((one) => one.title);
    const notes = [
      visiting.problem.value && { kind: 'bad', text: visiting.problem.value, live: true },
      said && { kind: 'warm', icon: 'ask', text: said, live: true },
      draft.taken_back && { kind: 'warm', icon: 'pen', text: VISIT_WORDS.takenBack },
      isSignedBy(draft) && { kind: 'calm', icon: 'pen', text: VISIT_WORDS.fixedNow },
      draft.plate_remark && { kind: 'warm', icon: 'scan', text: draft.plate_remark },
      mends.length && { kind: 'warm', icon: 'wrench', text: VISIT_WORDS.stillMending(mends) },
    ].filter(Boolean);
    return {
      gone: null,
      title: station.code || station.name,
      name: station.name,
      notes,
      rules: rows.map((row, i) => this.rule(draft, row, !i || rows[i - 1].text !== row.text)),
      left: open ? VISIT_WORDS.openLeft(open) : '',
      sign: open ? '去签字' : VISIT_WORDS.allSeen,
      signPath: 'sign/' + this.own.id,
      asking: asking ? SHARED_WORDS.reallyDrop + VISIT_WORDS.goneForGood : '',
      drop: VISIT_WORDS.dropIt,
    };
  },
  /** One rule with the answer to it; a permitted alternative asks nothing until it is used. */
  rule(draft, row, quoted) {
    const level = LEVELS[row.level] || '';
    const place = 'rule-' + row.code.replace(/\W/g, '');
    if (!isAsked(draft, row)) {
      return { key: row.code, place, permitted: VISIT_WORDS.isUsed(row.asks[0].title) };
    }
    const answer = answerTo(draft, row.code);
    const valueFor = (key, actual) => this.valueFor(key, actual);
    const doubt = doubtOf(draft, row);
    const needed = needsReason(draft, row);
    const noted = needed || Boolean(answer.note) || Boolean(this.own.noting[row.code]);
    const label =
      answer.verdict === 'not_applicable' ? VISIT_WORDS.whyNotHere : VISIT_WORDS.whySo;
    return {
      key: row.code,
      place,
      permitted: '',
      open: isOpen(draft, row),
      title: row.title,
      level,
      clause: quoted ? row.clause + ' ' + row.text : '',
      taps: TAPS.map((tap) => ({
        key: tap,
        word: VISIT_WORDS.tap[tap],
        icon: ICONS[tap] || '',
        on: answer.verdict === tap,
      })),
      left: answer.left ? VISIT_WORDS.notLookedAt(answer.left) : '',
      asks: asksShown(draft, row, answer, valueFor),
      doubt: doubt
        ? { kind: isInsisted(draft, row) ? 'calm' : 'warm', icon: 'ask', text: doubt }
        : null,
      insist: Boolean(doubt && !isInsisted(draft, row)),
      note: noted
        ? {
            label: needed ? label : '备注',
            hint: needed ? '要写' : '',
            value: valueFor(row.code + ':note', answer.note),
          }
        : null,
      photos: draft.photos
        .filter((one) => one.rule_code === row.code)
        .map(({ id }) => ({
          key: id,
          file: localPicture(id),
        })),
      take: draft.photos.some((one) => one.rule_code === row.code) ? '再拍' : '拍照',
    };
  },
  /** A field that is being typed in keeps what it showed: WeChat would move the cursor. */
  valueFor(key, actual) {
    if (key === this.own.typing) return this.own.before;
    return actual;
  },
  change(edit) {
    const draft = this.draft();
    return draft ? visiting.changeDraft(draft.id, (now) => doubted(edit(now))) : false;
  },
  rowOf(event) {
    const { code } = event.currentTarget.dataset;
    return this.draft().rows.filter((one) => one.code === code)[0];
  },
  typed(key, before) {
    if (this.own.typing !== key) Object.assign(this.own, { typing: key, before });
  },

  onTap(event) {
    const row = this.rowOf(event);
    const { tap } = event.currentTarget.dataset;
    this.own.typing = '';
    return this.change((now) => tapped(now, row, tap));
  },
  onValue(event) {
    const { code, fact } = event.currentTarget.dataset;
    const before = answerTo(this.draft(), code).values[fact] || '';
    this.typed(code + ':' + fact, before);
    return this.change((now) => withValue(now, code, fact, event.detail.value));
  },
  onFlag(event) {
    const { code, fact, said } = event.currentTarget.dataset;
    const stood = answerTo(this.draft(), code).values[fact];
    const value = stood === (said === 'yes') ? null : said === 'yes';
    return this.change((now) => withValue(now, code, fact, value));
  },
  onRemark(event) {
    const { code } = event.currentTarget.dataset;
    this.typed(code + ':note', answerTo(this.draft(), code).note);
    return this.change((now) => withAnswer(now, code, { note: event.detail.value }));
  },
  onNote(event) {
    this.own.noting[event.currentTarget.dataset.code] = true;
    this.draw();
  },
  onInsist(event) {
    const row = this.rowOf(event);
    return this.change((now) => insisted(now, row));
  },
  onAdd(event) {
    return this.change((now) => withAdded(now, event.currentTarget.dataset.code));
  },
  onPhoto: once(async function photo(event) {
    const { code } = event.currentTarget.dataset;
    const draft = this.draft();
    if (draft.photos.length >= MOST_PHOTOS) {
      this.set({ said: VISIT_WORDS.enoughPhotos(MOST_PHOTOS) });
      return;
    }
    const taken = await takeShot(shotOf(draft, code), () => this.set({ said: '' }));
    const kept = taken.shot ? await attach(draft, taken.shot, code) : true;
    const hints = taken.shot ? hintsOf(taken.shot).join('') : '';
    this.set({ said: taken.problem || (kept ? hints : visiting.problem.value) });
  }),
  onNoPhoto: once(function gone(event) {
    return visiting.removePhoto(this.draft(), event.currentTarget.dataset.id);
  }),
  /** The next rule that waits for something. */
  onNext() {
    const draft = this.draft();
    const codes = draft.rows.map((row) => row.code);
    const open = openRows(draft);
    const last = codes.indexOf(this.own.at);
    const next = open.filter((row) => codes.indexOf(row.code) > last)[0] || open[0];
    if (!next) return;
    this.own.at = next.code;
    toPlace('#rule-' + next.code.replace(/\W/g, ''));
  },
  onDrop() {
    this.changedAt = phone.now();
    this.set({ asking: true });
  },
  onStay() {
    this.set({ asking: false });
  },
  onReally: late(async function really() {
    await visiting.dropDraft(this.draft());
    go('');
  }),
});
