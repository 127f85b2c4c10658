"""Writes down each night what every station of a county was at the end of the day."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.db import plain_rows, table_of
from server.models.county import County
from server.models.person import Keeping, Person, SignIn, SignInKind
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.station import Stage, Station
from server.policy.plan.indicators import StationDay, Tell
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level, Ownership
from server.policy.standard.options import CountyOptions
from server.policy.standard.postal import filed_told, postal_of
from server.policy.standard.standards import Standard, station_standard
from server.services.county.counties import policy_options
from server.services.people.scope import EVERYBODY
from server.services.standing.standing import Standing, standings

LATE = timedelta(hours=6)
"""A night written down later than this after its midnight is marked as late."""

BUILT: Mapping[Stage, Tell] = {
    Stage.PLANNED: False,
    Stage.BUILT_BEFORE: None,
    Stage.BUILT: True,
    Stage.STANDARDISED: True,
    Stage.DEMONSTRATION: True,
}
"""Whether a stage counts as built; of what was registered before acceptances nobody can say."""
STANDARDISED: Mapping[Stage, Tell] = {
    **BUILT,
    Stage.BUILT: False,
    Stage.DEMONSTRATION: False,
}
DEMONSTRATION: Mapping[Stage, Tell] = {
    **BUILT,
    Stage.BUILT: False,
    Stage.STANDARDISED: False,
}


class Row(NamedTuple):
    """What a station is, as a night writes it down; the names are those of `StationSnapshot`."""

    station_id: int
    code: str
    name: str
    level: Level
    township_code: str | None
    village_code: str | None
    operator_id: int | None
    stage: Stage
    filed: Tell
    status: Status
    open_work: int
    bound: bool


class Version(NamedTuple):
    """A row that was written down, and the days for which it stands (half-open; None: still)."""

    row: Row
    from_on: date
    until_on: date | None

    def stands(self, on: date) -> bool:
        """Whether it is what the station was on a day."""
        return self.from_on <= on and (self.until_on is None or self.until_on > on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A county as it stands, ready to be written down for a day."""

    county: str
    on: date
    standard_id: str | None
    rows: tuple[Row, ...]
    demo: bool

    @property
    def assessed(self) -> bool:
        """Whether a standard for stations is chosen, so that they are 达标 or not."""
        return self.standard_id is not None

    @property
    def stations(self) -> tuple[StationDay, ...]:
        """The same as the indicators read it."""
        return tuple(station_day(one) for one in self.rows)


def end_of(on: date) -> datetime:
    """The moment when a Beijing day ends."""
    return datetime.combine(on + timedelta(days=1), time.min, BEIJING).astimezone(UTC)


def look(
    session: Session,
    *,
    county: County,
    on: date,
    now: datetime,
    standards: Sequence[Standard],
    standing: Iterable[Standing] | None = None,
    entered_before: datetime | None = None,
) -> Look:
    """What every open station is for a day that is still going on or ended just now.

    Nine queries for any number of stations; `standing` where the caller has them already (the
    whole county's). Stations entered at or after `entered_before` are left out. Rows come by
    station.
    """
    found = standing
    if found is None:
        found = standings(session, county=county, on=on, standards=standards, seen_by=EVERYBODY)
    bound = _bound(session, county.code, now)
    options = policy_options(county)
    rows = [
        Row(
            station_id=one.station.id,
            code=one.station.code or "",
            name=one.station.name,
            level=one.station.level,
            township_code=one.station.township_code,
            village_code=one.station.village_code,
            operator_id=one.station.operator_id,
            stage=one.station.stage,
            filed=filed_on(one.station, one.operator_name, on, options),
            status=one.status,
            open_work=one.open_work.count,
            bound=one.station.id in bound,
        )
        for one in found
        if entered_before is None or one.station.created_at < entered_before
    ]
    held = station_standard(standards, on, county.code, county.standard_id)
    return Look(
        county=county.code,
        on=on,
        standard_id=held.id if held else None,
        rows=tuple(sorted(rows, key=itemgetter(0))),
        demo=county.demo,
    )


def filed_on(station: Station, operator: str, on: date, options: CountyOptions) -> Tell:
    """Whether a station was filed by a day; None while nobody decided whether it must be.

    `operator` is the name of the enterprise that runs it.
    """
    if station.filed_on is not None and station.filed_on <= on:
        return True
    enterprises = (station.opener, operator)
    return not_filed(station.level, station.coop_modes, station.ownership, enterprises, options)


def not_filed(
    level: Level,
    coop_modes: Iterable[str],
    ownership: Ownership | None,
    enterprises: Iterable[str | None],
    options: CountyOptions,
) -> Tell:
    """What is told of a station without a filing; the county's centre files nothing."""
    if level is Level.COUNTY_HUB:
        return False
    return filed_told(postal_of(coop_modes, ownership, enterprises), options, filed=False)


def keep(session: Session, seen: Look, *, now: datetime) -> bool:
    """Write a look down as its day; False where this day, or a later one, stands already.

    What changed ends, what is new begins, each in one statement for any number of stations.
    """
    newest = session.scalar(
        sa.select(sa.func.max(SnapshotDay.day_on)).where(SnapshotDay.county == seen.county)
    )
    if newest is not None and newest >= seen.on:
        return False
    before = {
        one.row.station_id: one
        for one in versions_of(session, seen.county, StationSnapshot.until_on.is_(None))
    }
    after = {one.station_id: one for one in seen.rows}
    ended = [
        {"place": seen.county, "of": key, "since": old.from_on, "on": seen.on}
        for key, old in before.items()
        if old.row != after.get(key)
    ]
    begun = [
        {"county": seen.county, "from_on": seen.on, **new._asdict()}
        for key, new in after.items()
        if key not in before or before[key].row != new
    ]
    if ended:
        session.connection().execute(_ENDED, ended)
    if begun:
        # One statement for all, also where some have no village and others no operator.
        nulls_too = {"render_nulls": True}
        session.execute(sa.insert(StationSnapshot), begun, execution_options=nulls_too)
    session.add(
        SnapshotDay(
            county=seen.county,
            day_on=seen.on,
            taken_at=now,
            stations=len(seen.rows),
            sha256=digest(seen.rows),
            standard_id=seen.standard_id,
            demo=seen.demo,
        )
    )
    session.flush()
    return True


_ENDED = (
    sa.update(table_of(StationSnapshot))
    .where(
        table_of(StationSnapshot).c.county == sa.bindparam("place"),
        table_of(StationSnapshot).c.station_id == sa.bindparam("of"),
        table_of(StationSnapshot).c.from_on == sa.bindparam("since"),
    )
    .values(until_on=sa.bindparam("on"))
)


def versions_of(
    session: Session, county: str, *wanted: sa.ColumnElement[bool]
) -> Iterator[Version]:
    """What nights wrote down of a county's stations, by station, from the oldest on; one query."""
    columns = [getattr(StationSnapshot, name) for name in Row._fields]
    found = plain_rows(
        session,
        sa.select(StationSnapshot.from_on, StationSnapshot.until_on, *columns)
        .where(StationSnapshot.county == county, *wanted)
        .order_by(StationSnapshot.station_id, StationSnapshot.from_on),
    ).all()
    for from_on, until_on, *values in found:
        yield Version(Row(*values), from_on, until_on)


def digest(rows: Iterable[Row]) -> str:
    """SHA-256 over what every station was on a day, in one canonical spelling."""
    text = json.dumps(sorted(rows, key=itemgetter(0)), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def station_day(row: Row) -> StationDay:
    """A row as the indicators read it."""
    return StationDay(
        station_id=row.station_id,
        code=row.code,
        name=row.name,
        level=row.level,
        township_code=row.township_code,
        village_code=row.village_code,
        operator_id=row.operator_id,
        stage_label=row.stage.label,
        built=BUILT[row.stage],
        standardised=STANDARDISED[row.stage],
        demonstration=DEMONSTRATION[row.stage],
        filed=row.filed,
        status=row.status,
        open_work=row.open_work,
        bound=row.bound,
    )


def _bound(session: Session, county: str, now: datetime) -> set[int]:
    """The stations with a keeper whose phone is signed in."""
    return set(
        session.scalars(
            sa.select(Keeping.station_id)
            .join(Station, Station.id == Keeping.station_id)
            .join(Person, Person.id == Keeping.person_id)
            .join(SignIn, SignIn.person_id == Person.id)
            .where(
                Station.county == county,
                Keeping.until_at.is_(None),
                Person.active,
                SignIn.kind == SignInKind.PHONE,
                SignIn.revoked_at.is_(None),
                SignIn.expires_at > now,
            )
            .distinct()
        )
    )
