"""Operators' own scan totals by station and day, and what a person decided where they differ."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.policy.reconciliation import Choice

CURRENT = sa.text("current")


class OperatorFile(Base):
    """One file of an operator's totals of one month, as it was entered.

    It is taken back as a whole, by a person who says why, and only while nothing rests on it.
    `file_sha256` is that of the file, which is kept under it; of the first releases' it is gone.
    """

    __tablename__ = "operator_files"
    __table_args__ = (sa.Index("ix_operator_files_county", "county", "month_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    operator_id: Mapped[int] = mapped_column(sa.ForeignKey("operators.id"))
    month_on: Mapped[date]
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    lines: Mapped[int]
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_because: Mapped[str] = mapped_column(sa.String(400), default="")
    demo: Mapped[bool] = mapped_column(default=False)


class OperatorTotal(Base):
    """What an operator's system counted at one place on one day, by brand where the file says so.

    `station_id` None is the county's centre. Rows are only added: a later file's lines of an
    operator, place and day are its next `version`, and `current` says which one holds. `place` is
    the station's id, 0 for the centre: engines let NULLs stand beside each other.
    """

    __tablename__ = "operator_totals"
    __table_args__ = (
        sa.UniqueConstraint("operator_id", "place", "day_on", "brand", "version"),
        sa.Index(
            "ux_operator_totals_current",
            "operator_id",
            "place",
            "day_on",
            "brand",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        sa.CheckConstraint("inbound >= 0 AND outbound >= 0", name="not_negative"),
        sa.CheckConstraint("place = coalesce(station_id, 0)", name="place_is_the_station"),
        # All that 对账 sums, in its order: a county's first page counts by it on every visit.
        sa.Index(
            "ix_operator_totals_sums",
            "county",
            "month_on",
            "current",
            "station_id",
            "day_on",
            "inbound",
            "outbound",
        ),
        sa.Index("ix_operator_totals_station_id", "station_id", "day_on"),
        sa.Index("ix_operator_totals_file_id", "file_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("operator_files.id"))
    operator_id: Mapped[int] = mapped_column(sa.ForeignKey("operators.id"))
    station_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stations.id"))
    place: Mapped[int]
    month_on: Mapped[date]
    day_on: Mapped[date]
    brand: Mapped[str] = mapped_column(sa.String(40), default="")
    inbound: Mapped[int]
    outbound: Mapped[int]
    version: Mapped[int]
    current: Mapped[bool]
    file_row: Mapped[int]


class ReconciliationDecision(Base):
    """What a person decided of one station's day, over what both sides said then.

    Rows are only added; of a day the highest `seq` holds as long as both sides still say what
    `seen_sha256` seals. `inbound` and `outbound` are what may be paid, 0 where nothing may. The
    paper that a number of a third kind rests on is kept by its SHA-256 in the store of photos.
    """

    __tablename__ = "reconciliation_decisions"
    __table_args__ = (
        sa.UniqueConstraint("station_id", "day_on", "seq"),
        sa.CheckConstraint("inbound >= 0 AND outbound >= 0", name="not_negative"),
        sa.Index("ix_reconciliation_decisions_county_day_on", "county", "day_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    day_on: Mapped[date]
    seq: Mapped[int]
    choice: Mapped[Choice] = mapped_column(coded(Choice))
    inbound: Mapped[int]
    outbound: Mapped[int]
    keeper_received: Mapped[int | None]
    keeper_sent: Mapped[int | None]
    operator_inbound: Mapped[int | None]
    operator_outbound: Mapped[int | None]
    seen_sha256: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.String(400))
    evidence_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    evidence_name: Mapped[str] = mapped_column(sa.String(120), default="")
    evidence_kind: Mapped[str] = mapped_column(sa.String(4), default="")  # pdf, jpeg, png
    evidence_bytes: Mapped[int | None]
    decided_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime]
