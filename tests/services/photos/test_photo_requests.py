"""Looks between rounds, drawn and by name, at the service level."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.chores import HANDLERS, PERIODIC
from server.errors import Invalid
from server.models.inspection import PhotoRequest
from server.models.person import Role
from server.models.station import Station
from server.policy.hours import parse_hours
from server.policy.rounds.sampling import Candidate, SampleKind, draw
from server.services.common import history
from server.services.people.scope import EVERYBODY
from server.services.photos import requests as photo_requests
from server.services.review.decisions import decide
from tests.factories import NOW, TODAY, Cast, make_keeping, make_person, make_station
from tests.reviews import ask_double, make_photo


def asked_codes(session: Session, asked: Sequence[PhotoRequest]) -> list[str]:
    return sorted(session.get_one(Station, one.station_id).code or "" for one in asked)


def test_the_daily_photo_draw_is_repeatable_and_happens_once_a_day(
    session: Session, cast: Cast
) -> None:
    keeper = make_person(session, name="众站长", role=Role.KEEPER)
    for number in range(10, 50):
        make_keeping(
            session, keeper, make_station(session, code=f"C{number:04d}", name=f"第{number}村")
        )
    cast.county.options = {"photo_request_percent": 10}

    first = photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW, seed="abc")
    second = photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW)
    chosen = [(one.station_id, one.subject) for one in first]
    for one in first:
        session.delete(one)
    session.flush()
    again = photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW, seed="abc")

    assert len(first) == 5  # 10 % of 42 kept stations, rounded up
    assert second == []
    assert [(one.station_id, one.subject) for one in again] == chosen


def test_stations_closed_today_or_without_a_keeper_are_not_asked(
    session: Session, cast: Cast
) -> None:
    cast.county.options = {"photo_request_percent": 100}
    cast.c2.hours = [[[6, 7], "08:00", "18:00"]]  # today is a Wednesday

    asked = photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW)

    assert asked_codes(session, asked) == ["C0001"]


def test_a_day_that_the_hours_leave_open_counts_as_open(session: Session, cast: Cast) -> None:
    cast.county.options = {"photo_request_percent": 100}
    cast.c1.hours = parse_hours("平时 8:00-12:00，逢三、六、九 8:00-16:00")  # it is half past two
    cast.c2.hours = parse_hours("夏季周一至周二 8:00-19:00；冬季周一至周三 9:00-17:00")

    drawn = photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW)

    assert asked_codes(session, drawn) == ["C0001", "C0002"]
    for one in drawn:
        session.delete(one)
    session.flush()
    named = photo_requests.ask_by_name(
        session, county=cast.county, codes=["C0001", "C0002"], by=cast.office, now=NOW
    )
    assert asked_codes(session, named) == ["C0001", "C0002"]


def test_an_open_request_does_not_count_against_a_station_before_the_day_is_over(
    session: Session, cast: Cast
) -> None:
    cast.county.options = {"photo_request_percent": 100}
    photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW)

    during = photo_requests.rates(
        session,
        county="140926",
        since=TODAY,
        until=TODAY,
        now=NOW + timedelta(hours=2),
        seen_by=EVERYBODY,
    )

    assert during == {}


def test_an_old_picture_sent_again_is_no_answer(session: Session, cast: Cast) -> None:
    [asked] = photo_requests.ask_by_name(
        session, county=cast.county, codes=["C0001"], by=cast.office, now=NOW, subject="signboard"
    )
    old, again = (make_photo(session, cast.c1, days_ago=days) for days in (9, 0))
    photo_requests.answered_by(session, photo=again, now=NOW)
    question = ask_double(session, again, old)
    rate = partial(
        photo_requests.rates,
        session,
        county="140926",
        seen_by=EVERYBODY,
        since=TODAY,
        until=TODAY,
        now=NOW,
    )

    before = rate()
    decide(session, item=question, decision="same_picture", by=cast.office, now=NOW)

    assert asked.photo_id == again.id
    assert before == {cast.c1.id: photo_requests.Rate(1, 1)}
    assert rate() == {cast.c1.id: photo_requests.Rate(1, 0)}


@pytest.mark.parametrize(
    ("taken", "verified", "good"),
    [("23:58", True, True), ("23:58", False, False), ("00:02", True, False)],
)
def test_a_photo_taken_on_the_day_and_sent_after_midnight_answers(
    session: Session, cast: Cast, taken: str, *, verified: bool, good: bool
) -> None:
    [asked] = photo_requests.ask_by_name(
        session, county=cast.county, codes=["C0001"], by=cast.office, now=NOW, subject="signboard"
    )
    photo = make_photo(session, cast.c1)
    day = TODAY if taken > "12" else TODAY + timedelta(1)
    photo.taken_at = datetime.combine(day, time.fromisoformat(taken), BEIJING)
    photo.day_on, photo.time_verified = day, verified
    session.flush()
    arrived = datetime.combine(TODAY + timedelta(1), time(0, 10), BEIJING)

    assert photo_requests.answered_by(session, photo=photo, now=arrived) == good
    found = photo_requests.rates(
        session, county="140926", since=TODAY, until=TODAY, now=arrived, seen_by=EVERYBODY
    )
    assert found == {cast.c1.id: photo_requests.Rate(1, int(good))}
    assert asked.photo_id == (photo.id if good else None)


def many_kept(session: Session, count: int = 20) -> None:
    keeper = make_person(session, name="众站长", role=Role.KEEPER)
    for number in range(10, 10 + count):
        make_keeping(
            session, keeper, make_station(session, code=f"C{number:04d}", name=f"第{number}村")
        )


def test_more_are_drawn_by_hand_with_a_recorded_seed_and_nobody_twice_a_day(
    session: Session, cast: Cast
) -> None:
    many_kept(session)
    cast.county.options = {"photo_request_percent": 20}
    daily = photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW)

    more = photo_requests.draw_more(session, county=cast.county, count=7, by=cast.office, now=NOW)
    rest = photo_requests.draw_more(session, county=cast.county, count=10, by=cast.office, now=NOW)

    every = asked_codes(session, [*daily, *more, *rest])
    assert (len(daily), len(more), len(rest)) == (5, 7, 10)
    assert len(set(every)) == 22  # all of the county's kept stations, each once
    assert {one.seed[:3] for one in (*more, *rest)} == {"加抽 "}
    drum = sorted(set(every) - set(asked_codes(session, daily)))
    drawn = draw(
        [Candidate(code) for code in drum], kind=SampleKind.RANDOM, seed=more[0].seed, size=7
    )
    assert [one.key for one in drawn] == asked_codes(session, more)
    [_, first] = history.lines(
        session, county="140926", station_id=None, action="photos-asked", limit=9
    )
    assert first.summary == "抽查拍照：从17个站点里再抽7个"
    assert more[0].seed in first.reason


def test_a_station_is_named_by_its_number_however_it_is_typed(session: Session, cast: Cast) -> None:
    asked = photo_requests.ask_by_name(
        session, county=cast.county, codes=["c1", "Ｃ０００２", "C0001"], by=cast.office, now=NOW,
        subject="exterior",
    )  # fmt: skip

    assert asked_codes(session, asked) == ["C0001", "C0002"]
    assert {one.subject for one in asked} == {"exterior"}
    assert all(one.seed.startswith("点名 ") for one in asked)


def test_what_was_asked_by_hand_does_not_keep_the_daily_draw_away(
    session: Session, cast: Cast
) -> None:
    cast.county.options = {"photo_request_percent": 100}
    photo_requests.ask_by_name(
        session, county=cast.county, codes=["C0001"], by=cast.office, now=NOW
    )

    daily = photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW)

    assert asked_codes(session, daily) == ["C0002"]


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ([], "请写1到100个站点编号"),
        (["C0001", "C9999"], "没有找到C9999，或者还没有站长"),
        (["XZ0001"], "没有找到XZ0001，或者还没有站长"),
        (["C0001", "C0002"], "C0002今天不营业或者已经关门"),
    ],
)
def test_who_cannot_be_asked_is_named_and_then_nobody_is(
    session: Session, cast: Cast, codes: list[str], sentence: str
) -> None:
    cast.c2.hours = [[[1, 2, 3, 4, 5], "08:00", "14:00"]]  # it is half past two

    with pytest.raises(Invalid, match=sentence) as refused:
        photo_requests.ask_by_name(
            session, county=cast.county, codes=codes, by=cast.office, now=NOW
        )

    assert refused.value.code == "photo-request-impossible"
    assert photo_requests.requests_on(session, county="140926", on=TODAY, seen_by=EVERYBODY) == []


def test_a_station_asked_today_is_not_asked_again(session: Session, cast: Cast) -> None:
    ask = partial(photo_requests.ask_by_name, session, county=cast.county, by=cast.office, now=NOW)
    ask(codes=["C0001"])

    with pytest.raises(Invalid, match="C0001今天已经请过了"):
        ask(codes=["C0001", "C0002"])

    assert (
        len(photo_requests.requests_on(session, county="140926", on=TODAY, seen_by=EVERYBODY)) == 1
    )


def test_an_officer_asks_only_the_own_townships_stations(session: Session, cast: Cast) -> None:
    many_kept(session, 3)

    with pytest.raises(Invalid, match="没有找到C0001"):
        photo_requests.ask_by_name(
            session, county=cast.county, codes=["C0001"], by=cast.officer, now=NOW
        )
    with pytest.raises(Invalid, match="站点有0个，今天不能再抽了"):
        photo_requests.draw_more(session, county=cast.county, count=1, by=cast.officer, now=NOW)


@pytest.mark.parametrize("count", [0, 3])
def test_no_more_are_drawn_than_there_are(session: Session, cast: Cast, count: int) -> None:
    with pytest.raises(Invalid, match="站点有2个，现在最多还能抽2个"):
        photo_requests.draw_more(session, county=cast.county, count=count, by=cast.office, now=NOW)


def test_the_daily_work_is_on_the_workers_list() -> None:
    kinds = {one.kind for one in PERIODIC}

    assert {"escalate_rectifications", "ask_for_photos"} <= kinds
    assert kinds <= HANDLERS.keys()
