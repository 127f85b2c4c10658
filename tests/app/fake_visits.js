// A small round for the core's tests: two stations with plates, four rules, a visit being made.

const token = (c) => 'aaaaaaaaaaaaaa' + c;
const plate = (c, plate_no, live) => ({
  token: token(c), plate_no, live, state: live ? 'mounted' : 'replaced',
});
const majiagou = {
  id: 11, station_id: 1, code: 'C0001', name: '马家沟村', state: 'due', inspections: [],
  plates: [plate('2', 2, true), plate('1', 1, false)],
  township_code: '101', township_name: '鹅城镇', mine: true,
};
const yangjiashan = {
  id: 12, station_id: 2, code: 'C0002', name: '杨家山村', state: 'due', inspections: [],
  plates: [plate('3', 1, true)],
  township_code: '102', township_name: '赤泥洼乡', mine: false, inspector_name: '赵督导',
};
const visits = [majiagou, yangjiashan];
const round = { id: 9, name: '11月督导', visits };
const flag = (fact) => ({ fact, kind: 'flag' });
const rows = [
  { code: 'A', title: '货架', level: 'shall', asks: [flag('shelves')] },
  { code: 'B', title: '寄取', level: 'shall', asks: [flag('posting'), flag('delivery')] },
  {
    code: 'C', title: '面积', level: 'should',
    asks: [{ fact: 'floor_area_m2', kind: 'amount', unit: '平方米' }],
  },
  {
    code: 'D', title: '字样', level: 'shall',
    asks: [{ fact: 'sign_text', kind: 'text' }, flag('plaque')],
  },
  { code: 'M', title: '服务标识牌代替', level: 'may', asks: [flag('plaque')] },
];
const START = Date.UTC(2026, 6, 3);
const atMajiagou = {
  station_id: 1, head_name: '李福来', registered_name: '马家沟村快递便民服务点', findings: [],
};
const fresh = () => newVisit({
  id: 'v-1', person_id: 7, visit_id: 11, station: atMajiagou, rows, arrived_ms: START,
  method: 'scan', text: token('2'), plate_remark: '', position: null,
});
const measured = (draft) => withValue(draft, 'C', 'floor_area_m2', '8.5');
const read = (draft) => withValue(draft, 'D', 'sign_text', '马家沟村快递便民服务点');
const all = (verdict) =>
  askedRows(fresh()).reduce((draft, row) => tapped(draft, row, verdict), fresh());
const LINE = [[[0, 0], [100, 0], [100, 50]]];
