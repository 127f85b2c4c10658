"""The readable cases in tests/cases/signals: given these weeks, these questions, or none."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.errors import Invalid
from server.policy.document import StandardError
from server.policy.signals.facts import (
    CheckInSeen,
    CountSeen,
    PhotoSeen,
    SpotSeen,
    StationSeen,
    Twin,
    VisitSeen,
)
from server.policy.signals.look import BESIDE, BY_ITSELF, TOGETHER, look_at, whole_month
from server.policy.signals.options import (
    KINDS,
    SETTINGS,
    SignalOptions,
    signal_options_from,
    signal_options_json,
)
from server.settings import ROOT
from tests.policy.signals.weeks import read_weeks

BEIJING = ZoneInfo("Asia/Shanghai")
HONEST = "honest"  # cases in which no kind at all may ask
FILES = sorted((ROOT / "tests" / "cases" / "signals").glob("*.yaml"))
CASES = [(path.stem, case) for path in FILES for case in read_weeks(path)]
SINCE, UNTIL = date(2023, 6, 1), date(2023, 7, 31)
DEVICE = "phone-{}"


def spread(entries: list[dict[str, Any]]) -> Iterator[tuple[date, dict[str, Any]]]:
    """Every day of each entry: `day` one day, or `from` … `to` (on `weekdays`); lists take turns."""
    for entry in entries:
        values = dict(entry)
        first = values.pop("day", None) or values.pop("from")
        last = values.pop("to", first)
        weekdays = values.pop("weekdays", range(1, 8))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        for turn, day in enumerate(day for day in days if day.isoweekday() in weekdays):
            yield (
                day,
                {
                    name: value[turn % len(value)]
                    if isinstance(value, list) and name not in ("same", "like")
                    else value
                    for name, value in values.items()
                },
            )


def check_in(day: date, number: int, values: dict[str, Any], station: int) -> CheckInSeen:
    at = datetime.combine(day, time.fromisoformat(values.pop("at", "08:10")), BEIJING)
    person = values.pop("person", station)
    return CheckInSeen(
        key=f"{station}-{number}",
        day_on=day,
        at=at.astimezone(UTC),
        received_at=at.astimezone(UTC) + timedelta(hours=values.pop("after_hours", 0.1)),
        person=person,
        device=values.pop("device", DEVICE.format(person)),
        offset_ms=round(int(values.pop("minutes_slow", 0)) * 60_000),
        **values,
    )


def visit(day: date, number: int, values: dict[str, Any], station: int) -> VisitSeen:
    at = datetime.combine(day, time.fromisoformat(values.pop("at", "10:00")), BEIJING)
    minutes = values.pop("minutes", 25)
    verified = values.get("verified", True)
    return VisitSeen(
        key=f"{station}-{number}",
        day_on=day,
        at=at.astimezone(UTC),
        left_at=at.astimezone(UTC) + timedelta(minutes=minutes),
        person=values.pop("person", 90),
        name="王督导",
        minutes=minutes if verified else None,
        **values,
    )


def photo(day: date, number: int, values: dict[str, Any], station: int) -> PhotoSeen:
    def twins(name: str) -> tuple[Twin, ...]:
        return tuple(
            Twin(one.get("station", station), one.get("name", "段家寨村服务点"), one["day"])
            for one in values.get(name, ())
        )

    return PhotoSeen(
        key=f"{station}-{number}",
        day_on=day,
        subject=values.get("subject", "门头标识牌"),
        camera_at=values.get("camera"),
        clock_at=values.get("clock"),
        same=twins("same"),
        like=twins("like"),
    )


def station(given: Mapping[str, Any], number: int) -> StationSeen:
    here = given.get("station", number)
    return StationSeen(
        station=here,
        name=given.get("name", f"第{here}村服务点"),
        group=given.get("group", "鹅城镇"),
        since=given.get("since", SINCE),
        until=given.get("until", UNTIL),
        opened_on=given.get("opened_on"),
        check_ins=[
            check_in(day, n, values, here)
            for n, (day, values) in enumerate(spread(given.get("check_ins", [])))
        ],
        counts=[
            CountSeen(day, values["received"], values.get("sent", 1))
            for day, values in spread(given.get("counts", []))
        ],
        photos=[
            photo(day, n, values, here)
            for n, (day, values) in enumerate(spread(given.get("photos", [])))
        ],
        visits=[
            visit(day, n, values, here)
            for n, (day, values) in enumerate(spread(given.get("visits", [])))
        ],
        inspected_on=frozenset(given.get("inspected_on", ())),
        said_closed=frozenset(given.get("said_closed", ())),
        operator_totals={
            day: values["received"] for day, values in spread(given.get("operator_totals", []))
        },
    )


@pytest.mark.parametrize(
    ("kind", "case"), CASES, ids=[f"{kind}:{case['name']}" for kind, case in CASES]
)
def test_given_these_weeks_these_questions(kind: str, case: dict[str, Any]) -> None:
    stations = [station(given, number) for number, given in enumerate(case["stations"], 1)]
    options = signal_options_from(case["options"])

    found = look_at(stations, options)

    asked = [one for one in found if kind in (one.kind, HONEST)]
    wanted = case["expect"]
    assert [(one.station, one.about) for one in asked] == [
        (want.get("station", 1), str(want["about"])) for want in wanted
    ], [one.question for one in asked]
    for one, want in zip(asked, wanted, strict=True):
        assert want["asks"] in one.question
        assert want.get("why", "") in one.measured["why"]
        assert whole_month(one.about) == (len(str(want["about"]).partition(":")[0]) == 7)


@pytest.mark.parametrize(
    ("kind", "case"), CASES, ids=[f"{kind}:{case['name']}" for kind, case in CASES]
)
def test_a_look_at_one_township_asks_of_it_what_a_look_at_all_does(
    kind: str, case: dict[str, Any]
) -> None:
    """Whatever stations make up a township: those beyond it are still what it is held against."""
    options = signal_options_from(case["options"])
    stations = [
        replace(station(given, number), township=f"{number % 2}")
        for number, given in enumerate(case["stations"], 1)
    ]
    every = look_at(stations, options)
    for township in ("0", "1"):
        own = {one.station for one in stations if one.township == township}
        for held_against in (stations, as_loaded(stations, own)):
            assert look_at(held_against, options, township=township) == [
                one for one in every if one.station in own
            ], kind


def as_loaded(stations: list[StationSeen], own: set[int]) -> list[StationSeen]:
    """What a look at one township loads of others: their spots, and whom and what its own met."""
    seen = [one for other in stations if other.station in own for one in other.check_ins]
    people, phones = {one.person for one in seen}, {one.device for one in seen}
    return [
        one
        if one.station in own
        else replace(
            one,
            photos=(),
            check_ins=[
                each for each in one.check_ins if each.person in people or each.device in phones
            ],
            spots=[
                SpotSeen(each.day_on, each.latitude, each.accuracy_m, each.fix_age_s, each.declined)
                for each in one.check_ins
            ],
        )
        for one in stations
    ]


def test_a_word_that_no_case_knows_is_refused_with_its_line(tmp_path: Path) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_text(
        "- {name: 错字, stations: [{counts: [{day: 2023-07-01, recieved: 1}]}], expect: []}"
    )

    with pytest.raises(StandardError, match=r"odd\.yaml 第1行：不认识“recieved”"):
        read_weeks(odd)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_cases_that_ask_that_do_not_and_at_the_threshold(kind: str) -> None:
    cases = [case for of, case in CASES if of == kind]

    assert sum(1 for case in cases if case["expect"]) >= 3
    assert sum(1 for case in cases if not case["expect"]) >= 3
    assert any("刚好" in case["name"] for case in cases)


def test_every_question_asks_in_plain_words_and_accuses_nobody() -> None:
    questions = [
        one.question
        for _, case in CASES
        for one in look_at(
            [station(given, n) for n, given in enumerate(case["stations"], 1)],
            signal_options_from(case["options"]),
        )
    ]

    assert questions
    for question in questions:
        assert question.endswith(("？", "看一看。")), question
        assert len(question) <= 100, question
        assert not any(word in question for word in ("作弊", "造假", "虚报", "违规", "冒充"))


def test_every_kind_is_looked_for_once_and_can_be_switched_off() -> None:
    assert sorted([*BY_ITSELF, *TOGETHER, *BESIDE]) == sorted(KINDS)
    for kind, case in CASES:
        if kind == HONEST or not case["expect"]:
            continue
        stations = [station(given, number) for number, given in enumerate(case["stations"], 1)]
        options = signal_options_from({**case["options"], "off": [kind]})
        assert kind not in {one.kind for one in look_at(stations, options)}


def test_looking_again_a_day_later_asks_the_same_about_the_same() -> None:
    far = {"check_ins": [{"from": date(2023, 7, 1), "to": date(2023, 7, 2), "distance_m": 2400}]}
    today = look_at([station({**far, "until": date(2023, 7, 2)}, 1)], SignalOptions())
    later = look_at([station({**far, "until": date(2023, 7, 9)}, 1)], SignalOptions())

    assert [one.about for one in today] == [one.about for one in later] != []


def test_every_threshold_stands_on_the_settings_page_within_its_own_limits() -> None:
    ours = asdict(SignalOptions())
    ours.pop("off")

    assert list(ours) == list(SETTINGS)
    for name, setting in SETTINGS.items():
        assert setting.lowest <= ours[name] <= setting.highest, name


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"too_far_m": 5}, "100到50000之间的整数"),
        ({"too_far_m": "1000"}, "整数"),
        ({"together_days": True}, "整数"),
        ({"radius": 9}, "没有“radius”这项设置"),
        ({"off": ["guilt"]}, "没有“guilt”这种提示"),
        ({"off": "too_far"}, "应为列表"),
    ],
)
def test_a_threshold_that_cannot_be_is_refused_by_its_name(
    values: dict[str, Any], says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        signal_options_from(values)
    assert refused.value.code == "signal-option-invalid"


def test_options_keep_only_what_differs_from_ours() -> None:
    options = signal_options_from({"too_far_m": 500, "late_days": 5, "off": ["late_upload"]})

    assert signal_options_json(options) == {"too_far_m": 500, "off": ["late_upload"]}
    assert signal_options_from(signal_options_json(options)) == options
