// 补助: month by month how much, and why it is not there yet.

import { moneyOf } from '../../core/money.js';
import { MONEY_WORDS } from '../../core/words/money.js';
import { notFresh, screen } from '../../page.js';
import { state } from '../../store.js';

screen({
  ofStation: true,
  open() {
    this.own = { said: null };
  },
  seen() {
    state.fetched('/keeper/subsidies').then((said) => this.set({ said }));
  },
  show() {
    const { said } = this.own;
    const here = state.station.value;
    const list = moneyOf(said && said.body, here.id);
    return {
      getting: said === null,
      stale: notFresh(said),
      list,
      none: said && said.body && !list.length ? MONEY_WORDS.none : '',
    };
  },
});
