"""Counties beside each other, as the last night of each wrote them down: for a city or province."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.errors import NotAllowed
from server.models.county import County
from server.models.person import Person
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.station import Stage
from server.policy.standard.examine import Status
from server.services.county.areas import counties_under
from server.services.people.scope import OVER_COUNTIES

_Night = aliased(SnapshotDay)
PLANNED = StationSnapshot.stage == Stage.PLANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Stations in numbers. What stands against the standard is None where none was chosen."""

    stations: int = 0
    built: int = 0
    filed: int = 0
    bound: int = 0
    meets: int | None = None
    meets_open: int | None = None
    fails: int | None = None
    to_verify: int | None = None
    not_assessed: int | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Both together; of what one county has not, the other's alone."""
        added: dict[str, Any] = {
            name: _sum(getattr(self, name), getattr(other, name)) for name in self.__slots__
        }
        return Tally(**added)


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county: `on` is the day that its last night wrote down; None: none has yet."""

    county: County
    on: date | None
    tally: Tally

    @property
    def assessed(self) -> bool:
        """Whether its stations were held against a standard that night."""
        return self.tally.meets is not None


def counties_seen(session: Session, viewer: Person) -> list[CountyRow]:
    """The counties under the viewer's city or province; five queries for any number of them.

    Raises NotAllowed not-your-page.
    """
    above = session.get_one(County, viewer.county)
    if viewer.role not in OVER_COUNTIES or not above.is_area:
        raise NotAllowed("not-your-page", "您的账号没有这一项权限。如需办理，请联系县专班。")
    counties = counties_under(session, above.code)
    codes = [one.code for one in counties]
    nights = {
        one.county: one
        for one in session.scalars(newest_nights().where(SnapshotDay.county.in_(codes)))
    }
    held = [code for code, one in nights.items() if one.standard_id is not None]
    tallies = {
        str(said["county"]): _tally(said, assessed=said["county"] in held)
        for said in _counted(session, codes)
    }
    return [
        CountyRow(
            one,
            nights[one.code].day_on if one.code in nights else None,
            tallies.get(one.code, Tally()),
        )
        for one in counties
    ]


def newest_nights() -> sa.Select[SnapshotDay]:
    """The last night of each county: a look into the key for each, not all nights of all years."""
    newest = (
        sa.select(_Night.day_on)
        .where(_Night.county == County.code)
        .order_by(_Night.day_on.desc())
        .limit(1)
        .correlate(County)
        .scalar_subquery()
    )
    return (
        sa.select(SnapshotDay)
        .select_from(County)
        .join(SnapshotDay, (SnapshotDay.county == County.code) & (SnapshotDay.day_on == newest))
    )


def together(rows: Iterable[CountyRow]) -> Tally:
    """All counties but demonstrations, added up."""
    return sum((one.tally for one in rows if not one.county.demo), Tally())


def _counted(session: Session, codes: list[str]) -> Iterable[sa.RowMapping]:
    built = sa.case((PLANNED, 0), else_=1)

    def built_and(what: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((what & ~PLANNED, 1), else_=0)), 0)

    found = session.execute(
        sa.select(
            StationSnapshot.county,
            sa.func.count().label("stations"),
            sa.func.sum(built).label("built"),
            built_and(StationSnapshot.filed.is_(True)).label("filed"),
            built_and(StationSnapshot.bound.is_(True)).label("bound"),
            *(built_and(StationSnapshot.status == one).label(one.value) for one in Status),
        )
        .where(StationSnapshot.county.in_(codes), StationSnapshot.until_on.is_(None))
        .group_by(StationSnapshot.county)
    )
    return found.mappings()


def _tally(said: sa.RowMapping, *, assessed: bool) -> Tally:
    plain = {name: int(said[name]) for name in ("stations", "built", "filed", "bound")}
    standing: dict[str, Any] = {
        one.value: int(said[one.value]) if assessed else None for one in Status
    }
    return Tally(**plain, **standing)


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
