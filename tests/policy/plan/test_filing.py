"""A filing's life: which step follows which, what all say together, and how long is left."""

from datetime import date

import pytest

from server.policy.plan.filing import (
    CHANGE_WITHIN_DAYS,
    FILE_WITHIN_DAYS,
    FilingState,
    Life,
    Registered,
    Step,
    StepKind,
    clock,
    disorder,
    life_of,
    may_follow,
)
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import standard_by_id, standards_in
from server.policy.standard.working_days import working_days_in
from server.settings import ROOT

K = StepKind
DAYS = working_days_in(ROOT / "standards")


def life(*said: tuple[StepKind, int] | Step) -> Life:
    return life_of(steps(*said))


def steps(*said: tuple[StepKind, int] | Step) -> list[Step]:
    """Steps of June 2023, each by its kind and day."""
    return [
        one._replace(seq=seq)
        if isinstance(one, Step)
        else Step(seq, one[0], date(2023, 6, one[1]), number=f"备{one[1]}", facts=("name",))
        for seq, one in enumerate(said, 1)
    ]


def test_the_days_are_those_of_the_national_rules() -> None:
    rules = standard_by_id(standards_in(), "national-outlet-filing-2018")

    days = [rules.rule(code).check["within_days"]["days"] for code in ("EXT-F1", "EXT-F2")]

    assert days == [FILE_WITHIN_DAYS, CHANGE_WITHIN_DAYS]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ((), FilingState.WAITING),
        (((K.SUBMITTED, 1),), FilingState.SUBMITTED),
        (((K.SUBMITTED, 1), (K.ASKED, 3)), FilingState.ASKED),
        (((K.SUBMITTED, 1), (K.ASKED, 3), (K.RESUBMITTED, 4)), FilingState.SUBMITTED),
        (((K.SUBMITTED, 1), (K.FILED, 6)), FilingState.FILED),
        (((K.FILED, 6), (K.NOTICED, 8)), FilingState.CHANGING),
        (((K.FILED, 6), (K.NOTICED, 8), (K.NOT_CONCERNED, 9)), FilingState.FILED),
        (((K.FILED, 6), (K.CHANGED, 8), (K.SUBMITTED, 9)), FilingState.CHANGING),
        (((K.FILED, 6), (K.CHANGED, 8), (K.CHANGE_FILED, 12)), FilingState.FILED),
        (((K.FILED, 6), (K.WITHDRAWN, 8)), FilingState.ENDED),
        (((K.FILED, 6), (K.CLOSED, 8)), FilingState.ENDED),
        (((K.FILED, 6), (K.CLOSED, 8), (K.REOPENED, 9)), FilingState.FILED),
    ],
)
def test_steps_lead_to_a_state(said: tuple[tuple[StepKind, int], ...], state: FilingState) -> None:
    assert life(*said).state is state


def test_what_the_register_holds_is_what_the_steps_say_together() -> None:
    held = life((K.SUBMITTED, 1), (K.FILED, 6), (K.CHANGED, 8), (K.CHANGE_FILED, 12)).registered

    assert held == Registered(date(2023, 6, 6), "备12", "", date(2023, 6, 8), date(2023, 6, 12))
    assert life((K.FILED, 6), (K.WITHDRAWN, 8)).registered == Registered()
    assert life((K.FILED, 6), (K.CLOSED, 8)).registered.filed_on == date(2023, 6, 6)


def test_of_two_changes_that_are_not_filed_the_earlier_days_run() -> None:
    found = life((K.FILED, 1), (K.CHANGED, 5), (K.NOTICED, 9), (K.CHANGED, 7))

    assert found.clock_from == date(2023, 6, 5)
    assert life((K.FILED, 1), (K.NOTICED, 9), (K.NOTICED, 4)).clock_from == date(2023, 6, 4)
    assert life((K.FILED, 1), (K.NOTICED, 9), (K.NOT_CONCERNED, 9)).clock_from is None


def test_a_correction_puts_a_step_right_and_a_void_one_counts_no_more() -> None:
    filed = (K.SUBMITTED, 1), (K.FILED, 6)
    right = Step(0, K.CORRECTED, date(2023, 6, 5), number="备5", corrects=2)

    assert life(*filed, right).registered[:2] == (date(2023, 6, 5), "备5")
    assert life(*filed, Step(0, K.VOIDED, date(2023, 6, 6), corrects=2)).state is (
        FilingState.SUBMITTED
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (((K.ASKED, 3),), "不能跟在“待备案”后面"),
        (((K.SUBMITTED, 5), (K.FILED, 4)), "早于提交的2023年6月5日"),
        (((K.SUBMITTED, 1), (K.ASKED, 3), (K.RESUBMITTED, 2)), "早于要求补正的"),
        (((K.FILED, 6), (K.CHANGED, 5)), "早于备案的"),
        (((K.FILED, 6), (K.CHANGED, 8), (K.CHANGE_FILED, 7)), "早于备案内容变更的"),
        (((K.FILED, 6), (K.FILED, 7)), "不能跟在“已备案”后面"),
    ],
)
def test_steps_that_contradict_one_another_are_told(
    said: tuple[tuple[StepKind, int], ...], told: str
) -> None:
    assert told in disorder(steps(*said))


def test_a_step_others_rest_on_cannot_be_made_void() -> None:
    held = (K.FILED, 6), (K.CHANGED, 8)

    assert "不能跟在" in disorder(steps(*held, Step(0, K.VOIDED, date(2023, 6, 6), corrects=1)))
    assert disorder(steps(*held, Step(0, K.VOIDED, date(2023, 6, 8), corrects=2))) == ""


def test_nothing_follows_what_is_over() -> None:
    assert may_follow(life((K.FILED, 6), (K.WITHDRAWN, 8))) == ()
    assert may_follow(life())[0] is K.SUBMITTED


@pytest.mark.parametrize(
    ("on", "left", "sure"),
    [
        (date(2023, 5, 2), 19, True),
        (date(2023, 5, 21), 0, True),  # a Sunday
        (date(2023, 5, 22), -1, False),  # till Monday by the other reading
        (date(2023, 5, 23), -2, True),
    ],
)
def test_days_left_are_counted_and_unsure_while_nobody_decided_of_days_off(
    on: date,
    left: int,
    sure: bool,  # noqa: FBT001
) -> None:
    found = clock(date(2023, 5, 1), 20, on=on, calendar=DAYS, options=CountyOptions())

    assert found is not None
    assert (found.last_on, found.left, found.sure) == (date(2023, 5, 21), left, sure)


def test_the_last_day_moves_over_new_year_once_the_county_decided() -> None:
    moved = CountyOptions(deadline_on_day_off="moved")

    found = clock(date(2023, 12, 12), 20, on=date(2024, 1, 2), calendar=DAYS, options=moved)

    assert found is not None
    assert (found.last_on, found.left) == (date(2024, 1, 2), 0)
