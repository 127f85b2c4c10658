// 签名: one signature under the very text that was shown before; by finger, held either way.

import { witnessDoubt } from '../../core/presence.js';
import { withSignature } from '../../core/signing.js';
import { inBox, isMarked, looksSigned } from '../../core/strokes.js';
import { PRESENCE_WORDS } from '../../core/words/presence.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { VISIT_WORDS } from '../../core/words/visit.js';
import { once, screen, turnTo } from '../../page.js';
import { backPage, canvasOn } from '../../platform/wx.js';
import { state } from '../../store.js';
import { seenTexts, textOf, visiting } from '../../visiting.js';

const INK = '#14202e';
const tenth = (pixels) => Math.round(pixels * 10) / 10;

/** Why these strokes are no signature: a sentence, '' when they are one. */
function strokesDoubt(drawn, marking) {
  if (marking) return isMarked(drawn) ? '' : PRESENCE_WORDS.noMark;
  if (!isMarked(drawn)) return VISIT_WORDS.notSigned;
  return looksSigned(drawn) ? '' : PRESENCE_WORDS.notAName;
}

screen({
  async open({ about, next }) {
    const own = { id: +about, whose: next, strokes: [], said: '', marking: false, witness: '' };
    this.own = own;
    await visiting.readVisits();
    const draft = this.draft();
    // Whoever comes here without having seen the text is led to it.
    if (!draft || seenTexts[draft.id] === undefined) turnTo('sign/' + own.id);
  },
  draft() {
    return visiting.draftOf(this.own.id);
  },
  signer(draft) {
    const { whose } = this.own;
    if (whose === 'keeper') return SHARED_WORDS.keeper(draft.keeper_name);
    const second = whose === 'second' && draft.second;
    return SHARED_WORDS.inspector(second ? second.name : state.session.value.person.name);
  },
  show() {
    const draft = this.draft();
    if (!draft) return { gone: VISIT_WORDS.opening };
    const { said, marking, whose } = this.own;
    const who = this.signer(draft);
    return {
      gone: '',
      please: VISIT_WORDS.pleaseSign(who),
      hint:
        said || (marking ? PRESENCE_WORDS.markHere(draft.keeper_name) : VISIT_WORDS.useFinger),
      warns: Boolean(said),
      label: VISIT_WORDS.padOf(who),
      canMark: whose === 'keeper' && !marking ? PRESENCE_WORDS.cannotWrite : '',
      witness:
        whose === 'keeper' && marking
          ? { label: PRESENCE_WORDS.witness, hint: PRESENCE_WORDS.witnessFor }
          : null,
    };
  },

  /** The glass is made ready when it is first touched. */
  async glass() {
    if (!this.canvas) this.canvas = canvasOn(this, '#pad');
    return this.canvas;
  },
  /** Where the finger is on the glass; WeChat says it itself, a browser by the window. */
  at(event, { left, top }) {
    const touch = event.touches[0] || event.changedTouches[0];
    return typeof touch.x === 'number'
      ? [tenth(touch.x), tenth(touch.y)]
      : [tenth(touch.clientX - left), tenth(touch.clientY - top)];
  },
  line({ pen }, from, to) {
    Object.assign(pen, { lineWidth: 4, lineCap: 'round', lineJoin: 'round', strokeStyle: INK });
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0] + (from === to ? 0.1 : 0), to[1]);
    pen.stroke();
  },
  async onDown(event) {
    const glass = await this.glass();
    if (!glass || (event.touches && event.touches.length > 1)) return; // a second finger, the palm
    const point = this.at(event, glass);
    this.own.strokes.push([point]);
    this.line(glass, point, point);
  },
  async onMove(event) {
    const glass = await this.glass();
    const stroke = this.own.strokes[this.own.strokes.length - 1];
    if (!glass || !stroke) return;
    const point = this.at(event, glass);
    this.line(glass, stroke[stroke.length - 1], point);
    stroke.push(point);
  },
  async onClear() {
    const glass = await this.glass();
    this.own.strokes = [];
    if (glass) glass.pen.clearRect(0, 0, glass.width, glass.height);
    this.set({ said: '' });
  },
  onMark() {
    this.canvas = null; // the glass moves down below the witness's name, and is empty again
    this.own.strokes = [];
    this.set({ marking: true, said: '' });
  },
  onWitness(event) {
    this.own.witness = event.detail.value;
  },
  onKeep: once(async function keep() {
    const { whose, strokes, marking, witness } = this.own;
    const draft = this.draft();
    const second = draft.second ? draft.second.name : '';
    const others = [draft.keeper_name, state.session.value.person.name, second];
    const drawn = inBox(strokes);
    const doubt = strokesDoubt(drawn, marking) || (marking ? witnessDoubt(witness, others) : '');
    if (doubt) {
      this.set({ said: doubt });
      return;
    }
    const seen = seenTexts[draft.id];
    let differs = false;
    const kept = await visiting.changeDraft(draft.id, (now) => {
      differs = textOf(now) !== (seen && seen.text);
      if (differs) return now;
      const signed = withSignature(now, whose, drawn, seen);
      const witness_name = marking ? witness.trim() : '';
      return whose === 'keeper' ? Object.assign(signed, { witness_name }) : signed;
    });
    if (kept && !differs) backPage();
    else this.set({ said: differs ? VISIT_WORDS.lookAgain : visiting.problem.value });
  }),
  onAgain() {
    return backPage();
  },
});
