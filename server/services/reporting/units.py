"""Which units report a month, how each one stands, and who writes for it."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.monthly_report import (
    MonthlyReport,
    MonthlyReportReminder,
    MonthlyReportVersion,
)
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.duties import OrganisationType
from server.policy.plan.reports import ReportState, Timeliness, days_late, state_of, timeliness
from server.services.people.scope import Everybody, organisations_visible_to
from server.services.reporting.rules import ReportOptions


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """One unit's month: four separate facts, and whose turn it is.

    Received (`report.received_on`), in time (`timeliness`), `complete` (None: nothing came yet) and
    accepted (`accepted`, the number of the version that holds).
    """

    unit: Organisation
    month_on: date
    liaison: Person | None
    report: MonthlyReport | None
    due_on: date
    state: ReportState
    timeliness: Timeliness
    days_late: int
    complete: bool | None
    on: date

    @property
    def received_on(self) -> date | None:
        """The Beijing day on which the first version reached the office."""
        return self.report.received_on if self.report else None

    @property
    def accepted(self) -> int | None:
        """The accepted version that holds, also while the month is open again."""
        return self.report.accepted if self.report else None

    @property
    def newest(self) -> int:
        """The newest version's number, 0 before the first."""
        return self.report.newest if self.report else 0


def units_of_month(
    session: Session,
    *,
    county: str,
    options: ReportOptions,
    month_on: date,
    on: date,
    seen_by: Person | Everybody,
) -> list[UnitMonth]:
    """Every unit in sight that reports this month or has reported it, in the order of entering.

    Four queries for any number of units.
    """
    found = _units(session, county, seen_by)
    reports = {
        one.organisation_id: one
        for one in session.scalars(
            sa.select(MonthlyReport).where(
                MonthlyReport.county == county, MonthlyReport.month_on == month_on
            )
        )
    }
    complete = _complete(session, [one.id for one in reports.values()])
    reminded = _reminded(session, county)
    return [
        _unit_month(
            who=(unit, liaison),
            report=reports.get(unit.id),
            complete=complete,
            options=options,
            month_on=month_on,
            on=on,
        )
        for unit, liaison in found
        if unit.id in reports
        or (unit.id, month_on) in reminded
        or (options.rule.asks_in(month_on) and is_asked(unit, options, month_on))
    ]


def waiting_months(
    session: Session,
    *,
    county: str,
    options: ReportOptions,
    on: date,
    seen_by: Person | Everybody,
) -> list[UnitMonth]:
    """Months of units in sight that wait for somebody, the newest first: the queues' own lists.

    Not handed in though somebody was reminded, returned, or waiting to be accepted.
    """
    reminded = _reminded(session, county)
    return [
        one
        for one in _every_month(
            session, county=county, options=options, on=on, seen_by=seen_by, reminded=reminded
        )
        if one.state in (ReportState.RECEIVED, ReportState.RETURNED)
        or (one.state is ReportState.MISSING and (one.unit.id, one.month_on) in reminded)
    ]


def late_months(
    session: Session,
    *,
    county: str,
    options: ReportOptions,
    on: date,
    seen_by: Person | Everybody,
) -> list[UnitMonth]:
    """Every month of units in sight that came late or is overdue, the newest month first.

    Three queries for any number of months.
    """
    every = _every_month(
        session,
        county=county,
        options=options,
        on=on,
        seen_by=seen_by,
        reminded=_reminded(session, county),
    )
    return [one for one in every if one.timeliness in (Timeliness.LATE, Timeliness.OVERDUE)]


def _every_month(
    session: Session,
    *,
    county: str,
    options: ReportOptions,
    on: date,
    seen_by: Person | Everybody,
    reminded: set[tuple[int, date]],
) -> list[UnitMonth]:
    """Every month that units in sight had to report, or have reported, the newest first.

    What a unit was reminded of it was asked for, whatever its part in the 专班 is by now.
    """
    found = _units(session, county, seen_by)
    reports = {
        (one.organisation_id, one.month_on): one
        for one in session.scalars(sa.select(MonthlyReport).where(MonthlyReport.county == county))
    }
    months = {*options.rule.months(on), *(month_on for _, month_on in (*reports, *reminded))}
    return [
        _unit_month(
            who=(unit, liaison),
            report=reports.get((unit.id, month_on)),
            complete={},
            options=options,
            month_on=month_on,
            on=on,
        )
        for month_on in sorted(months, reverse=True)
        for unit, liaison in found
        if (unit.id, month_on) in reports
        or (unit.id, month_on) in reminded
        or (options.rule.asks_in(month_on) and is_asked(unit, options, month_on))
    ]


def unit_months(
    session: Session,
    *,
    unit: Organisation,
    options: ReportOptions,
    on: date,
) -> list[UnitMonth]:
    """A unit's months, the newest first: those that it has to report, and those that it has."""
    reports = {
        one.month_on: one
        for one in session.scalars(
            sa.select(MonthlyReport).where(MonthlyReport.organisation_id == unit.id)
        )
    }
    asked = {one for one in options.rule.months(on) if is_asked(unit, options, one)}
    asked |= {one for whose, one in _reminded(session, unit.county) if whose == unit.id}
    complete = _complete(session, [one.id for one in reports.values()])
    liaison = session.get(Person, unit.liaison_id) if unit.liaison_id else None
    return [
        _unit_month(
            who=(unit, liaison),
            report=reports.get(month_on),
            complete=complete,
            options=options,
            month_on=month_on,
            on=on,
        )
        for month_on in sorted(asked | set(reports), reverse=True)
    ]


def unit_for(
    session: Session, *, organisation_id: int, seen_by: Person | Everybody
) -> Organisation:
    """A unit in somebody's sight. Raises NotFound organisation-unknown."""
    found = session.scalars(
        sa.select(Organisation).where(
            Organisation.id == organisation_id, organisations_visible_to(seen_by)
        )
    ).one_or_none()
    if found is None:
        raise NotFound("organisation-unknown", "没有找到这个单位。请从成员单位名单里重新选择。")
    return found


def is_asked(unit: Organisation, options: ReportOptions, month_on: date) -> bool:
    """Whether a body reports a month: members of the 专班, townships where the county adds them.

    A body that began after the month's last day for reports, or ended before the month, does not.
    """
    if unit.until_on is not None and unit.until_on < month_on:
        return False
    if unit.from_on > options.rule.due_on(month_on):
        return False
    township = unit.type is OrganisationType.TOWNSHIP_GOVERNMENT
    return unit.in_task_force or (options.townships and township)


def _units(
    session: Session, county: str, seen_by: Person | Everybody
) -> list[tuple[Organisation, Person | None]]:
    rows = session.execute(
        sa.select(Organisation, Person)
        .outerjoin(Person, Person.id == Organisation.liaison_id)
        .where(Organisation.county == county, organisations_visible_to(seen_by))
        .order_by(Organisation.id)
    )
    return [(unit, liaison) for unit, liaison in rows]


def _reminded(session: Session, county: str) -> set[tuple[int, date]]:
    """The units' months of which somebody was reminded: they were asked for then."""
    rows = session.execute(
        sa.select(MonthlyReportReminder.organisation_id, MonthlyReportReminder.month_on).where(
            MonthlyReportReminder.county == county
        )
    )
    return {(whose, month_on) for whose, month_on in rows}


def _complete(session: Session, report_ids: list[int]) -> dict[int, bool]:
    """Whether each report's newest version is complete."""
    rows = session.execute(
        sa.select(MonthlyReport.id, MonthlyReportVersion.complete)
        .join(
            MonthlyReportVersion,
            (MonthlyReportVersion.report_id == MonthlyReport.id)
            & (MonthlyReportVersion.version == MonthlyReport.newest),
        )
        .where(MonthlyReport.id.in_(report_ids))
    )
    return {report_id: bool(whole) for report_id, whole in rows}


def _unit_month(
    *,
    who: tuple[Organisation, Person | None],
    report: MonthlyReport | None,
    complete: dict[int, bool],
    options: ReportOptions,
    month_on: date,
    on: date,
) -> UnitMonth:
    unit, liaison = who
    due_on = (report.due_on if report else None) or options.rule.due_on(month_on)
    received_on = report.received_on if report else None
    return UnitMonth(
        unit=unit,
        month_on=month_on,
        liaison=liaison,
        report=report,
        due_on=due_on,
        state=state_of(
            newest=report.newest if report else 0,
            accepted=report.accepted if report else None,
            returned=report.returned if report else None,
            reopened_until=report.reopened_until if report else None,
            on=on,
        ),
        timeliness=timeliness(received_on, due_on=due_on, on=on),
        days_late=days_late(received_on, due_on=due_on, on=on),
        complete=complete.get(report.id) if report else None,
        on=on,
    )
