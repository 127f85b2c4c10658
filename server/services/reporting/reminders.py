"""Who is reminded of the report of the month when: three times at most, until it has come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, day_text, first_of_month
from server.models.county import County
from server.models.monthly_report import MonthlyReportReminder
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.nouns import Programme
from server.policy.plan.reports import Reminder, ReportState, reminder_due
from server.services.people.scope import EVERYBODY
from server.services.reporting.rules import ReportOptions, report_options
from server.services.reporting.units import UnitMonth, units_of_month


@dataclass(frozen=True, slots=True)
class ReminderView:
    """One reminder as a page tells it; `who` is empty where a unit had no liaison."""

    unit: str
    label: str
    at: datetime
    who: str


def remind(
    session: Session,
    *,
    county: County,
    programme: Programme | None,
    now: datetime,
) -> list[MonthlyReportReminder]:
    """Note down for every unit whose month has not come yet the reminder whose turn it is.

    Again gives nothing more: a unit's month has each reminder once. What is noted is shown at the
    desk; a channel sends from these rows. A unit without a liaison is the office's to see to.
    """
    options = report_options(county, programme)
    if options is None:
        return []
    today = beijing_day(now)
    this = first_of_month(today)
    before = first_of_month(this - timedelta(days=1))  # the day after a last day of the month
    return [
        one
        for month_on in (before, this)
        for one in _remind_of(session, county, options, month_on=month_on, now=now)
    ]


def _remind_of(
    session: Session, county: County, options: ReportOptions, *, month_on: date, now: datetime
) -> list[MonthlyReportReminder]:
    today = beijing_day(now)
    if not options.rule.asks_in(month_on):
        return []
    turn = reminder_due(options.rule.due_on(month_on), on=today)
    if turn is None:
        return []
    made = set(
        session.scalars(
            sa.select(MonthlyReportReminder.organisation_id).where(
                MonthlyReportReminder.county == county.code,
                MonthlyReportReminder.month_on == month_on,
                MonthlyReportReminder.reminder == turn.value,
            )
        )
    )
    units = units_of_month(
        session,
        county=county.code,
        options=options,
        month_on=month_on,
        on=today,
        seen_by=EVERYBODY,
    )
    new = [
        MonthlyReportReminder(
            county=county.code,
            organisation_id=one.unit.id,
            month_on=month_on,
            reminder=turn.value,
            due_on=one.due_on,
            person_id=one.liaison.id if one.liaison and one.liaison.active else None,
            at=now,
        )
        for one in units
        if one.state is ReportState.MISSING and one.unit.id not in made
    ]
    session.add_all(new)
    session.flush()
    return new


def reminders_of_month(session: Session, *, county: str, month_on: date) -> list[ReminderView]:
    """Who was reminded of a month when, in order."""
    rows = session.execute(
        sa.select(MonthlyReportReminder, Organisation.short, Person.name)
        .join(Organisation, Organisation.id == MonthlyReportReminder.organisation_id)
        .outerjoin(Person, Person.id == MonthlyReportReminder.person_id)
        .where(MonthlyReportReminder.county == county, MonthlyReportReminder.month_on == month_on)
        .order_by(MonthlyReportReminder.id)
    )
    return [
        ReminderView(short, Reminder(one.reminder).label, one.at, name or "")
        for one, short, name in rows
    ]


def reminded_sentence(one: UnitMonth) -> str:
    """What a unit that has not reported is told on its page, by how long it still has."""
    due = day_text(one.due_on, one.on)
    left = (one.due_on - one.on).days
    if left > 0:
        return f"{due}前报到，还有{left}天。"
    return f"今天（{due}）是最后一天。" if left == 0 else f"{due}前该报到，已经过了{-left}天。"
