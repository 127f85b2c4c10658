// 跟县里提: another plate, other hours, another keeper; asked offline too, answered by the county.

import { useEffect, useState } from '../vendor/hooks.mjs';
import {
  ABOUTS, answersRead, askHow, askNote, CLOSES, emptyRequest, OPENS, readRequest, requestsAt,
  requestState, RESTS, takingBack, wishedHours,
} from '../core/asking.js';
import { ASK_LABELS, ASK_WORDS } from '../core/words/asking.js';
import { Button, Field, html, LateButton, Note, Screen } from '../parts.js';
import { CallRow, Done, Row } from '../pieces.js';
import { home, jot, keepRecord, mine, station } from '../state.js';

const ICONS = { plate_broken: 'wrench', plate_lost: 'ask', hours: 'bell', handover: 'me' };
const asked = () => requestsAt(station.value, home.value, mine.value);

/** What may be asked for, and how each stands; whoever sees this has read the answers. */
export function Asks() {
  const list = asked();
  useEffect(() => {
    jot('answers-read', answersRead(home.value));
  }, [home.value]);
  const tone = { here: 'todo', waiting: 'todo', granted: 'ok', refused: 'mend' };
  return html`<${Screen} title=${ASK_WORDS.title} back="">
    <p>${ASK_WORDS.intro}</p>
    <section class="card">${list.map((one) => html`<${Row} key=${one.about}
      href=${'#/ask/' + one.about} icon=${one.state === 'granted' ? 'check' : ICONS[one.about]}
      tone=${tone[one.state] || 'plain'} title=${one.said || one.label}>
      ${requestState(one)}<//>`)}</section>
    <${CallRow} ...${(home.value && home.value.help) || {}} /><//>`;
}

function Chosen({ id, label, list, value, error, onChange }) {
  return html`<${Field} label=${label} id=${id} error=${error}>
    <select id=${id} class="big-input" value=${value} onChange=${(e) => onChange(e.target.value)}>
      ${list.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select><//>`;
}

function Words({ id, label, hint, value, error, most, onInput, ...rest }) {
  return html`<${Field} label=${label} id=${id} hint=${hint} error=${error}>
    <input id=${id} class="big-input" maxlength=${most} value=${value} autocomplete="off"
      aria-describedby=${error ? id + '-error' : null} aria-invalid=${error ? 'true' : null}
      onInput=${(e) => onInput(e.target.value)} ...${rest} /><//>`;
}

/** 几点开门, 几点关门, 哪天休息; who opens otherwise writes it. */
function Hours({ form, errors, set }) {
  const [own, setOwn] = useState(Boolean(form.own));
  const now = station.value.hours_lines || [];
  return html`
    ${now.length ? html`<p>${ASK_WORDS.hoursNow}${now.map((line) => html`
      <span key=${line} class="line">${line}</span>`)}</p>` : null}
    ${own
      ? html`<${Words} id="own" label="几点到几点" hint=${ASK_WORDS.ownWords} most="200"
          value=${form.own} error=${errors.own} onInput=${set('own')} />`
      : html`<${Chosen} id="opens" label="几点开门" list=${OPENS} value=${form.opens}
          onChange=${set('opens')} />
        <${Chosen} id="closes" label="几点关门" list=${CLOSES} value=${form.closes}
          error=${errors.closes} onChange=${set('closes')} />
        <${Chosen} id="rest" label="哪天休息" list=${RESTS} value=${form.rest}
          onChange=${set('rest')} />
        <p><b>${ASK_WORDS.wished(wishedHours(form))}</b></p>
        <${Button} kind="plain" onClick=${() => setOwn(true)}>
          ${ASK_WORDS.otherwise}<//>`}`;
}

function Form({ about, form, errors, set }) {
  return html`<section class="card pad">
    <p>${askHow(about)}</p>
    ${about === 'hours' ? html`<${Hours} form=${form} errors=${errors} set=${set} />` : null}
    ${about === 'handover' ? html`
      <${Words} id="name" label="交给谁" most="40" value=${form.name} error=${errors.name}
        onInput=${set('name')} />` : null}
    <${Words} id="note" label=${ASK_WORDS.note} hint=${askNote(about)}
      most="200" value=${form.note} onInput=${set('note')} /></section>`;
}

/** One thing to ask for; what waits already is shown, and may be taken back. */
export function Ask({ about }) {
  const [form, setForm] = useState(emptyRequest);
  const [errors, setErrors] = useState({});
  const [problem, setProblem] = useState('');
  const [kept, setKept] = useState(null);
  const one = asked()[ABOUTS.indexOf(about)];
  if (!one) return html`<${Asks} />`;
  const open = one.state === 'here' || one.state === 'waiting';
  const keep = async (payload) => {
    const record = { kind: 'request', station_id: station.value.id, payload, photos: [] };
    const said = await keepRecord(record);
    if (said.item) setKept(said.item);
    else setProblem(said.problem);
  };
  const save = async () => {
    const said = readRequest(about, form);
    setErrors(said.errors || {});
    if (said.value) await keep(said.value);
  };
  const set = (field) => (value) => setForm(Object.assign({}, form, { [field]: value }));
  if (kept) {
    const back = kept.payload.taken_back;
    return html`<${Done} title=${back ? ASK_WORDS.takenBack : ASK_WORDS.asked} item=${kept} />`;
  }
  const foot = open
    ? html`<${LateButton} key="back" kind="plain" onClick=${() => keep(takingBack(about))}>
        ${ASK_WORDS.takeBack}<//>`
    : html`<${Button} key="ask" icon="check" onClick=${save}>交给县里<//>`;
  return html`<${Screen} title=${ASK_LABELS[about]} back="ask" foot=${foot}>
    ${problem ? html`<${Note} kind="bad" live>${problem}<//>` : null}
    ${one.state ? html`<${Note} kind=${one.state === 'refused' ? 'warm' : 'good'} icon="bell">
      ${one.said}<br />${requestState(one)}<//>` : null}
    ${open ? null : html`<${Form} about=${about} form=${form} errors=${errors} set=${set} />`}<//>`;
}
