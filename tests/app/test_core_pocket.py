"""What an inspector takes along, and visits begun, opened again and amended, in the shared logic."""

import json

import pytest

from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core("fake_visits.js", "fake_pocket.js")


def test_only_my_townships_are_taken_along_and_counted(core: Core) -> None:
    seen = core.run(
        "const phone = shelf({[OWN]: packOfServer(majiagou, 'p')}); const told = [];"
        "const before = await alongOf(phone, round);"
        "const said = await takeAll(phone, round, now, (one) => told.push(one));"
        "return [before, said, told, await alongOf(phone, round), phone.asked];"
    )
    assert seen[0] == {"stations": 0, "of": 1, "oldest_ms": None}
    assert seen[1:3] == ["", [{"done": 0, "of": 1, "name": "鹅城镇"}]]
    assert seen[3]["stations"] == 1
    assert seen[3]["oldest_ms"] == core.run("return START;")
    assert seen[4] == ["/rounds/9/package?township=101"]


def test_a_pack_holds_the_stations_rows_and_only_the_pictures_there_are(core: Core) -> None:
    seen = core.run(
        "const phone = shelf({[OWN]: packOfServer(majiagou, 'p')}); await takeAll(phone, round, now, () => 0);"
        "const pack = await packOf(phone, round, majiagou);"
        "return [pack.rows.map((row) => row.code), pack.thumbs, pack.station.name];"
    )
    assert seen == [["A", "B"], {"p": "AAAA"}, "马家沟村"]


@pytest.mark.parametrize(
    ("answers", "room", "word"),
    [
        ("{}", 1, "没带全"),
        ("{[OWN]: {status: 200, body: null}}", 1, "先登录"),
        ("{[OWN]: {status: 403, body: {detail: '这一轮不归您查。'}}}", 1, "不归您查"),
        ("{[OWN]: packOfServer(majiagou, 'p')}", 0, "存满了"),
    ],
)
def test_what_could_not_be_taken_along_is_said(
    core: Core, answers: str, room: int, word: str
) -> None:
    said = core.run(f"return takeAll(shelf({answers}, {room}), round, now, () => 0);")
    assert word in said


def test_another_inspectors_station_is_asked_for_by_name(core: Core) -> None:
    seen = core.run(
        "const phone = shelf({}); const place = {campaign: round, visit: yangjiashan};"
        "return [await fetchPack(phone, [round], place, now), phone.asked];"
    )
    assert seen == [None, ["/rounds/9/package?township=102&all=1"]]


def test_between_rounds_the_form_that_a_round_took_along_is_good_enough(core: Core) -> None:
    seen = core.run(
        "const phone = shelf({[OWN]: packOfServer(majiagou, 'p')}); await takeAll(phone, round, now, () => 0);"
        "const place = {campaign: OUTSIDE, visit: outsideVisit({station_id: 1, name: '马家沟村', code: 'C0001'})};"
        "const pack = await fetchPack(phone, [round], place, now);"
        "return [pack.station.name, phone.asked[1]];"
    )
    assert seen == ["马家沟村", "/rounds/stations/1/package"]


# Visits


def test_whoever_was_sent_nowhere_visits_what_nobody_has(core: Core) -> None:
    seen = core.run(
        "const free = Object.assign({}, majiagou, {mine: false, inspector_name: null});"
        "return [minePart(round).map((one) => one.id), minePart({visits: [free, yangjiashan]}).map((one) => one.id)];"
    )
    assert seen == [[11], [11]]


def test_a_visit_between_rounds_is_found_by_its_draft_after_a_restart(core: Core) -> None:
    seen = core.run(
        "const draft = Object.assign(fresh(), {visit_id: -1}); const find = (drafts, met) => visitNamed(-1, [round], drafts, met);"
        "return [find([], {}), find([draft], {}).visit.station_id, find([draft], {}).campaign.name,"
        " visitNamed(11, [round], [], {}).campaign.id];"
    )
    assert seen == [None, 1, "随时督导", 9]


def test_a_draft_whose_round_has_ended_stays_in_sight(core: Core) -> None:
    seen = core.run(
        "const drafts = [fresh(), Object.assign(fresh(), {visit_id: 77}), Object.assign(fresh(), {visit_id: -1}),"
        " Object.assign(fresh(), {visit_id: 78, finished_ms: 1})];"
        "return strayDrafts(drafts, [round]).map((one) => one.visit_id);"
    )
    assert seen == [77, -1]


def test_handing_in_ends_the_draft_and_lets_go_of_the_oldest_finished(core: Core) -> None:
    seen = core.run(
        "const old = Array.from({length: 122}, (_, i) => Object.assign(fresh(), {id: 'o-' + i, finished_ms: i + 1}));"
        "const { record, done } = handedIn(all('pass'), old, START + 5, 0);"
        "return [done.finished_ms - START, record.also.putDrafts[0].id, record.also.dropDrafts, record.kind];"
    )
    assert seen == [5, "v-1", ["o-1", "o-0"], "inspection"]


@pytest.mark.parametrize(("result", "name"), [("invalid", "v-1"), ("conflict", "fresh")])
def test_a_refused_visit_is_opened_again_under_a_name_that_is_free(
    core: Core, result: str, name: str
) -> None:
    item = {
        "why": {"result": result},
        "photos": [
            {"id": "p", "notes": {"rule_code": "A"}, "taken_at": "2026-07-03T00:00:00.000Z"}
        ],
    }
    seen = core.run(
        f"const again = reopened({json.dumps(item)}, finished(all('pass'), START), 'fresh');"
        "return [again.id, again.finished_ms, again.outcome, again.photos[0].rule_code, again.photos[0].taken_ms - START];"
    )
    assert seen == [name, None, None, "A", 0]


def test_a_visit_that_another_phone_sent_is_amended_from_its_copy(core: Core) -> None:
    seen = core.run(
        "const copy = {id: 'i-1', campaign: {id: 9}, arrived_at: '2026-07-03T00:00:00Z', station: {id: 1, name: '马家沟村'},"
        " rows: [{code: 'A', word: 'inspector', verdict: 'fail', note: '坏了'}, {code: 'B', word: 'keeper', verdict: 'pass'},"
        " {code: 'C', word: 'inspector', verdict: 'pass', values: [{fact: 'floor_area_m2', text: '8.5平方米'}]}]};"
        "const seenRound = {id: 9, visits: [Object.assign({}, majiagou, {inspections: [{id: 'i-1'}]})]};"
        "const place = placeOf(copy, [seenRound]);"
        "const draft = amendedFromCopy(copy, place, {station: {head_name: ''}, rows}, {id: 'new', person_id: 7});"
        "return [placeOf(copy, [round]), place.visit.id, draft.amends_id, draft.answers, draft.arrived_ms - START, draft.text];"
    )
    assert seen == [
        None,
        11,
        "i-1",
        {
            "A": {"verdict": "fail", "values": {}, "note": "坏了"},
            "C": {"verdict": "pass", "values": {"floor_area_m2": "8.5平方米"}, "note": ""},
        },
        0,
        "C0001",
    ]
