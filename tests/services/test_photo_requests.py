"""Random looks between rounds, at the service level."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from server.models.inspection import PhotoRequest
from server.models.person import Role
from server.models.station import Station
from server.services import photo_requests
from server.worker import HANDLERS, PERIODIC
from tests.factories import NOW, TODAY, Cast, make_keeping, make_person, make_station


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


def test_an_open_request_does_not_count_against_a_station_before_the_day_is_over(
    session: Session, cast: Cast
) -> None:
    cast.county.options = {"photo_request_percent": 100}
    photo_requests.draw_requests(session, county=cast.county, on=TODAY, now=NOW)

    during = photo_requests.rates(
        session, county="140926", since=TODAY, until=TODAY, now=NOW + timedelta(hours=2)
    )

    assert during == {}


def test_the_daily_work_is_on_the_workers_list() -> None:
    kinds = {one.kind for one in PERIODIC}

    assert {"escalate_rectifications", "ask_for_photos"} <= kinds
    assert kinds <= HANDLERS.keys()
