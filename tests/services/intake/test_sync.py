"""Receiving under pressure: the same event from everywhere at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.models.history import HistoryLine
from server.models.job import Job
from server.models.person import Person
from server.models.phone_event import ParcelCount, PhoneEvent, Photo, PhotoState
from server.services.common.phone_items import (
    AnnouncedPhoto,
    CheckInEntry,
    CountEntry,
    ItemResult,
    NoteEntry,
    PhoneItem,
)
from server.services.intake.sync import receive
from server.services.photos.arriving import keep_photo
from server.services.photos.missing import withdraw
from tests.factories import NOW, RING, TODAY, Cast


def counted(cast: Cast, received: int = 12) -> PhoneItem:
    return PhoneItem(
        id=uuid4(),
        station_id=cast.c1.id,
        device_at=NOW,
        entry=CountEntry(day_on=TODAY, received=received, sent=3),
        clock_offset_ms=0,
    )


def send(session: Session, person: Person, *items: PhoneItem) -> list[ItemResult]:
    return receive(
        session,
        person=person,
        device_id="phone-1",
        client_now=NOW,
        items=items,
        now=NOW,
        ring=RING,
    )


def at_once(jobs: int, work: Callable[[int], None]) -> None:
    """Run the same work in many threads that all start together."""
    gate = threading.Barrier(jobs)
    errors: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - told at the end
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def test_one_event_sent_twenty_times_at_once_is_one_row(engine: Engine, cast: Cast) -> None:
    item = counted(cast)
    results: list[str] = []

    def work(_number: int) -> None:
        with writing(engine) as session:
            [result] = send(session, session.get_one(Person, cast.li.id), item)
        results.append(result.result)

    at_once(20, work)

    assert sorted(results) == ["ok"] + ["same"] * 19
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(PhoneEvent)) == 1
        assert session.scalar(select(func.count()).select_from(ParcelCount)) == 1


def test_one_id_for_twenty_different_things_at_once_keeps_the_first_only(
    engine: Engine, cast: Cast
) -> None:
    item = counted(cast)
    results: list[ItemResult] = []

    def work(number: int) -> None:
        other = replace(item, entry=CountEntry(day_on=TODAY, received=number, sent=3))
        with writing(engine) as session:
            results.extend(send(session, session.get_one(Person, cast.li.id), other))

    at_once(20, work)

    assert sorted(result.result for result in results) == ["conflict"] * 19 + ["ok"]
    refused = [result for result in results if result.result == "conflict"]
    assert {(result.code, result.fields) for result in refused} == {
        ("event-differs", ("payload.received",))
    }
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(ParcelCount)) == 1


def test_one_photo_arriving_twelve_times_at_once_is_kept_and_examined_once(
    engine: Engine, cast: Cast
) -> None:
    shot = AnnouncedPhoto(uuid4(), "shelves", "0" * 64, 9, NOW)
    with writing(engine) as session:
        item = PhoneItem(uuid4(), cast.c1.id, NOW, NoteEntry(), (shot,))
        [result] = send(session, session.get_one(Person, cast.li.id), item)
        assert result.result == "ok"
    answers: list[bool] = []

    def work(number: int) -> None:
        with writing(engine) as session:
            li = session.get_one(Person, cast.li.id)
            if number % 3 == 0:  # its phone may give it up at the very same moment
                withdraw(
                    session, person=li, photo_id=shot.id, reason="lost", code="", note="", now=NOW
                )
                return
            kept = keep_photo(
                session, person=li, photo_id=shot.id, sha256="0" * 64, size=9, now=NOW
            )
            answers.append(kept is not None)

    at_once(12, work)

    assert sorted(answers) == [False] * 7 + [True]
    with Session(engine) as session:
        assert session.get_one(Photo, shot.id).state is PhotoState.KEPT
        assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_twelve_phones_counting_at_once_get_a_version_each(engine: Engine, cast: Cast) -> None:
    def work(number: int) -> None:
        with writing(engine) as session:
            li = session.get_one(Person, cast.li.id)
            [result] = send(session, li, counted(cast, received=number))
        assert result.result == "ok", result

    at_once(12, work)

    with Session(engine) as session:
        versions = session.scalars(select(ParcelCount.version).order_by(ParcelCount.version))
        assert versions.all() == list(range(1, 13))


def test_what_an_item_says_and_not_how_it_was_sent_makes_it_the_same(cast: Cast) -> None:
    item = counted(cast)

    assert item.content_sha256 == replace(item, seq=8, clock_offset_ms=99).content_sha256
    assert item.content_sha256 != replace(item, station_id=cast.c2.id).content_sha256


def test_a_refused_item_leaves_no_trace_in_its_batch(session: Session, cast: Cast) -> None:
    bad = replace(counted(cast), entry=CheckInEntry(method="scan", text="nonsense"))

    results = send(session, cast.li, bad, counted(cast))

    assert [result.result for result in results] == ["invalid", "ok"]
    assert session.get(PhoneEvent, bad.id) is None


def scanned(cast: Cast, text: str, *, new_plate: bool = True) -> PhoneItem:
    entry = CheckInEntry(method="scan", text=text, new_plate=new_plate)
    return PhoneItem(
        id=uuid4(), station_id=cast.c1.id, device_at=NOW, entry=entry, clock_offset_ms=0
    )


def test_a_plate_called_new_that_is_none_of_the_stations_is_told_to_the_office_once(
    session: Session, cast: Cast
) -> None:
    forged = "https://kd.example.cn/s/0123456789abcde"
    said = select(HistoryLine).where(HistoryLine.action == "plate-doubted")

    [quiet] = send(session, cast.li, scanned(cast, forged, new_plate=False))
    before = session.scalars(said).all()
    answers = send(session, cast.li, scanned(cast, forged), scanned(cast, forged))
    [line] = session.scalars(said).all()

    assert before == []
    assert {one.code for one in (quiet, *answers)} == {"sign-unknown"}
    assert (line.station_id, line.person_id) == (cast.c1.id, cast.li.id)
    assert "没对上：这个码不是村站通发放的标识牌" in line.summary
