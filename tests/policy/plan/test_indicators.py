from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.policy.plan.indicators import (
    COUNTS_FOR,
    AgainstTarget,
    Indicator,
    IndicatorKey,
    StationDay,
    both,
    indicator,
    keys_for,
    month_ends,
)
from server.policy.plan.nouns import TargetKind
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level

POINT, HUB = Level.VILLAGE_POINT, Level.TOWNSHIP_STATION
IDS = st.frozensets(st.integers(0, 30))


def day(station_id: int, **fields: Any) -> StationDay:
    values: dict[str, Any] = {
        "code": "C0001", "name": "马家沟村", "level": POINT, "township_code": "140926100",
        "village_code": None, "operator_id": None, "stage_label": "建成", "built": True,
        "standardised": False, "demonstration": False, "filed": True, "status": Status.MEETS, "open_work": 0,
        "bound": True,
    }  # fmt: skip
    return StationDay(station_id=station_id, **(values | fields))


TOLD = st.sampled_from([True, False, None])
STATIONS = st.lists(
    st.builds(
        day,
        st.integers(0, 40),
        level=st.sampled_from(list(Level)),
        built=TOLD,
        standardised=TOLD,
        demonstration=TOLD,
        filed=TOLD,
        bound=TOLD,
        status=st.sampled_from([*Status, None]),
        open_work=st.sampled_from([None, 0, 3]),
    ),
    unique_by=lambda one: one.station_id,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(among=IDS, done=IDS, unknown=IDS)
def test_a_figure_of_more_than_a_hundred_per_cent_cannot_be_built(
    among: frozenset[int], done: frozenset[int], unknown: frozenset[int]
) -> None:
    right = done <= among and unknown <= among and not done & unknown
    try:
        made = Indicator(IndicatorKey.BUILT, POINT, among, done, unknown)
    except ValueError:
        assert not right
        return
    assert right
    assert made.share is None or 0 <= made.share <= 1
    assert made.percent is None or (made.percent == 100) == (done == among)
    assert len(made.done) + len(made.not_done) + len(made.unknown) == len(made.among)


@settings(max_examples=60, deadline=None)
@given(stations=STATIONS)
def test_every_station_is_done_not_done_or_unknown_in_every_indicator(
    stations: list[StationDay],
) -> None:
    for level, key in product(Level, IndicatorKey):
        made = indicator(key, level, stations)
        assert made.among == {one.station_id for one in stations if one.level is level}
    met, filed, two = (
        indicator(key, POINT, stations)
        for key in (IndicatorKey.MET, IndicatorKey.FILED, IndicatorKey.FILED_AND_MET)
    )
    assert two.done == met.done & filed.done
    assert two.not_done == met.not_done | filed.not_done


def test_waiting_for_a_visit_is_unknown_and_open_work_is_a_no() -> None:
    states = {1: Status.MEETS, 2: Status.MEETS_OPEN, 3: Status.FAILS, 4: Status.TO_VERIFY,
              5: Status.NOT_ASSESSED, 6: None}  # fmt: skip

    met = indicator(IndicatorKey.MET, POINT, [day(key, status=one) for key, one in states.items()])

    assert (met.done, met.not_done, met.unknown) == ({1}, {2, 3}, {4, 5, 6})
    assert met.percent == 16


def test_one_plain_no_is_enough_for_a_no() -> None:
    assert both(False, None) is False
    assert both(None, True) is None
    assert both(True, True) is True


def test_nothing_told_of_anybody_is_no_share_of_zero() -> None:
    nobody = indicator(IndicatorKey.FILED, POINT, [])
    dark = indicator(IndicatorKey.BOUND, POINT, [day(1, bound=None), day(2, bound=None)])
    half = indicator(IndicatorKey.BOUND, POINT, [day(1, bound=None), day(2, bound=True)])

    assert (nobody.share, nobody.percent, dark.share) == (None, None, None)
    assert half.share == Fraction(1, 2)


def test_ninety_nine_point_nine_is_not_shown_as_all() -> None:
    figure = indicator(IndicatorKey.FILED, POINT, [day(n, filed=n > 0) for n in range(251)])

    assert figure.percent == 99


@pytest.mark.parametrize(
    ("done", "target", "missing", "over"), [(0, 48, 48, 0), (48, 48, 0, 0), (52, 48, 0, 4)]
)
def test_more_than_the_plan_asks_for_is_said_as_beyond_it(
    done: int, target: int, missing: int, over: int
) -> None:
    beside = AgainstTarget(done, target)

    assert (beside.missing, beside.over) == (missing, over)
    assert not hasattr(beside, "share")
    assert not hasattr(beside, "percent")


def test_every_kind_of_target_has_what_counts_towards_it() -> None:
    assert set(COUNTS_FOR) == set(TargetKind)


def test_standardised_is_a_township_stations_and_met_needs_a_standard() -> None:
    assert IndicatorKey.STANDARDISED in keys_for(HUB, assessed=True)
    assert IndicatorKey.STANDARDISED not in keys_for(POINT, assessed=True)
    assert not {IndicatorKey.MET, IndicatorKey.FILED_AND_MET} & set(keys_for(POINT, assessed=False))


def test_months_end_on_their_last_day_also_in_february_and_over_a_year() -> None:
    assert month_ends(date(2024, 3, 31), 2) == (
        date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31),
    )  # fmt: skip
    assert month_ends(date(2024, 1, 1), 1) == (date(2023, 12, 31), date(2024, 1, 1))
