// A visit whose package brought the checks, for tests of what is signed; after fake_visits.js.

const ROWS = [
  Object.assign({}, rows[0], {
    clause: '四（2）', text: '货架', standard_id: 's', mend: '请配上货架。', why: {},
    asks: [{ fact: 'shelves', kind: 'flag', title: '货架', yes: '有货架', no: '没有货架', unit: '' }],
    check: { kind: 'holds', fact: 'shelves', title: '货架', yes: '有货架', no: '没有货架' },
  }),
  Object.assign({}, rows[2], {
    clause: '四（1）', text: '10平米以上', level: 'shall', standard_id: 's', mend: '', why: {},
    asks: [{ fact: 'floor_area_m2', kind: 'amount', title: '面积', unit: '平方米', yes: '', no: '' }],
    check: {
      kind: 'measures', fact: 'floor_area_m2', title: '面积', at_least: '10', at_most: null,
      unit: '平方米', note: '',
    },
  }),
];
const unknownOf = (row) => ({
  standard: 's', code: row.code, clause: row.clause, title: row.title, level: 'shall',
  verdict: 'unknown', label: '未知', counts_against: false, word: null, since: null,
  why: '还没有照片或记录', mend: row.mend, text: row.text, evidence: [], contradicted_by: [],
  mended_on: null, verdict_label: '未知', word_label: null, photo_id: null,
});
const REGISTERED = Object.assign(
  unknownOf({ code: 'R', clause: '二（3）', title: '编号', mend: '', text: '编号' }),
  { verdict: 'pass', label: '符合', word: 'register', word_label: '登记', why: '编号C0001' },
);
const KNOWN = { value: null, word: null, on: null, why: '还没有照片或记录' };
const AT_STATION = Object.assign({}, atMajiagou, {
  asked: ['A', 'C'],
  findings: ROWS.map(unknownOf).concat([REGISTERED]),
  keeper_findings: [],
  register: {
    id: 1, level: 'village_point', name: '马家沟村', code: 'C0001', township: '鹅城镇', operator: '',
    keeper: '李福来', address: '',
  },
  facts: {
    level: 'village_point', name: '马家沟村', filed_name: null, place: null, code: 'C0001',
    operator: null, address: null, known: { shelves: KNOWN, floor_area_m2: KNOWN },
    fixed: {},
  },
});
const checked = () => Object.assign(fresh(), {
  rows: ROWS,
  station: AT_STATION,
  round: '2026-07 7月督导',
  pack: { taken_on: '2026-07-02', standards: [{ id: 's', name: '标准', sha256: 'ab' }],
    options: { about_percent: 20 } },
});
/** Shelves found, and 9.5 m² called enough. */
const small = () => {
  const both = tapped(tapped(checked(), ROWS[0], 'pass'), ROWS[1], 'pass');
  return doubted(withValue(both, 'C', 'floor_area_m2', '9.5'));
};
const NOON = START + 4 * 3600000;
const textOf = (draft) => documentText(draft, '王督导', NOON);
const told = (draft) => JSON.parse(textOf(draft));
