"""Writes down each night what every station of a county was at the end of the day."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.county import County
from server.models.person import Keeping, Person, SignIn, SignInKind
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.station import Stage, Station
from server.policy.plan.indicators import StationDay, Tell
from server.policy.standard.facts import Level, Ownership
from server.policy.standard.options import CountyOptions
from server.policy.standard.postal import filed_told, postal_of
from server.policy.standard.standards import Standard, station_standard
from server.services.county.counties import policy_options
from server.services.people.scope import EVERYBODY
from server.services.standing.standing import Standing, standings

LATE = timedelta(hours=6)
"""A night written down later than this after its midnight is marked as late."""
COLUMNS = (
    "code", "name", "level", "township_code", "village_code", "operator_id", "stage", "filed",
    "status", "open_work", "bound",
)  # fmt: skip
"""What is written down of a station, in the order in which a day is hashed."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A county as it stands, ready to be written down for a day."""

    county: str
    on: date
    standard_id: str | None
    rows: tuple[StationSnapshot, ...]
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
    station; none is in the session.
    """
    found = standing
    if found is None:
        found = standings(session, county=county, on=on, standards=standards, seen_by=EVERYBODY)
    bound = _bound(session, county.code, now)
    options = policy_options(county)
    rows = [
        StationSnapshot(
            county=county.code,
            station_id=one.station.id,
            from_on=on,
            until_on=None,
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
        rows=tuple(sorted(rows, key=lambda one: one.station_id)),
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
        one.station_id: one
        for one in session.scalars(
            sa.select(StationSnapshot).where(
                StationSnapshot.county == seen.county, StationSnapshot.until_on.is_(None)
            )
        )
    }
    after = {one.station_id: one for one in seen.rows}
    for key, old in before.items():
        if key not in after or values_of(old) != values_of(after[key]):
            old.until_on = seen.on
    begun = [
        {"county": seen.county, "station_id": key, "from_on": seen.on, **values_of(new)}
        for key, new in after.items()
        if key not in before or values_of(before[key]) != values_of(new)
    ]
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


def values_of(row: StationSnapshot) -> dict[str, Any]:
    """What is written down of a station, column by column."""
    return {name: getattr(row, name) for name in COLUMNS}


def digest(rows: Iterable[StationSnapshot]) -> str:
    """SHA-256 over what every station was on a day, in one canonical spelling."""
    told = [
        [one.station_id, *values_of(one).values()]
        for one in sorted(rows, key=lambda row: row.station_id)
    ]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def station_day(row: StationSnapshot) -> StationDay:
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
