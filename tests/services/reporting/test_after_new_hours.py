"""New opening hours change no day before them: what was owed is asked by the hours of then."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.station import Station
from server.policy.hours import parse_hours
from server.policy.plan.reports import Section
from server.services.common import history
from server.services.common.hours_then import hours_then
from server.services.days.months import frozen_month, month_figures
from server.services.days.reconciliation import reconciled_month
from server.services.people.scope import EVERYBODY
from server.services.registry.actions import RegistryAction
from server.services.registry.stations import edit_station
from server.services.reporting.figures import report_figures
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.queries import plan_of
from tests.services.days.of_june import JUNE, approve, counted, june, send

JULY = date(2023, 7, 1)
DAILY, SUNDAYS = "每天 8:00-18:00", "周日 8:00-18:00"


def changed(session: Session, cast: Cast, hours: str, at: datetime = NOW) -> None:
    edit_station(
        session, station=cast.c1, changes={"hours": hours}, by=cast.office, now=at,
        reason="现场核实", standards=(),
    )  # fmt: skip


def noon(month: int, day: int) -> datetime:
    return datetime(2023, month, day, 12, tzinfo=BEIJING)


def due(session: Session, month_on: date = JUNE) -> int:
    month = month_figures(session, county="140926", month_on=month_on, today=TODAY)
    return {one.code: one.due for one in month.stations}["C0001"]


def to_reconcile(session: Session, station: Station) -> list[int]:
    month = reconciled_month(
        session, county="140926", month_on=JUNE, today=TODAY, seen_by=EVERYBODY
    )
    [days] = [one.days for one in month.stations if one.station.id == station.id] or [()]
    return [one.day_on.day for one in days]


def test_new_hours_leave_the_months_before_them_as_they_were(
    session: Session, cast: Cast, standards: Any
) -> None:
    cast.c1.hours = parse_hours(DAILY)
    send(session, cast.li, counted(cast.c1))

    def silent() -> Any:
        figures = report_figures(
            session, county=cast.county, standards=standards, month_on=JULY,
            sections=[Section.COUNTS], on=TODAY, today=TODAY,
        )  # fmt: skip
        return next(one for one in figures if one["key"] == "silent")

    seen, told = june(session), silent()
    assert due(session) == 30

    changed(session, cast, SUNDAYS)

    assert due(session) == 30
    assert june(session).sha256 == seen.sha256
    assert to_reconcile(session, cast.c1) == list(range(1, 31))
    assert silent() == told


def test_new_hours_hold_from_the_day_they_were_entered(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    changed(session, cast, SUNDAYS, noon(6, 10))
    changed(session, cast, "周六 8:00-18:00", noon(6, 20))
    changed(session, cast, "周六、周日 8:00-18:00", noon(6, 20))  # the same day, so the last holds
    changed(session, cast, DAILY, noon(7, 2))
    changed(session, cast, SUNDAYS, noon(7, 3))

    # The 1st to the 9th; Sundays the 11th and 18th; the weekends of the 24th.
    assert to_reconcile(session, cast.c1) == [*range(1, 10), 11, 18, 24, 25]
    assert due(session) == 13
    assert due(session, JULY) == 2  # the 1st, a Saturday, and the 2nd; TODAY is no Sunday


def test_the_first_hours_hold_for_the_days_before_them(session: Session, cast: Cast) -> None:
    cast.c1.hours = []
    assert due(session) == 30

    changed(session, cast, SUNDAYS, noon(7, 2))
    changed(session, cast, DAILY, noon(7, 3))

    assert to_reconcile(session, cast.c1) == [4, 11, 18, 25]


def test_a_moment_before_midnight_is_of_its_day_in_beijing(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(SUNDAYS)
    changed(session, cast, DAILY, datetime(2023, 6, 30, 0, 30, tzinfo=BEIJING))

    assert to_reconcile(session, cast.c1) == [4, 11, 18, 25, 30]


def test_words_that_cannot_be_read_back_are_told(
    session: Session, cast: Cast, standards: Any
) -> None:
    cast.c1.hours = parse_hours(SUNDAYS)
    send(session, cast.li, counted(cast.c1))
    assert june(session).unread == frozenset()
    history.write(
        session, of=cast.c1, by=cast.office, at=NOW, action=RegistryAction.STATION_EDITED,
        summary="修改营业时间",
        changes=[history.Change(field="hours", label="营业时间", old="老样子", new=SUNDAYS)],
    )  # fmt: skip

    assert june(session).unread == {cast.c1.id}
    assert due(session) == 4  # today's stand in
    assert june(session).of_stations([cast.c2.id]).unread == frozenset()
    figures = report_figures(
        session, county=cast.county, standards=standards, month_on=JULY,
        sections=[Section.COUNTS], on=TODAY, today=TODAY,
    )  # fmt: skip
    [note] = [one["note"] for one in figures if one["key"] == "silent"]
    assert note == "1个站当时登记的营业时间或停业查不到了，按后来登记的算"


def test_approved_figures_do_not_move(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    approval = approve(session, cast)
    frozen = frozen_month(approval)

    changed(session, cast, SUNDAYS)

    assert frozen_month(approval) == frozen
    assert frozen.sha256 == approval.figures_sha256


@ON_SQLITE
def test_the_hours_of_then_are_found_by_the_index_of_few(session: Session, cast: Cast) -> None:
    changed(session, cast, DAILY)
    last = date(2023, 6, 30)
    plan = plan_of(session, lambda: hours_then(session, county="140926", since=JUNE, until=last))
    assert "USING INDEX ix_history_of_registers (county=?" in plan
