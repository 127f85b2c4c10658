"""Finds for the board what is no open station: closed ones, numbers, villages without one."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.db import plain_rows
from server.models.county import Division, DivisionLevel
from server.models.person import Keeping, Person
from server.models.station import Station
from server.plain_text import narrow_text
from server.policy.standard.facts import Level
from server.services.people.scope import (
    EVERYBODY,
    Everybody,
    sees_whole_county,
    stations_visible_to,
)

SHORTEST_NUMBER = 4
"""Digits of a telephone number that find something; fewer are a station's number or a count."""


class ClosedStation(NamedTuple):
    """A station that was closed, with its township's name."""

    station: Station
    township_name: str


def closed_stations(
    session: Session, *, seen_by: Person | Everybody, q: str = "", township: str | None = None
) -> list[ClosedStation]:
    """The closed stations in somebody's sight that mention every word, the last closed first."""
    query = (
        sa.select(Station, Division.name)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(stations_visible_to(seen_by), Station.closed_on.is_not(None))
        .order_by(Station.closed_on.desc(), Station.id)
    )
    if township:
        query = query.where(Station.township_code == township)
    found = [ClosedStation(station, name or "") for station, name in session.execute(query)]
    words = [word.casefold() for word in q.split()]
    return [one for one in found if all(word in _text(one) for word in words)]


def _text(one: ClosedStation) -> str:
    station = one.station
    named = f"{station.code or ''} {station.name} {one.township_name} {station.head_name}"
    return f"{named} {station.address}".casefold()


def digits_of(q: str) -> str:
    """A telephone number, or enough of one, as it was typed; "" for anything else."""
    bare = re.sub(r"[\s()+‐‑‒–—―−-]+", "", narrow_text(q))
    fits = bare.isascii() and bare.isdigit() and len(bare) >= SHORTEST_NUMBER
    return bare if fits else ""


def ids_by_phone(session: Session, *, digits: str, seen_by: Person | Everybody) -> set[int]:
    """The stations in sight whose register or present keeper has a number with these digits."""
    if not digits:
        return set()
    # They lie sealed, and people look for the last four digits: a county's are opened, a few
    # thousand in some hundredths of a second.
    sight = stations_visible_to(seen_by)
    heads = sa.select(Station.id, Station.head_phone).where(sight, Station.head_phone != "")
    keepers = (
        sa.select(Station.id, Person.phone)
        .join(Keeping, Keeping.station_id == Station.id)
        .join(Person, Person.id == Keeping.person_id)
        .where(sight, Keeping.until_at.is_(None), Person.phone.is_not(None))
    )
    return {
        station_id
        for asked in (heads, keepers)
        for station_id, number in plain_rows(session, asked)
        if digits in _bare(number)
    }


def _bare(number: str) -> str:
    return number.replace("-", "").replace(" ", "")


def villages_without_station(
    session: Session, *, county: str, seen_by: Person | Everybody, q: str, most: int = 12
) -> Sequence[tuple[Division, str]]:
    """Villages named like this that have no open point, with their townships' names.

    Whoever sees a part of the county is told of the own township's alone; a clerk of an operator,
    who registers nothing, of none.
    """
    word = q.strip()
    own = None if seen_by is EVERYBODY else seen_by.township_code
    if not word or not (sees_whole_county(seen_by, county) or own):
        return []
    point = sa.exists().where(
        Station.village_code == Division.code,
        Station.level == Level.VILLAGE_POINT,
        Station.closed_on.is_(None),
    )
    township = aliased(Division)
    query = (
        sa.select(Division, township.name)
        .join(township, township.code == Division.parent)
        .where(
            Division.county == county,
            Division.level == DivisionLevel.VILLAGE,
            Division.withdrawn_on.is_(None),
            Division.name.contains(word, autoescape=True)
            | Division.short_name.contains(word, autoescape=True),
            ~point,
        )
        .order_by(Division.code)
        .limit(most)
    )
    if not sees_whole_county(seen_by, county):
        query = query.where(township.code == own)
    return [(village, name) for village, name in session.execute(query)]
