"""Records and letters become files county by county, in short runs; a bad one stops nobody."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server import county_chores, jobs
from server.calendar import beijing_day
from server.chores import HANDLERS, Handler, Workshop
from server.db import writing
from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import Inspection, Visit
from server.models.job import Job, JobState
from server.models.kept_paper import KeptPaper
from server.models.person import Person
from server.models.rectification import Notice, NoticePaper
from server.models.station import Station
from server.papers import issued, kept
from server.services.mending.papers_behind import papers_behind
from server.worker import Worker
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_inspection
from tests.nightly import done_everywhere

pytestmark = ON_SQLITE
LONG_AGO = NOW - timedelta(days=9)


def record(session: Session, station: Station, inspector: Person) -> Inspection:
    visit = Visit(county=station.county, station_id=station.id)  # gives county and station only
    return make_inspection(session, visit, inspector.id, at=LONG_AGO)


def letter(session: Session, of: Inspection, number: int) -> Notice:
    made = Notice(
        county=of.county, year=TODAY.year, number=number, station_id=of.station_id,
        inspection_id=of.id, issued_on=TODAY - timedelta(days=9), due_on=TODAY, issued_by=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def shop(engine: Engine, blobs: FolderStore) -> Workshop:
    return Workshop(engine, blobs)


def bad(keys: set[Any], made: Any, of: str) -> Callable[..., Any]:
    def sets(_session: Session, **what: Any) -> Any:
        if what[of].id in keys:
            raise ValueError("this one cannot be set")
        return made

    return sets


def test_a_record_that_cannot_be_set_stops_neither_its_county_nor_another(
    session: Session, cast: Cast, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = sorted((record(session, cast.c1, cast.wang) for _ in range(4)), key=lambda one: one.id)
    other = record(session, cast.foreign, cast.outsider)
    session.commit()
    monkeypatch.setattr(county_chores, "A_RUN", 2)
    wrong = {own[0].id, own[1].id}  # a whole run of them
    monkeypatch.setattr(kept, "record_made", bad(wrong, b"%PDF", "inspection"))

    for _ in range(2):  # the next night tries again, and nothing is kept twice
        done_everywhere(shop, "keep_record_papers", NOW)
    session.rollback()
    found = set(session.scalars(sa.select(KeptPaper.inspection_id)))
    assert found == {own[2].id, own[3].id, other.id}
    [said] = papers_behind(session, now=NOW)
    assert said.startswith("静乐县：有2份督导记录过了一夜还没有存成文件，最早的是")
    assert cast.c1.name in said
    assert papers_behind(session, now=LONG_AGO + timedelta(hours=29)) == []

    monkeypatch.setattr(kept, "record_made", bad(set(), b"%PDF", "inspection"))
    done_everywhere(shop, "keep_record_papers", NOW)
    session.rollback()
    assert papers_behind(session, now=NOW) == []


def test_a_letter_that_cannot_be_set_stops_neither_its_county_nor_another(
    session: Session, cast: Cast, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [letter(session, record(session, cast.c1, cast.wang), n) for n in (1, 2)]
    other = letter(session, record(session, cast.foreign, cast.outsider), 1)
    session.commit()
    monkeypatch.setattr(issued, "papers", bad({own[0].id}, {"pdf": b"%PDF"}, "notice"))

    done_everywhere(shop, "make_up_notices", NOW)

    session.rollback()
    assert set(session.scalars(sa.select(NoticePaper.notice_id))) == {own[1].id, other.id}
    said = [one for one in papers_behind(session, now=NOW) if "通知书" in one]
    assert said == [one for one in said if "有1份整改通知书" in one and "1号" in one]
    assert len(said) == 1


def test_a_database_that_does_not_answer_is_no_papers_fault(
    session: Session, cast: Cast, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(session, cast.c1, cast.wang)
    session.commit()

    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(kept, "record_made", away)
    args = {"county": "140926", "on": TODAY.isoformat()}
    with pytest.raises(OperationalError):  # so the run is put off, and comes again
        HANDLERS["keep_record_papers"].begin(shop, args, NOW)


def test_a_paper_that_hangs_hangs_alone(
    session: Session, cast: Cast, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.commit()
    made: list[str] = []
    waiting_now = [f"{n:04}" for n in range(6)]

    def waiting(_session: Session, *, county: str, after: str | None, most: int) -> list[str]:
        assert county == "140926"
        left = [one for one in waiting_now if one not in made]
        return [one for one in left if after is None or one > after][:most]

    def make(_session: Session, _shop: Any, key: str, _now: Any) -> Callable[[Session], None]:
        while key == "0001":
            time.sleep(60)
        return lambda _own: made.append(key)

    kind = "keep_record_papers"
    run = county_chores.in_runs(kind, waiting, make)
    monkeypatch.setattr(county_chores, "A_RUN", 4)
    worker = Worker(shop, {kind: Handler(run, limit_s=0.3)})
    with writing(shop.engine) as own:
        now = clock.now()
        args = {"county": "140926", "on": beijing_day(now).isoformat()}
        jobs.enqueue(own, kind, args, now=now)
    for _ in range(12):
        with writing(shop.engine) as own:  # no test waits for what is to be tried again later
            own.execute(sa.update(Job).where(Job.state == JobState.DUE).values(run_at=now))
        worker.do_one()

    assert made == ["0000", "0002", "0003", "0004", "0005"]
    left = session.scalars(sa.select(Job).where(Job.state != JobState.DONE)).all()
    assert [(one.state, one.args["only"]) for one in left] == [(JobState.DEAD, "0001")]


def test_a_thousand_papers_of_one_county_keep_no_other_waiting(
    session: Session, cast: Cast, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.commit()
    many = {"140926": [f"{n:04}" for n in range(1000)], "411721": ["0000"]}
    made: list[str] = []

    def waiting(_session: Session, *, county: str, after: str | None, most: int) -> list[str]:
        return [one for one in many[county] if after is None or one > after][:most]

    def make(_session: Session, _shop: Any, key: str, _now: Any) -> Callable[[Session], None]:
        made.append(key)
        return lambda _own: None

    kind = "keep_record_papers"
    run = county_chores.in_runs(kind, waiting, make)
    monkeypatch.setattr(county_chores, "A_RUN", 100)
    monkeypatch.setattr(county_chores, "writing", Session)
    monkeypatch.setitem(HANDLERS, kind, type(HANDLERS[kind])(run))
    turns = done_everywhere(shop, kind, NOW)

    assert turns == ["140926", "411721", *["140926"] * 10]  # the last finds that nothing is left
    assert len(made) == 1001
    assert made[100] == "0000"

    # What is left when the day is over is for the next night, which begins by itself.
    run(shop, {"county": "140926", "on": TODAY.isoformat()}, NOW + timedelta(days=1))
    assert len(made) == 1001
    with writing(shop.engine) as fresh:
        assert fresh.scalars(sa.select(Job)).all() == []
