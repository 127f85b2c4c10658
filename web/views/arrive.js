// 到站: what is known of the station, whose plate hangs there, or that nobody opened.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { beijingDay, dayFromToday, readMoment } from '../core/dates.js';
import { plateAt, plateDoubt } from '../core/rounds.js';
import { PHOTO_WORDS } from '../core/words/photo.js';
import { PRESENCE_WORDS } from '../core/words/presence.js';
import { SHARED_WORDS } from '../core/words/shared.js';
import { VISIT_WORDS } from '../core/words/visit.js';
import { Finder, StillButton } from '../camera/finder.js';
import { TakeButton, useShot } from '../camera/take.js';
import { Button, Field, html, Note, Screen } from '../parts.js';
import { CovertChoice, isCovert } from '../covert.js';
import { WayThere } from '../nearby.js';
import { Done, Facts, Getting, Row } from '../pieces.js';
import { go, session, today } from '../state.js';
import { findPosition } from '../platform/senses.js';
import {
  addPhoto, allVisits, begin, changeDraft, draftOf, drafts, handIn, packed, problem, readVisits,
  recordOfVisit, visitNamed,
} from '../visits.js';

const WAIT_FOR_FIX = 2500;
const METHODS = { photo: 'photo', scan: 'scan' };

function useFix() {
  const looking = useRef(null);
  useEffect(() => {
    looking.current = findPosition();
    return () => looking.current.stop();
  }, []);
  return () => looking.current.within(WAIT_FOR_FIX);
}

/** What is packed of a visit: undefined while looking, null when it is not to be had. */
function usePack(found) {
  const [pack, setPack] = useState(undefined);
  useEffect(() => {
    readVisits();
    if (found) packed(found.campaign, found.visit).then(setPack, () => setPack(null));
  }, [found && found.visit.id]);
  return pack;
}

function Nowhere() {
  return html`<${Screen} title="不在名单里" back="">
    <${Note} kind="warm" icon="ask">${VISIT_WORDS.notListed}<//><//>`;
}

const dayOf = (moment) => dayFromToday(beijingDay(readMoment(moment)), today.value);

function plateLine(plates) {
  const live = plates.filter((one) => one.live)[0];
  return live ? SHARED_WORDS.plate(live.plate_no) : '还没做牌子';
}

/** What the register says of a station, as far as it was taken along. */
function Register({ visit, station }) {
  const facts = station
    ? [
        ['地址', station.address],
        ['负责人', [station.head_name, station.head_phone_masked].filter(Boolean).join(' ')],
        ['营业时间', SHARED_WORDS.inALine(station.hours_lines)],
        ['运营企业', station.operator],
        ['牌子', plateLine(station.plates)],
        ['最近签到', station.last_check_in ? dayOf(station.last_check_in) : '还没有'],
        ['近30天', SHARED_WORDS.counts30(station.counts_30d)],
      ]
    : [['负责人', visit.head_name]];
  const kind = station ? [station.level_label, station.ownership_label] : [];
  return html`<section class="card pad">
    <p class="big-word">${visit.name}</p><p>${kind.concat(visit.township_name).join(' · ')}</p>
    <${Facts} facts=${facts} /></section>`;
}

/** The visits of this round that the server has already. */
function RoundsSeen({ inspections }) {
  if (!inspections.length) return null;
  return html`<section class="card"><h2>这一轮查过</h2>
    ${inspections.map((one) => html`<${Row} key=${one.id} icon="list" tone="plain"
      href=${'#/inspection/' + one.id} title=${one.by}>
      ${dayOf(one.at)} · ${one.outcome_label}<//>`)}</section>`;
}

/** What is still being mended there, and what its keeper says is done. */
function OpenMends({ mends }) {
  if (!mends.length) return null;
  const saysMended = (one) => html`${VISIT_WORDS.saysMended}<a href=${'#/judge/' + one.id}>去看</a>`;
  const mend = (one) => html`<p key=${one.id}>
    <b>${one.title}</b>${SHARED_WORDS.inBrackets(one.clause)}
    <span class="line quiet">${VISIT_WORDS.mendBefore(one.due_on, today.value)}
      ${one.state === 'answered' ? saysMended(one) : ''}</span></p>`;
  return html`<section class="card pad">
    <h2>${VISIT_WORDS.goOnMending(mends.length)}</h2>${mends.map(mend)}</section>`;
}

/** The visit has a record: no second one is begun, the one that is there may be amended. */
function AlreadyThere({ record }) {
  return html`<section class="card pad"><p>${record.said}</p>
    ${record.id ? html`<${Button} kind="plain" icon="list" href=${'#/inspection/' + record.id}>
      ${PRESENCE_WORDS.openIt}<//>` : null}</section>`;
}

/** A station before the visit: register, evidence in a line, what is still to be mended. */
export function Arrive({ id }) {
  const found = visitNamed(id);
  const pack = usePack(found);
  if (!found) return html`<${Nowhere} />`;
  const { visit } = found;
  if (pack === undefined || drafts.value === null) {
    return html`<${Screen} title=${visit.code || '站点'} back="">
      <${Getting}>${SHARED_WORDS.gettingStation}<//><//>`;
  }
  const station = pack && pack.station;
  const begun = draftOf(id);
  const there = begun ? null : recordOfVisit(visit);
  const next = begun ? '#/visit/' + id : '#/arrive/' + id + '/scan';
  const foot = there ? null : html`<${Button} icon="scan" href=${next}>
    ${begun ? '接着查' : VISIT_WORDS.arrived}<//>`;
  return html`<${Screen} title=${visit.code || '没有编号'} back="" foot=${pack ? foot : null}>
    <${Register} visit=${visit} station=${station} />
    ${begun ? null : html`<${WayThere} place=${station || visit} name=${visit.name} />`}
    ${pack ? null : html`<${Note} kind="warm" icon="nonet">${VISIT_WORDS.notPacked}<//>`}
    ${there ? html`<${AlreadyThere} record=${there} />` : null}
    <${RoundsSeen} inspections=${visit.inspections} />
    ${station ? html`<${OpenMends} mends=${station.open_mends} />` : null}
    ${pack && !begun && !there ? html`<${CovertChoice} id=${id} />` : null}
    ${pack && !begun && !there ? html`<${Button} kind="plain" href=${'#/arrive/' + id + '/closed'}>
      ${VISIT_WORDS.locked}<//>` : null}<//>`;
}

/** The station's number by hand, for plates that cannot be scanned. */
function ByNumber({ onNumber, children }) {
  const [typed, setTyped] = useState('');
  const submit = (event) => {
    event.preventDefault();
    onNumber(typed);
  };
  return html`<form class="card pad" onSubmit=${submit}>
    <label for="typed">${VISIT_WORDS.orType}</label>
    <input id="typed" class="big-input" placeholder="C0007" autocapitalize="characters"
      autocomplete="off" value=${typed} onInput=${(e) => setTyped(e.target.value)} />
    <button class="button plain" type="submit"><span>按编号开始查</span></button>
    ${children}</form>`;
}

/** Scan (or type) at the door; with an id the station is known already, else the plate names it. */
export function AtTheDoor({ id }) {
  const wanted = id ? visitNamed(id) : null;
  const fix = useFix();
  const busy = useRef(false);
  const [said, setSaid] = useState('');
  const [doubt, setDoubt] = useState(null);
  useEffect(() => {
    readVisits();
  }, []);
  if (id && !wanted) return html`<${Nowhere} />`;
  const visit = wanted && wanted.visit;
  const start = async (visitId, scan, remark) => {
    busy.current = true;
    await readVisits();
    const found = visitNamed(visitId);
    const there = draftOf(visitId) ? null : recordOfVisit(found.visit);
    if (there) {
      busy.current = false;
      setDoubt(null);
      setSaid(there.said);
      return;
    }
    const [pack, position] = await Promise.all([packed(found.campaign, found.visit), fix()]);
    const how = { pack, remark, position, covert: isCovert(visitId) };
    const draft = pack && (await begin(Object.assign(how, found, scan)));
    busy.current = false;
    if (draft) go('visit/' + visitId);
    else setSaid(pack ? problem.value : VISIT_WORDS.notPacked);
  };
  const read = (method) => (text) => {
    if (busy.current || doubt) return;
    const found = plateAt(text, allVisits());
    const how = found.kind === 'number' ? 'typed' : METHODS[method] || 'typed';
    const scan = { method: how, text: found.text };
    if (found.kind === 'other') setSaid(text ? PHOTO_WORDS.notOurs : PHOTO_WORDS.noCode);
    else if (found.kind === 'several') setSaid(PHOTO_WORDS.several);
    else if (found.kind === 'unknown' && method === 'typed') setSaid(VISIT_WORDS.noSuchNumber);
    else {
      const odd = plateDoubt(found, visit);
      if (odd) setDoubt({ odd, scan, found });
      else start(found.visit.id, scan, '');
    }
  };
  const noPlate = () => {
    const scan = { method: 'typed', text: '' };
    setDoubt({ odd: VISIT_WORDS.noPlate, scan, found: { visit } });
  };
  if (doubt) {
    return html`<${Doubt} doubt=${doubt} wanted=${visit} onBack=${() => setDoubt(null)}
      onGo=${(visitId, remark) => start(visitId, doubt.scan, remark)} />`;
  }
  const title = wanted ? visit.code || '扫牌子' : VISIT_WORDS.scanToBegin;
  return html`<${Screen} title=${title} back=${id ? 'arrive/' + id : ''}>
    ${said ? html`<${Note} kind="warm" icon="ask" live>${said}<//>` : null}
    <${Finder} onText=${read('scan')} hint=${PHOTO_WORDS.aimAtDoor} />
    <div class="choices"><${StillButton} onText=${read('photo')}>拍张照片来认<//></div>
    <${ByNumber} onNumber=${read('typed')}>
      ${id ? html`<${Button} kind="plain" onClick=${noPlate}>门口没有牌子<//>` : null}<//><//>`;
}

function RemarkField({ remark, onInput }) {
  return html`<${Field} label="写一句怎么回事" hint="会记在督导记录里" id="remark">
    <textarea id="remark" class="big-input" rows="2" maxlength="150" value=${remark}
      onInput=${(e) => onInput(e.target.value)}></textarea><//>`;
}

/** Something is odd about the plate: said in words; one may go on with a remark. */
function Doubt({ doubt, wanted, onBack, onGo }) {
  const [remark, setRemark] = useState('');
  const other = doubt.found.visit;
  const elsewhere = other && wanted && other.id !== wanted.id;
  const visit = wanted || other;
  const anyway = () => onGo(visit.id, VISIT_WORDS.aboutPlate(doubt.odd, remark.trim()));
  return html`<${Screen} title="牌子对不上" back="">
    <${Note} kind="warm" icon="ask" live>${doubt.odd}<//>
    <section class="card pad">
      ${visit
        ? html`<${RemarkField} remark=${remark} onInput=${setRemark} />`
        : html`<p>${VISIT_WORDS.findInList}</p>`}</section>
    <div class="choices"><${Button} icon="scan" onClick=${onBack}>重新扫<//>
      ${elsewhere ? html`<${Button} kind="plain" onClick=${() => onGo(other.id, '')}>
        ${VISIT_WORDS.visitInstead(other.name)}<//>` : null}
      ${visit ? html`<${Button} kind="plain" onClick=${anyway}>
        ${VISIT_WORDS.visitAnyway(visit.name)}<//>` : null}</div><//>`;
}

/** Nobody opened: a photo, a word, and it counts as having been there. */
export function ClosedDoor({ id }) {
  const found = visitNamed(id);
  const fix = useFix();
  const pack = usePack(found);
  const shot = useShot();
  const [note, setNote] = useState('');
  const [said, setSaid] = useState('');
  const [saved, setSaved] = useState(null);
  if (!found) return html`<${Nowhere} />`;
  const chosen = (file) => {
    setSaid('');
    shot.choose(file);
  };
  const save = async () => {
    const lack = [
      shot.made ? '' : PRESENCE_WORDS.doorNeedsPhoto,
      note.trim() ? '' : PRESENCE_WORDS.doorNeedsWord,
    ].filter(Boolean);
    const there = draftOf(id) ? null : recordOfVisit(found.visit);
    if (there || lack.length) {
      setSaid(there ? there.said : lack.join(''));
      return;
    }
    const how = { method: 'typed', text: found.visit.code || '', remark: '' };
    const draft = await begin(Object.assign({ pack, position: await fix() }, how, found));
    if (draft && shot.made) await addPhoto(draft.id, shot.made, null);
    const closed = (now) => Object.assign({}, now, { outcome: 'closed_door', refusal: note });
    if (draft) await changeDraft(draft.id, closed);
    const failed = { problem: problem.value };
    const kept = draft && !problem.value ? await handIn(draftOf(id)) : failed;
    if (kept.item) setSaved(kept.item);
    else setSaid(kept.problem);
  };
  if (saved) {
    return html`<${Done} title=${VISIT_WORDS.lockedKept} item=${saved} back="回到名单" />`;
  }
  const warned = said || shot.problem;
  const foot = html`<${Button} icon="check" disabled=${!pack} onClick=${save}>就这样交上去<//>`;
  return html`<${Screen} title=${VISIT_WORDS.locked} back=${'arrive/' + id} foot=${foot}>
    ${warned ? html`<${Note} kind="bad" live>${warned}<//>` : null}
    <section class="card pad">
      <p class="big-word">${found.visit.name}</p>
      <p>${VISIT_WORDS.willBeKept(session.value.person.name)}</p>
      <${Field} label="写一句" hint=${VISIT_WORDS.lockedFor} id="note">
        <textarea id="note" class="big-input" rows="2" maxlength="200" value=${note}
          onInput=${(e) => setNote(e.target.value)}></textarea><//></section>
    <${TakeButton} kind="plain" onFile=${chosen}>
      ${shot.made ? VISIT_WORDS.doorTaken : VISIT_WORDS.takeDoor}<//><//>`;
}
