// 站点: what a plate on a door leads to; a keeper goes on to 签到, anybody else reads about it.

import { dialled } from '../../core/dialling.js';
import { leadsTo } from '../../core/platelink.js';
import { stationScanned } from '../../core/qr.js';
import { WORDS } from '../../core/words.js';
import { CHECK_IN_WORDS } from '../../core/words/checkin.js';
import { DAY_WORDS } from '../../core/words/day.js';
import { PLATE_WORDS } from '../../core/words/plate.js';
import { go, screen, turnTo } from '../../page.js';
import { state } from '../../store.js';

const mine = (token) => stationScanned({ kind: 'plate', token }, state.stations.value);

/** What anybody may know of a station. */
function placeOf(body) {
  const digits = dialled(body.hotline);
  return {
    name: body.name,
    code: body.code,
    more: [body.level_label, body.township_name].filter(Boolean).join(' '),
    now: body.today || '',
    open: DAY_WORDS.open,
    hours: body.hours_lines || [],
    at: body.address ? PLATE_WORDS.at(body.address) : '',
    services: (body.services || []).join(' '),
    filed: body.filing && body.filing.filed ? PLATE_WORDS.filed : '',
    demo: Boolean(body.demo),
    call: digits ? { digits, whom: WORDS.callWhom(''), number: body.hotline } : null,
  };
}

screen({
  anybody: true,
  open({ q }) {
    const { bind, plate } = leadsTo(q);
    this.own = { plate, said: null };
    if (bind) turnTo('bind/' + bind);
    else if (plate) state.fetched('/public/stations/' + plate).then((said) => this.set({ said }));
  },
  show() {
    const { plate, said } = this.own;
    const body = said && said.body;
    const note = !plate
      ? CHECK_IN_WORDS.notThisPlate
      : said && !body && (said.problem === WORDS.offline ? PLATE_WORDS.needsNet : said.problem);
    const own = plate ? mine(plate) : null;
    const keeper = state.session.value && state.session.value.person.role === 'keeper';
    return {
      getting: plate && !said ? PLATE_WORDS.looking : '',
      note: note ? { kind: 'warm', icon: 'ask', text: note } : null,
      place: body ? placeOf(body) : null,
      own: own ? { kind: 'good', icon: 'check', text: PLATE_WORDS.ours } : null,
      stranger: !state.session.value,
      keeperWords: PLATE_WORDS.keeper,
      home: Boolean(keeper),
    };
  },
  onCheckIn() {
    const here = mine(this.own.plate);
    if (here) state.chooseStation(here.id);
    return go('check-in');
  },
});
