// 报件数: four numbers for a day, by brand if one likes; a changed number keeps its reason.

import {
  BRANDS, countHint, daysToReport, formFrom, inApprovedMonth, readBack, readForm,
} from '../../core/counting.js';
import { countsByDay, dayBefore, unusualIn } from '../../core/counts.js';
import { dayAfter, dayFromToday, isDay } from '../../core/dates.js';
import { COUNT_FIELDS, COUNT_LABELS } from '../../core/validate.js';
import { COUNT_WORDS } from '../../core/words/count.js';
import { KEPT_WORDS } from '../../core/words/kept.js';
import { doneOf, late, once, screen, turnTo } from '../../page.js';
import { state } from '../../store.js';

const WORDS = {
  byBrand: COUNT_WORDS.byBrand, forInstance: COUNT_WORDS.forInstance, sure: COUNT_WORDS.yesSo,
  change: COUNT_WORDS.changeIt,
};

const note = (kind, icon, text) => (text ? { kind, icon, text } : null);

screen({
  ofStation: true,
  /** `about` is a day, or the id of a refused record that is mended; today's without it. */
  open({ about }) {
    const { mine, today, station } = state;
    const isMended = (item) => item.id === about && item.state === 'attention';
    const replaced = mine.value.filter(isMended)[0] || null;
    const here = station.value;
    const day_on = (replaced && replaced.day_on) || (isDay(about || '') ? about : today.value);
    this.own = {
      replaced, here, day_on, errors: {}, problem: '', unusual: [], brands: false, saved: null,
      station_id: replaced ? replaced.station_id : here && here.id,
    };
    const begun = state.jotted(this.key(day_on));
    const from = (replaced && replaced.payload) || this.counts()[day_on] || {};
    Object.assign(this.own, { begun: Boolean(begun), form: begun || formFrom(from) });
  },
  key(day) {
    return ['count', this.own.station_id, day].join(':');
  },
  counts() {
    return this.own.here ? countsByDay(this.own.here, state.home.value, state.mine.value) : {};
  },
  about() {
    const { day_on, replaced } = this.own;
    const code = replaced && replaced.why && replaced.why.code;
    const approved = inApprovedMonth(state.home.value, day_on) || code === 'month-approved';
    const before = this.counts()[day_on] || null;
    return { day_on, today: state.today.value, before, approved, replaced };
  },
  show() {
    const { saved, unusual, problem } = this.own;
    if (saved) {
      const facts = readBack(saved.payload, state.today.value);
      const read = facts.map(([name, value]) => ({ name, value: COUNT_WORDS.parcels(value) }));
      return { done: doneOf('件数记好了', saved, { facts: read }) };
    }
    if (unusual.length) {
      const asked = ({ field, value, usual }) => COUNT_WORDS.isItReally(field, value, usual);
      return { done: null, step: 'sure', title: COUNT_WORDS.lookAgain, words: WORDS,
        unusual: unusual.map(asked), problem: note('bad', 'bell', problem) };
    }
    return Object.assign({ done: null, step: 'form', title: '报件数', words: WORDS }, this.fields());
  },
  fields() {
    const { day_on, form, errors, problem, replaced, begun, brands } = this.own;
    const { today, before, approved } = this.about();
    const counts = this.counts();
    const last = !before && dayBefore(counts, day_on);
    const lastDay = dayFromToday(dayAfter(day_on, -1), today);
    const begunOn = (day) => day !== day_on && state.jotted(this.key(day)) !== null;
    const days = daysToReport(today, counts, begunOn);
    return {
      notes: [
        note('bad', 'bell', problem),
        note('warm', 'bell', replaced && replaced.why
          ? KEPT_WORDS.refusedBefore(replaced.why.message) + ' ' + COUNT_WORDS.mendAndSend : ''),
        note('warm', 'box', before && !replaced
          ? COUNT_WORDS.reported(dayFromToday(day_on, today), before) : ''),
        note('calm', 'pen', begun ? COUNT_WORDS.notSavedYet : ''),
      ].filter(Boolean),
      days: days.map(({ text }) => text),
      dayAt: Math.max(0, days.map(({ day }) => day).indexOf(day_on)),
      dayError: errors.day_on || '',
      fields: COUNT_FIELDS.map((field) => ({
        key: field,
        label: COUNT_LABELS[field],
        hint: countHint(field, day_on === today),
        beside: last ? COUNT_WORDS.dayBefore(lastDay, last[field] || 0) : '',
        value: form[field],
        error: errors[field] || '',
      })),
      reason: before || approved
        ? { label: approved ? '为什么补报或改' : '为什么改', value: form.reason,
          error: errors.reason || '' }
        : null,
      brands: brands || Object.keys(form.by_brand).length
        ? BRANDS.map((brand) => ({ key: brand, label: brand, hint: '', beside: '', brand,
          value: form.by_brand[brand] || '', error: errors['brand:' + brand] || '' }))
        : null,
    };
  },
  change(news) {
    this.own.form = Object.assign({}, this.own.form, news);
    state.jot(this.key(this.own.day_on), this.own.form);
  },
  onField(event) {
    const { field, brand } = event.currentTarget.dataset;
    const { value } = event.detail;
    if (!brand) this.change({ [field]: value });
    else this.change({ by_brand: Object.assign({}, this.own.form.by_brand, { [brand]: value }) });
  },
  onBrands() {
    this.set({ brands: true });
  },
  onDay(event) {
    const { day } = daysToReport(state.today.value, {}, () => false)[+event.detail.value];
    return turnTo('count/' + day);
  },
  onSave: once(async function save() {
    const said = readForm(this.own.form, this.about());
    if (said.errors) {
      this.set({ errors: said.errors });
      return;
    }
    const unusual = unusualIn(said.value, this.counts());
    if (unusual.length) this.step({ unusual, errors: {} });
    else await this.keep(said.value);
  }),
  onSure: late(async function sure() {
    await this.keep(readForm(this.own.form, this.about()).value);
  }),
  onChangeIt: late(function changeIt() {
    this.step({ unusual: [] });
  }),
  async keep(value) {
    const { station_id, replaced, day_on } = this.own;
    const record = { kind: 'parcel_count', station_id, payload: value, photos: [] };
    const kept = await state.keepRecord(record, replaced ? replaced.id : null);
    if (kept.item) state.jot(this.key(day_on), null);
    this.step({ unusual: [], problem: kept.problem || '', saved: kept.item || null });
  },
});
