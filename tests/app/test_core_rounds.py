"""An inspector's visit in the shared logic: plates, taps, what is open, what is sent, signatures."""

from typing import Any

import pytest

from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core("fake_visits.js")


@pytest.mark.parametrize(
    ("text", "kind", "doubt"),
    [
        ("https://h/s/aaaaaaaaaaaaaa2", "current", ""),
        ("c1", "number", ""),
        ("aaaaaaaaaaaaaa1", "retired", "第 1 块牌子，已经停用"),
        ("aaaaaaaaaaaaaa3", "current", "这是 杨家山村（C0002）的，不是 马家沟村 的"),
        ("aaaaaaaaaaaaaa9", "unknown", "名单里没有这块牌子"),
        ("https://pay.example/x", "other", ""),
        ("https://h/s/aaaaaaaaaaaaaa1\nhttps://h/s/aaaaaaaaaaaaaa2", "current", ""),  # old and new
        ("https://h/s/aaaaaaaaaaaaaa2\nhttps://h/s/aaaaaaaaaaaaaa3", "several", ""),
    ],
)
def test_a_plate_is_recognised_without_a_net(core: Core, text: str, kind: str, doubt: str) -> None:
    found = core.run(
        f"const f = plateAt({text!r}, visits); return [f.kind, plateDoubt(f, majiagou)];"
    )
    assert found[0] == kind
    assert doubt in found[1]
    assert bool(doubt) == bool(found[1])


def test_of_an_old_and_a_new_plate_in_view_the_one_in_use_is_sent(core: Core) -> None:
    both = "https://h/s/aaaaaaaaaaaaaa1\nhttps://h/s/aaaaaaaaaaaaaa2"
    assert core.run(f"return plateAt({both!r}, visits).text;") == both.splitlines()[1]


def test_a_retired_plate_says_which_one_should_hang_there(core: Core) -> None:
    said = core.run("return plateDoubt(plateAt(token('1'), visits), majiagou);")
    assert said.endswith("现在该挂第 2 块。")


def test_what_is_open_falls_with_each_tap_and_an_area_needs_its_number(core: Core) -> None:
    left = core.run(
        "let d = fresh(); const left = [openRows(d).length];"
        "for (const row of askedRows(d)) { d = tapped(d, row, 'pass'); left.push(openRows(d).length); }"
        "d = withValue(d, 'C', 'floor_area_m2', '８.５平方米'); left.push(openRows(d).length);"
        "d = read(d); left.push(openRows(d).length);"
        "d = tapped(d, rows[0], 'pass'); left.push(openRows(d).length); return left;"
    )
    assert left == [4, 3, 2, 2, 2, 1, 0, 1]  # the last: the same tap again takes it back


def test_a_tap_on_what_this_screen_does_not_show_pressed_never_takes_it_back(core: Core) -> None:
    seen = core.run(
        "const d = tapped(fresh(), rows[0], 'pass');"  # written by another page of the app
        "return [null, 'pass'].map((shown) => answerTo(tapped(d, rows[0], 'pass', shown), 'A').verdict);"
    )
    assert seen == ["pass", None]


def test_not_seen_is_an_answer(core: Core) -> None:
    seen = core.run("const d = all('unknown'); return [openRows(d).length, answersOf(d)];")
    assert seen[0] == 0
    assert [(one["verdict"], one["values"]) for one in seen[1]] == [("unknown", {})] * 4


def test_not_fit_for_here_is_another_answer_and_waits_for_its_reason(core: Core) -> None:
    seen = core.run(
        "const d = tapped(fresh(), rows[0], 'not_applicable');"
        "const why = withAnswer(d, 'A', {note: ' 这里只收寄件 '});"
        "return [lackOf(d, rows[0]), lackOf(why, rows[0]), answersOf(why)];"
    )
    said = {"rule": "A", "verdict": "not_applicable", "values": {}, "note": "这里只收寄件"}
    assert seen == ["reason", "", [said]]


def test_a_name_is_never_filled_in_and_what_was_read_is_asked_for(core: Core) -> None:
    seen = core.run(
        "const right = tapped(fresh(), rows[3], 'pass'); const other = withValue(fresh(), 'D', 'sign_text', '老李代收');"
        "return [answerTo(right, 'D').values, lackOf(right, rows[3]), lackOf(read(right), rows[3]),"
        " answerTo(tapped(other, rows[3], 'fail'), 'D').values.sign_text, lackOf(tapped(fresh(), rows[3], 'fail'), rows[3])];"
    )
    assert seen == [{}, "text", "", "老李代收", ""]


def test_what_is_read_once_stands_at_every_rule_that_asks_for_it(core: Core) -> None:
    seen = core.run(
        "const twin = {code: 'E', level: 'shall', asks: [{fact: 'sign_text', kind: 'text'}]};"
        "const d = withValue(Object.assign(fresh(), {rows: rows.concat([twin])}), 'D', 'sign_text', '马家沟村');"
        "return [answerTo(d, 'E').values.sign_text, answersOf(d)];"
    )
    assert seen == ["马家沟村", []]  # read, and nothing decided by it


def test_a_permitted_alternative_that_nobody_uses_asks_nothing(core: Core) -> None:
    seen = core.run(
        "const d = fresh(); const added = withAdded(d, 'M');"
        "const claimed = Object.assign({}, d, {station: Object.assign({}, d.station, {findings: [{code: 'M', verdict: 'unknown'}]})});"
        "const shown = (one) => askedRows(one).map((row) => row.code).join('');"
        "return [shown(d), shown(added), shown(claimed), asksOf(d, rows[3]).map((ask) => ask.fact)];"
    )
    assert seen == ["ABCD", "ABCDM", "ABCDM", ["sign_text"]]  # nor do the rules it stands in for


def test_what_was_not_looked_at_is_left_with_its_reason_until_it_is_tapped(core: Core) -> None:
    seen = core.run(
        "const d = tapped(fresh(), rows[0], 'pass'); const left = leftOut(d, ' 站长急着出门 ');"
        "const back = tapped(left, rows[1], 'fail');"
        "return [openRows(left).length, leftRows(left).map((one) => [one.row.code, one.reason]),"
        " leftRows(back).length, answersOf(left).length];"
    )
    assert seen == [0, [[code, "站长急着出门"] for code in "BCD"], 2, 1]


def test_a_rule_that_is_half_answered_cannot_be_left(core: Core) -> None:
    seen = core.run(
        "const d = leftOut(tapped(fresh(), rows[2], 'pass'), '没时间'); return openRows(d).map((row) => lackOf(d, row));"
    )
    assert seen == ["amount"]


def test_a_doubt_waits_for_the_same_tap_again_and_its_reason(core: Core) -> None:
    seen = core.run(
        "const d = Object.assign(tapped(fresh(), rows[0], 'pass'), {doubts: {A: '量出来不够'}});"
        "const again = insisted(d, rows[0]); const why = withAnswer(again, 'A', {note: '拐角没量进去'});"
        "const other = Object.assign({}, why, {doubts: {A: '另一个数也不够'}});"
        "return [d, again, why, other].map((one) => lackOf(one, rows[0]));"
    )
    assert seen == ["doubt", "reason", "", "doubt"]  # another value, another doubt


def test_which_of_several_fails_is_sent_with_the_tap(core: Core) -> None:
    sent = core.run(
        "let d = tapped(fresh(), rows[1], 'fail'); d = withValue(d, 'B', 'posting', false);"
        "d = withValue(d, 'B', 'delivery', true); d = withAnswer(d, 'B', {note: ' 只取不寄 '}); return answersOf(d);"
    )
    assert sent == [
        {
            "rule": "B",
            "verdict": "fail",
            "values": {"posting": False, "delivery": True},
            "note": "只取不寄",
        }
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("９．５", "9.5"),
        (" 12 平方米", "12"),
        ("8。25", "8.25"),
        ("0", None),
        ("九", None),
        ("", None),
    ],
)
def test_an_area_is_read_as_people_write_it(core: Core, text: str, value: str | None) -> None:
    read = core.run(f"return readMeasure({text!r});")
    assert read.get("value") == value
    assert bool(read.get("error")) == (value is None)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("{outcome: null}", "怎么确认"),
        ("{outcome: 'signed', signatures: {inspector: LINE, keeper: null}}", "站长还没签名"),
        ("{outcome: 'to_confirm', signatures: {inspector: null, keeper: null}}", "您自己还没签名"),
        ("{outcome: 'refused', refusal: ' '}", "为什么不签"),
        ("{outcome: 'closed_door', amends_id: 'x'}", "为什么要更正"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(core: Core, change: str, word: str) -> None:
    missing = core.run(f"return whatIsMissing(Object.assign(all('pass'), {change}));")
    assert word in "".join(missing)


def test_a_signed_visit_lacks_nothing(core: Core) -> None:
    both = "{outcome: 'signed', signatures: {inspector: LINE, keeper: LINE}}"
    assert core.run(f"return whatIsMissing(Object.assign(all('pass'), {both}));") == []


def test_arrival_keeps_its_moment_when_the_phones_clock_is_wrong(core: Core) -> None:
    payload = core.run(
        "const d = Object.assign(all('pass'), {outcome: 'signed', signatures: {inspector: LINE, keeper: LINE}});"
        "const offset = -3 * 3600000; return recordOf(d, START + 20 * 60000 - offset, offset).payload;"
    )
    assert payload["arrived_at"] == "2026-07-03T03:00:00.000Z"  # by the phone, three hours fast
    assert payload["finished_at"] == "2026-07-03T03:20:00.000Z"
    assert payload["keeper_name"] == "李福来"


def test_a_closed_door_sends_no_answers_and_a_plates_remark_goes_along(core: Core) -> None:
    payload = core.run(
        "const d = Object.assign(all('fail'), {outcome: 'closed_door', refusal: '打电话没人接', plate_remark: '牌子：旧的'});"
        "return recordOf(d, START, 0).payload;"
    )
    assert (payload["answers"], payload["keeper_signature"]) == ([], [])
    assert payload["outcome_note"] == "牌子：旧的；打电话没人接"


def kept_visit(core: Core, then: str) -> Any:
    return core.run(
        "const server = makeServer(); const phone = makePhone(server);"
        "const pic = bytesOf('jpeg'); phone.disk.photos.p1 = pic;"
        "const d = Object.assign(all('pass'), {outcome: 'refused', refusal: '不在家', photos: ["
        "{id: 'p1', sha256: await phone.sha256(pic), subject: 'clause', size: 4, taken_ms: START, camera: 'camera', notes: {rule_code: 'A'}}]});"
        "phone.disk.drafts[d.id] = d;"
        "const also = {putDrafts: [finished(d, START)]};"
        "const item = await keep(phone, LAO_LI, Object.assign({also}, recordOf(d, phone.now(), 0)));"
        + then
    )


def test_a_visit_leaves_the_drafts_as_it_enters_the_queue_under_its_own_name(core: Core) -> None:
    seen = kept_visit(
        core,
        "return [item.id, phone.changes, phone.disk.drafts['v-1'].finished_ms > 0, item.photos[0].id,"
        " phone.disk.photos.p1.byteLength];",
    )
    assert seen == ["v-1", 1, True, "p1", 4]


def test_handing_in_twice_makes_one_record(core: Core) -> None:
    seen = kept_visit(
        core,
        "await keep(phone, LAO_LI, recordOf(d, phone.now() + 9, 0)); await sync(phone, LAO_LI);"
        "return [Object.keys(server.events), server.puts, Object.keys(phone.disk.photos)];",
    )
    assert seen == [["v-1"], 1, []]


def test_what_the_server_says_about_an_accepted_visit_is_not_lost(core: Core) -> None:
    seen = kept_visit(
        core,
        "server.judge = (i) => { server.events[i.id] = 'x'; return {result: 'ok', message: '李督导也查过这个站点'}; };"
        "await sync(phone, LAO_LI); const told = phone.disk.meta.told.map((t) => [t.id, t.person_id, t.message]);"
        "await heard(phone, 'v-1'); return [told, phone.disk.meta.told];",
    )
    assert seen == [[["v-1", 7, "李督导也查过这个站点"]], []]


def test_a_refused_visit_becomes_a_draft_again_with_its_pictures(core: Core) -> None:
    seen = kept_visit(
        core,
        "server.judge = () => ({result: 'invalid', code: 'visit-unknown', message: '请更新督导名单后再交。'});"
        "await sync(phone, LAO_LI); const before = states(phone);"
        "await takeBack(phone, 'v-1', Object.assign({}, phone.disk.drafts['v-1'], {finished_ms: null}));"
        "return [before, states(phone), phone.disk.drafts['v-1'].finished_ms, Object.keys(phone.disk.photos)];",
    )
    assert seen == [["attention"], [], None, ["p1"]]


@pytest.mark.parametrize(
    ("where", "state"),
    [
        ("[], []", {"state": "due", "left": 0}),
        ("[fresh()], []", {"state": "draft", "left": 4}),
        ("[finished(fresh(), 5)], []", {"state": "sent", "left": 0}),
        (
            "[], [{kind: 'inspection', state: 'waiting', payload: {visit_id: 11}}]",
            {"state": "waiting", "left": 0},
        ),
        (
            "[finished(fresh(), 5)], [{kind: 'inspection', state: 'attention', payload: {visit_id: 11}}]",
            {"state": "attention", "left": 0},
        ),
    ],
)
def test_the_list_tells_what_is_done_begun_waiting_and_refused(
    core: Core, where: str, state: dict[str, Any]
) -> None:
    assert core.run(f"return stateOf(majiagou, {where});") == state


def test_an_amendment_has_the_answers_and_no_signature(core: Core) -> None:
    seen = core.run(
        "const d = amendmentOf(finished(Object.assign(all('pass'), {outcome: 'signed'}), 5), 'v-2', 'v-1');"
        "return [d.id, d.amends_id, answersOf(d).length, d.signatures.inspector, d.outcome, d.finished_ms];"
    )
    assert seen == ["v-2", "v-1", 4, None, None, None]


@pytest.mark.parametrize("points", [2, 5000])
def test_a_signature_of_any_size_fits_its_box_and_stays_light(core: Core, points: int) -> None:
    seen = core.run(
        f"const wave = Array.from({{length: {points}}}, (_, i) => [i * 3, 900 + 40 * Math.sin(i)]);"
        "const made = inBox([wave, [[10, 10], [40, 900]]]); const all = [].concat(...made);"
        "return [all.length, Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0])),"
        " Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))];"
    )
    count, left, right, top, bottom = seen
    assert 2 <= count <= 3000
    assert left >= 0
    assert right <= 600
    assert top >= 0
    assert bottom <= 200


def test_a_touch_by_accident_is_no_signature_and_a_dot_is_not_blown_up(core: Core) -> None:
    seen = core.run(
        "return [isMarked(inBox([[[5, 5], [6, 5]]])), isMarked(inBox(LINE)), inBox([[[5, 5]]]), pathOf(inBox([[[5, 5]]])), inBox([])];"
    )
    assert seen == [False, True, [[[300, 100]]], "M300 100L301 100", []]
