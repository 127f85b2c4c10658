from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.person import Person
from server.models.station import Stage, Station
from server.services.coverage.serving import Served, VillageServed, villages_served
from server.services.people.scope import EVERYBODY, Everybody
from server.services.registry.acceptances import accept_stations
from tests.factories import NOW, TODAY, Cast, make_village
from tests.queries import queries

OWN, NEXT, BARE, FAR = "140926100205", "140926100206", "140926100207", "140926101201"


@pytest.fixture
def bare(session: Session, cast: Cast) -> None:
    make_village(session, code=BARE, name="石咀村")


def served(
    session: Session, on: date = TODAY, seen_by: Person | Everybody = EVERYBODY
) -> dict[str, VillageServed]:
    found = villages_served(session, county="140926", on=on, seen_by=seen_by)
    return {one.code: one for one in found}


def hows(session: Session, on: date = TODAY) -> dict[str, Served]:
    return {code: one.how for code, one in served(session, on).items()}


def accept(session: Session, cast: Cast, standards: Any, station: Station, on: date) -> None:
    accept_stations(
        session, county=cast.county, seen={station.id: None}, grade=Stage.BUILT, on=on,
        present="供销社王某", by=cast.office, now=NOW, standards=standards,
    )  # fmt: skip


def test_only_accepted_open_stations_cover_and_the_others_are_told_apart(
    session: Session, cast: Cast, bare: None
) -> None:
    cast.c1.stage, cast.c1.serves = Stage.BUILT, [BARE, OWN]
    cast.c2.stage, cast.c3.stage = Stage.BUILT_BEFORE, Stage.PLANNED
    session.flush()
    assert hows(session) == {
        OWN: Served.RESIDENT, NEXT: Served.UNACCEPTED, BARE: Served.RADIATED, FAR: Served.PLANNED
    }  # fmt: skip
    cast.c1.closed_on = TODAY
    session.flush()
    assert (hows(session)[OWN], hows(session)[BARE]) == (Served.NONE, Served.NONE)
    assert hows(session, date(2023, 7, 4))[OWN] is Served.RESIDENT


def test_a_past_day_knows_only_what_had_been_accepted_by_then(
    session: Session, cast: Cast, standards: Any
) -> None:
    cast.c1.created_at = datetime(2023, 4, 10, 23, tzinfo=BEIJING)
    accept(session, cast, standards, cast.c1, date(2023, 6, 1))
    assert hows(session, date(2023, 6, 1))[OWN] is Served.RESIDENT
    assert hows(session, date(2023, 5, 31))[OWN] is Served.PLANNED
    assert hows(session, date(2023, 4, 9))[OWN] is Served.NONE
    cast.c1.opened_on = date(2023, 6, 20)
    session.flush()
    assert hows(session, date(2023, 6, 19))[OWN] is Served.PLANNED


def test_a_resident_point_of_the_mode_is_unknown_where_no_mode_is_registered(
    session: Session, cast: Cast
) -> None:
    cast.c1.stage = cast.c2.stage = Stage.BUILT
    cast.c1.coop_modes, cast.c2.coop_modes = [], ["postal_coop"]
    cast.c3.stage, cast.c3.coop_modes = Stage.BUILT_BEFORE, ["resident_point"]
    session.flush()
    found = served(session)
    assert [found[code].resident for code in (OWN, NEXT, FAR)] == [True, True, None]
    assert [found[code].resident_of_the_mode for code in (OWN, NEXT, FAR)] == [None, False, None]
    cast.c1.coop_modes = ["postal_coop", "resident_point"]
    session.flush()
    assert served(session)[OWN].resident_of_the_mode is True


def test_an_officer_reads_that_another_township_serves_the_village_but_not_which_station(
    session: Session, cast: Cast
) -> None:
    cast.c1.stage, cast.c1.serves = Stage.BUILT, [FAR]
    session.flush()
    found = served(session, seen_by=cast.officer)
    assert set(found) == {FAR}
    assert found[FAR].how is Served.RADIATED
    other = next(one for one in found[FAR].servers if not one.here)
    assert (other.id, other.name, other.code) == (None, "", None)
    assert served(session, seen_by=cast.outsider) == {}


def test_the_number_of_reads_does_not_grow_with_the_villages(
    session: Session, cast: Cast, bare: None
) -> None:
    with queries(session) as few:
        served(session)
    for number in range(10):
        make_village(session, code=f"1409261002{number + 50}", name=f"新村{number}")
    with queries(session) as many:
        served(session)
    assert len(few) == len(many) <= 5
