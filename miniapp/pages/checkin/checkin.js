// 签到: scan the plate at the door, or type its number; kept before it says so.

import { mayLocate } from '../../core/asking.js';
import { checkInRecord, checkInSaid, plateRead } from '../../core/checkin.js';
import { beijingTime } from '../../core/dates.js';
import { happenedAt } from '../../core/queue.js';
import { readStationDigits } from '../../core/validate.js';
import { CHECK_IN_WORDS } from '../../core/words/checkin.js';
import { PHOTO_WORDS } from '../../core/words/photo.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { doneOf, late, once, screen } from '../../page.js';
import { position, scan, within } from '../../platform/wx.js';
import { state } from '../../store.js';

const WAIT_FOR_FIX = 2500;

const prefixOf = (here) => (here.level === 'township_station' ? 'XZ' : 'C');

function savedOf(item) {
  const { title, waits, lines } = checkInSaid(state.queue.value, item);
  const more = { big: beijingTime(happenedAt(item)), lines, sign: waits ? 'ask' : '' };
  return doneOf(title, item, more);
}

screen({
  ofStation: true,
  open({ about }) {
    this.own = { step: about === 'typed' ? 'typed' : 'scan', digits: '', error: '', problem: '' };
    this.own.fix = mayLocate(state.home.value, state.mine.value) ? position() : null;
    if (this.own.step === 'scan') this.look();
  },
  show() {
    const here = state.station.value;
    const { step, digits, error, problem, saved } = this.own;
    if (saved) return { done: savedOf(saved) };
    const prefix = prefixOf(here);
    return {
      done: null,
      title: { typed: '输入编号签到', doubt: '这块牌子不认得' }[step] || '扫牌子签到',
      step,
      aim: PHOTO_WORDS.aimAtDoor,
      problem: problem ? { kind: 'warm', icon: 'ask', text: problem, live: true } : null,
      prefix,
      digits,
      error,
      numberIsAt: CHECK_IN_WORDS.numberIsAt(prefix),
      doubt: {
        notLike: CHECK_IN_WORDS.notLike + here.name +
          CHECK_IN_WORDS.notOf(here.code || SHARED_WORDS.noNumber),
        perhapsNew: CHECK_IN_WORDS.perhapsNew,
        newPlate: CHECK_IN_WORDS.newPlate,
      },
    };
  },

  /** Have WeChat's camera look for the plate. */
  async look() {
    const seen = await scan();
    if (seen.none) return;
    if (seen.shut) {
      this.set({ problem: PHOTO_WORDS.notAllowed });
      return;
    }
    const found = plateRead(seen.text, state.stations.value);
    if (found.here) await this.save('scan', seen.text, found.here, false);
    else if (found.doubt) this.step({ step: 'doubt', text: seen.text, problem: '' });
    else this.set({ problem: found.problem });
  },
  async save(method, text, here, isNew) {
    if (this.own.saved) return;
    const fix = this.own.fix && (await within(this.own.fix, WAIT_FOR_FIX));
    const said = await state.keepRecord(checkInRecord(method, text, here, fix, isNew));
    if (said.problem) {
      this.set({ problem: said.problem });
      return;
    }
    await state.chooseStation(here.id);
    this.step({ saved: said.item });
  },
  onScan: once(async function look() {
    if (this.own.step === 'doubt') this.step({ step: 'scan' });
    await this.look();
  }),
  onType() {
    this.step({ step: 'typed', problem: '' });
  },
  onDigits(event) {
    this.set({ digits: event.detail.value, error: '' });
  },
  onTyped: once(async function typed() {
    const { stations, station } = state;
    const said = readStationDigits(this.own.digits, prefixOf(station.value), stations.value);
    if (said.error) {
      this.set({ error: said.error });
      return;
    }
    const here = stations.value.filter((one) => one.code === said.code)[0];
    await this.save('typed', said.code, here, false);
  }),
  onNewPlate: late(async function newPlate() {
    await this.save('scan', this.own.text, state.station.value, true);
  }),
});
