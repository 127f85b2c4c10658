// 到站: what is known of the station, whose plate hangs there, or that nobody opened.

import { beijingDay, dayFromToday, readMoment } from '../../core/dates.js';
import { plateAt, plateDoubt } from '../../core/rounds.js';
import { PHOTO_WORDS } from '../../core/words/photo.js';
import { PRESENCE_WORDS } from '../../core/words/presence.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { VISIT_WORDS } from '../../core/words/visit.js';
import { hintsOf, shotLeft, takeShot } from '../../camera.js';
import { doneOf, once, screen, turnTo } from '../../page.js';
import { localPicture, position, scan } from '../../platform/wx.js';
import { state } from '../../store.js';
import { attach, visiting } from '../../visiting.js';

const WAIT_FOR_FIX = 2500;
const STEPS = { scan: 'door', closed: 'closed' }; // of the address
const doorOf = (id) => 'door-' + id;
const dayOf = (moment) => dayFromToday(beijingDay(readMoment(moment)), state.today.value);

/** What the register says of a station, as far as it was taken along: [{name, value}]. */
function factsOf(visit, station) {
  const live = station && station.plates.filter((one) => one.live)[0];
  const facts = station
    ? [
        ['地址', station.address],
        ['负责人', [station.head_name, station.head_phone_masked].filter(Boolean).join(' ')],
        ['营业时间', SHARED_WORDS.inALine(station.hours_lines)],
        ['运营企业', station.operator],
        ['牌子', live ? SHARED_WORDS.plate(live.plate_no) : '还没做牌子'],
        ['最近签到', station.last_check_in ? dayOf(station.last_check_in) : '还没有'],
        ['近30天', SHARED_WORDS.counts30(station.counts_30d)],
      ]
    : [['负责人', visit.head_name]];
  return facts.filter(([, value]) => value).map(([name, value]) => ({ name, value }));
}

const mendOf = ({ id, title, clause, due_on }) => ({
  key: id,
  title: title + SHARED_WORDS.inBrackets(clause),
  line: VISIT_WORDS.mendBefore(due_on, state.today.value),
});

screen({
  async open({ about, next }) {
    const id = about ? +about : null;
    this.own = {
      id,
      step: STEPS[next] || (id ? 'station' : 'door'),
      pack: undefined,
      typed: '',
      said: '',
      doubt: null,
      remark: '',
      note: '',
      shot: null,
      saved: null,
    };
    await visiting.readVisits();
    const found = this.found();
    if (!found) return;
    this.own.pack = await visiting.packed(found.campaign, found.visit).catch(() => null);
    this.own.shot = await shotLeft(doorOf(id));
  },
  found() {
    return this.own.id ? visiting.visitNamed(this.own.id) : null;
  },
  show() {
    const { id, step, pack, said, saved, doubt } = this.own;
    const found = this.found();
    const common = {
      done: null,
      said: said ? { kind: 'warm', icon: 'ask', text: said, live: true } : null,
      step,
    };
    if (saved) {
      return { done: doneOf(VISIT_WORDS.lockedKept, saved, { back: '回到名单' }) };
    }
    if (id && !found) {
      const said = { kind: 'warm', icon: 'ask', text: VISIT_WORDS.notListed };
      return Object.assign(common, { step: 'nowhere', said });
    }
    const visit = found && found.visit;
    const title = visit ? visit.code || '没有编号' : '扫牌子';
    if (step === 'door') return Object.assign(common, { title, door: this.doorStep(visit) });
    if (step === 'doubt')
      return Object.assign(common, { title, doubt: this.doubtfulStep(doubt, visit) });
    if (step === 'closed') return Object.assign(common, { title, closed: this.closedStep(visit) });
    return Object.assign(common, { title, here: this.hereStep(visit, pack) });
  },
  hereStep(visit, pack) {
    const station = pack && pack.station;
    const begun = visiting.draftOf(visit.id);
    const there = begun ? null : visiting.recordOfVisit(visit);
    const kind = station ? [station.level_label, station.ownership_label] : [];
    return {
      name: visit.name,
      kind: kind.concat(visit.township_name).filter(Boolean).join(' · '),
      facts: factsOf(visit, station),
      notPacked: pack ? null : { kind: 'warm', icon: 'nonet', text: VISIT_WORDS.notPacked },
      there: there ? { said: there.said, id: there.id || '', word: PRESENCE_WORDS.openIt } : null,
      seen: visit.inspections.map((one) => ({
        key: one.id,
        icon: 'list',
        tone: 'plain',
        title: one.by,
        line: dayOf(one.at) + ' · ' + one.outcome_label,
        path: 'inspection/' + one.id,
      })),
      mends: station ? station.open_mends.map(mendOf) : [],
      mending: station ? VISIT_WORDS.goOnMending(station.open_mends.length) : '',
      begun: begun ? 'visit/' + visit.id : '',
      canBegin: Boolean(pack && !begun && !there),
      begin: VISIT_WORDS.arrived,
      locked: VISIT_WORDS.locked,
    };
  },
  doorStep(visit) {
    return {
      aim: PHOTO_WORDS.aimAtDoor,
      orType: VISIT_WORDS.orType,
      typed: this.own.typed,
      known: Boolean(visit),
    };
  },
  doubtfulStep(doubt, wanted) {
    const other = doubt.found.visit;
    const visit = wanted || other;
    return {
      odd: { kind: 'warm', icon: 'ask', text: doubt.odd, live: true },
      find: visit ? '' : VISIT_WORDS.findInList,
      other:
        other && wanted && other.id !== wanted.id ? VISIT_WORDS.visitInstead(other.name) : '',
      anyway: visit ? VISIT_WORDS.visitAnyway(visit.name) : '',
    };
  },
  closedStep(visit) {
    const { shot } = this.own;
    return {
      name: visit.name,
      kept: VISIT_WORDS.willBeKept(state.session.value.person.name),
      hint: VISIT_WORDS.lockedFor,
      note: this.own.note,
      picture: shot ? localPicture(shot.id) : '',
      take: shot ? VISIT_WORDS.doorTaken : VISIT_WORDS.takeDoor,
    };
  },

  onDoor() {
    this.step({ step: 'door', said: '' });
  },
  onClosedDoor() {
    this.step({ step: 'closed', said: '' });
  },
  onTyped(event) {
    this.own.typed = event.detail.value;
  },
  onRemark(event) {
    this.own.remark = event.detail.value;
  },
  onNote(event) {
    this.own.note = event.detail.value;
  },
  onScan: once(async function scanned() {
    const seen = await scan();
    if (seen.shut) this.set({ said: PHOTO_WORDS.notAllowed });
    else if (!seen.none) await this.read(seen.text, 'scan');
  }),
  onByNumber: once(function byNumber() {
    return this.read(this.own.typed, 'typed');
  }),
  onNoPlate() {
    const scanned = { method: 'typed', text: '' };
    const { visit } = this.found();
    this.step({
      step: 'doubt',
      doubt: { odd: VISIT_WORDS.noPlate, scan: scanned, found: { visit } },
    });
  },
  onOther: once(function other() {
    const { doubt } = this.own;
    return this.begin(doubt.found.visit.id, doubt.scan, '');
  }),
  onAnyway: once(function anyway() {
    const { doubt, remark } = this.own;
    const visit = (this.found() || doubt.found).visit;
    return this.begin(visit.id, doubt.scan, VISIT_WORDS.aboutPlate(doubt.odd, remark.trim()));
  }),
  /** What a code or a number at the door leads to. */
  async read(text, method) {
    const found = plateAt(text, visiting.allVisits());
    const how = found.kind === 'number' ? 'typed' : method;
    const wanted = this.found();
    if (found.kind === 'other')
      this.set({ said: text ? PHOTO_WORDS.notOurs : PHOTO_WORDS.noCode });
    else if (found.kind === 'several') this.set({ said: PHOTO_WORDS.several });
    else if (found.kind === 'unknown' && method === 'typed')
      this.set({ said: VISIT_WORDS.noSuchNumber });
    else {
      const scanned = { method: how, text: text.trim() };
      const odd = plateDoubt(found, wanted && wanted.visit);
      if (odd) this.step({ step: 'doubt', doubt: { odd, scan: scanned, found }, said: '' });
      else await this.begin(found.visit.id, scanned, '');
    }
  },
  async begin(visitId, scanned, remark) {
    const found = visiting.visitNamed(visitId);
    const there = visiting.draftOf(visitId) ? null : visiting.recordOfVisit(found.visit);
    if (there) {
      this.step({ step: 'door', said: there.said });
      return;
    }
    const [pack, fix] = await Promise.all([
      visiting.packed(found.campaign, found.visit).catch(() => null),
      position(WAIT_FOR_FIX),
    ]);
    const how = Object.assign({ pack, remark, position: fix }, found, scanned);
    const draft = pack && (await visiting.begin(how));
    if (draft) turnTo('visit/' + visitId);
    else this.step({ step: 'door', said: pack ? visiting.problem.value : VISIT_WORDS.notPacked });
  },

  onTake: once(async function take() {
    const said = await takeShot(doorOf(this.own.id), () => this.set({ said: '' }));
    this.step({
      shot: said.shot || this.own.shot,
      said: said.problem || (said.shot ? hintsOf(said.shot).join('') : ''),
    });
  }),
  onKeepClosed: once(async function keep() {
    const { shot, note, pack } = this.own;
    const { campaign, visit } = this.found();
    const there = visiting.draftOf(visit.id) ? null : visiting.recordOfVisit(visit);
    const lack = [
      shot ? '' : PRESENCE_WORDS.doorNeedsPhoto,
      note.trim() ? '' : PRESENCE_WORDS.doorNeedsWord,
      pack ? '' : VISIT_WORDS.notPacked,
    ].filter(Boolean);
    if (there || lack.length) {
      this.set({ said: there ? there.said : lack.join('') });
      return;
    }
    const how = { method: 'typed', text: visit.code || '', remark: '' };
    const fix = await position(WAIT_FOR_FIX);
    const draft = await visiting.begin(
      Object.assign({ campaign, visit, pack, position: fix }, how),
    );
    if (draft && !draft.photos.some((one) => one.id === shot.id)) {
      await attach(draft, shot, '', doorOf(visit.id));
    }
    const closed = (now) => Object.assign({}, now, { outcome: 'closed_door', refusal: note });
    const kept = draft && (await visiting.changeDraft(draft.id, closed));
    const said = kept
      ? await visiting.handIn(visiting.draftOf(visit.id))
      : { problem: visiting.problem.value };
    this.step({ said: said.problem || '', saved: said.item || null });
  }),
});
