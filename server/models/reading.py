"""What the machine read in photos, and the questions it hands to people."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class ReadingState(enum.StrEnum):
    """What came of trying to read a photo."""

    READ = "read"
    SET_ASIDE = "set_aside"  # too slow, too large, or the reading process ended on it


class PhotoReading(Base):
    """The newest reading of one photo, and how it compares with the register.

    `outcome` is matches, differs, unreadable, or empty where there was nothing to compare.
    `lines` are as `reading.pack_lines` lays them out, with all that each character
    may be, so that a register that has changed is compared without reading again; `number` is the
    sign code of a closer look (text, sure, legible, quad), empty where the lines tell it. Quads
    are in pixels of the upright picture of `width_px` × `height_px`. `compared` holds what was
    read, expected and why for name, number or hours; `reason` says why it was set aside.
    """

    __tablename__ = "photo_readings"
    __table_args__ = (
        sa.Index("ix_photo_readings_station", "county", "station_id"),
        sa.Index("ix_photo_readings_outcome", "county", "outcome"),
    )

    photo_id: Mapped[UUID] = mapped_column(sa.ForeignKey("photos.id"), primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    state: Mapped[ReadingState] = mapped_column(coded(ReadingState))
    outcome: Mapped[str] = mapped_column(sa.String(12), default="")
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    lines: Mapped[list[Any]] = mapped_column(default=list)
    number: Mapped[list[Any]] = mapped_column(default=list)
    compared: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    reader: Mapped[str] = mapped_column(sa.String(60))
    read_at: Mapped[datetime]


class ReviewKind(Labelled):
    """What a person is asked to look at."""

    SIGN = "sign", "门头标识牌"  # the sign says something else than the register
    HOURS = "hours", "营业时间牌"  # the hours board says something else than the register
    DOUBLE = "double", "重复照片"  # the very same picture was sent before
    UNREAD = "unread", "机器读不出"  # the machine could not read it though it tried more than once


class ReviewState(enum.StrEnum):
    """Whether somebody has to look."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"  # the question has gone: read again, or the register was mended


class ReviewItem(Base):
    """One question about one photo for the office; only the decision becomes a verdict.

    `key` makes asking twice the same item. `decision` is the one that holds now; every decision
    ever taken stands in `review_decisions`.
    """

    __tablename__ = "review_items"
    __table_args__ = (
        sa.UniqueConstraint("county", "key"),
        sa.Index("ix_review_items_queue", "county", "state", "opened_at", "id"),
        sa.Index("ix_review_items_station_id", "station_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    photo_id: Mapped[UUID] = mapped_column(sa.ForeignKey("photos.id"))
    other_photo_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("photos.id"))
    kind: Mapped[ReviewKind] = mapped_column(coded(ReviewKind))
    key: Mapped[str] = mapped_column(sa.String(120))
    question: Mapped[str] = mapped_column(sa.String(400))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ReviewState] = mapped_column(coded(ReviewState))
    decision: Mapped[str] = mapped_column(sa.String(24), default="")
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class ReviewDecision(Base):
    """One decision on one item; only added to, the newest holds."""

    __tablename__ = "review_decisions"
    __table_args__ = (sa.Index("ix_review_decisions_item_id", "item_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("review_items.id"))
    decision: Mapped[str] = mapped_column(sa.String(24))
    note: Mapped[str] = mapped_column(sa.String(400), default="")
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
