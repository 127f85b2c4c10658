// 认一下你是哪个站: a one-time code makes this WeChat a keeper's (or inspector's); then their name.

import { plainCode, readBindCode } from '../../core/qr.js';
import { BIND_WORDS, SIZE_WORDS, WORDS } from '../../core/words.js';
import { go, once, screen, sizesOf } from '../../page.js';
import { state } from '../../store.js';

/** How a code is written while it is typed: four, a line, four. */
function written(text) {
  const letters = plainCode(text).replace(/[^0-9A-Z]/g, '').slice(0, 8);
  return letters.length > 4 ? letters.slice(0, 4) + '-' + letters.slice(4) : letters;
}

/** Whose phone this is now, by name. */
function welcomeOf(person) {
  const { stations } = state.session.value || {};
  const place = stations && stations[0];
  const left = state.count.value && state.count.value.waiting;
  return {
    title: WORDS.hello(person.name),
    line: place ? place.name : person.role_label,
    big: place ? place.code : '',
    lines: [BIND_WORDS.known + (left ? BIND_WORDS.restGoesOn : ''), BIND_WORDS.keepAtHand.mini],
    back: BIND_WORDS.begin,
  };
}

/** What lies on the phone of whoever had it before, or has it now. */
function unsent() {
  const { session, count, queue } = state;
  const mine = session.value && count.value ? count.value.waiting : 0;
  if (mine) {
    return { kind: 'warm', icon: 'cloud',
      text: BIND_WORDS.unsentOfMine(session.value.person.name, mine) };
  }
  const left = session.value === null && queue.value ? queue.value.length : 0;
  return left ? { kind: 'calm', icon: 'cloud', text: BIND_WORDS.unsentOfOthers(left) } : null;
}

screen({
  anybody: true,
  open({ about }) {
    this.own = { typed: written(about || ''), error: '', busy: false };
    if (state.session.value === null && !about) this.byWeChat(true);
  },
  show() {
    const { typed, error, busy } = this.own;
    const person = state.welcome.value;
    return {
      title: BIND_WORDS.title,
      done: person ? welcomeOf(person) : null,
      words: { ask: BIND_WORDS.ask, itIsMe: busy ? '正在认…' : BIND_WORDS.itIsMe,
        noCode: BIND_WORDS.noCode, byWeChat: BIND_WORDS.byWeChat },
      typed,
      error,
      busy,
      unsent: unsent(),
      sizes: sizesOf(SIZE_WORDS.seeIt),
      known: Boolean(state.session.value) && state.trouble.value !== 'sign-in',
    };
  },

  /** Whom WeChat knows need not type anything; `quietly`, nobody has asked for it yet. */
  async byWeChat(quietly) {
    const said = await state.signInAgain();
    if (!said.problem) {
      if (!state.welcome.value) go('');
    } else if (!quietly) this.set({ error: said.problem });
  },
  onTyped(event) {
    const typed = written(event.detail.value);
    this.set({ typed, error: '' });
    return typed;
  },
  onBind: once(async function bind() {
    const code = readBindCode(this.own.typed);
    if (!code) {
      this.set({ error: BIND_WORDS.wrongCode });
      return;
    }
    this.set({ busy: true, error: '' });
    const said = await state.bind(code);
    this.set({ busy: false, error: said.problem || '' });
  }),
  onWeChat: once(async function again() {
    await this.byWeChat(false);
  }),
  onHome() {
    state.welcome.value = null;
    return go('');
  },
});
