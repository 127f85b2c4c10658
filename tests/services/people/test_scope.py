"""Who may see which stations."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.person import Person, Role
from server.models.station import Station
from server.services.people.scope import station_for, stations_kept_by, stations_visible_to
from tests.factories import LONG_AGO, NOW, Cast, make_keeping, make_operator, make_person


def seen(session: Session, person: Person) -> set[str]:
    return {
        f"{station.county}-{station.code}"
        for station in session.scalars(select(Station).where(stations_visible_to(person)))
    }


ALL = {"140926-C0001", "140926-C0002", "140926-C0003", "140926-XZ0001"}


def test_each_role_sees_its_own_part_of_the_county(session: Session, cast: Cast) -> None:
    assert seen(session, cast.li) == {"140926-C0001"}
    assert seen(session, cast.zhao) == {"140926-C0002"}
    assert seen(session, cast.wang) == seen(session, cast.office) == ALL
    assert seen(session, cast.officer) == {"140926-C0003"}
    assert seen(session, cast.outsider) == {"411721-C0001"}


def test_an_inspector_bound_to_a_township_sees_only_that(session: Session, cast: Cast) -> None:
    cast.wang.township_code = cast.other_township.code

    assert seen(session, cast.wang) == {"140926-C0003"}


def test_an_officer_without_a_township_sees_nothing(session: Session, cast: Cast) -> None:
    cast.officer.township_code = None

    assert seen(session, cast.officer) == set()


def test_an_operators_clerk_sees_that_operators_stations(session: Session, cast: Cast) -> None:
    own = make_person(session, name="运营", role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    other = make_operator(session, name="静乐二公里快递有限公司")
    foreign = make_person(session, name="别家", role=Role.OPERATOR, operator_id=other.id)

    assert seen(session, own) == ALL - {"140926-C0003"}
    assert seen(session, foreign) == set()


def test_anothers_station_looks_as_if_there_were_none(session: Session, cast: Cast) -> None:
    assert station_for(session, cast.li, cast.c1.id) is cast.c1
    for station_id in (cast.c2.id, cast.foreign.id, 999_999):
        with pytest.raises(NotFound, match="没有找到这个站点"):
            station_for(session, cast.li, station_id)


def test_a_keeping_that_ended_is_no_keeping(session: Session, cast: Cast) -> None:
    make_keeping(session, cast.li, cast.c2, until_at=NOW)

    assert [one.code for one in stations_kept_by(session, cast.li, NOW)] == ["C0001"]
    assert seen(session, cast.li) == {"140926-C0001"}
    assert len(stations_kept_by(session, cast.li, LONG_AGO)) == 2
