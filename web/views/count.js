// 报件数: four numbers for a day, by brand if one likes; a changed number keeps its reason.

import { useState } from '../vendor/hooks.mjs';
import { dayAt } from '../day.js';
import { dayAfter, dayFromToday, shortDay, weekday } from '../core/dates.js';
import { COUNT_FIELDS, COUNT_LABELS, LONGEST_BACKLOG_DAYS, readCounts } from '../core/validate.js';
import { DAY_WORDS } from '../core/words/day.js';
import { KEPT_WORDS } from '../core/words/kept.js';
import { Button, Field, html, Note, Screen } from '../parts.js';
import { Done } from '../pieces.js';
import { home, keepRecord, mine, station, today } from '../state.js';

const HINTS = {
  received: '今天到站的',
  sent: '帮乡亲寄走的',
  agri_sent: '没有就不填',
  on_hand: '关门时还在站里',
};
const BRANDS = ['邮政', '中通', '圆通', '申通', '韵达', '极兔', '顺丰', '京东'];

/** What is known of a day: from the queue's refused record, this phone, or the server. */
function known(replaced, day, here) {
  if (replaced) return replaced.payload;
  if (day === today.value) return dayAt(here).count || {};
  const isThis = (item) =>
    item.kind === 'parcel_count' && item.day_on === day && item.station_id === here.id;
  return (mine.value.filter(isThis)[0] || {}).payload || {};
}

/** Whether the county has approved a day's month, as far as this phone has heard. */
function inApprovedMonth(day) {
  const months = (home.value && home.value.approved_months) || [];
  return months.some((month) => month.slice(0, 7) === day.slice(0, 7));
}

function asText(value) {
  return value === undefined || value === null ? '' : String(value);
}

function formFor(replaced, day, here) {
  const from = known(replaced, day, here);
  const form = { day_on: day, reason: '', by_brand: {} };
  COUNT_FIELDS.forEach((field) => {
    form[field] = asText(from[field]);
  });
  Object.keys(from.by_brand || {}).forEach((brand) => {
    form.by_brand[brand] = asText(from.by_brand[brand]);
  });
  return form;
}

function NumberField({ id, label, hint, value, error, onInput }) {
  return html`<${Field} id=${id} label=${label} hint=${hint} error=${error} across>
    <div class="number-line"><input id=${id} class="big-input number-input" inputmode="numeric"
      autocomplete="off" maxlength="6" value=${value} onInput=${(e) => onInput(e.target.value)}
      aria-describedby=${error ? id + '-error' : null}
      aria-invalid=${error ? 'true' : null} /><span>件</span></div><//>`;
}

/** The days that may still be told of: "昨天 7月2日", "6月30日 星期二". */
function DayField({ value, error, onChange }) {
  const ago = Array.from({ length: LONGEST_BACKLOG_DAYS }, (_, days) => days);
  const days = ago.map((many) => dayAfter(today.value, -many));
  const beside = (day) => (day >= dayAfter(today.value, -2) ? shortDay(day) : weekday(day));
  return html`<${Field} label="哪一天的" id="day" error=${error}>
    <select id="day" class="big-input" value=${value} onChange=${(e) => onChange(e.target.value)}>
      ${days.map((day) => html`<option key=${day} value=${day}>
        ${dayFromToday(day, today.value)} ${beside(day)}</option>`)}
    </select><//>`;
}

function ReasonField({ value, error, approved, onInput }) {
  const label = approved ? '为什么补报或改' : '为什么改';
  return html`<${Field} label=${label} hint=${approved ? '一定要填' : '可以不填'} id="reason"
    error=${error}><input id="reason" class="big-input" maxlength="100" value=${value}
      aria-describedby=${error ? 'reason-error' : null} aria-invalid=${error ? 'true' : null}
      onInput=${(e) => onInput(e.target.value)} placeholder=${DAY_WORDS.forInstance} /><//>`;
}

/** What was received by each courier, for those who like to tell it. */
function Brands({ form, errors, onInput }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return html`<section class="card pad">
      <${Button} kind="plain" onClick=${() => setOpen(true)}>${DAY_WORDS.byBrand}<//></section>`;
  }
  return html`<section class="card pad"><h2>各家快递收到的</h2>
    ${BRANDS.map((brand) => html`<${NumberField} key=${brand} id=${'brand-' + brand} label=${brand}
      value=${form.by_brand[brand] || ''} error=${errors['brand:' + brand]}
      onInput=${onInput(brand)} />`)}</section>`;
}

/** What was kept, read back. */
function Kept({ item }) {
  const { day_on, received, sent, agri_sent, on_hand } = item.payload;
  const lines = [
    [DAY_WORDS.receivedOn(dayFromToday(day_on, today.value)), received],
    ['寄出', sent],
    [COUNT_LABELS.agri_sent, agri_sent],
    [COUNT_LABELS.on_hand, on_hand],
  ].filter(([, number], i) => i < 2 || number);
  return html`<${Done} title="件数记好了" item=${item}><dl class="sum">
    ${lines.map(([name, number]) => html`
      <dt key=${name}>${name}</dt><dd>${DAY_WORDS.parcels(number)}</dd>`)}</dl><//>`;
}

function focusFirstMistake() {
  const first = document.querySelector('[aria-invalid=true]');
  if (first) first.focus();
}

export function Count({ mending }) {
  const isMended = (item) => item.id === mending && item.state === 'attention';
  const replaced = mending ? mine.value.filter(isMended)[0] : null;
  const here = station.value;
  const first = replaced ? replaced.day_on : today.value;
  const [form, setForm] = useState(() => formFor(replaced, first, here));
  const [errors, setErrors] = useState({});
  const [problem, setProblem] = useState('');
  const [saved, setSaved] = useState(null);
  const refused = replaced && replaced.why;
  const approved =
    inApprovedMonth(form.day_on) || Boolean(refused && refused.code === 'month-approved');
  const changed = approved || known(replaced, form.day_on, here).received !== undefined;
  const change = (news) => setForm(Object.assign({}, form, news));
  const set = (field) => (value) => change({ [field]: value });
  const setBrand = (brand) => (value) =>
    change({ by_brand: Object.assign({}, form.by_brand, { [brand]: value }) });
  const save = async () => {
    const said = readCounts(form, today.value);
    if (approved && !form.reason.trim()) {
      said.errors = Object.assign({ reason: DAY_WORDS.reasonNeeded }, said.errors);
    }
    setErrors(said.errors || {});
    if (said.errors) {
      setTimeout(focusFirstMistake);
      return;
    }
    const station_id = replaced ? replaced.station_id : here.id;
    const record = { kind: 'parcel_count', station_id, payload: said.value, photos: [] };
    const kept = await keepRecord(record, replaced ? replaced.id : null);
    if (kept.problem) setProblem(kept.problem);
    else setSaved(kept.item);
  };
  if (saved) return html`<${Kept} item=${saved} />`;
  const hint = (field) =>
    field === 'received' && form.day_on !== today.value ? '那天到站的' : HINTS[field];
  const foot = html`<${Button} icon="check" onClick=${save}>存好交上去<//>`;
  return html`<${Screen} title="报件数" back="" foot=${foot}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${refused ? html`<${Note} kind="warm" icon="bell">
      ${KEPT_WORDS.refusedBefore(refused.message)} ${DAY_WORDS.mendAndSend}<//>` : null}
    <section class="card pad">
      <${DayField} value=${form.day_on} error=${errors.day_on}
        onChange=${(day) => setForm(formFor(replaced, day, here))} />
      ${COUNT_FIELDS.map((field) => html`<${NumberField} key=${field} id=${field}
        label=${COUNT_LABELS[field]} hint=${hint(field)} value=${form[field]}
        error=${errors[field]} onInput=${set(field)} />`)}
      ${changed ? html`<${ReasonField} value=${form.reason} error=${errors.reason}
        approved=${approved} onInput=${set('reason')} />` : null}
    </section>
    <${Brands} form=${form} errors=${errors} onInput=${setBrand} /><//>`;
}
