// 报件数: four numbers for a day, by brand if one likes; a changed number keeps its reason.

import { useState } from '../vendor/hooks.mjs';
import {
  BRANDS, countHint, daysToReport, formFrom, inApprovedMonth, readBack, readForm,
} from '../core/counting.js';
import { countsByDay, dayBefore, unusualIn } from '../core/counts.js';
import { dayAfter, dayFromToday, isDay } from '../core/dates.js';
import { COUNT_FIELDS, COUNT_LABELS } from '../core/validate.js';
import { COUNT_WORDS } from '../core/words/count.js';
import { KEPT_WORDS } from '../core/words/kept.js';
import { Button, Field, html, LateButton, Note, Screen } from '../parts.js';
import { Done } from '../pieces.js';
import { home, jot, jotted, keepRecord, mine, station, today, turnTo } from '../state.js';

function NumberField({ id, label, hint, beside, value, error, onInput }) {
  const hints = html`${hint}${beside ? html`<span class="beside">${beside}</span>` : null}`;
  return html`<${Field} id=${id} label=${label} hint=${hints} error=${error} across>
    <div class="number-line"><input id=${id} class="big-input number-input" inputmode="numeric"
      autocomplete="off" maxlength="6" value=${value} onInput=${(e) => onInput(e.target.value)}
      aria-describedby=${error ? id + '-error' : null}
      aria-invalid=${error ? 'true' : null} /><span>件</span></div><//>`;
}

/** The days that may still be told of; another one is another form. */
function DayField({ value, error, counts, begun }) {
  return html`<${Field} label="哪一天的" id="day" error=${error}>
    <select id="day" class="big-input" value=${value}
      onChange=${(e) => turnTo('count/' + e.target.value)}>
      ${daysToReport(today.value, counts, begun).map(({ day, text }) => html`
        <option key=${day} value=${day}>${text}</option>`)}
    </select><//>`;
}

function ReasonField({ value, error, approved, onInput }) {
  const label = approved ? '为什么补报或改' : '为什么改';
  return html`<${Field} label=${label} hint="一定要填" id="reason"
    error=${error}><input id="reason" class="big-input" maxlength="100" value=${value}
      aria-describedby=${error ? 'reason-error' : null} aria-invalid=${error ? 'true' : null}
      onInput=${(e) => onInput(e.target.value)} placeholder=${COUNT_WORDS.forInstance} /><//>`;
}

/** What was received by each courier, for those who like to tell it. */
function Brands({ form, errors, onInput }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return html`<section class="card pad">
      <${Button} kind="plain" onClick=${() => setOpen(true)}>${COUNT_WORDS.byBrand}<//></section>`;
  }
  return html`<section class="card pad"><h2>各家快递收到的</h2>
    ${BRANDS.map((brand) => html`<${NumberField} key=${brand} id=${'brand-' + brand} label=${brand}
      value=${form.by_brand[brand] || ''} error=${errors['brand:' + brand]}
      onInput=${onInput(brand)} />`)}</section>`;
}

/** What was kept, read back. */
function Kept({ item }) {
  const lines = readBack(item.payload, today.value);
  return html`<${Done} title="件数记好了" item=${item}><dl class="sum">
    ${lines.map(([name, number]) => html`
      <dt key=${name}>${name}</dt><dd>${COUNT_WORDS.parcels(number)}</dd>`)}</dl><//>`;
}

function focusFirstMistake() {
  const first = document.querySelector('[aria-invalid=true]');
  if (first) first.focus();
}

/** 平时二十来件，真是 99999？ Asked once; the second tap of two does not answer it. */
function Sure({ unusual, onYes, onNo }) {
  const foot = html`<${LateButton} icon="pen" onClick=${onNo}>${COUNT_WORDS.changeIt}<//>
    <${LateButton} kind="plain" onClick=${onYes}>${COUNT_WORDS.yesSo}<//>`;
  return html`<${Screen} title=${COUNT_WORDS.lookAgain} foot=${foot}>
    <section class="card pad" role="alert">${unusual.map((one) => html`
      <p class="big-word" key=${one.field}>
        ${COUNT_WORDS.isItReally(one.field, one.value, one.usual)}</p>`)}</section><//>`;
}

/** `about` is a day, or the id of a refused record that is mended; today's without it. */
export function Count({ about }) {
  const isMended = (item) => item.id === about && item.state === 'attention';
  const [replaced] = useState(() => mine.value.filter(isMended)[0] || null);
  const [here] = useState(() => station.value);
  const station_id = replaced ? replaced.station_id : here.id;
  const [day_on] = useState(
    () => (replaced && replaced.day_on) || (isDay(about) ? about : today.value),
  );
  const key = (day) => ['count', station_id, day].join(':');
  const counts = countsByDay(here, home.value, mine.value);
  const before = counts[day_on] || null;
  const [begun] = useState(() => jotted(key(day_on)));
  const [form, setForm] = useState(
    () => begun || formFrom((replaced && replaced.payload) || before || {}),
  );
  const [errors, setErrors] = useState({});
  const [problem, setProblem] = useState('');
  const [unusual, setUnusual] = useState([]);
  const [saved, setSaved] = useState(null);
  const refused = replaced && replaced.why;
  const notTaken = Boolean(refused && refused.code === 'month-approved');
  const approved = inApprovedMonth(home.value, day_on) || notTaken;
  const context = { day_on, today: today.value, before, approved, replaced };
  const change = (news) => {
    const now = Object.assign({}, form, news);
    jot(key(day_on), now);
    setForm(now);
  };
  const set = (field) => (value) => change({ [field]: value });
  const setBrand = (brand) => (value) =>
    change({ by_brand: Object.assign({}, form.by_brand, { [brand]: value }) });
  const keep = async (value) => {
    const record = { kind: 'parcel_count', station_id, payload: value, photos: [] };
    const kept = await keepRecord(record, replaced ? replaced.id : null);
    if (kept.item) {
      jot(key(day_on), null);
      setSaved(kept.item);
      return;
    }
    setUnusual([]);
    setProblem(kept.problem);
  };
  const save = async () => {
    const said = readForm(form, context);
    setErrors(said.errors || {});
    if (said.errors) {
      setTimeout(focusFirstMistake);
      return;
    }
    const asked = unusualIn(said.value, counts);
    if (asked.length) setUnusual(asked);
    else await keep(said.value);
  };
  if (saved) return html`<${Kept} item=${saved} />`;
  if (unusual.length) {
    return html`<${Sure} unusual=${unusual} onNo=${() => setUnusual([])}
      onYes=${() => keep(readForm(form, context).value)} />`;
  }
  const hint = (field) => countHint(field, day_on === today.value);
  const last = !before && dayBefore(counts, day_on);
  const lastDay = dayFromToday(dayAfter(day_on, -1), today.value);
  const beside = (field) => (last ? COUNT_WORDS.dayBefore(lastDay, last[field] || 0) : null);
  const foot = html`<${Button} icon="check" onClick=${save}>存好交上去<//>`;
  return html`<${Screen} title="报件数" back="" foot=${foot}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${refused ? html`<${Note} kind="warm" icon="bell">
      ${KEPT_WORDS.refusedBefore(refused.message)} ${COUNT_WORDS.mendAndSend}<//>` : null}
    ${before && !replaced ? html`<${Note} kind="warm" icon="box">
      ${COUNT_WORDS.reported(dayFromToday(day_on, today.value), before)}<//>` : null}
    ${begun ? html`<${Note} kind="calm" icon="pen">${COUNT_WORDS.notSavedYet}<//>` : null}
    <section class="card pad">
      <${DayField} value=${day_on} error=${errors.day_on} counts=${counts}
        begun=${(day) => day !== day_on && jotted(key(day)) !== null} />
      ${COUNT_FIELDS.map((field) => html`<${NumberField} key=${field} id=${field}
        label=${COUNT_LABELS[field]} hint=${hint(field)} beside=${beside(field)}
        value=${form[field]} error=${errors[field]} onInput=${set(field)} />`)}
      ${before || approved ? html`<${ReasonField} value=${form.reason} error=${errors.reason}
        approved=${approved} onInput=${set('reason')} />` : null}
    </section>
    <${Brands} form=${form} errors=${errors} onInput=${setBrand} /><//>`;
}
