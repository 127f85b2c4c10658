"""A record's paper is kept as what it shows, also where its keeper answers in the same moment."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.models.inspection import Inspection, InspectionOutcome, Visit
from server.models.kept_paper import KeptPaper
from server.models.person import Person
from server.papers import kept
from server.services.inspections.answers import confirm
from tests.factories import NOW, Cast, make_inspection


@pytest.fixture
def waiting(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Inspection:
    """A record that waits for its keeper's word; its paper says whether it has come."""
    visit = Visit(county=cast.c1.county, station_id=cast.c1.id)  # gives county and station only
    made = make_inspection(session, visit, cast.wang.id, outcome=InspectionOutcome.TO_CONFIRM)
    session.commit()

    def sets(_session: Session, *, inspection: Inspection, **_more: Any) -> bytes:
        return b"answered" if inspection.confirmed_at else b""

    monkeypatch.setattr(kept, "record_made", sets)
    return made


def agrees(engine: Engine, inspection: Inspection, keeper: Person) -> None:
    with writing(engine) as own:
        found = own.get_one(Inspection, inspection.id)
        person = own.get_one(Person, keeper.id)
        confirm(own, inspection=found, person=person, agree=True, note="", now=NOW)


def papers(session: Session) -> dict[str, bytes]:
    session.rollback()
    return {one.stage: one.content for one in session.scalars(sa.select(KeptPaper))}


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_what_was_read_before_the_lock_is_read_again_under_it(
    engine: Engine, session: Session, cast: Cast, waiting: Inspection
) -> None:
    with writing(engine) as own:  # SQLite lets no answer in from here on
        read = own.get_one(Inspection, waiting.id)
        assert read.confirmed_at is None
        agrees(engine, waiting, cast.li)
        kept.record_paper(own, inspection=read, standards=(), now=NOW)
    assert papers(session) == {"answered": b"answered"}


def test_the_night_keeps_nothing_of_a_record_that_was_answered_while_it_was_set(
    engine: Engine, session: Session, cast: Cast, waiting: Inspection
) -> None:
    for expected in ({}, {"answered": b"answered"}):
        with Session(engine) as reading:
            keep = kept.record_to_keep(
                reading, inspection_id=waiting.id, standards=(), font_dir=None, now=NOW
            )
        if not expected:
            agrees(engine, waiting, cast.li)
        with writing(engine) as own:
            keep(own)
        assert papers(session) == expected
