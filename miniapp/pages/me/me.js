// 我的: who I am, what this phone still holds, the size of the text, and leaving.

import { daysWaiting } from '../../core/queue.js';
import { unsentInWords } from '../../core/words.js';
import { ASK_WORDS } from '../../core/words/asking.js';
import { KEPT_WORDS } from '../../core/words/kept.js';
import { askMessages, learnMessages, messagesNow } from '../../messages.js';
import { go, late, once, screen, sizesOf } from '../../page.js';
import { state } from '../../store.js';
import { rescue } from '../../unsent.js';

/** What lies on this phone, in words; nothing is claimed before it was counted. */
function holding() {
  const left = state.count.value;
  if (!left) return { counting: true };
  const days = daysWaiting(left, state.nowMs());
  return {
    counting: false,
    some: left.waiting ? unsentInWords(left) + KEPT_WORDS.notSent(left.bytes) : '',
    none: left.waiting ? '' : KEPT_WORDS.nothingLeft,
    oldest: days >= 3 ? { kind: 'warm', icon: 'bell', text: KEPT_WORDS.oldest(days) } : null,
    others: left.others ? KEPT_WORDS.ofOthers(left.others) : '',
  };
}

/** What is said before leaving; what is unsent comes first. */
function leaving() {
  const left = state.count.value;
  const unsent = left ? left.waiting + left.attention : 0;
  return {
    first: unsent
      ? { kind: 'bad', icon: 'bell', text: KEPT_WORDS.unsentLeft(unsent) + KEPT_WORDS.sendFirst }
      : null,
    plain: unsent ? '' : KEPT_WORDS.newCodeNeeded,
    canSend: Boolean(unsent && state.connected.value),
    word: unsent ? '没交完也退出' : '退出',
  };
}

screen({
  tab: 'me',
  open() {
    this.own = { asking: false, saved: '' };
  },
  seen() {
    learnMessages(() => this.draw());
  },
  show() {
    const { person, county } = state.session.value;
    const { asking, saved } = this.own;
    return {
      who: {
        name: person.name,
        line: county.name + ' · ' + person.role_label,
        demo: Boolean(county.demo),
        stations: state.stations.value.map(({ id, code, name }) => ({ key: id, code, name })),
      },
      holding: holding(),
      sending: state.sending.value,
      saveAll: KEPT_WORDS.saveAll,
      saved,
      sizes: sizesOf(''),
      messages: messagesNow(),
      privacy: state.station.value
        ? { icon: 'me', tone: 'plain', title: ASK_WORDS.privacy, line: '', path: 'consent' }
        : null,
      counted: Boolean(state.count.value),
      leaving: asking ? leaving() : null,
    };
  },
  onRescue: once(async function save() {
    this.set({ saved: await rescue(state.mine.value) });
  }),
  onMessages: once(() => askMessages()),
  onLeave() {
    if (state.count.value) this.step({ asking: true });
  },
  onStay() {
    this.set({ asking: false });
  },
  onReally: late(async function leave() {
    await state.signOut();
    await go('bind');
  }),
});
