// 我的信息怎么用: a yes or no to what may be refused, and what is kept without asking.

import { consentRecord, consentsAt } from '../../core/asking.js';
import { ASK_WORDS } from '../../core/words/asking.js';
import { late, screen } from '../../page.js';
import { state } from '../../store.js';

function asked(one) {
  return {
    key: one.purpose,
    title: one.title,
    text: one.text,
    said: ASK_WORDS.consent[one.state],
  };
}

const say = (agreed) =>
  late(async function said(event) {
    const { home, mine, station } = state;
    const { key } = event.currentTarget.dataset;
    const one = consentsAt(home.value, mine.value).filter(({ purpose }) => purpose === key)[0];
    const record = consentRecord(station.value, one, agreed, 'miniapp');
    const kept = await state.keepRecord(record, one.refused);
    this.step({ problem: kept.problem || '' });
  });

screen({
  ofStation: true,
  open() {
    this.own = { problem: '' };
  },
  show() {
    const { home, mine } = state;
    const { problem } = this.own;
    return {
      problem: problem ? { kind: 'bad', text: problem, live: true } : null,
      list: consentsAt(home.value, mine.value).map(asked),
      told: (home.value && home.value.privacy) || [],
    };
  },
  onYes: say(true),
  onNo: say(false),
});
