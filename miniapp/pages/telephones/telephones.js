// 乡镇电话: whom to call, for phones that nobody has bound yet.

import { dialled } from '../../core/dialling.js';
import { BIND_WORDS, WORDS } from '../../core/words.js';
import { TELEPHONE_WORDS } from '../../core/words/telephones.js';
import { screen } from '../../page.js';
import { state } from '../../store.js';

/** One county: the townships that have a number, then the county's own for all others. */
function countyOf({ name, hotline, townships }) {
  const all = townships.concat(hotline ? [{ number: hotline, of: TELEPHONE_WORDS.county }] : []);
  const lines = all
    .map(({ number, of }) => ({ of, digits: dialled(number), text: WORDS.call(number, of) }))
    .filter((one) => one.digits);
  return { name, lines, none: lines.length ? '' : TELEPHONE_WORDS.none };
}

screen({
  anybody: true,
  open() {
    state.fetched('/public/telephones').then((said) => this.set({ said }));
  },
  show() {
    const { said } = this.own;
    const counties = said && said.body && said.body.counties;
    return {
      noCode: BIND_WORDS.noCode,
      getting: said ? '' : TELEPHONE_WORDS.looking,
      none: said && !counties ? { kind: 'warm', icon: 'nonet', text: TELEPHONE_WORDS.noNet } : null,
      counties: (counties || []).map(countyOf),
    };
  },
});
