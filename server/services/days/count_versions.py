"""The versions of some days' parcel counts: read together, put in order, written together.

Versions follow the order in which they were entered, not in which they arrived: an older entry that
comes late goes below the newer one.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import table_of
from server.models.county import County
from server.models.phone_event import ParcelCount
from server.models.station import Station
from server.prepared import prepared
from server.services.common.outbox import tell_of

Day = tuple[int, date]
"""A station and a day."""


_COUNTED = prepared(
    sa.select(
        ParcelCount.station_id,
        ParcelCount.day_on,
        ParcelCount.id,
        ParcelCount.person_id,
        ParcelCount.entered_at,
        ParcelCount.version,
        ParcelCount.received,
        ParcelCount.sent,
        ParcelCount.agri_sent,
        ParcelCount.on_hand,
    )
    .where(
        ParcelCount.county == sa.bindparam("county"),
        ParcelCount.station_id.in_(sa.bindparam("stations", expanding=True)),
        ParcelCount.day_on.in_(sa.bindparam("days", expanding=True)),
    )
    .order_by(ParcelCount.version)
)

_COUNTY_HELD = prepared(
    sa.select(County.code)
    .where(County.code == sa.bindparam("county"))
    .with_for_update(read=True, key_share=True)
)
_STATIONS_HELD = prepared(
    sa.select(Station.id)
    .where(Station.id.in_(sa.bindparam("stations", expanding=True)))
    .order_by(Station.id)
    .with_for_update(key_share=True)
)
_RENUMBERED = prepared(
    sa.update(table_of(ParcelCount))
    .where(table_of(ParcelCount).c.id == sa.bindparam("of"))
    .values(version=sa.bindparam("number"))
)
_NEW = prepared(sa.insert(table_of(ParcelCount)))


@dataclass(slots=True)
class Version:
    """One version of a day's count; `row` is what is to be inserted, None once it is there."""

    id: UUID
    person_id: int
    entered_at: datetime
    version: int
    received: int
    sent: int
    agri_sent: int
    on_hand: int
    row: dict[str, Any] | None = None


class DayCounts:
    """What was counted on some days of a county's stations, as it stands and as it will stand."""

    def __init__(self, session: Session, *, county: str, days: Collection[Day]) -> None:
        """Read these days; one query, on PostgreSQL two more that hold what they rest on.

        For no day none at all.
        """
        self._session, self._county = session, county
        self._days: defaultdict[Day, list[Version]] = defaultdict(list)  # the oldest first
        if not days:
            return
        stations = sorted({station for station, _ in days})
        self._hold_still(county, stations)
        asked = {"county": county, "stations": stations, "days": sorted({day for _, day in days})}
        found = session.connection().execute(_COUNTED, asked)
        for station_id, day_on, *values in found:
            self._days[station_id, day_on].append(Version(*values))

    def _hold_still(self, county: str, stations: list[int]) -> None:
        """Let nobody count or close these days meanwhile; on SQLite there is one writer anyway.

        Two phones would else both count the versions before either adds one; the weaker lock lets
        others insert rows that point at the station. Who approves a month waits for the county.
        """
        if self._session.get_bind().dialect.name == "sqlite":
            return
        self._session.execute(_COUNTY_HELD, {"county": county})
        self._session.execute(_STATIONS_HELD, {"stations": stations})

    def add(
        self, row: dict[str, Any], *, corrects: UUID | None = None
    ) -> tuple[bool, Version | None]:
        """Put a new row among its day's versions; whether others have one, and which it stands on.

        `row` has all columns but `version`. It stands above what it `corrects`, whatever the
        phone's clock says: one that was set back would bury a correction under its mistake.
        """
        versions = self._days[row["station_id"], row["day_on"]]
        least = next((at for at, one in enumerate(versions, 1) if one.id == corrects), 0)
        at = len(versions)
        while at > least and versions[at - 1].entered_at > row["entered_at"]:
            at -= 1
        others = any(one.person_id != row["person_id"] for one in versions)
        below = versions[at - 1] if at else None
        versions.insert(
            at,
            Version(
                row["id"],
                row["person_id"],
                row["entered_at"],
                0,
                row["received"],
                row["sent"],
                row["agri_sent"],
                row["on_hand"],
                row,
            ),
        )
        return others, below

    def write(self) -> None:
        """Write what is new in one statement, after moving what it pushes up; tell of both."""
        new: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        for day, versions in self._days.items():
            # From the top down, so that no two ever share a number.
            for number, one in reversed(list(enumerate(versions, 1))):
                if one.row is not None:
                    new.append(one.row | {"version": number})
                elif one.version != number:
                    self._session.connection().execute(
                        _RENUMBERED, {"of": one.id, "number": number}
                    )
                    moved.append(self._moved(one, number, day))
                one.version, one.row = number, None
        if new:
            self._session.connection().execute(_NEW, new)
        tell_of(self._session, ParcelCount, [*moved, *new])

    def _moved(self, one: Version, number: int, day: Day) -> dict[str, Any]:
        """A version under its new number, as it is told of."""
        return {
            "id": one.id,
            "county": self._county,
            "station_id": day[0],
            "day_on": day[1],
            "version": number,
            "received": one.received,
            "sent": one.sent,
            "agri_sent": one.agri_sent,
            "on_hand": one.on_hand,
            "entered_at": one.entered_at,
        }
