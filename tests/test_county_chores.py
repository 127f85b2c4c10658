"""What is done at night goes county by county: each by itself, none for a city or a province."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, PERIODIC, Workshop
from server.db import writing
from server.http import clock
from server.jobs import enqueue
from server.media.blobs import FolderStore
from server.models.job import Job, JobState
from server.models.snapshot import SnapshotDay
from server.services.county.areas import area_here
from server.services.programme import snapshots
from server.services.programme.snapshots import end_of
from server.worker import Worker
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast
from tests.nightly import done_everywhere
from tests.services.programme.nights import AFTER, JULY_4, Standards

GO_BY_COUNTY = (
    "write_down_the_day", "look_for_signals", "erase_complaints", "remind_of_reports",
    "escalate_rectifications", "escalate_matters", "ask_for_photos",
)  # fmt: skip


@ON_SQLITE
@pytest.mark.parametrize("kind", GO_BY_COUNTY)
def test_a_chore_is_done_for_each_county_and_for_no_city_above_them(
    engine: Engine,
    session: Session,
    cast: Cast,
    standards: Standards,
    blobs: FolderStore,
    kind: str,
) -> None:
    area_here(session, "140900", now=NOW)
    session.commit()
    shop = Workshop(engine=engine, blobs=blobs, standards=standards)

    assert done_everywhere(shop, kind, NOW) == ["140926", "411721"]
    assert any(one.kind == kind for one in PERIODIC)


@ON_SQLITE
def test_a_countys_night_stands_whatever_becomes_of_another_countys(
    engine: Engine,
    session: Session,
    cast: Cast,
    standards: Standards,
    blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.commit()
    keep = snapshots.keep

    def falls(session: Session, seen: snapshots.Look, **how: object) -> bool:
        if seen.county == "140926":
            raise RuntimeError("this county's night fails")
        return keep(session, seen, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshots, "keep", falls)
    monkeypatch.setattr(clock, "now", lambda: end_of(JULY_4) + AFTER)
    with writing(engine) as fresh:
        enqueue(fresh, "write_down_the_day", {}, now=clock.now())
    worker = Worker(Workshop(engine=engine, blobs=blobs, standards=standards), periodics=())
    while worker.do_one():
        pass

    days = session.execute(sa.select(SnapshotDay.county, SnapshotDay.day_on)).all()
    jobs = session.execute(sa.select(Job.args, Job.state).order_by(Job.id)).all()
    assert [tuple(one) for one in days] == [("411721", JULY_4)]
    assert [(args.get("county"), state) for args, state in jobs] == [
        (None, JobState.DONE), ("140926", JobState.DUE), ("411721", JobState.DONE),
    ]  # fmt: skip
    assert jobs[1].args == {"county": "140926", "on": "2023-07-05"}

    monkeypatch.setattr(snapshots, "keep", keep)

    def written_after(late: timedelta) -> list[date]:
        record = HANDLERS["write_down_the_day"].begin(
            worker.workshop, jobs[1].args, clock.now() + late
        )
        with writing(engine) as fresh:
            record(fresh)
        session.rollback()
        of = sa.select(SnapshotDay.day_on).where(SnapshotDay.county == "140926")
        return list(session.scalars(of))

    # When the next day is over too, what stood on the 4th cannot be known any more.
    assert written_after(timedelta(days=1)) == []
    assert written_after(timedelta(hours=23)) == [JULY_4]
