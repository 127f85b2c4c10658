// 督导记录: the inspections of my stations, the newest first; each signed one is kept on the phone.

import { outcomeInList } from '../../core/copy.js';
import { shortDay } from '../../core/dates.js';
import { COPY_WORDS } from '../../core/words/copy.js';
import { notFresh, screen } from '../../page.js';
import { copies } from '../../copies.js';
import { state } from '../../store.js';

function rowOf(one) {
  const { stations } = state;
  const here = stations.value.filter((station) => station.id === one.station_id)[0];
  const place = stations.value.length > 1 ? (here ? here.name : '') + ' · ' : '';
  return {
    key: one.id,
    icon: one.waits_for_you ? 'bell' : 'list',
    tone: one.waits_for_you ? 'todo' : 'plain',
    title: shortDay(one.day_on) + ' ' + one.inspector_name,
    line: place + outcomeInList(one),
    path: 'inspection/' + one.id,
  };
}

screen({
  open() {
    this.own = { said: null };
  },
  seen() {
    state.fetched('/keeper/inspections').then((said) => {
      this.set({ said });
      if (said.fresh) copies.keepAll(said.body.inspections);
    });
  },
  show() {
    const { said } = this.own;
    const known = said && said.body;
    const list = known ? known.inspections : [];
    return {
      getting: said === null,
      stale: notFresh(said),
      list: list.map(rowOf),
      nobody: known && !list.length ? COPY_WORDS.nobodyCame : '',
    };
  },
});
