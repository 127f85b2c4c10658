"""What is odd about a visit: times, days of the round, distance, stay, signatures, locked doors."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from server.policy.rounds.frozen import FrozenPresence, FrozenSpot
from server.policy.rounds.marks import VisitSeen, marks_of, minutes_on_site
from server.policy.rounds.strokes import looks_signed
from tests.signatures import CROSS, DOT, LINE, TICK, written

ARRIVED = datetime(2023, 7, 5, 1, 0, tzinfo=UTC)
NAME = written("王小", size=60)


def spot(distance_m: float | None = 40.0, accuracy_m: float | None = 10.0) -> FrozenSpot:
    return {
        "placed": distance_m is not None,
        "distance_m": distance_m,
        "accuracy_m": accuracy_m,
        "fix_age_s": None,
        "online": True,
        "clock": "heard",
    }


def presence(
    arrived: FrozenSpot | None = None, signed: FrozenSpot | None = None, why: str = ""
) -> FrozenPresence:
    return {"arrived": arrived or spot(), "signed": signed or spot(), "plate": "scan", "why": why}


def found(**fields: Any) -> dict[str, str]:
    """The marks of a sound visit with something changed, by code."""
    values: dict[str, Any] = {
        "closed_door": False,
        "arrived_at": ARRIVED,
        "finished_at": ARRIVED + timedelta(minutes=25),
        "time_verified": True,
        "day_on": date(2023, 7, 5),
        "opens_on": date(2023, 7, 1),
        "ended_on": None,
        "presence": presence(),
        "inspector_strokes": NAME,
        "keeper_strokes": NAME,
        "witness": "",
        "word": "",
        "door_photos": 0,
    } | fields
    marks = marks_of(VisitSeen(**values), far_m=500, short_minutes=5)
    return {one["code"]: one["text"] for one in marks}


def test_a_sound_visit_has_no_marks() -> None:
    assert found() == {}


def test_departure_before_arrival_is_an_unverified_time_and_an_unknown_stay() -> None:
    earlier = ARRIVED - timedelta(minutes=3)

    assert found(finished_at=earlier) == {"time_unverified": "离开的时间早于到达，在站多久不知道"}
    assert minutes_on_site(ARRIVED, earlier, verified=True) is None
    assert minutes_on_site(ARRIVED, ARRIVED + timedelta(minutes=9), verified=False) is None
    assert minutes_on_site(ARRIVED, ARRIVED + timedelta(seconds=599), verified=True) == 9


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ({"time_verified": False}, "time_unverified", "手机的时间没有核实"),
        ({"day_on": date(2023, 6, 30)}, "before_round", "本轮2023年7月1日才开始"),
        ({"ended_on": date(2023, 7, 4)}, "after_round", "本轮2023年7月4日已经结束"),
        (
            {"presence": presence(arrived=spot(2500, 100))},
            "far",
            "到站时离登记位置至少2.4公里，超过500米。没有写原因",
        ),
        (
            {"presence": presence(signed=spot(900, 20), why="回镇上补签")},
            "far",
            "签字时离登记位置至少880米，超过500米。督导员写：回镇上补签",
        ),
        (
            {"finished_at": ARRIVED + timedelta(minutes=2)},
            "short",
            "在站2分钟，不到5分钟。没有写原因",
        ),
        (
            {"presence": presence(spot(None, None), spot(None, None))},
            "unplaced",
            "手机没有给出位置",
        ),
        ({"keeper_strokes": DOT}, "unfinished", "站长的签名像是没写完"),
        ({"inspector_strokes": TICK, "keeper_strokes": LINE}, "unfinished", "督导员、站长的签名"),
    ],
)
def test_what_is_odd_is_said_with_its_figures(fields: dict[str, Any], code: str, text: str) -> None:
    marks = found(**fields)
    assert list(marks) == [code]
    assert text in marks[code]


def test_on_the_day_of_opening_and_of_ending_nothing_is_odd() -> None:
    day = date(2023, 7, 5)
    assert found(day_on=day, opens_on=day, ended_on=day) == {}


def test_a_coarse_fix_accuses_nobody() -> None:
    assert found(presence=presence(arrived=spot(2500, 2100))) == {}


def test_a_mark_beside_a_named_witness_is_a_signature() -> None:
    assert found(keeper_strokes=CROSS, witness="村会计张三") == {}


def test_a_locked_door_wants_a_photo_and_a_word_and_no_stay() -> None:
    door = {"closed_door": True, "finished_at": ARRIVED + timedelta(minutes=1)}
    nobody: dict[str, Any] = {"inspector_strokes": [], "keeper_strokes": []}

    assert list(found(**door, **nobody)) == ["door_unseen", "door_untold"]
    assert found(**door, **nobody, door_photos=1, word="打电话没人接") == {}


@pytest.mark.parametrize("name", ["丁一", "王小", "李山", "马五", "王", "李小山"])
@pytest.mark.parametrize("size", [25, 60, 150])
@pytest.mark.parametrize("tremble", [0.2, 1.0])
def test_a_name_is_a_name_however_large_it_is_written(
    name: str, size: float, tremble: float
) -> None:
    assert looks_signed(written(name, size=size, tremble=tremble))


@pytest.mark.parametrize("name", ["王小", "李山", "马五", "李小山"])
def test_a_name_whose_strokes_run_together_is_one_too(name: str) -> None:
    assert looks_signed(written(name, size=60, joined=True))


@pytest.mark.parametrize("drawn", [[], DOT, LINE, TICK, CROSS], ids=str)
def test_a_dot_a_line_a_tick_and_a_cross_are_none(drawn: Any) -> None:
    assert not looks_signed(drawn)
