"""What each station was at the end of a day, written down that night and never afterwards."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.models.station import Stage
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level


class SnapshotDay(Base):
    """One night's look at a county: it says that `day_on` was written down, when, and of how many.

    `sha256` is over what every station was (server/services/programme/snapshots.py), so that the
    day can be shown to be still as it was written. `standard_id` is the standard the county had
    chosen; None: nobody was 达标 or not.
    """

    __tablename__ = "snapshot_days"

    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"), primary_key=True)
    day_on: Mapped[date] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
    stations: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    standard_id: Mapped[str | None] = mapped_column(sa.String(60))
    demo: Mapped[bool] = mapped_column(default=False)


class StationSnapshot(Base):
    """What one station was from a night on, until a later night found it otherwise (half-open).

    Only what changed makes a row (decision 0026): a row stands for the days from `from_on` to
    before `until_on` (None: still) that have their SnapshotDay, and for no other. `until_on` is
    written once; nothing else ever changes. `filed` None: not filed, and nobody has decided whether
    it must. `station_id` is no foreign key: a past day outlives a
    station that was entered by mistake and taken out again.
    """

    __tablename__ = "station_snapshots"
    __table_args__ = (sa.Index("ix_station_snapshots_county_until_on", "county", "until_on"),)

    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"), primary_key=True)
    station_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]
    code: Mapped[str] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(60))
    level: Mapped[Level] = mapped_column(coded(Level))
    township_code: Mapped[str | None] = mapped_column(sa.String(12))
    village_code: Mapped[str | None] = mapped_column(sa.String(12))
    operator_id: Mapped[int | None]
    stage: Mapped[Stage] = mapped_column(coded(Stage))
    filed: Mapped[bool | None]
    status: Mapped[Status] = mapped_column(coded(Status))
    open_work: Mapped[int]
    bound: Mapped[bool]
