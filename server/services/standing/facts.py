"""Gathers what is known of many stations, with one query per kind of fact, never per station."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from server.db import plain_rows
from server.models.county import County, Division, DivisionAlias, Operator
from server.models.person import Person
from server.models.phone_event import TO_SHOW, ParcelCount, Photo
from server.models.reading import sent_again
from server.models.statement import Statement
from server.models.station import Station
from server.policy.standard.contests import Contest
from server.policy.standard.facts import JUDGED, Level, Place, Said, StationFacts, Word
from server.policy.standard.options import CountyOptions
from server.policy.standard.postal import postal_of
from server.services.people.scope import (
    EVERYBODY,
    Everybody,
    sees_whole_county,
    stations_visible_to,
)
from server.services.standing.contests import contests_of

SUBJECT_FACTS = {
    "signboard": "signboard_present",
    "hours_board": "hours_board_present",
    "interior": "service_counter",
    "shelves": "shelves",
    "scanner": "barcode_scanner",
    "exterior": "premises_fixed",
    "zoning": "zoning",
}
"""What a keeper's photo of a subject claims; 安全设备 photos claim no single item, so nothing."""

COUNTS_SPEAK_FOR = timedelta(days=30)
"""Our choice: counts of the last 30 days show that a station posts and delivers."""

_Village = aliased(Division)
Judged = dict[int, dict[str, tuple[Said, ...]]]


@dataclass(frozen=True, slots=True)
class Known:
    """One station, the names around it, and its facts for the policy."""

    station: Station
    township_name: str
    operator_name: str
    facts: StationFacts


def facts_of(
    session: Session,
    *,
    county: County,
    on: date,
    options: CountyOptions,
    seen_by: Person | Everybody,
    station_ids: Collection[int] | None = None,
    township_code: str | None = None,
    closed_too: bool = False,
) -> list[Known]:
    """The facts of the open stations in sight (or the chosen of them) as of a day; six queries.

    `closed_too` is for who was at a station on its last day, or corrects a record from before.

    Statements, photos and counts made after `on` are left out, and so is what rests on a photo that
    a person found to be an older picture; the register's own columns are as they stand now.
    """
    query = _CHOSEN[closed_too, station_ids is not None]
    asked: dict[str, Any] = {"county": county.code, "on": on}
    if station_ids is not None:
        asked["ids"] = list(station_ids)
    if seen_by is not EVERYBODY:
        query = query.where(stations_visible_to(seen_by))
    whole = (
        sees_whole_county(seen_by, county.code) and station_ids is None and township_code is None
    )
    if township_code is not None:
        query = query.where(Station.township_code == township_code)
    rows = session.execute(query, asked).all()
    only = None if whole else [station.id for station, *_ in rows]
    places = _Places(session, county)
    said: dict[int, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    _add_statements(session, said, county.code, only, on)
    _add_photos(session, said, county.code, only, on)
    _add_counts(session, said, county.code, only, on)
    contests = contests_of(session, county=county.code, on=on, station_ids=only)
    return [
        Known(
            station=station,
            township_name=township or "",
            operator_name=operator or "",
            facts=_facts(
                station,
                operator,
                places.of(station, township or "", village or ""),
                options,
                said.get(station.id, {}),
                contested=contests.get(station.id, {}),
            ),
        )
        for station, township, village, operator in rows
    ]


class _Places:
    """What stations' places are called: by the division table, by alias, and around them."""

    def __init__(self, session: Session, county: County) -> None:
        around = (county.name, county.prefecture, county.province)
        self._around = tuple(dict.fromkeys(name for name in around if name))
        self._aliases: dict[str | None, list[str]] = defaultdict(list)
        for code, alias in plain_rows(session, _ALIASES, {"county": county.code}).all():
            self._aliases[code].append(alias)

    def of(self, station: Station, township: str, village: str) -> Place | None:
        """The place that a station's sign has to name; the county's hub has none."""
        also = tuple(self._aliases.get(station.township_code, ()))
        if station.level == Level.TOWNSHIP_STATION:
            return Place(name=township, aliases=also, within=self._around)
        if station.level != Level.VILLAGE_POINT:
            return None
        return Place(
            name=village,
            aliases=tuple(self._aliases.get(station.village_code, ())),
            within=(*((township,) if township else ()), *also, *self._around),
        )


def _facts(
    station: Station,
    operator: str | None,
    place: Place | None,
    options: CountyOptions,
    said: dict[str, list[Said]],
    *,
    contested: Mapping[str, Contest],
) -> StationFacts:
    return StationFacts(
        level=station.level,
        ownership=station.ownership,
        code=station.code,
        name=station.name,
        filed_name=station.filed_name or None,
        opened_on=station.opened_on,
        filed_on=station.filed_on,
        filing_changed_on=station.filing_changed_on,
        filing_change_filed_on=station.filing_change_filed_on,
        postal=postal_of(station.coop_modes, station.ownership, (station.opener, operator)),
        operator=operator,
        address=station.address or None,
        place=place,
        options=options,
        judged={fact: tuple(statements) for fact, statements in said.items()},
        contested=contested,
    )


# The queries are built once: building them anew takes longer than answering them.
_COUNTY = sa.bindparam("county", type_=sa.String())
_ON = sa.bindparam("on", type_=sa.Date())
_IDS = sa.bindparam("ids", type_=sa.Integer(), expanding=True)
_STATIONS = (
    select(Station, Division.name, _Village.short_name, Operator.name)
    # Of the county alone: the places of all counties would be read whole for their names.
    .outerjoin(Division, (Division.county == _COUNTY) & (Division.code == Station.township_code))
    .outerjoin(_Village, (_Village.county == _COUNTY) & (_Village.code == Station.village_code))
    .outerjoin(Operator, Operator.id == Station.operator_id)
    .where(Station.county == _COUNTY)
    .order_by(Station.township_code, Station.level, Station.code, Station.id)
)
_OPEN = _STATIONS.where(Station.closed_on.is_(None) | (Station.closed_on > _ON))
_CHOSEN = {  # by whether closed ones are wanted too, and whether some are chosen
    (True, False): _STATIONS,
    (True, True): _STATIONS.where(Station.id.in_(_IDS)),
    (False, False): _OPEN,
    (False, True): _OPEN.where(Station.id.in_(_IDS)),
}
_ALIASES = (
    select(DivisionAlias.division_code, DivisionAlias.alias)
    .where(DivisionAlias.county == _COUNTY)
    .order_by(DivisionAlias.id)
)
# Of a run of equal statements only its first and its newest are wanted: the newest counts, the
# first says since when. The stations' whole history would grow without end.
_SAME_VOICE = (Statement.station_id, Statement.fact, Statement.word)
_IN_TURN = (Statement.observed_on, Statement.id)
_TEXT = sa.cast(Statement.value, sa.Text)
_REUSED = sent_again(_COUNTY)
_runs = (
    select(
        Statement.station_id,
        Statement.fact,
        Statement.word,
        _TEXT.label("said"),
        Statement.observed_on,
        sa.cast(Statement.photo_id, sa.Text).label("photo"),
        Statement.note,
        func.lag(_TEXT).over(partition_by=_SAME_VOICE, order_by=_IN_TURN).label("before"),
        func.lead(Statement.id).over(partition_by=_SAME_VOICE, order_by=_IN_TURN).label("after"),
    )
    .where(
        Statement.county == _COUNTY,
        Statement.observed_on <= _ON,
        # An inspector's word rests on having been there, whatever the picture shows.
        (Statement.word == Word.INSPECTOR.value)
        | Statement.photo_id.is_(None)
        | Statement.photo_id.not_in(_REUSED),
    )
    .subquery()
)
_STATEMENTS = select(
    _runs.c.station_id,
    _runs.c.fact,
    _runs.c.word,
    _runs.c.said,
    _runs.c.observed_on,
    _runs.c.photo,
    _runs.c.note,
).where(_runs.c.after.is_(None) | _runs.c.before.is_(None) | (_runs.c.before != _runs.c.said))
_STATEMENTS_OF = _STATEMENTS.where(_runs.c.station_id.in_(_IDS))
# The newest photo by the index of stations and subjects, a look for each: the photos of all years
# would grow without end. Its day and id come as one text, for a second look would cost as much.
# Subjects stand in the statement, for SQLite names no columns of values.
_subjects = sa.union_all(
    *(select(sa.literal_column(f"'{subject}'").label("subject")) for subject in SUBJECT_FACTS)
).subquery()
_newest = (
    select(sa.cast(Photo.day_on, sa.Text) + sa.cast(Photo.id, sa.Text))
    .where(
        Photo.county == _COUNTY,
        Photo.station_id == Station.id,
        Photo.subject == _subjects.c.subject,
        Photo.state.in_(TO_SHOW),
        Photo.day_on <= _ON,
        Photo.id.not_in(_REUSED),
    )
    .order_by(Photo.taken_at.desc(), Photo.id.desc())
    .limit(1)
    .correlate(Station, _subjects)
    .scalar_subquery()
)
_PHOTOS = (
    select(Station.id, _subjects.c.subject, _newest)
    .select_from(Station)
    .join(_subjects, sa.true())
    .where(Station.county == _COUNTY)
)
_PHOTOS_OF = _PHOTOS.where(Station.id.in_(_IDS))
_COUNTS = (
    select(
        ParcelCount.station_id,
        func.max(case((ParcelCount.received > 0, ParcelCount.day_on))),
        func.max(case((ParcelCount.sent > 0, ParcelCount.day_on))),
    )
    .where(
        ParcelCount.county == _COUNTY,
        ParcelCount.day_on <= _ON,
        ParcelCount.day_on > sa.bindparam("since", type_=sa.Date()),
        ParcelCount.holds(),
    )
    .group_by(ParcelCount.station_id)
)
_COUNTS_OF = _COUNTS.where(ParcelCount.station_id.in_(_IDS))


_DAY_LONG = len("2026-12-01")


def _dashed(text: str) -> str:
    """An id as either engine writes it, as UUID does: SQLite keeps no dashes."""
    if "-" in text:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _asked_of(ids: list[int] | None, **asked: Any) -> dict[str, Any]:
    return asked if ids is None else asked | {"ids": ids}


def _add_statements(
    session: Session,
    said: dict[int, dict[str, list[Said]]],
    county: str,
    ids: list[int] | None,
    on: date,
) -> None:
    """The newest statement per station, fact and word, and where each run of equal ones began."""
    query = _STATEMENTS if ids is None else _STATEMENTS_OF
    for station, fact, word, value, day, photo_id, note in plain_rows(
        session, query, _asked_of(ids, county=county, on=on)
    ).all():
        evidence = (f"photo:{UUID(photo_id)}",) if photo_id else ()
        said[station][fact].append(
            Said(_value(fact, value), _WORDS[word], day, None, evidence, note)
        )


_WORDS = {word.value: word for word in Word}


@lru_cache(maxsize=4096)
def _value(fact: str, text: str) -> bool | str | Decimal | None:
    """A stored value; thousands of rows hold a handful of values, so each is read once."""
    value = json.loads(text)
    known = JUDGED.get(fact)
    if known is not None and known.kind == "amount" and value is not None:
        return Decimal(value)
    return value  # type: ignore[no-any-return]


def _add_photos(
    session: Session,
    said: dict[int, dict[str, list[Said]]],
    county: str,
    ids: list[int] | None,
    on: date,
) -> None:
    """The newest photo per station and subject, as the keeper's claim that the thing is there."""
    query = _PHOTOS if ids is None else _PHOTOS_OF
    asked = _asked_of(ids, county=county, on=on)
    for station, subject, newest in plain_rows(session, query, asked).all():
        if newest is not None:
            day, photo_id = newest[:_DAY_LONG], newest[_DAY_LONG:]
            evidence = (f"photo:{_dashed(photo_id)}",)
            said[station][SUBJECT_FACTS[subject]].append(
                Said(True, Word.KEEPER, date.fromisoformat(day), None, evidence)
            )


def _add_counts(
    session: Session,
    said: dict[int, dict[str, list[Said]]],
    county: str,
    ids: list[int] | None,
    on: date,
) -> None:
    """The last day with parcels each way, from each day's newest count of the last 30 days."""
    query = _COUNTS if ids is None else _COUNTS_OF
    days = _asked_of(ids, county=county, on=on, since=on - COUNTS_SPEAK_FOR)
    for station, received, sent in plain_rows(session, query, days).all():
        for fact, day in (("services_delivery", received), ("services_posting", sent)):
            if day is not None:
                said[station][fact].append(
                    Said(True, Word.KEEPER, day, None, (f"count:{day.isoformat()}",), "件量上报")
                )
