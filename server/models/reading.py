"""What the machine read in photos, and the questions it hands to people."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.phone_event import Photo


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


class ReviewAnswer(Labelled):
    """What a person may say to a question about a photo."""

    MATCHES = "matches", "相符"
    DIFFERS = "differs", "不符"
    UNCLEAR = "unclear", "看不清"
    SAME_PICTURE = "same_picture", "是同一张"
    DIFFERENT_PICTURES = "different_pictures", "不是同一张"

    def said_to(self, kind: ReviewKind) -> str:
        """Its word as an answer to this kind of question: two pictures are seen, yet one doubts."""
        doubts = self is ReviewAnswer.UNCLEAR and kind is ReviewKind.DOUBLE
        return "拿不准" if doubts else self.label


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
        # Every keeper's home asks of its photos whether one is another sent again.
        sa.Index("ix_review_items_photo_id", "photo_id"),
        sa.Index(
            "ix_review_items_other_photo_id",
            "other_photo_id",
            sqlite_where=sa.text("other_photo_id IS NOT NULL"),
            postgresql_where=sa.text("other_photo_id IS NOT NULL"),
        ),
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
    decision: Mapped[str] = mapped_column(sa.String(24), default="")  # a ReviewAnswer
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


_Asked, _Beside = aliased(Photo), aliased(Photo)
_asked_is_later = (_Asked.taken_at > _Beside.taken_at) | (
    (_Asked.taken_at == _Beside.taken_at) & (_Asked.id > _Beside.id)
)
_ONE_PICTURE = (ReviewItem.state == ReviewState.DECIDED) & (
    ReviewItem.decision == ReviewAnswer.SAME_PICTURE.value
)


def doubles(*, or_asked: bool = False) -> sa.Select[tuple[UUID, UUID, int]]:
    """Pairs of photos that a person has found to be one picture: `later`, `earlier`, `item`.

    Which is which their own moments say, not in which order the question named them. With
    `or_asked` also the pairs about which a person has still to say.
    """
    open_too = (ReviewItem.kind == ReviewKind.DOUBLE) & (ReviewItem.state == ReviewState.OPEN)
    return (
        sa.select(
            sa.case((_asked_is_later, _Asked.id), else_=_Beside.id).label("later"),
            sa.case((_asked_is_later, _Beside.id), else_=_Asked.id).label("earlier"),
            ReviewItem.id.label("item"),
        )
        .select_from(ReviewItem)
        .join(_Asked, _Asked.id == ReviewItem.photo_id)
        .join(_Beside, _Beside.id == ReviewItem.other_photo_id)
        .where(_ONE_PICTURE | open_too if or_asked else _ONE_PICTURE)
    )


def sent_again(
    county: str | sa.BindParameter[str], *, or_asked: bool = False
) -> sa.Select[tuple[UUID]]:
    """The photos of a county that are older ones sent again: of two, the one taken later.

    Such a photo shows nothing of its day. A decision that is revised gives it back its word.
    """
    pairs = doubles(or_asked=or_asked).where(ReviewItem.county == county).subquery()
    return sa.select(pairs.c.later)
