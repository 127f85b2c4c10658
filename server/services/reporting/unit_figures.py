"""One unit's figures: those of its duties, beside what its report of the month before said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from server.calendar import first_of_month
from server.models.county import County
from server.models.monthly_report import MonthlyReportVersion
from server.models.organisation import Organisation
from server.policy.hours import Holidays, nobody_knows
from server.policy.plan.report_frozen import ReportFigure
from server.policy.plan.reports import sections_of
from server.policy.standard.standards import Standard
from server.services.reporting.drafts import report_of
from server.services.reporting.figures import differences, report_figures
from server.services.reporting.reports import version_of


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What figures are held against: the standards, and days off."""

    standards: tuple[Standard, ...]
    holidays: Holidays = nobody_knows


def unit_figures(
    session: Session,
    *,
    county: County,
    unit: Organisation,
    month_on: date,
    on: date,
    today: date,
    book: Rulebook,
) -> list[ReportFigure]:
    """A unit's figures as of `on`: of the whole county, a township's of its own stations."""
    found = report_figures(
        session,
        county=county,
        standards=book.standards,
        sections=sections_of(unit.held_duties),
        month_on=month_on,
        on=on,
        today=today,
        township_code=unit.township_code,
        holidays=book.holidays,
    )
    before = _before(session, unit, first_of_month(month_on - timedelta(days=1)))
    return [{**one, "before": before.get(one["key"])} for one in found]


def changed_since(
    session: Session,
    *,
    county: County,
    unit: Organisation,
    made: MonthlyReportVersion,
    month_on: date,
    today: date,
    book: Rulebook,
) -> list[str]:
    """What is otherwise by now of a version's figures, asked again for its own day, in words."""
    on = date.fromisoformat(made.content["on"])
    now = unit_figures(
        session, county=county, unit=unit, month_on=month_on, on=on, today=today, book=book
    )
    return differences(made.content["figures"], now)


def figures_now(
    session: Session,
    *,
    county: County,
    unit: Organisation,
    month_on: date,
    today: date,
    book: Rulebook,
) -> list[ReportFigure]:
    """The figures that a report of this month is handed in with today."""
    return unit_figures(
        session, county=county, unit=unit, month_on=month_on, on=today, today=today, book=book
    )


def _before(session: Session, unit: Organisation, month_on: date) -> dict[str, int | None]:
    report = report_of(session, unit=unit, month_on=month_on)
    if report is None or report.newest == 0:
        return {}
    number = report.accepted or report.newest
    figures: Iterable[ReportFigure] = version_of(session, report=report, version=number).content[
        "figures"
    ]
    return {one["key"]: one["value"] for one in figures}
