// A keeper's home answer and unsent records for the core's tests of the day.

const DAY = '2026-07-03';
const task = (kind, more) => Object.assign({ key: kind, kind, done: false }, more);
const mend = (id, more) => task('mend', Object.assign({
  key: 'rectification:' + id, rectification_id: id, title: '货架', why: '请配一个货架。',
  due_on: '2026-07-06',
}, more));
const station = (...todo) => ({
  id: 1, todo, today: { check_in: null, count: null }, fails: [],
});
const home = (...todo) => ({ today: DAY, stations: [station(...todo)] });
const record = (kind, payload, subjects) => ({
  station_id: 1, kind, payload, day_on: DAY, state: 'waiting',
  device_at: '2026-07-03T00:05:00.000Z', clock_offset_ms: 0,
  photos: (subjects || []).map((subject) => ({ subject })),
});
const at = (here, mine) => dayOf(here.stations[0], here, mine || [], DAY);
const said = (here, mine) => thingsToDo(at(here, mine), DAY, true);
const line = (here, kind, mine) => said(here, mine).filter((one) => one.kind === kind)[0];
