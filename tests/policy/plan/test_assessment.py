"""考核: proposals that never hide the unknown, half-up tenths, bands, totals, ties."""

from decimal import Decimal

import pytest

from server.policy.plan.assessment import (
    MEASURES,
    Band,
    Counted,
    Item,
    Untold,
    Way,
    Whom,
    bands_text,
    bands_typed,
    number_typed,
    points_text,
    proposal,
    ranks_of,
    tenth,
    total_of,
)
from server.policy.plan.assessment_frozen import frozen_item, item_of

MEASURE = next(iter(MEASURES))


def item(
    way: Way = Way.SHARE, points: str = "10", untold: Untold = Untold.ASK, bands: str = ""
) -> Item:
    made = bands_typed(bands, Decimal(points)) if bands else ()
    assert not isinstance(made, str), made
    return Item("i1", "备案", Decimal(points), way=way, measure=MEASURE, untold=untold, bands=made)


@pytest.mark.parametrize(
    ("done", "not_done", "unknown", "points", "span"),
    [
        (3, 1, 0, "10", "7.5 7.5"),
        (1, 2, 0, "10", "3.3 3.3"),
        (1, 7, 0, "10", "1.3 1.3"),  # 1.25: half goes up
        (1, 19, 0, "5", "0.3 0.3"),  # 0.25
        (4, 0, 0, "9.5", "9.5 9.5"),
        (0, 4, 0, "10", "0.0 0.0"),
        (3, 0, 1, "10", "7.5 10.0"),  # neither good nor bad: a span, and no number
        (0, 0, 5, "10", "0.0 10.0"),
    ],
)
def test_a_share_proposes_a_number_or_a_span_where_something_is_unknown(
    done: int, not_done: int, unknown: int, points: str, span: str
) -> None:
    found = proposal(item(points=points), Counted(done, not_done, unknown))

    assert found is not None
    assert f"{found.lowest} {found.highest}" == span
    assert (found.points is None) == (unknown > 0)


def test_only_the_countys_own_rule_counts_the_unknown_as_not_done() -> None:
    found = proposal(item(untold=Untold.NOT_DONE), Counted(3, 0, 1))

    assert found is not None
    assert found.points == Decimal("7.5")


def test_by_hand_and_of_nothing_no_points_are_proposed() -> None:
    assert proposal(item(Way.HAND), Counted(3, 1, 0)) is None
    assert proposal(item(), Counted(0, 0, 0)) is None
    assert proposal(item(), None) is None


@pytest.mark.parametrize(
    ("done", "not_done", "unknown", "span"),
    [
        (9, 1, 0, "10 10"),  # 90 % exactly is inside
        (899, 101, 0, "6 6"),  # 89.9 % is not
        (2, 1, 0, "6 6"),
        (1, 2, 0, "0 0"),
        (89, 10, 1, "6 10"),  # the unknown one decides
        (90, 9, 1, "10 10"),  # whatever it turns out to be
    ],
)
def test_bands_begin_at_their_percent_exactly(
    done: int, not_done: int, unknown: int, span: str
) -> None:
    found = proposal(item(Way.BANDS, bands="90:10 60:6 0:0"), Counted(done, not_done, unknown))

    assert found is not None
    assert f"{points_text(found.lowest)} {points_text(found.highest)}" == span


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请写明各档"),
        ("90", "看不懂"),
        ("101:10 0:0", "看不懂"),
        ("-5:10 0:0", "看不懂"),
        ("60:6 90:10 0:0", "从高到低"),
        ("90:10 90:8 0:0", "从高到低"),
        ("90:6 60:8 0:0", "不能比档次高的多"),
        ("90:11 0:0", "不能超过这一项的分值10分"),
        ("90:10 60:6", "从0写起"),
        ("90:1e1 0:0", "看不懂"),
    ],
)
def test_bands_that_leave_something_open_are_refused_in_words(typed: str, said: str) -> None:
    found = bands_typed(typed, Decimal(10))

    assert isinstance(found, str)
    assert said in found


def test_bands_are_read_as_people_type_them_and_told_as_typed() -> None:
    found = bands_typed("９０%：10分、60.5:6；0:0", Decimal(10))

    assert found == (
        Band(Decimal(90), Decimal(10)), Band(Decimal("60.5"), Decimal(6)), Band(Decimal(0), Decimal(0))
    )  # fmt: skip
    assert bands_text(found) == "90:10 60.5:6 0:0"


def test_totals_and_ranks_with_ties_and_with_points_missing() -> None:
    totals = [Decimal("9.5"), None, Decimal(10), Decimal("9.5"), Decimal(0)]

    assert ranks_of(totals) == [2, None, 1, 2, 4]
    assert total_of([Decimal("0.1")] * 3) == Decimal("0.3")
    assert total_of([Decimal(1), None]) is None
    assert total_of([]) == Decimal(0)


@pytest.mark.parametrize("text", ["", "9.55", "-1", "1e3", "十", "nan", "99999", "1,5", "٣"])
def test_what_is_no_number_with_one_decimal_is_none(text: str) -> None:
    assert number_typed(text) is None
    assert number_typed("９．５") == Decimal("9.5")


def test_an_item_comes_back_as_it_was_kept() -> None:
    one = item(Way.BANDS, "9.5", Untold.NOT_DONE, "90:9.5 0:1")

    assert item_of(frozen_item(one)) == one
    assert tenth(Decimal("0.05")) == Decimal("0.1")


def test_nothing_is_shipped_but_what_the_house_counts() -> None:
    assert {one.whom for one in MEASURES.values()} == set(Whom)
    assert all(key == one.key for key, one in MEASURES.items())


def test_counts_below_zero_cannot_be() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Counted(1, -1, 0)
