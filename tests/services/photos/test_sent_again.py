"""Of two photos that are one picture the one taken later is the copy, however it was asked."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import PhotoRequest
from server.models.job import Job
from server.models.phone_event import Photo
from server.models.reading import ReviewAnswer, ReviewItem, ReviewState, sent_again
from server.models.statement import Statement
from server.policy.standard.facts import Word
from server.policy.standard.standards import Standard
from server.services.people.scope import EVERYBODY
from server.services.photos import requests as photo_requests
from server.services.photos.reused import reused
from server.services.review.decisions import decide
from server.services.review.readings import compare_again
from server.services.signals.facts import stations_seen
from server.services.standing.standing import standing_of
from tests.factories import NOW, TODAY, Cast
from tests.readings import NAME, machine_says, read, written
from tests.reviews import ask_double, make_photo

Standards = tuple[Standard, ...]
TURNED = pytest.mark.parametrize("first", ["later", "earlier"])


def asked_of(session: Session, later: Photo, earlier: Photo, *, first: str) -> ReviewItem:
    """The question about a pair, which names one of them first."""
    pair = (later, earlier) if first == "later" else (earlier, later)
    return ask_double(session, *pair)


def one_picture(session: Session, cast: Cast, item: ReviewItem) -> None:
    decide(session, item=item, decision=ReviewAnswer.SAME_PICTURE, by=cast.office, now=NOW)


def rated_today(session: Session) -> dict[int, photo_requests.Rate]:
    return photo_requests.rates(
        session, county="140926", seen_by=EVERYBODY, since=TODAY, until=TODAY, now=NOW
    )


@TURNED
def test_the_photo_taken_later_shows_nothing_of_its_day(
    session: Session, cast: Cast, standards: Standards, first: str
) -> None:
    earlier, later = (make_photo(session, cast.c1, "shelves", days_ago=days) for days in (10, 0))

    one_picture(session, cast, asked_of(session, later, earlier, first=first))

    assert session.scalars(sent_again("140926")).all() == [later.id]
    found = standing_of(session, station=cast.c1, on=TODAY, standards=standards).findings
    [shelves] = [one for one in found if one.code == "A3-42b"]
    assert shelves.evidence == (f"photo:{earlier.id}",)


@TURNED
def test_whoever_sent_the_later_one_is_told_and_the_other_is_not(
    session: Session, cast: Cast, first: str
) -> None:
    earlier, later = (
        make_photo(session, station, days_ago=days)
        for station, days in ((cast.c1, 9), (cast.c2, 0))
    )

    one_picture(session, cast, asked_of(session, later, earlier, first=first))
    told = reused(session, [earlier.id, later.id])

    assert list(told) == [later.id]
    assert f"这张和{cast.c1.name}6月26日的“门头标识牌”照片是同一张" in told[later.id]


@TURNED
def test_a_request_answered_with_an_older_picture_is_not_answered(
    session: Session, cast: Cast, first: str
) -> None:
    photo_requests.ask_by_name(
        session, county=cast.county, codes=["C0001"], by=cast.office, now=NOW, subject="signboard"
    )
    earlier, later = (make_photo(session, cast.c1, days_ago=days) for days in (9, 0))
    photo_requests.answered_by(session, photo=later, now=NOW)

    one_picture(session, cast, asked_of(session, later, earlier, first=first))

    assert session.scalars(sa.select(PhotoRequest.photo_id)).one() == later.id
    assert rated_today(session) == {cast.c1.id: photo_requests.Rate(1, 0)}


@TURNED
def test_a_request_answered_before_somebody_copied_the_picture_stays_answered(
    session: Session, cast: Cast, first: str
) -> None:
    photo_requests.ask_by_name(
        session, county=cast.county, codes=["C0001"], by=cast.office, now=NOW, subject="signboard"
    )
    answer, copy = make_photo(session, cast.c1), make_photo(session, cast.c2, days_ago=-1)
    photo_requests.answered_by(session, photo=answer, now=NOW)

    one_picture(session, cast, asked_of(session, copy, answer, first=first))

    assert rated_today(session) == {cast.c1.id: photo_requests.Rate(1, 1)}


@TURNED
def test_the_machine_takes_back_its_word_on_the_later_photo_alone(
    session: Session, cast: Cast, first: str
) -> None:
    earlier = read(session, cast.c2, written("杨家山村快递便民服务点", "C0002"), days_ago=9)
    later = read(session, cast.c1, written(NAME, "C0001"))
    session.execute(sa.delete(Job))

    one_picture(session, cast, asked_of(session, later, earlier, first=first))
    for job in session.scalars(sa.select(Job).where(Job.kind == "compare_readings")):
        compare_again(session, station_id=job.args["station_id"], now=NOW)

    assert machine_says(session, cast.c1) == {"sign_text": None, "sign_code_visible": None}
    assert machine_says(session, cast.c2) == {
        "sign_text": "杨家山村快递便民服务点",
        "sign_code_visible": True,
    }
    by_machine = sa.select(Statement.photo_id).where(
        Statement.word == Word.MACHINE.value, Statement.station_id == cast.c2.id
    )
    assert set(session.scalars(by_machine)) == {earlier.id}


@TURNED
def test_while_nobody_has_answered_only_the_later_photo_is_held_to_be_odd(
    session: Session, cast: Cast, first: str
) -> None:
    earlier, later = (make_photo(session, cast.c1, days_ago=days) for days in (2, 0))
    later.sha256 = "b" * 64
    item = asked_of(session, later, earlier, first=first)

    seen = stations_seen(session, county="140926", since=TODAY - timedelta(days=7), until=TODAY)

    assert item.state is ReviewState.OPEN
    like = {one.key: one.like for station in seen for one in station.photos}
    assert [(place.station, place.day_on) for place in like[str(later.id)]] == [
        (cast.c1.id, earlier.day_on)
    ]
    assert like[str(earlier.id)] == ()


def test_of_two_photos_of_one_moment_the_same_one_is_the_copy_whichever_is_asked(
    session: Session, cast: Cast
) -> None:
    one, other = (make_photo(session, cast.c1) for _ in range(2))
    one_picture(session, cast, ask_double(session, one, other))
    first = session.scalars(sent_again("140926")).all()

    one_picture(session, cast, ask_double(session, other, one))

    assert len(first) == 1
    assert set(session.scalars(sent_again("140926"))) == set(first)


def test_a_pair_not_yet_answered_or_answered_no_copies_nothing(
    session: Session, cast: Cast
) -> None:
    earlier, later = (make_photo(session, cast.c1, days_ago=days) for days in (9, 0))
    item = ask_double(session, later, earlier)

    assert session.scalars(sent_again("140926")).all() == []
    assert session.scalars(sent_again("140926", or_asked=True)).all() == [later.id]
    decide(session, item=item, decision=ReviewAnswer.DIFFERENT_PICTURES, by=cast.office, now=NOW)
    assert session.scalars(sent_again("140926", or_asked=True)).all() == []
    assert session.scalars(sent_again("140927")).all() == []
