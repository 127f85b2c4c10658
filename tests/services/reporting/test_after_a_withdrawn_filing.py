"""A filing that was withdrawn held until then: a past report and a past day still show it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.policy.plan.filing import StepKind
from server.policy.plan.reports import Section
from server.services.programme.reconstructed import register_of
from server.services.registry.filed_then import filed_then
from server.services.registry.filings import Told, newest_step, record_step
from server.services.reporting.figures import differences, report_figures
from tests.factories import NOW, TODAY, Cast, make_plan
from tests.queries import queries

JULY = date(2023, 7, 1)


@pytest.fixture
def say(session: Session, cast: Cast, blobs: FolderStore) -> Any:
    def told(kind: StepKind, on: date, **more: Any) -> None:
        record_step(
            session, blobs, station=cast.c1, told=Told(kind, on, **more), by=cast.office,
            now=NOW, seen=None, standards=(),
        )  # fmt: skip

    cast.c1.opened_on = TODAY - timedelta(60)
    cast.c1.filed_on, cast.c1.filed_name, cast.c1.filing_number = None, "", ""
    session.flush()
    return told


def progress(session: Session, cast: Cast, standards: Any, on: date) -> Any:
    return report_figures(
        session, county=cast.county, standards=standards, sections=[Section.PROGRESS],
        month_on=JULY, on=on, today=TODAY,
    )  # fmt: skip


def filed(found: Any) -> Any:
    return next(one for one in found if one["key"] == "filed")


def test_a_report_of_then_still_counts_the_filing_that_held_then(
    session: Session, cast: Cast, standards: Any, say: Any
) -> None:
    make_plan(session, cast.county)
    first, gone, then = TODAY - timedelta(30), TODAY - timedelta(3), TODAY - timedelta(10)
    say(StepKind.FILED, first, number="1")
    reported = progress(session, cast, standards, then)
    assert cast.c1.id in filed(reported)["stations"]

    say(StepKind.WITHDRAWN, gone, reason="换了开办企业")
    say(StepKind.FILED, TODAY, number="2")

    assert cast.c1.filed_on == TODAY
    assert differences(reported, progress(session, cast, standards, then)) == []
    days = {on: cast.c1.id in filed(progress(session, cast, standards, on))["stations"]
            for on in (first - timedelta(1), first, gone - timedelta(1), gone, TODAY)}  # fmt: skip
    assert list(days.values()) == [False, True, True, False, True]
    register = register_of(session, county=cast.county)
    held = next(one for one in register.stations if one.id == cast.c1.id)
    assert register.filed(held, then) is True
    assert register.filed(held, gone) is not True


def test_withdrawn_filings_of_a_county_are_found_by_one_query(
    session: Session, cast: Cast, say: Any
) -> None:
    say(StepKind.FILED, TODAY - timedelta(30), number="1")
    say(StepKind.WITHDRAWN, TODAY - timedelta(3), reason="看错了")
    with queries(session) as asked:
        times = filed_then(session, county=cast.county.code).times
    assert times == {cast.c1.id: [(TODAY - timedelta(30), TODAY - timedelta(3))]}
    assert len(asked) == 1
    assert filed_then(session, county=cast.other_county.code).times == {}
    assert newest_step(session, station=cast.c1)
