"""The ground on which the other tests stand."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.models.station import Station
from server.schema import drift
from tests.factories import Cast, make_county, make_station


def test_the_migrated_database_is_what_the_models_say(engine: Engine) -> None:
    assert drift(engine) == []


def test_every_test_begins_on_an_empty_database(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Station)) == 0


def test_the_first_station_of_a_test_has_the_first_id(session: Session) -> None:
    make_county(session)

    assert make_station(session).id == 1


def test_a_number_stands_once_in_a_county_and_may_stand_in_the_next(
    session: Session, cast: Cast
) -> None:
    assert cast.c1.code == cast.foreign.code == "C0001"

    with pytest.raises(IntegrityError):
        make_station(session, code="C0001")
