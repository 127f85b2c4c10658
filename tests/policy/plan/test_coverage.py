from dataclasses import replace
from fractions import Fraction

import pytest

from server.policy.plan.conflicts import conflicts
from server.policy.plan.coverage import (
    Met,
    Place,
    coverage_readings,
    covered_share,
    percent_text,
    resident_share,
)
from tests.plans import JINGLE, XIPING


def place(code: str, large: bool | None, resident: bool | None) -> Place:  # noqa: FBT001
    return Place(code, large, resident, None)


def test_what_is_known_of_every_village_gives_one_share_and_its_villages() -> None:
    share = resident_share(
        [place("a", True, True), place("b", True, False), place("c", False, False)]
    )

    assert (share.inside, share.of, share.outside) == ({"a"}, {"a", "b"}, {"b"})
    assert share.lowest == share.highest == Fraction(1, 2)
    assert share.certain
    assert (share.met(50), share.met(51)) == (Met.MET, Met.NOT_MET)


def test_a_village_of_unknown_size_moves_the_share_between_its_ends() -> None:
    share = resident_share(
        [place("a", True, True), place("b", None, False), place("c", None, True)]
    )

    assert share.unknown == {"b", "c"}
    # b counts and lacks a point, c does not count; or c counts and b does not.
    assert (share.lowest, share.highest) == (Fraction(1, 2), Fraction(1))
    assert share.met(100) is Met.UNTOLD
    assert share.met(50) is Met.MET


def test_a_known_gap_is_not_met_whatever_the_unknown_turn_out_to_be() -> None:
    share = resident_share([place("a", True, False), place("b", None, True)])
    assert share.highest == Fraction(1, 2)
    assert share.met(100) is Met.NOT_MET


def test_a_station_that_nobody_accepted_counts_for_neither_side() -> None:
    share = covered_share([Place("a", None, None, None), Place("b", None, None, True)])
    assert (share.inside, share.of, share.unknown) == ({"b"}, {"a", "b"}, {"a"})
    assert (share.lowest, share.highest) == (Fraction(1, 2), Fraction(1))


def test_without_a_village_of_that_size_there_is_nothing_to_reach() -> None:
    share = resident_share([place("a", False, False)])
    assert (share.lowest, share.highest, share.met(100)) == (None, None, Met.NONE)


@pytest.mark.parametrize(
    ("share", "down", "up"),
    [
        (Fraction(899, 1000), "89.9%", "89.9%"),
        (Fraction(8999, 10000), "89.9%", "90%"),
        (Fraction(1), "100%", "100%"),
        (Fraction(0), "0%", "0%"),
        (None, "—", "—"),
    ],
)
def test_a_share_is_never_rounded_over_a_goal(share: Fraction | None, down: str, up: str) -> None:
    assert (percent_text(share), percent_text(share, up=True)) == (down, up)


def test_the_plan_leaves_open_whose_people_it_counts_and_what_a_resident_point_is() -> None:
    basis, meaning = coverage_readings(XIPING)
    assert [one.label for one in basis.readings] == ["按户籍人口", "按常住人口"]
    assert [one.label for one in meaning.readings] == ["村里有站就算", "只算驻村设点模式"]
    assert basis in conflicts(XIPING)
    assert coverage_readings(JINGLE) == ()
    assert coverage_readings(replace(XIPING, coverage=None)) == ()
