"""What an inspector sees: the stations in scope, and all about the one whose plate is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.phone_event import Photo
from server.models.sign import Sign
from server.models.station import Station
from server.policy.standard.facts import Word, fact_named, value_of
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Standard
from server.services.people.scope import station_for
from server.services.photos.photos import newest_pictures
from server.services.plates.scans import read_scan
from server.services.registry.stations import StationView, station_view
from server.services.standing.standing import Standing, standing_of
from server.services.standing.statements import newest, value_text


@dataclass(frozen=True)
class Seen:
    """A station as an inspector stands in front of it; `sign` is None for a typed number."""

    view: StationView
    standing: Standing
    sign: Sign | None
    method: str
    photos: tuple[Photo, ...]
    area: str | None


def scan_station(
    session: Session,
    *,
    person: Person,
    text: str,
    ring: Sequence[tuple[str, bytes]],
    now: datetime,
    on: date,
    standards: Sequence[Standard],
) -> Seen:
    """The station behind a scanned plate or typed number, if it is in this person's scope.

    Raises what `read_scan` raises, and `NotFound` (station-unknown) for a station out of scope.
    """
    scan = read_scan(session, text=text, ring=ring, county=person.county, now=now)
    station = station_for(session, person, scan.station.id)
    return Seen(
        view=station_view(session, station=station, now=now),
        standing=standing_of(session, station=station, on=on, standards=standards),
        sign=scan.sign if scan.method == "scan" else None,
        method=scan.method,
        photos=tuple(newest_pictures(session, station=station)),
        area=_area(session, station),
    )


def _area(session: Session, station: Station) -> str | None:
    """The floor area on the strongest word, and whose word that is."""
    said = newest(session, station_ids=[station.id], fact="floor_area_m2")
    if not said:
        return None
    strongest = max(said, key=lambda one: (Word(one.word).rank, one.observed_on))
    fact = fact_named("floor_area_m2", CountyOptions())
    text = value_text(fact, value_of(fact, strongest.value))
    return f"{text}（{Word(strongest.word).label}）" if text else None
