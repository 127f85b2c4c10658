// 跟县里提: another plate, other hours, another keeper; asked offline too, answered by the county.

import {
  ABOUTS, answersRead, askHow, askNote, CLOSES, emptyRequest, OPENS, readRequest, requestsAt,
  requestState, RESTS, takingBack, wishedHours,
} from '../../core/asking.js';
import { ASK_LABELS, ASK_WORDS } from '../../core/words/asking.js';
import { doneOf, late, once, screen } from '../../page.js';
import { state } from '../../store.js';

const ICONS = { plate_broken: 'wrench', plate_lost: 'ask', hours: 'bell', handover: 'me' };
const TONES = { here: 'todo', waiting: 'todo', granted: 'ok', refused: 'mend' };
const LISTS = { opens: OPENS, closes: CLOSES, rest: RESTS };

const asked = () => {
  const { station, home, mine } = state;
  return requestsAt(station.value, home.value, mine.value);
};

const rowOf = (one) => ({
  key: one.about,
  icon: one.state === 'granted' ? 'check' : ICONS[one.about],
  tone: TONES[one.state] || 'plain',
  title: one.said || one.label,
  line: requestState(one),
  path: 'ask/' + one.about,
});

const chosen = (name, label, form, error) => ({
  key: name, label, list: LISTS[name], at: Math.max(0, LISTS[name].indexOf(form[name])), error,
});

const written = (name, label, hint, most, form, error) => ({
  key: name, label, hint, most, value: form[name], error: error || '',
});

const keyOf = (about) => 'ask:' + state.station.value.id + ':' + about;

screen({
  ofStation: true,
  open({ about }) {
    const known = ABOUTS.indexOf(about) >= 0;
    const begun = known ? state.jotted(keyOf(about)) : null;
    const form = Object.assign(emptyRequest(), begun);
    this.own = {
      about: known ? about : '', form, errors: {}, otherwise: Boolean(form.own), problem: '',
      saved: null,
    };
  },
  seen() {
    if (!this.own.about) state.jot('answers-read', answersRead(state.home.value));
  },
  show() {
    const { about, saved } = this.own;
    if (saved) {
      const title = saved.payload.taken_back ? ASK_WORDS.takenBack : ASK_WORDS.asked;
      return { done: doneOf(title, saved, {}) };
    }
    if (about) return Object.assign({ done: null, step: 'one' }, this.one());
    return { done: null, step: 'list', intro: ASK_WORDS.intro, list: asked().map(rowOf) };
  },
  one() {
    const { about, form, errors, otherwise, problem } = this.own;
    const one = asked()[ABOUTS.indexOf(about)];
    const open = one.state === 'here' || one.state === 'waiting';
    const hours = about === 'hours';
    const fields = [
      hours && otherwise && written('own', '几点到几点', ASK_WORDS.ownWords, 200, form, errors.own),
      about === 'handover' && written('name', '交给谁', '', 40, form, errors.name),
      about === 'handover' && written('phone', '他的电话', '不知道就不填', 20, form, errors.phone),
      written('note', ASK_WORDS.note, askNote(about), 200, form, errors.note),
    ].filter(Boolean);
    return {
      title: ASK_LABELS[about],
      problem: problem ? { kind: 'bad', text: problem, live: true } : null,
      stands: one.state
        ? { kind: one.state === 'refused' ? 'warm' : 'good', icon: 'bell',
          text: [one.said, requestState(one)].join(' ') }
        : null,
      open,
      how: askHow(about),
      now: hours ? state.station.value.hours_lines || [] : [],
      nowWords: ASK_WORDS.hoursNow,
      choices: hours && !otherwise
        ? [
          chosen('opens', '几点开门', form, ''),
          chosen('closes', '几点关门', form, errors.closes || ''),
          chosen('rest', '哪天休息', form, ''),
        ]
        : [],
      wished: hours && !otherwise ? ASK_WORDS.wished(wishedHours(form)) : '',
      otherwise: ASK_WORDS.otherwise,
      fields,
      takeBack: ASK_WORDS.takeBack,
    };
  },
  change(news) {
    this.own.form = Object.assign({}, this.own.form, news);
    state.jot(keyOf(this.own.about), this.own.form);
  },
  onField(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },
  onChoice(event) {
    const { field } = event.currentTarget.dataset;
    this.change({ [field]: LISTS[field][+event.detail.value] });
    this.draw();
  },
  onOtherwise() {
    this.set({ otherwise: true });
  },
  async keep(payload) {
    const record = { kind: 'request', station_id: state.station.value.id, payload, photos: [] };
    const said = await state.keepRecord(record);
    if (said.item) state.jot(keyOf(this.own.about), null);
    this.step({ problem: said.problem || '', saved: said.item || null });
  },
  onAsk: once(async function ask() {
    const said = readRequest(this.own.about, this.own.form);
    this.set({ errors: said.errors || {} });
    if (said.value) await this.keep(said.value);
  }),
  onTakeBack: late(async function takeBack() {
    await this.keep(takingBack(this.own.about));
  }),
});
