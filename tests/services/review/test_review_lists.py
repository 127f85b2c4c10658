"""照片核查 on lists: in which order, of which kind and place, and in whose sight."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.reading import ReviewKind
from server.services.review.decisions import decide, withdraw
from server.services.review.lists import (
    decided_reviews,
    next_reviews,
    review_for,
    reviews_of_station,
    reviews_waiting,
)
from tests.factories import NOW, Cast, make_station
from tests.reviews import ask_double, ask_hours, ask_sign, make_photo


def test_the_queue_goes_on_from_any_question_both_ways_and_by_kind_and_township(
    session: Session, cast: Cast
) -> None:
    first = ask_sign(session, cast.c1, minutes=0)
    second = ask_hours(session, cast.c3, minutes=0)
    third = ask_sign(session, cast.c2, minutes=1)
    decided = ask_sign(session, cast.xz1, minutes=2)
    fourth = ask_sign(session, cast.c3, minutes=3)
    decide(session, item=decided, decision="unclear", by=cast.office, now=NOW)

    def ids(**chosen: Any) -> list[int]:
        found = next_reviews(session, seen_by=cast.office, county="140926", **chosen)
        return [one.item.id for one in found]

    assert ids() == [first.id, second.id, third.id, fourth.id]
    assert ids(after=second.id, limit=1) == [third.id]
    assert ids(after=decided.id) == [fourth.id]
    assert ids(after=third.id, backwards=True) == [second.id, first.id]
    assert ids(kinds=[ReviewKind.HOURS]) == [second.id]
    assert ids(township=cast.other_township.code) == [second.id, fourth.id]


def test_decided_questions_are_listed_with_the_latest_decision_first(
    session: Session, cast: Cast
) -> None:
    items = [ask_sign(session, station) for station in (cast.c1, cast.c2, cast.c3)]
    for minute, item in enumerate(reversed(items)):
        at = NOW + timedelta(minutes=minute)
        decide(session, item=item, decision="matches", by=cast.office, now=at)

    top = decided_reviews(session, seen_by=cast.office, county="140926", limit=2)
    rest = decided_reviews(
        session, seen_by=cast.office, county="140926", before=top[-1].item.id, limit=2
    )

    assert [one.item.id for one in top + rest] == [item.id for item in items]
    assert {(one.decided_by, one.decision_label) for one in top} == {("县办", "相符")}


def test_everybody_sees_the_questions_of_the_own_stations_only(
    session: Session, cast: Cast
) -> None:
    here, there = ask_sign(session, cast.c1), ask_sign(session, cast.c3)
    abroad = ask_sign(session, cast.foreign)
    across = ask_double(
        session, make_photo(session, cast.c3), make_photo(session, cast.c1, days_ago=5)
    )

    def sees(person: Any) -> set[int]:
        found = next_reviews(session, seen_by=person, county=person.county)
        return {one.item.id for one in found}

    assert sees(cast.office) == {here.id, there.id, across.id}
    assert sees(cast.officer) == {there.id}
    assert sees(cast.outsider) == {abroad.id}
    assert [
        one.count for one in reviews_waiting(session, seen_by=cast.officer, county="140926")
    ] == [1]
    for person, item in ((cast.officer, here), (cast.officer, across), (cast.office, abroad)):
        with pytest.raises(NotFound, match="没有找到"):
            review_for(session, person, item.id)


def test_a_question_withdrawn_is_neither_in_the_queue_nor_with_its_station(
    session: Session, cast: Cast
) -> None:
    item, kept = ask_sign(session, cast.c1), ask_hours(session, cast.c1)
    withdraw(session, county="140926", key=item.key, now=NOW)

    queue = next_reviews(session, seen_by=cast.office, county="140926")
    own = reviews_of_station(session, seen_by=cast.office, station_id=cast.c1.id)

    assert [one.item.id for one in queue] == [one.item.id for one in own] == [kept.id]


def test_the_number_of_queries_does_not_grow_with_the_queue(session: Session, cast: Cast) -> None:
    counted: list[int] = []

    def look() -> None:
        told: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            told.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        next_reviews(session, seen_by=cast.office, county="140926", limit=100)
        decided_reviews(session, seen_by=cast.office, county="140926", limit=100)
        reviews_waiting(session, seen_by=cast.office, county="140926")
        event.remove(engine, "before_cursor_execute", note)
        counted.append(len(told))

    ask_sign(session, cast.c1)
    look()
    for number in range(10, 30):
        station = make_station(session, code=f"C{number:04d}", name=f"第{number}村快递便民服务点")
        item = ask_sign(session, station)
        if number % 2:
            decide(session, item=item, decision="matches", by=cast.office, now=NOW)
    session.flush()
    look()

    assert counted == [3, 3]
