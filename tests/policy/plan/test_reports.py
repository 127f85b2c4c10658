"""When a month's report is due, late, complete and whose turn it is: dates and numbers only."""

from datetime import date

import pytest

from server.policy.plan.duties import Duty
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.plan.reports import (
    Part,
    Reminder,
    ReportState,
    Rule,
    Section,
    Timeliness,
    asked_from,
    blank_parts,
    days_late,
    reminder_due,
    sections_of,
    state_of,
    timeliness,
)
from server.settings import ROOT

APRIL = Rule(18, date(2023, 4, 1), None)
JULY = date(2023, 7, 1)


def test_jingle_asks_from_april_and_xiping_never() -> None:
    programmes = programmes_in(ROOT / "standards")

    assert asked_from(programme_of(programmes, "140926")) == date(2023, 4, 1)
    assert asked_from(programme_of(programmes, "411721")) is None
    assert asked_from(None) is None


@pytest.mark.parametrize(
    ("day", "month_on", "due_on"),
    [
        (18, date(2023, 4, 1), date(2023, 4, 18)),
        (31, date(2023, 4, 1), date(2023, 4, 30)),
        (31, date(2024, 2, 1), date(2024, 2, 29)),
        (30, date(2023, 2, 1), date(2023, 2, 28)),
    ],
)
def test_the_last_day_never_leaves_its_month(day: int, month_on: date, due_on: date) -> None:
    assert Rule(day, date(2023, 1, 1), None).due_on(month_on) == due_on


def test_months_run_over_the_years_end_and_stop_where_the_county_says() -> None:
    months = APRIL.months(date(2024, 1, 2))
    ended = Rule(18, date(2023, 4, 1), date(2023, 10, 1)).months(date(2024, 1, 2))

    assert (months[0], months[-1], len(months)) == (date(2024, 1, 1), date(2023, 4, 1), 10)
    assert ended[0] == date(2023, 10, 1)
    assert APRIL.months(date(2023, 3, 31)) == []
    assert not APRIL.asks_in(date(2023, 3, 1))


def test_the_eighteenth_itself_is_in_time_and_the_nineteenth_is_one_day_late() -> None:
    due = APRIL.due_on(JULY)

    assert timeliness(date(2023, 7, 18), due_on=due, on=date(2023, 7, 30)) is Timeliness.ON_TIME
    assert timeliness(date(2023, 7, 19), due_on=due, on=date(2023, 7, 30)) is Timeliness.LATE
    assert timeliness(None, due_on=due, on=date(2023, 7, 18)) is Timeliness.NOT_DUE
    assert timeliness(None, due_on=due, on=date(2023, 7, 19)) is Timeliness.OVERDUE
    assert days_late(date(2023, 7, 19), due_on=due, on=date(2023, 8, 30)) == 1
    assert days_late(None, due_on=due, on=date(2023, 7, 21)) == 3


@pytest.mark.parametrize(
    ("newest", "accepted", "returned", "until", "state"),
    [
        (0, None, None, None, ReportState.MISSING),
        (1, None, None, None, ReportState.RECEIVED),
        (1, None, 1, None, ReportState.RETURNED),
        (2, None, 1, None, ReportState.RECEIVED),
        (2, 2, None, None, ReportState.ACCEPTED),
        (2, 2, None, date(2023, 7, 20), ReportState.REOPENED),
        (2, 2, None, date(2023, 7, 19), ReportState.ACCEPTED),  # over, by itself
        (3, 2, None, date(2023, 7, 19), ReportState.RECEIVED),  # came meanwhile, and waits
        (3, 2, 3, date(2023, 7, 25), ReportState.RETURNED),
    ],
)
def test_whose_turn_it_is(
    newest: int, accepted: int | None, returned: int | None, until: date | None, state: ReportState
) -> None:
    found = state_of(
        newest=newest,
        accepted=accepted,
        returned=returned,
        reopened_until=until,
        on=date(2023, 7, 20),
    )

    assert found is state


def test_a_blank_is_complete_with_a_reason_only() -> None:
    texts = {"progress": "建了3个点", "problems": " \n ", "next": ""}

    assert blank_parts(texts, {}) == (Part.PROBLEMS, Part.NEXT)
    assert blank_parts(texts, {"problems": "nothing", "next": "not_counted"}) == ()


@pytest.mark.parametrize(
    ("day", "turn"),
    [
        (12, None),
        (13, Reminder.BEFORE_5),
        (16, Reminder.BEFORE_5),  # the night of the 13th was missed
        (17, Reminder.BEFORE_1),
        (18, Reminder.BEFORE_1),
        (19, Reminder.AFTER_1),
        (31, Reminder.AFTER_1),
    ],
)
def test_reminders_take_turns_by_days(day: int, turn: Reminder | None) -> None:
    assert reminder_due(date(2023, 7, 18), on=JULY.replace(day=day)) is turn
    assert reminder_due(date(2023, 7, 18), on=date(2023, 8, 1)) is None


def test_a_unit_is_shown_the_figures_of_its_duties() -> None:
    assert sections_of((Duty.TASK_FORCE,)) == (Section.PROGRESS,)
    assert sections_of((Duty.TASK_FORCE, Duty.INBOUND_REVIEW)) == tuple(Section)
    assert sections_of((Duty.TASK_FORCE, Duty.SUBSIDY_PAYMENT)) == (
        Section.PROGRESS,
        Section.COUNTS,
    )
    assert sections_of(()) == ()
