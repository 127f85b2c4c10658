// 整改: what an inspection found wanting, by when; a photo of it mended, and how that stands.

import { dayOf } from '../../core/day.js';
import { deadlineOf, howItStands, isSent, refusedMend } from '../../core/mending.js';
import { mendRecord } from '../../core/shots.js';
import { SUBJECTS } from '../../core/words.js';
import { DAY_WORDS } from '../../core/words/day.js';
import { PHOTO_WORDS } from '../../core/words/photo.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { asPhoto, hintsOf, shotLeft, takeShot, takingOver } from '../../camera.js';
import { doneOf, once, screen } from '../../page.js';
import { localPicture } from '../../platform/wx.js';
import { state } from '../../store.js';

const whatOf = (id) => 'mend-' + id;

/** Everything to be mended at the station that the screens are about. */
function mends() {
  const { station, home, mine, today } = state;
  return dayOf(station.value, home.value, mine.value, today.value).mends;
}

function rowOf(task) {
  const sent = isSent(task);
  return {
    key: task.key,
    icon: sent ? 'check' : 'wrench',
    tone: sent ? 'ok' : 'mend',
    title: task.title,
    line: howItStands(task, state.today.value),
    path: 'mend/' + task.rectification_id,
  };
}

/** What is to be mended, before a photo of it is taken. */
function taskOf(task) {
  const today = state.today.value;
  const sent = isSent(task);
  const about = SUBJECTS[task.subject];
  return {
    title: task.title,
    mark: sent
      ? { tone: 'ok', icon: 'check', text: howItStands(task, today) }
      : { tone: 'wait', icon: 'bell', text: deadlineOf(task, today) },
    clause: task.clause ? SHARED_WORDS.clause(task.clause) : '',
    why: task.standing === 'open' ? task.why : '',
    how: about ? about.how : DAY_WORDS.howToMend,
    returned: !sent && task.returned_because
      ? { kind: 'bad', icon: 'bell', text: DAY_WORDS.returnedBecause + task.returned_because }
      : null,
    sent,
    take: sent ? '再拍一张' : DAY_WORDS.photographMended,
  };
}

screen({
  ofStation: true,
  async open({ about }) {
    const id = +about || 0;
    const key = 'mend-note:' + id;
    this.own = { id, key, shot: null, working: false, problem: '', note: state.jotted(key) || '' };
    if (id) {
      this.own.shot = await shotLeft(whatOf(id));
      this.own.found = Boolean(this.own.shot);
    }
  },
  show() {
    const { id, shot, saved, working, problem, note, found } = this.own;
    const alt = '刚拍的整改照片';
    if (saved) {
      const more = { lines: [DAY_WORDS.mended], photo: this.own.picture, alt };
      return { done: doneOf('整改照片存好了', saved, more) };
    }
    const list = mends();
    if (!id) {
      return { done: null, step: list.length ? 'list' : 'none', list: list.map(rowOf) };
    }
    const task = list.filter((one) => one.rectification_id === id)[0];
    if (!task) {
      const text = DAY_WORDS.nothingLeftHere;
      return { done: null, step: 'gone', gone: { kind: 'good', icon: 'check', text } };
    }
    return {
      done: null,
      title: shot ? PHOTO_WORDS.isThisRight : '整改',
      step: working ? 'working' : shot ? 'look' : 'task',
      problem: problem ? { kind: 'bad', text: problem, live: true } : null,
      working: PHOTO_WORDS.working,
      task: taskOf(task),
      found: found ? { kind: 'calm', icon: 'camera', text: PHOTO_WORDS.takenBefore } : null,
      hints: shot ? hintsOf(shot).map((text) => ({ kind: 'warm', icon: 'ask', text })) : [],
      picture: shot ? localPicture(shot.id) : '',
      alt,
      note,
      send: DAY_WORDS.sendMended,
    };
  },
  onTake: once(async function take() {
    const working = () => this.step({ working: true, problem: '' });
    const said = await takeShot(whatOf(this.own.id), working);
    const news = { working: false, problem: said.problem || '' };
    if (said.shot) Object.assign(news, { shot: said.shot, found: false });
    this.step(news);
  }),
  onNote(event) {
    this.own.note = event.detail.value;
    state.jot(this.own.key, this.own.note);
  },
  onKeep: once(async function keep() {
    const { id, shot, note, key } = this.own;
    const task = mends().filter((one) => one.rectification_id === id)[0];
    if (!task) {
      this.step({ shot: null });
      return;
    }
    const subject = SUBJECTS[task.subject] ? task.subject : 'mend';
    const record = mendRecord(state.station.value.id, task, note, asPhoto(shot, subject));
    const refused = refusedMend(state.mine.value, id);
    const picture = localPicture(shot.id);
    const said = await state.keepRecord(
      takingOver(record, whatOf(id)), refused ? refused.id : null,
    );
    if (said.item) state.jot(key, null);
    this.step({ problem: said.problem || '', saved: said.item || null, picture });
  }),
});
