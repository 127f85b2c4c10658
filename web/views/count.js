// 报件数: four numbers for a day, by brand if one likes; a changed number keeps its reason.

import { useState } from '../vendor/hooks.mjs';
import { doneToday } from '../day.js';
import { dayAfter, dayFromToday, dayInWords } from '../core/dates.js';
import { COUNT_FIELDS, COUNT_LABELS, LONGEST_BACKLOG_DAYS, readCounts } from '../core/validate.js';
import { Button, Done, Field, html, Note, Screen } from '../parts.js';
import { home, keepRecord, mine, station, today } from '../state.js';

const HINTS = { received: '今天到站的', sent: '帮乡亲寄走的', agri_sent: '没有就不填', on_hand: '关门时还在站里' };
const BRANDS = ['邮政', '中通', '圆通', '申通', '韵达', '极兔', '顺丰', '京东'];

/** What is known of a day: from the queue's refused record, this phone, or the server. */
function known(replaced, day, here) {
  if (replaced) return replaced.payload;
  if (day === today.value) return doneToday(here).count || {};
  return (mine.value.filter((i) => i.kind === 'parcel_count' && i.day_on === day && i.station_id === here.id)[0] || {}).payload || {};
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
    <div class="number-line"><input id=${id} class="big-input number-input" inputmode="numeric" autocomplete="off" maxlength="6" value=${value}
      onInput=${(e) => onInput(e.target.value)} aria-describedby=${error ? id + '-error' : null} aria-invalid=${error ? 'true' : null} /><span>件</span></div><//>`;
}

export function Count({ mending }) {
  const replaced = mending ? mine.value.filter((item) => item.id === mending && item.state === 'attention')[0] : null;
  const here = station.value;
  const [form, setForm] = useState(() => formFor(replaced, replaced ? replaced.day_on : today.value, here));
  const [errors, setErrors] = useState({});
  const [problem, setProblem] = useState('');
  const [saved, setSaved] = useState(null);
  const [brands, setBrands] = useState(false);
  const approved = inApprovedMonth(form.day_on) || (Boolean(replaced) && replaced.why.code === 'month-approved');
  const changed = approved || known(replaced, form.day_on, here).received !== undefined;
  const set = (field) => (value) => setForm(Object.assign({}, form, { [field]: value }));
  const setBrand = (brand) => (value) => setForm(Object.assign({}, form, { by_brand: Object.assign({}, form.by_brand, { [brand]: value }) }));
  const save = async () => {
    const said = readCounts(form, today.value);
    if (approved && !form.reason.trim()) said.errors = Object.assign({ reason: '这个月县里核准过了，补报、改数要写一句为什么。' }, said.errors);
    setErrors(said.errors || {});
    if (said.errors) {
      setTimeout(() => {
        const first = document.querySelector('[aria-invalid=true]');
        if (first) first.focus();
      });
      return;
    }
    const stationId = replaced ? replaced.station_id : here.id;
    const kept = await keepRecord({ kind: 'parcel_count', station_id: stationId, payload: said.value, photos: [] }, replaced ? replaced.id : null);
    if (kept.problem) setProblem(kept.problem);
    else setSaved(kept.item);
  };
  if (saved) {
    const p = saved.payload;
    return html`<${Done} title="件数记好了" item=${saved}><dl class="sum"><dt>${dayFromToday(p.day_on, today.value)}收到</dt><dd>${p.received} 件</dd><dt>寄出</dt><dd>${p.sent} 件</dd>
      ${p.agri_sent ? html`<dt>其中农产品</dt><dd>${p.agri_sent} 件</dd>` : null}${p.on_hand ? html`<dt>还没取走</dt><dd>${p.on_hand} 件</dd>` : null}</dl><//>`;
  }
  const days = Array.from({ length: LONGEST_BACKLOG_DAYS }, (_, ago) => dayAfter(today.value, -ago));
  return html`<${Screen} title="报件数" back="" foot=${html`<${Button} icon="check" onClick=${save}>存好交上去<//>`}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${replaced ? html`<${Note} kind="warm" icon="bell">上次没收下：${replaced.why.message} 改好再交。<//>` : null}
    <section class="card pad">
      <${Field} label="哪一天的" id="day" error=${errors.day_on}>
        <select id="day" class="big-input" value=${form.day_on} onChange=${(e) => setForm(formFor(replaced, e.target.value, here))}>
          ${days.map((day) => html`<option key=${day} value=${day}>${dayFromToday(day, today.value)} ${dayInWords(day).split(' ')[day >= dayAfter(today.value, -2) ? 0 : 1]}</option>`)}</select><//>
      ${COUNT_FIELDS.map((field) => html`<${NumberField} key=${field} id=${field} label=${COUNT_LABELS[field]} hint=${field === 'received' && form.day_on !== today.value ? '那天到站的' : HINTS[field]} value=${form[field]} error=${errors[field]} onInput=${set(field)} />`)}
      ${changed ? html`<${Field} label=${approved ? '为什么补报或改' : '为什么改'} hint=${approved ? '一定要填' : '可以不填'} id="reason" error=${errors.reason}><input id="reason" class="big-input" maxlength="100" aria-describedby=${errors.reason ? 'reason-error' : null} aria-invalid=${errors.reason ? 'true' : null} value=${form.reason} onInput=${(e) => set('reason')(e.target.value)} placeholder="比如：漏数了一车" /><//>` : null}
    </section>
    <section class="card pad">
      ${brands ? html`<h2>各家快递收到的</h2>${BRANDS.map((brand) => html`<${NumberField} key=${brand} id=${'brand-' + brand} label=${brand} value=${form.by_brand[brand] || ''} error=${errors['brand:' + brand]} onInput=${setBrand(brand)} />`)}`
        : html`<${Button} kind="plain" onClick=${() => setBrands(true)}>按快递公司分开填（可以不填）<//>`}
    </section><//>`;
}
