"""What is done at night goes county by county: each by itself, none for a city or a province."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, PERIODIC, Workshop
from server.db import writing
from server.http import clock
from server.jobs import enqueue
from server.media.blobs import FolderStore, StoreFailed
from server.models.chain import ChainAnchor, ChainCheck
from server.models.county import County
from server.models.job import Job, JobState
from server.models.phone_event import PhotoState
from server.models.snapshot import SnapshotDay
from server.services.audit import checks
from server.services.common import chain, history, reading_jobs
from server.services.county.areas import area_here
from server.services.programme import snapshots
from server.services.programme.snapshots import end_of
from server.services.registry.actions import RegistryAction
from server.services.retention import blanking
from server.worker import Worker
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.nightly import done_everywhere
from tests.services.asked import sent_photo
from tests.services.programme.nights import AFTER, JULY_4, Standards

GO_BY_COUNTY = (
    "write_down_the_day", "look_for_signals", "erase_complaints", "remind_of_reports",
    "escalate_rectifications", "escalate_matters", "ask_for_photos", "erase_what_is_over",
    "keep_record_papers", "make_up_notices", "catch_up_photos",
)  # fmt: skip
OF_THE_CHAIN = ("verify_chains", "anchor_the_day")


@ON_SQLITE
@pytest.mark.parametrize("kind", [*GO_BY_COUNTY, *OF_THE_CHAIN])
def test_a_chore_is_done_for_each_county_and_only_a_chain_is_a_citys_too(
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

    above = ["140900"] if kind in OF_THE_CHAIN else []
    assert done_everywhere(shop, kind, NOW) == [*above, "140926", "411721"]
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


@ON_SQLITE
def test_a_chain_that_cannot_be_read_keeps_no_other_from_being_verified_and_anchored(
    engine: Engine,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session.commit()

    def of_others(verb: Callable[..., Any]) -> Callable[..., Any]:
        def falls(held: Any, *, county: str, **how: Any) -> Any:
            if county == "140926":
                raise RuntimeError("this county's chain fails")
            return verb(held, county=county, **how)

        return falls

    monkeypatch.setattr(checks, "look", of_others(checks.look))
    monkeypatch.setattr(chain, "anchor", of_others(chain.anchor))
    with writing(engine) as fresh:
        history.write(
            fresh, of=fresh.get_one(County, "411721"), by=None, at=clock.now(),
            action=RegistryAction.STATION_EDITED, summary="一行",
        )  # fmt: skip
        for kind in OF_THE_CHAIN:
            enqueue(fresh, kind, {}, now=clock.now())
    worker = Worker(Workshop(engine=engine, blobs=blobs), periodics=())
    while worker.do_one():
        pass

    assert session.scalars(sa.select(ChainCheck.county)).all() == ["411721"]
    assert session.scalars(sa.select(ChainAnchor.county)).all() == ["411721"]
    waiting = sa.select(Job.kind).where(Job.state == JobState.DUE).order_by(Job.kind)
    assert session.scalars(waiting).all() == sorted(OF_THE_CHAIN)


@ON_SQLITE
def test_a_photo_that_its_store_does_not_delete_keeps_no_other_from_being_erased(
    engine: Engine,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stuck = sent_photo(session, cast.c1, cast.li, TODAY, state=PhotoState.ERASING)
    beside = [
        sent_photo(session, cast.c1, cast.li, TODAY, state=PhotoState.ERASING, sha256=one * 64)
        for one in "cd"
    ]
    other = sent_photo(
        session, cast.foreign, cast.outsider, TODAY, state=PhotoState.ERASING, sha256="b" * 64
    )
    session.commit()
    delete = FolderStore.delete

    def dies(store: FolderStore, key: str) -> None:
        if key == stuck.sha256:
            raise StoreFailed("store-failed", "", "pulled out")
        delete(store, key)

    monkeypatch.setattr(FolderStore, "delete", dies)
    with writing(engine) as fresh:
        enqueue(fresh, "erase_what_is_over", {}, now=clock.now())
    worker = Worker(Workshop(engine=engine, blobs=blobs), periodics=())
    while worker.do_one():
        pass

    session.expire_all()
    assert (stuck.state, other.state) == (PhotoState.ERASING, PhotoState.ERASED)
    assert {one.state for one in beside} == {PhotoState.ERASED}


@ON_SQLITE
def test_a_store_that_deletes_nothing_is_not_asked_for_every_photo(
    engine: Engine, session: Session, cast: Cast, blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in range(blanking.AWAY + 5):
        sent_photo(
            session, cast.c1, cast.li, TODAY, state=PhotoState.ERASING, sha256=f"{number:064}"
        )
    session.commit()
    asked: list[str] = []

    def dies(_store: FolderStore, key: str) -> None:
        asked.append(key)
        raise StoreFailed("store-failed", "", "pulled out")

    monkeypatch.setattr(FolderStore, "delete", dies)
    with pytest.raises(StoreFailed):
        blanking.delete_given_up(engine, blobs, county="140926")
    assert len(asked) == blanking.AWAY


@ON_SQLITE
def test_what_a_copy_brought_back_is_deleted_but_for_what_the_store_does_not_delete(
    session: Session, cast: Cast, blobs: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = sorted(blobs.put(one) for one in (b"one", b"two", b"three"))
    for key in keys:
        sent_photo(session, cast.c1, cast.li, TODAY, state=PhotoState.ERASED, sha256=key)
    delete = FolderStore.delete

    def dies(store: FolderStore, key: str) -> None:
        if key == keys[0]:
            raise StoreFailed("store-failed", "", "pulled out")
        delete(store, key)

    monkeypatch.setattr(FolderStore, "delete", dies)
    with pytest.raises(StoreFailed):
        blanking.delete_what_came_back(session, blobs)
    assert list(blobs.blob_keys()) == [keys[0]]


@ON_SQLITE
def test_one_countys_old_photos_take_no_share_of_anothers(
    engine: Engine, session: Session, cast: Cast, blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in range(3):
        sent_photo(session, cast.c1, cast.li, TODAY, sha256=f"{number:064}", subject="interior")
    other = sent_photo(session, cast.foreign, cast.outsider, TODAY - timedelta(days=9))
    session.commit()
    monkeypatch.setattr(reading_jobs, "A_NIGHTS_SHARE", 2)

    done_everywhere(Workshop(engine=engine, blobs=blobs), "catch_up_photos", NOW)

    handed = session.scalars(sa.select(Job.args).where(Job.kind == "examine_photo")).all()
    assert len(handed) == 3
    assert {"photo_id": str(other.id)} in handed
