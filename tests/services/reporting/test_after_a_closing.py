"""A station that was closed and opened again was still closed in between, in whatever is asked."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.models.station import Stage
from server.policy.plan.report_frozen import ReportFigure
from server.policy.plan.reports import Section
from server.services.coverage.serving import Served, villages_served
from server.services.days.months import month_figures
from server.services.days.reconciliation import reconciled_month
from server.services.people.scope import EVERYBODY
from server.services.registry.stations import close_station, reopen_station
from server.services.reporting.figures import differences, report_figures
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast

JUNE = date(2023, 6, 1)
DAY = timedelta(days=1)


def away(session: Session, cast: Cast, since: date) -> None:
    """老李's point is closed from a day on and opens again on the 5th of July."""
    close_station(session, station=cast.c1, by=cast.office, now=NOW, on=since, reason="外出")
    reopen_station(session, station=cast.c1, by=cast.office, now=NOW, reason="回来了")


def due(session: Session) -> dict[int, tuple[int, int]]:
    month = month_figures(session, county="140926", month_on=JUNE, today=TODAY)
    return {one.station_id: (one.due, one.without) for one in month.stations}


def test_nobody_owes_the_days_between(session: Session, cast: Cast) -> None:
    away(session, cast, JUNE + 9 * DAY)
    assert due(session)[cast.c1.id] == (10, 10)  # the 10th is its last day
    assert due(session)[cast.c2.id] == (30, 30)
    [days] = [
        one.days
        for one in reconciled_month(
            session, county="140926", month_on=JUNE, today=TODAY, seen_by=EVERYBODY
        ).stations
        if one.station.id == cast.c1.id
    ]
    assert [one.day_on for one in days] == [JUNE + n * DAY for n in range(10)]


def test_a_month_in_which_it_was_never_open_does_not_name_it(session: Session, cast: Cast) -> None:
    away(session, cast, date(2023, 5, 20))
    assert cast.c1.id not in due(session)
    assert cast.c2.id in due(session)


@ON_SQLITE
def test_a_report_made_meanwhile_is_the_same_after_it(
    session: Session, cast: Cast, standards: Any
) -> None:
    def figures() -> list[ReportFigure]:
        return report_figures(
            session, county=cast.county, standards=standards, month_on=JUNE,
            sections=[Section.ROUNDS, Section.PROGRESS], on=date(2023, 6, 30), today=TODAY,
        )  # fmt: skip

    cast.c1.filed_on = date(2023, 6, 1)
    before = {one["key"]: one for one in figures()}
    close_station(session, station=cast.c1, by=cast.office, now=NOW, on=JUNE, reason="外出")
    made = figures()
    reopen_station(session, station=cast.c1, by=cast.office, now=NOW, reason="回来了")

    assert differences(made, figures()) == []
    filed = {one["key"]: one for one in made}["filed"]
    assert len(filed["stations"]) == len(before["filed"]["stations"]) - 1


@ON_SQLITE
def test_it_served_no_village_meanwhile(session: Session, cast: Cast) -> None:
    cast.c1.stage = Stage.BUILT
    away(session, cast, JUNE)

    def how(on: date) -> Served:
        served = villages_served(session, county="140926", on=on, seen_by=EVERYBODY)
        [own] = [one for one in served if one.code == cast.c1.village_code]
        return own.how

    assert (how(JUNE + DAY), how(TODAY)) == (Served.NONE, Served.RESIDENT)
