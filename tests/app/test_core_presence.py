"""Being there, on the phone: far and short, one record a visit, names and marks, as the server has it."""

import json
from typing import Any

import pytest

from server.policy.rounds.strokes import looks_signed
from tests.app.quick import Core
from tests.signatures import CHARACTERS, CROSS, DOT, LINE, TICK, on_pad, written

PLACE = "station: Object.assign({}, atMajiagou, {latitude: 38.3558, longitude: 111.9403})"
PACK = "pack: {options: {visit_far_m: 500, visit_short_minutes: 5}}"
NEAR = "{latitude: 38.3559, longitude: 111.9403, accuracy_m: 8}"
AWAY = "{latitude: 38.4, longitude: 111.9403, accuracy_m: 12}"


@pytest.fixture(scope="module")
def core() -> Core:
    return Core("fake_visits.js")


def draft(**fields: str) -> str:
    """A visit begun twenty minutes ago beside its station, with something changed."""
    values = {"position": NEAR} | fields
    own = ", ".join(f"{name}: {value}" for name, value in values.items())
    return f"Object.assign(fresh(), {{{PLACE}, {PACK}, {own}}})"


NAMES = [written("".join(pair), size=size, joined=joined)
         for pair in zip(CHARACTERS, list(CHARACTERS)[1:], strict=False)
         for size in (25, 60, 150) for joined in (False, True)]  # fmt: skip


def test_phone_and_server_know_the_same_names_from_the_same_scrawls(core: Core) -> None:
    drawn = [*NAMES, DOT, LINE, TICK, CROSS, [], written("一", size=80)]

    said = core.run(f"return {json.dumps(drawn)}.map(looksSigned);")

    assert said == [looks_signed(one) for one in drawn]
    assert said[-6:] == [False] * 6
    assert any(said)


def test_a_name_on_the_pad_is_one_after_the_phone_has_thinned_it(core: Core) -> None:
    pads = [on_pad(name, size=size) for name in ("丁一", "王小", "李山") for size in (30, 120)]

    assert core.run(f"return {json.dumps(pads)}.map((one) => looksSigned(inBox(one)));") == [
        True
    ] * len(pads)


@pytest.mark.parametrize(
    ("begun", "minutes", "said"),
    [
        (draft(), 20, []),
        (draft(position=AWAY), 20, ["到站时，手机定位离这个站登记的位置至少 4.9 公里。"]),
        (draft(signed_position=AWAY), 20, ["签字时，手机定位离这个站登记的位置至少 4.9 公里。"]),
        (draft(position="null"), 20, []),
        (draft(), 2, ["从到站到现在只有 2 分钟。"]),
        (draft(outcome="'closed_door'"), 2, []),
        (draft(amends_id="'x'", position=AWAY), 2, []),
        (draft(pack="null", position=AWAY), 2, []),
        (draft(position="{latitude: 38.4, longitude: 111.9403, accuracy_m: 4800}"), 20, []),
    ],
)
def test_over_the_countys_threshold_the_phone_asks_why(
    core: Core, begun: str, minutes: int, said: list[str]
) -> None:
    now = f"START + {minutes} * 60000"
    seen = core.run(
        f"const d = {begun}; return [oddOf(d, {now}), lacksWhy(d, {now}),"
        f"lacksWhy(Object.assign({{}}, d, {{why_there: '站搬到村口'}}), {now})];"
    )
    assert seen == [said, bool(said), False]


DONE = "Object.assign(finished(fresh(), START), {outcome: 'signed'})"
OWN = "{id: 'i-7', by: '王督导', by_id: 7}"
SEEN = "{id: 'i-9', by: '李督导', by_id: 9}"


@pytest.mark.parametrize(
    ("visit", "drafts", "items", "found"),
    [
        ("majiagou", "[]", "[]", None),
        ("majiagou", "[fresh()]", "[]", None),
        ("majiagou", f"[Object.assign({DONE}, {{outcome: 'covert'}})]", "[]", None),
        ("majiagou", f"[{DONE}]", "[]", {"id": "v-1", "said": "点“更正”"}),
        ("majiagou", f"[{DONE}]", "[{id: 'v-1', state: 'waiting'}]", {"id": None, "said": "等网"}),
        ("majiagou", f"[{DONE}]", "[{id: 'v-1', state: 'attention'}]",
         {"id": None, "said": "没收下"}),
        ("majiagou", "[Object.assign(finished(fresh(), START), {outcome: 'closed_door'})]", "[]",
         None),
        ("majiagou", "[asCovert(finished(fresh(), START))]", "[]", None),
        (f"Object.assign({{}}, majiagou, {{state: 'done', inspections: [{SEEN}]}})", "[]", "[]",
         {"id": "i-9", "said": "李督导已经查过这一站"}),
        (f"Object.assign({{}}, majiagou, {{state: 'closed_door', inspections: [{SEEN}]}})", "[]",
         "[]", None),
        (f"Object.assign({{}}, majiagou, {{state: 'refused', inspections: [{OWN}]}})", "[]", "[]", {"id": "i-7", "said": "点“更正”"}),
        ("Object.assign({}, majiagou, {id: -1})",
         f"[Object.assign({DONE}, {{visit_id: -1}})]", "[]", {"id": "v-1", "said": "点“更正”"}),
        ("Object.assign({}, majiagou, {id: -1})",
         f"[Object.assign({DONE}, {{visit_id: -1, finished_ms: START - 86400000}})]", "[]", None),
    ],
)  # fmt: skip
def test_no_second_record_is_begun_where_there_is_one(
    core: Core, visit: str, drafts: str, items: str, found: dict[str, Any] | None
) -> None:
    seen = core.run(
        f"return recordThere({visit}, {drafts}, {items}, {{id: 7, day: '2026-07-03'}});"
    )
    if found is None:
        assert seen is None
    else:
        assert seen["id"] == found["id"]
        assert found["said"] in seen["said"]


def test_the_record_tells_of_being_there_and_of_a_wrong_clock(core: Core) -> None:
    payload = core.run(
        "const d = Object.assign(all('pass'), {outcome: 'signed', arrived_online: false,"
        "arrived_clock: 'kept', signed_online: true, signed_clock: 'heard', why_there: ' 站搬了 ',"
        f"signed_position: {NEAR}, witness_name: '村会计张三',"
        "signatures: {inspector: LINE, keeper: LINE}});"
        "return recordOf(d, START - 5 * 60000, 0).payload;"
    )
    assert payload["presence"] == {
        "signed_position": {"latitude": 38.3559, "longitude": 111.9403, "accuracy_m": 8},
        "arrived_online": False,
        "arrived_clock": "kept",
        "signed_online": True,
        "signed_clock": "heard",
        "why": "站搬了",
    }
    assert payload["witness_name"] == "村会计张三"
    # Departure before arrival goes up as it was; the server marks it.
    assert payload["arrived_at"] > payload["finished_at"]


def test_a_witness_stands_only_beside_a_keepers_mark_and_is_somebody_else(core: Core) -> None:
    seen = core.run(
        "const d = Object.assign(all('pass'), {outcome: 'refused', witness_name: '张三',"
        "signatures: {inspector: LINE, keeper: null}});"
        "return [witnessOf(d), witnessDoubt(' ', []), witnessDoubt('李福来', ['李福来', '王督导']),"
        "witnessDoubt('张三', ['李福来', ''])];"
    )
    assert seen[0] is None
    assert "请写见证人的名字" in seen[1]
    assert "不能是站长本人" in seen[2]
    assert seen[3] == ""
