// 记录: what was sent day by day, what still waits, and what came back; the last month offline too.

import { requestInWords } from '../../core/asking.js';
import { beijingTime, dayInWords, readMoment, shortDay } from '../../core/dates.js';
import { recordedDays } from '../../core/recorded.js';
import { subjectLabel } from '../../core/words.js';
import {
  KEPT_WORDS, kindLabel, lookedInWords, OPENINGS, whenInWords,
} from '../../core/words/kept.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { go, notFresh, once, screen } from '../../page.js';
import { pictureAt } from '../../pictures.js';
import { localPicture } from '../../platform/wx.js';
import { state } from '../../store.js';
import { rescue } from '../../unsent.js';

const MOST_SHOWN = 12; // a month offline is a long list; the newest are looked for most

/** What a record that is still on this phone says. */
function wordsOf({ kind, payload }) {
  if (kind === 'answer') return payload.text;
  if (kind === 'request') return requestInWords(payload);
  if (kind === 'opening') return OPENINGS[payload.opening];
  return kind === 'parcel_count' ? SHARED_WORDS.counted(payload) : '';
}

function waitingOf(item) {
  const refused = item.photos.filter((photo) => photo.state === 'refused');
  const here = item.photos.filter((photo) => photo.state !== 'kept');
  const words = { attention: KEPT_WORDS.inAttention, announced: '照片还在传' };
  const marks = [{
    icon: item.state === 'attention' ? 'bell' : 'cloud', tone: 'wait',
    text: words[item.state] || '还没交',
  }];
  if (item.state === 'announced' && refused.length) {
    const text = KEPT_WORDS.photosRefused(refused.length, refused[0].why.message);
    marks.push({ icon: 'bell', tone: 'bad', text });
  }
  return {
    key: item.id,
    title: kindLabel(item),
    when: whenInWords(item, state.today.value),
    words: wordsOf(item),
    marks,
    photos: here.map((photo) => ({
      key: photo.id, file: localPicture(photo.id), alt: subjectLabel(photo.subject),
    })),
  };
}

/** How a photo that was sent stands: not counted, better taken again, not there yet; or fine. */
function photoMark(photo, faults) {
  if (photo.reused) return { tone: 'none', icon: 'minus', text: '这次不算' };
  if (faults.length) return { tone: 'bad', icon: 'cross', text: '最好重拍' };
  return photo.state === 'announced' ? { tone: 'wait', icon: 'cloud', text: '还没传到' } : null;
}

function sentPhoto(photo, redraw) {
  const label = subjectLabel(photo.subject, photo.subject_label);
  const faults = photo.reused ? [] : photo.complaints || [];
  const file = photo.has_thumb
    ? pictureAt('/keeper/photos/' + photo.id + '/thumb', redraw)
    : 'none';
  return { key: photo.id, label, faults, mark: photoMark(photo, faults),
    looked: lookedInWords(photo.looked), file: file === 'none' ? '' : file };
}

function placeOf(id) {
  const { stations } = state;
  return stations.value.length > 1 ? stations.value.filter((one) => one.id === id)[0] : null;
}

/** The count of a day: reported, on this phone still, or neither. */
function countMark(count, waiting) {
  if (waiting) {
    const text = KEPT_WORDS.countWaits(SHARED_WORDS.counted(waiting));
    return { icon: 'cloud', tone: 'wait', text };
  }
  if (!count) return { icon: 'minus', tone: 'none', text: KEPT_WORDS.noCount };
  const text = SHARED_WORDS.counted(count) + KEPT_WORDS.countedTimes(count.version);
  return { icon: 'check', tone: 'ok', text };
}

/** What was sent of one day, as the server has it. */
function dayOfRecord({ day, late, waiting }, redraw) {
  const place = placeOf(day.station_id);
  const checked = day.check_ins[0];
  const photos = day.photos || [];
  const unverified = checked && checked.time_verified === false ? KEPT_WORDS.unverified : '';
  const told = day.opening && day.opening.opening === 'closed' && day.day_on !== state.today.value
    ? KEPT_WORDS.toldClosed
    : day.opening && day.opening.label;
  return {
    key: day.day_on + '-' + day.station_id,
    title: dayInWords(day.day_on),
    place: place ? place.code + ' ' + place.name : '',
    marks: [
      told && { icon: 'home', tone: 'none', text: told },
      checked
        ? { icon: 'check', tone: 'ok',
          text: KEPT_WORDS.checkedIn(beijingTime(readMoment(checked.at))) + unverified }
        : { icon: 'minus', tone: 'none', text: '没有签到' },
      countMark(day.count, waiting),
    ].filter(Boolean),
    late: late && !day.count && !waiting
      ? { word: KEPT_WORDS.reportLateOf(shortDay(day.day_on)), day: day.day_on,
        station: day.station_id }
      : null,
    photos: photos.map((photo) => sentPhoto(photo, redraw)),
    reused: photos.filter((photo) => photo.reused)
      .map((photo) => ({ kind: 'warm', icon: 'camera', text: photo.reused, key: photo.id })),
  };
}

/** Days in a row of which nothing arrived. */
function gapsOf(gaps) {
  const row = ({ day_on, station_id, line, late }) => {
    const place = placeOf(station_id);
    return {
      key: day_on + '-' + station_id,
      title: dayInWords(day_on),
      line: (place ? place.name + ' ' : '') + line,
      late: late ? { word: KEPT_WORDS.reportLate, day: day_on, station: station_id } : null,
    };
  };
  return { key: 'gaps-' + gaps[0].day_on + '-' + gaps[0].station_id, gaps: gaps.map(row) };
}

screen({
  tab: 'history',
  open() {
    this.own = { pages: null, next: null, answer: null, fresh: false, most: MOST_SHOWN, saved: '' };
    this.load(null);
  },
  async load(before) {
    const said = await state.fetched('/keeper/history' + (before ? '?before=' + before : ''));
    const { pages, fresh } = this.own;
    if (!said.body) {
      this.set({ answer: said, pages: pages || [] });
      return;
    }
    this.set({
      answer: said,
      fresh: said.fresh ? fresh || !before : false,
      pages: (before ? pages : []).concat(said.body.days),
      next: said.body.next,
    });
  },
  show() {
    const { pages, next, answer, fresh, most, saved } = this.own;
    const { stations, home, mine, today, count } = state;
    const waiting = mine.value;
    const left = count.value;
    if (left && !left.waiting && this.own.waited) this.load(null); // what went out is listed there
    this.own.waited = Boolean(left && left.waiting);
    const phone = {
      stations: stations.value, home: home.value, mine: waiting, today: today.value, fresh,
    };
    const redraw = () => this.draw();
    const days = pages ? recordedDays(pages, next, phone) : [];
    return {
      here: waiting.slice(0, most).map(waitingOf),
      moreHere: waiting.length > most ? KEPT_WORDS.more(waiting.length - most) : '',
      saveAll: KEPT_WORDS.saveAll,
      saved,
      whenNoNet: KEPT_WORDS.whenNoNet,
      allSent: left && !left.waiting && !left.attention
        ? { kind: 'good', icon: 'check', text: KEPT_WORDS.nothingElse }
        : null,
      stale: notFresh(answer),
      getting: pages === null,
      days: days.map((one) => (one.day ? dayOfRecord(one, redraw) : gapsOf(one.gaps))),
      nothing: fresh && pages && !pages.length && !waiting.length ? KEPT_WORDS.historyComes : '',
      more: Boolean(next),
    };
  },
  onMoreHere() {
    this.set({ most: this.own.most + 4 * MOST_SHOWN });
  },
  onMore: once(async function more() {
    await this.load(this.own.next);
  }),
  onRescue: once(async function save() {
    this.set({ saved: await rescue(state.mine.value) });
  }),
  onLate: once(async function late(event) {
    const { day, station } = event.currentTarget.dataset;
    await state.chooseStation(+station);
    await go('count/' + day);
  }),
});
