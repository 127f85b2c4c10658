"""Two sides of a day: what agrees, what a person has to decide, and what may be paid."""

from datetime import date

import pytest

from server.policy.reconciliation import (
    Choice,
    DayState,
    Decided,
    Numbers,
    Settled,
    Tolerance,
    numbers_for,
    seal_of_day,
    settle,
)

STRICT, LOOSE = Tolerance(0, 0), Tolerance(2, 10)


@pytest.mark.parametrize(
    ("keeper", "operator", "tolerance", "state", "paid"),
    [
        ((12, 3), (12, 3), STRICT, DayState.EQUAL, (12, 3)),
        ((0, 0), (0, 0), STRICT, DayState.EQUAL, (0, 0)),
        ((12, 3), (11, 3), STRICT, DayState.DIFFERS, None),
        ((12, 3), (11, 4), LOOSE, DayState.WITHIN, (11, 3)),  # the smaller, each by itself
        ((110, 0), (100, 0), LOOSE, DayState.WITHIN, (100, 0)),  # just the tenth
        ((111, 0), (100, 0), LOOSE, DayState.DIFFERS, None),
        ((90, 0), (100, 0), LOOSE, DayState.WITHIN, (90, 0)),
        ((12, 3), (12, 6), LOOSE, DayState.DIFFERS, None),  # one direction is enough
        ((3, 0), (0, 0), Tolerance(0, 50), DayState.DIFFERS, None),  # half of 0 is 0
        ((12, 3), None, LOOSE, DayState.ONLY_KEEPER, None),
        (None, (1, 0), LOOSE, DayState.ONLY_OPERATOR, None),
        ((0, 0), None, STRICT, DayState.ONLY_KEEPER, (0, 0)),
        (None, (0, 0), STRICT, DayState.ONLY_OPERATOR, (0, 0)),
        (None, None, LOOSE, DayState.MISSING, None),
    ],
)
def test_a_day_is_paid_only_by_what_both_sides_say(
    keeper: tuple[int, int] | None,
    operator: tuple[int, int] | None,
    tolerance: Tolerance,
    state: DayState,
    paid: tuple[int, int] | None,
) -> None:
    found = settle(
        Numbers(*keeper) if keeper else None,
        Numbers(*operator) if operator else None,
        tolerance=tolerance,
    )

    assert (found.state, found.numbers) == (state, paid)
    assert found.open == (paid is None and state is not DayState.MISSING)


def test_what_a_person_decided_comes_before_what_agrees() -> None:
    def decided(choice: Choice, numbers: Numbers) -> Settled:
        one = Decided(choice, numbers)
        return settle(Numbers(12, 3), Numbers(12, 3), tolerance=STRICT, decided=one)

    other = decided(Choice.OTHER, Numbers(9, 1))
    assert (other.numbers, other.open, other.why) == ((9, 1), False, "对账决定另定一个数")
    none = decided(Choice.NOT_PAYABLE, Numbers(0, 0))
    assert (none.numbers, none.open, none.state) == (None, False, DayState.EQUAL)


def test_a_side_that_said_nothing_cannot_be_chosen() -> None:
    assert numbers_for(Choice.OPERATOR, Numbers(5, 0), None) is None
    assert numbers_for(Choice.KEEPER, Numbers(5, 0), None) == (5, 0)
    assert numbers_for(Choice.NOT_PAYABLE, None, None) == (0, 0)


def test_a_seal_tells_every_side_from_every_other() -> None:
    day, five = date(2023, 6, 3), Numbers(5, 0)
    seals = {
        seal_of_day(1, day, five, five),
        seal_of_day(2, day, five, five),
        seal_of_day(1, date(2023, 6, 4), five, five),
        seal_of_day(1, day, None, five),
        seal_of_day(1, day, five, None),
        seal_of_day(1, day, five, Numbers(0, 5)),
        seal_of_day(1, day, five, Numbers(0, 0)),
    }

    assert len(seals) == 7


def test_a_tolerance_is_said_in_words() -> None:
    assert STRICT.text == "一件也不差才算一致"
    assert LOOSE.text == "相差不超过2件或企业数的10%"
    assert Tolerance(0, 5).text == "相差不超过企业数的5%"
