// 拍照片: choose what, see how, take it, look at it, keep it; one step a screen.

import { dayOf } from '../../core/day.js';
import { EXAMPLE_BOX, exampleOf } from '../../core/examples.js';
import { betterOf, noteRecord, photosToTake } from '../../core/shots.js';
import { SUBJECTS } from '../../core/words.js';
import { PHOTO_WORDS } from '../../core/words/photo.js';
import { asPhoto, hintsOf, shotLeft, takeShot, takingOver } from '../../camera.js';
import { doneOf, drawingOf, once, screen } from '../../page.js';
import { localPicture } from '../../platform/wx.js';
import { pictureAt } from '../../pictures.js';
import { state } from '../../store.js';

const today = () =>
  dayOf(state.station.value, state.home.value, state.mine.value, state.today.value);

const rowsOf = (list, tone) =>
  list.map(({ key, label, why }) => ({
    key, icon: 'camera', tone, title: label, line: why, path: 'photo/' + key,
  }));

screen({
  ofStation: true,
  async open({ about, next }) {
    const subject = SUBJECTS[about] ? about : '';
    this.own = { subject, mending: next || null, shot: null, working: false, problem: '' };
    if (subject) {
      this.own.shot = await shotLeft(subject);
      this.own.found = Boolean(this.own.shot);
    }
  },
  show() {
    const { subject } = this.own;
    return subject ? this.showOne(subject) : this.showList();
  },
  showList() {
    const { asked, rest } = photosToTake(today());
    return {
      step: 'list',
      asked: rowsOf(asked, 'todo'),
      rest: rowsOf(rest, 'plain'),
      none: asked.length ? null : { kind: 'good', icon: 'check', text: PHOTO_WORDS.allTaken },
    };
  },
  showOne(subject) {
    const { label, how } = SUBJECTS[subject];
    const { shot, saved, working, problem, found } = this.own;
    const alt = PHOTO_WORDS.justTaken(label);
    if (saved) {
      return { done: doneOf(PHOTO_WORDS.kept(label), saved, { photo: this.own.picture, alt }) };
    }
    const better = betterOf(today(), subject);
    const last = better && better.photo_id
      ? pictureAt('/keeper/photos/' + better.photo_id + '/thumb', () => this.draw())
      : '';
    return {
      done: null,
      title: shot ? PHOTO_WORDS.isThisRight : PHOTO_WORDS.take(label),
      step: working ? 'working' : shot ? 'look' : 'how',
      problem: problem ? { kind: 'bad', text: problem, live: true } : null,
      working: PHOTO_WORDS.working,
      how,
      example: drawingOf(EXAMPLE_BOX, exampleOf(subject)),
      better: better ? { kind: 'warm', icon: 'camera', text: better.why } : null,
      last: last === 'none' ? '' : last,
      lastWords: PHOTO_WORDS.lastOne,
      found: found ? { kind: 'calm', icon: 'camera', text: PHOTO_WORDS.takenBefore } : null,
      hints: shot ? hintsOf(shot).map((text) => ({ kind: 'warm', icon: 'ask', text })) : [],
      picture: shot ? localPicture(shot.id) : '',
      alt,
    };
  },
  onTake: once(async function take() {
    const said = await takeShot(this.own.subject, () => this.step({ working: true, problem: '' }));
    const news = { working: false, problem: said.problem || '' };
    if (said.shot) Object.assign(news, { shot: said.shot, found: false });
    this.step(news);
  }),
  onKeep: once(async function keep() {
    const { subject, shot, mending } = this.own;
    const record = noteRecord(state.station.value.id, asPhoto(shot, subject));
    const picture = localPicture(shot.id);
    const kept = await state.keepRecord(takingOver(record, subject), mending);
    this.step({ problem: kept.problem || '', saved: kept.item || null, picture });
  }),
});
