"""One phone that two people use: nothing of one is sent, kept or shown as the other's."""

import pytest

from tests.app.quick import Core

START = """
const server = makeServer(); const phone = makePhone(server);
const pages = {}; let token = ''; const heard = []; const asks = [];
const storage = {
  storageWorks: () => Promise.resolve(true),
  recall: (key) => Promise.resolve(pages[key]),
  recallAll: (keys) => Promise.resolve(keys.map((key) => pages[key])),
  remember: (key, value) => { pages[key] = value; return Promise.resolve(); },
  forgetPages: () => { Object.keys(pages).forEach((key) => delete pages[key]); return Promise.resolve(); },
  jot: () => null, jotted: () => null, askToLast: () => null,
};
const who = (id) => ({
  token: 't' + id, person: { id, name: 'P' + id, role: 'keeper' }, county: { code: '140926' }, help: null,
});
let slow = null; // what the next question for a page waits for
const net = {
  useToken: (value) => { token = value; },
  getJson: (path) => {
    const mine = token;
    asks.push([path, mine]);
    const body = path === '/keeper/home'
      ? { stations: [{ id: +mine.slice(1) * 10 }], server_now: new Date(server.now_ms).toISOString() }
      : { of: mine };
    const answer = { status: 200, body };
    const wait = slow; slow = null;
    return wait ? wait.then(() => answer) : Promise.resolve(answer);
  },
  postJson: () => Promise.resolve({ status: 404, body: null }),
  deleteJson: () => Promise.resolve({ status: 204, body: null }),
};
const post = phone.postJson, put = phone.putPhoto;
phone.postJson = (path, body) => {
  heard.push([token, body.items ? body.items.map((one) => one.kind) : path]);
  return meanwhile(() => post(path, body));
};
phone.putPhoto = (id, bytes, sha256) => {
  heard.push([token, 'photo']);
  return meanwhile(() => put(id, bytes, sha256));
};
let now = null; // what happens on the phone while the next answer is on its way
async function meanwhile(arrive) {
  const happens = now; now = null;
  if (happens) await happens();
  return arrive();
}
const makeOne = () => makeState({
  signal: (value) => ({ value }), computed: (work) => ({ get value() { return work(); } }),
  phone, net, storage, online: () => true, later: () => () => null, deviceLabel: () => 'x',
  homeCore: () => Promise.resolve(null), showTextSize: () => null,
  signIn: (code) => Promise.resolve({ status: 201, body: who(+code) }),
});
const settle = async () => { for (let i = 0; i < 400; i += 1) await null; };
const state = makeOne();
await state.bind(String(LAO_LI)); await settle();
heard.length = 0; asks.length = 0;
"""


@pytest.fixture
def core() -> Core:
    return Core()


def test_what_is_being_sent_when_another_signs_in_goes_out_under_nobody_elses_name(core: Core):
    seen = core.run(
        START + "now = () => state.bind(String(XIAO_ZHAO));"
        "await state.keepRecord(checkIn([shot('a'), shot('b')]));"
        "await settle(); const mine = heard.filter((one) => one[1] !== 'photo' && one[1].length);"
        "await state.keepRecord(counted(4)); await settle();"
        "return [mine, heard.filter((one) => one[1] === 'photo'), states(phone),"
        " heard[heard.length - 1]];"
    )
    assert seen == [
        [["t7", ["check_in"]]],
        [],  # 老李's photos wait for himself
        ["announced"],
        ["t8", ["parcel_count"]],  # and what 小赵 keeps is sent all the same
    ]


def test_records_after_the_first_answer_stay_with_their_person(core: Core):
    seen = core.run(
        START + "for (let n = 0; n < 25; n += 1) await keep(phone, LAO_LI, counted(n));"
        "now = () => state.signOut(); await state.send(true); await settle();"
        "const left = states(phone).length; await state.bind(String(XIAO_ZHAO)); await settle();"
        "return [left, states(phone).length, heard.map((one) => [one[0], one[1].length])];"
    )
    assert seen == [5, 5, [["t7", 20]]]


def test_a_day_that_comes_late_is_not_shown_to_the_next_nor_kept_for_them(core: Core):
    seen = core.run(
        START + "let give; slow = new Promise((yes) => { give = yes; });"
        "const reading = state.refresh(); await settle();"
        "await state.bind(String(XIAO_ZHAO)); await settle(); give(); await reading; await settle();"
        "return [asks.map((one) => one[1]), state.home.value.stations, pages.home.stations];"
    )
    assert seen == [["t7", "t8"], [{"id": 80}], [{"id": 80}]]


def test_a_page_that_comes_late_is_asked_for_anew_by_the_one_who_is_here(core: Core):
    seen = core.run(
        START + "let give; slow = new Promise((yes) => { give = yes; });"
        "const reading = state.fetched('/keeper/subsidies'); await settle();"
        "await state.bind(String(XIAO_ZHAO)); await settle(); give(); const said = await reading;"
        "return [said.body, pages['/keeper/subsidies']];"
    )
    assert seen == [{"of": "t8"}, {"of": "t8"}]


def test_a_page_of_the_app_left_open_sees_that_the_phone_is_anothers(core: Core):
    seen = core.run(
        START + "const other = makeOne(); await other.recallAll();"
        "await other.bind(String(XIAO_ZHAO)); await settle();"
        # what the page that was left open hears of its own person is not kept for the other
        "token = 't7'; await state.fetched('/keeper/subsidies');"
        "const kept = pages['/keeper/subsidies'] || null; await state.refresh(); await settle();"
        "return [kept, state.session.value.person.id, state.welcome.value.name,"
        " state.home.value.stations, token];"
    )
    assert seen == [None, 8, "P8", [{"id": 80}], "t8"]
