// 到站: what is known of the station, whose plate hangs there, or that nobody opened.

import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { beijingDay, dayFromToday, readMoment } from '../core/dates.js';
import { plateAt, plateDoubt } from '../core/rounds.js';
import { Finder, StillButton } from '../camera/finder.js';
import { made, NO_PHOTO, TakeButton } from '../camera/take.js';
import { Button, Done, Field, html, Note, Row, Screen } from '../parts.js';
import { go, phone, session, today } from '../state.js';
import { findPosition } from '../platform/senses.js';
import { addPhoto, allVisits, begin, changeDraft, draftOf, drafts, handIn, packed, problem, readVisits, visitNamed } from '../visits.js';

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

const NOT_PACKED = '这个站的表还没带上，现在也没网。请到有网的地方，回名单点“带上”。';

function Nowhere() {
  return html`<${Screen} title="不在名单里" back=""><${Note} kind="warm" icon="ask">这个站不在您的名单里了。请连上网，回名单看看。<//><//>`;
}

/** A station before the visit: register, evidence in a line, what is still to be mended. */
export function Arrive({ id }) {
  const found = visitNamed(id);
  const pack = usePack(found);
  if (!found) return html`<${Nowhere} />`;
  const { visit } = found;
  if (pack === undefined || drafts.value === null) return html`<${Screen} title=${visit.code || '站点'} back=""><p class="quiet centre" role="status">正在取这个站的情况…</p><//>`;
  const station = pack && pack.station;
  const facts = station
    ? [['地址', station.address], ['负责人', station.head_name + (station.head_phone_masked ? ' ' + station.head_phone_masked : '')], ['营业时间', station.hours_lines.join('；')], ['运营企业', station.operator],
      ['牌子', plateLine(station.plates)], ['最近签到', station.last_check_in ? dayFromToday(beijingDay(readMoment(station.last_check_in)), today.value) : '还没有'], ['近30天', '收 ' + station.counts_30d.received + '，寄 ' + station.counts_30d.sent]]
    : [['负责人', visit.head_name]];
  const foot = pack ? html`<${Button} icon="scan" href=${draftOf(id) ? '#/visit/' + id : '#/arrive/' + id + '/scan'}>${draftOf(id) ? '接着查' : '到了，扫牌子'}<//>` : null;
  return html`<${Screen} title=${visit.code || '没有编号'} back="" foot=${foot}>
    <section class="card pad"><p class="big-word">${visit.name}</p><p>${station ? station.level_label + ' · ' + station.ownership_label + ' · ' : ''}${visit.township_name}</p>
      <dl class="sum">${facts.filter(([, value]) => value).map(([name, value]) => html`<dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl></section>
    ${pack ? null : html`<${Note} kind="warm" icon="nonet">${NOT_PACKED}<//>`}
    ${visit.inspections.length ? html`<section class="card"><h2>这一轮查过</h2>${visit.inspections.map((one) => html`<${Row} key=${one.id} icon="list" tone="plain" href=${'#/inspection/' + one.id} title=${one.by}>${dayFromToday(beijingDay(readMoment(one.at)), today.value)} · ${one.outcome_label}<//>`)}</section>` : null}
    ${station && station.open_mends.length ? html`<section class="card pad"><h2>还在整改的 ${station.open_mends.length} 处</h2>${station.open_mends.map((one) => html`<p key=${one.id}><b>${one.title}</b>（${one.clause}）<span class="line quiet">${dayFromToday(one.due_on, today.value)}前改好${one.state === 'answered' ? html`，站长说改好了 <a href=${'#/judge/' + one.id}>去看</a>` : ''}</span></p>`)}</section>` : null}
    ${pack && !draftOf(id) ? html`<${Button} kind="plain" href=${'#/arrive/' + id + '/closed'}>门锁着，没人<//>` : null}<//>`;
}

function plateLine(plates) {
  const live = plates.filter((one) => one.live)[0];
  return live ? '第 ' + live.plate_no + ' 块' : '还没做牌子';
}

/** Scan (or type) at the door; with an id the station is known already, else the plate names it. */
export function AtTheDoor({ id }) {
  const wanted = id ? visitNamed(id) : null;
  const fix = useFix();
  const busy = useRef(false);
  const [said, setSaid] = useState('');
  const [doubt, setDoubt] = useState(null);
  const [typed, setTyped] = useState('');
  useEffect(() => {
    readVisits();
  }, []);
  if (id && !wanted) return html`<${Nowhere} />`;
  const start = async (visitId, scan, remark) => {
    busy.current = true;
    await readVisits();
    const found = visitNamed(visitId);
    const [pack, position] = await Promise.all([packed(found.campaign, found.visit), fix()]);
    const draft = pack && (await begin(Object.assign({ pack, remark, position }, found, scan)));
    busy.current = false;
    if (draft) go('visit/' + visitId);
    else setSaid(pack ? problem.value : NOT_PACKED);
  };
  const read = (method) => (text) => {
    if (busy.current || doubt) return;
    const found = plateAt(text, allVisits());
    const scan = { method: found.kind === 'number' ? 'typed' : METHODS[method] || 'typed', text: text.trim() };
    if (found.kind === 'other') {
      setSaid(text ? '这不是站点牌子上的码，也不是站点编号。' : '照片上没认出方块码。请靠近一点、拍正一点，再来一次。');
    } else if (found.kind === 'unknown' && method === 'typed') {
      setSaid('名单里没有这个编号。请看看牌子，再输一遍。');
    } else {
      const odd = plateDoubt(found, wanted && wanted.visit);
      if (odd) setDoubt({ odd, scan, found });
      else start(found.visit.id, scan, '');
    }
  };
  if (doubt) return html`<${Doubt} doubt=${doubt} wanted=${wanted && wanted.visit} onBack=${() => setDoubt(null)} onGo=${(visitId, remark) => start(visitId, doubt.scan, remark)} />`;
  return html`<${Screen} title=${wanted ? wanted.visit.code || '扫牌子' : '扫牌子，开始查'} back=${id ? 'arrive/' + id : ''}>
    ${said ? html`<${Note} kind="warm" icon="ask" live>${said}<//>` : null}
    <${Finder} onText=${read('scan')} hint="对准门口牌子上的方块码" />
    <div class="choices"><${StillButton} onText=${read('photo')}>拍张照片来认<//></div>
    <form class="card pad" onSubmit=${(e) => { e.preventDefault(); read('typed')(typed); }}><label for="typed">扫不了，就输牌子上的编号</label>
      <input id="typed" class="big-input" placeholder="C0007" autocapitalize="characters" autocomplete="off" value=${typed} onInput=${(e) => setTyped(e.target.value)} />
      <button class="button plain" type="submit"><span>按编号开始查</span></button>
      ${id ? html`<${Button} kind="plain" onClick=${() => setDoubt({ odd: '门口没有牌子，或者牌子坏了认不出来。', scan: { method: 'typed', text: '' }, found: { visit: wanted.visit } })}>门口没有牌子<//>` : null}</form><//>`;
}

/** Something is odd about the plate: said in words; one may go on with a remark. */
function Doubt({ doubt, wanted, onBack, onGo }) {
  const [remark, setRemark] = useState('');
  const other = doubt.found.visit;
  const elsewhere = other && wanted && other.id !== wanted.id;
  const visit = wanted || other;
  return html`<${Screen} title="牌子对不上" back="">
    <${Note} kind="warm" icon="ask" live>${doubt.odd}<//>
    <section class="card pad">${visit ? html`<${Field} label="写一句怎么回事" hint="会记在督导记录里" id="remark"><textarea id="remark" class="big-input" rows="2" maxlength="150" value=${remark} onInput=${(e) => setRemark(e.target.value)}></textarea><//>` : html`<p>名单里认不出是哪个站。请回名单找到这个站，再点“到了”。</p>`}</section>
    <div class="choices"><${Button} icon="scan" onClick=${onBack}>重新扫<//>
      ${elsewhere ? html`<${Button} kind="plain" onClick=${() => onGo(other.id, '')}>改查 ${other.name}<//>` : null}
      ${visit ? html`<${Button} kind="plain" onClick=${() => onGo(visit.id, '牌子：' + doubt.odd + remark.trim())}>照样查 ${visit.name}<//>` : null}</div><//>`;
}

/** Nobody opened: a photo, a word, and it counts as having been there. */
export function ClosedDoor({ id }) {
  const found = visitNamed(id);
  const fix = useFix();
  const pack = usePack(found);
  const [note, setNote] = useState('');
  const [said, setSaid] = useState('');
  const [photo, setPhoto] = useState(null);
  const [saved, setSaved] = useState(null);
  if (!found) return html`<${Nowhere} />`;
  const chosen = async (file) => {
    try {
      setPhoto(await made(file, phone.now()));
      setSaid('');
    } catch (error) {
      setSaid(NO_PHOTO);
    }
  };
  const save = async () => {
    const draft = await begin(Object.assign({ pack, method: 'typed', text: found.visit.code || '', remark: '', position: await fix() }, found));
    if (draft && photo) await addPhoto(draft.id, photo, null);
    if (draft) await changeDraft(draft.id, (now) => Object.assign({}, now, { outcome: 'closed_door', refusal: note }));
    const kept = draft && !problem.value ? await handIn(draftOf(id)) : { problem: problem.value };
    if (kept.item) setSaved(kept.item);
    else setSaid(kept.problem);
  };
  if (saved) return html`<${Done} title="记下了：门锁着" item=${saved} back="回到名单" />`;
  return html`<${Screen} title="门锁着，没人" back=${'arrive/' + id} foot=${html`<${Button} icon="check" disabled=${!pack} onClick=${save}>就这样交上去<//>`}>
    ${said ? html`<${Note} kind="bad" live>${said}<//>` : null}
    <section class="card pad"><p class="big-word">${found.visit.name}</p><p>会记下 ${session.value.person.name} 来过、几点来的、在什么位置。</p>
      <${Field} label="写一句" hint="比如：打电话没人接" id="note"><textarea id="note" class="big-input" rows="2" maxlength="200" value=${note} onInput=${(e) => setNote(e.target.value)}></textarea><//></section>
    <${TakeButton} kind="plain" onFile=${chosen}>${photo ? '拍好了，可以重拍' : '拍一张门口（最好拍）'}<//><//>`;
}
