// 督导: the stations of the round that are mine, what is done, what still lies on this phone.

import { beijingDay, dayAfter, momentFromToday, shortDay } from '../../core/dates.js';
import { heard } from '../../core/again.js';
import { WORDS } from '../../core/words.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { VISIT_WORDS, visitInWords } from '../../core/words/visit.js';
import { minePart } from '../../core/visits.js';
import { once, screen } from '../../page.js';
import { phone } from '../../platform/wx.js';
import { state } from '../../store.js';
import { visiting } from '../../visiting.js';

const LOOKS = {
  due: ['minus', 'plain'],
  draft: ['pen', 'todo'],
  waiting: ['cloud', 'todo'],
  photos: ['cloud', 'todo'],
  attention: ['bell', 'mend'],
  sent: ['check', 'ok'],
  done: ['check', 'ok'],
};
const OPEN = ['due', 'draft', 'attention'];
const FIRST = 40; // more of them only when asked for: a long list is slow to draw
const FEW = 8; // so many stations need no search

const isOpen = (visit) => OPEN.indexOf(visiting.stateOfVisit(visit).state) >= 0;

/** The page of a visit: gone on with, mended, or begun. */
function pathOf(visit, at) {
  if (at === 'attention') return 'attention';
  return (at === 'draft' ? 'visit/' : 'arrive/') + visit.id;
}

function rowOf(visit) {
  const here = visiting.stateOfVisit(visit);
  const [icon, tone] = LOOKS[here.state];
  const whose = visit.mine ? '' : VISIT_WORDS.ofInspector(visit.inspector_name);
  return {
    key: visit.id,
    icon,
    tone,
    title: visit.name,
    line: (visit.code || SHARED_WORDS.noNumber) + ' ' + visit.township_name + whose,
    mark: visitInWords(here, visit),
    path: pathOf(visit, here.state),
  };
}

/** A visit that was begun and stands in no list. */
const strayOf = (draft) => ({
  key: draft.id,
  icon: 'pen',
  tone: 'todo',
  title: draft.station.name || draft.station.code,
  line:
    draft.visit_id > 0 ? VISIT_WORDS.halfAfterwards(draft.round_name) : VISIT_WORDS.halfOutside,
  path: 'visit/' + draft.visit_id,
});

/** What was taken along of a round, and how long ago. */
function pocketOf(campaign) {
  const have = visiting.along.value[campaign.id];
  if (!have || !have.of) return null;
  const now = visiting.packing.value;
  if (now) return { packing: now.name + VISIT_WORDS.takingAlong(now.done, now.of) };
  const whole = have.stations >= have.of;
  const today = state.today.value;
  const at = have.oldest_ms;
  const old = at && beijingDay(at) < dayAfter(today, -2);
  return {
    whole: whole && !old,
    said: whole
      ? VISIT_WORDS.allAlong
      : have.stations
        ? VISIT_WORDS.someAlong(have.stations, have.of - have.stations)
        : VISIT_WORDS.takeFirst.slice(1),
    when: at ? VISIT_WORDS.takenAt(momentFromToday(at, today), old) : '',
    word: whole ? '更新' : VISIT_WORDS.takeAll(have.of),
  };
}

/** What the server had to say about records that it took. */
function toldOf(campaign) {
  const mine = state.told.value.filter((one) => one.person_id === state.session.value.person.id);
  return mine.map((one) => {
    const visit = campaign.visits.filter((each) => each.station_id === one.station_id)[0];
    const name = visit ? visit.name : '督导记录';
    return { key: one.id, title: name + VISIT_WORDS.takenWith, text: one.message };
  });
}

screen({
  tab: '',
  async open() {
    this.own = { text: '', mine: true, left: false, most: FIRST, said: '', looked: null };
    await visiting.readVisits();
  },
  async seen() {
    const campaign = visiting.round.value;
    if (campaign) await visiting.readAlong(campaign);
  },
  show() {
    const { person } = state.session.value;
    const campaign = visiting.round.value;
    const strays = visiting.outsideDrafts.value.map(strayOf);
    if (!campaign) {
      return {
        hello: WORDS.hello(person.name),
        none: VISIT_WORDS.noRound,
        campaign: null,
        strays,
      };
    }
    if (this.own.looked !== campaign.id) {
      this.own.looked = campaign.id; // the list may come later than the page
      visiting.readAlong(campaign);
    }
    const { text, mine, left, most, said } = this.own;
    const own = minePart(campaign);
    const wanted = text.trim().toUpperCase();
    const here = (mine ? own : campaign.visits)
      .filter((one) => !wanted || (one.name + (one.code || '')).toUpperCase().includes(wanted))
      .filter((one) => !left || isOpen(one));
    const done = own.filter((one) => !isOpen(one)).length;
    const { campaigns } = state.rounds.value;
    const refused = state.count.value ? state.count.value.attention : 0;
    return {
      hello: campaign.name,
      none: '',
      strays,
      campaign: {
        date: person.name + ' · ' + VISIT_WORDS.until(shortDay(campaign.due_on)),
        demo: Boolean(campaign.demo),
        done: VISIT_WORDS.visited(done, own.length),
        percent: own.length ? Math.round((100 * done) / own.length) : 0,
      },
      rounds:
        campaigns.length < 2
          ? []
          : campaigns.map(({ id, name }) => ({
              key: id,
              word: name,
              chosen: id === campaign.id,
            })),
      refused: refused
        ? {
            kind: 'bad',
            icon: 'bell',
            text: WORDS.refused(refused),
            path: 'attention',
            word: '去看看',
          }
        : null,
      problem:
        said || visiting.problem.value
          ? { kind: 'warm', icon: 'nonet', text: said || visiting.problem.value, live: true }
          : null,
      told: toldOf(campaign),
      pocket: pocketOf(campaign),
      search:
        campaign.visits.length > FEW ? { text, mine, left, hint: SHARED_WORDS.search } : null,
      heading: VISIT_WORDS.stations(here.length),
      list: here.slice(0, most).map(rowOf),
      more: here.length > most ? VISIT_WORDS.more(here.length - most) : '',
      scan: VISIT_WORDS.scanToBegin,
    };
  },
  onTake: once(async function take() {
    this.set({ said: await visiting.takeAlong(visiting.round.value) });
  }),
  onRound(event) {
    visiting.chosenRound.value = event.currentTarget.dataset.id;
    this.seen();
  },
  onSearch(event) {
    this.set({ text: event.detail.value });
  },
  onMine() {
    this.set({ mine: !this.own.mine });
  },
  onLeft() {
    this.set({ left: !this.own.left });
  },
  onMore() {
    this.set({ most: Infinity });
  },
  onHeard(event) {
    return heard(phone, event.currentTarget.dataset.id).then(() => state.readQueue());
  },
});
