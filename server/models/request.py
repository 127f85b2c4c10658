"""What keepers ask of the county office, and what became of it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedText


class RequestAbout(Labelled):
    """What a keeper may ask for; `long` is the wish as a part of a sentence."""

    PLATE_BROKEN = "plate_broken", "牌子坏了", "", "换一块新牌子"
    PLATE_LOST = "plate_lost", "牌子丢了", "", "补一块新牌子"
    HOURS = "hours", "改营业时间"
    HANDOVER = "handover", "换人管站"


class RequestState(Labelled):
    """Where a request stands; only a waiting one can still be decided or taken back."""

    WAITING = "waiting", "等县里办"
    GRANTED = "granted", "办好了"
    REFUSED = "refused", "没同意"
    REPLACED = "replaced", "后来又提了"
    WITHDRAWN = "withdrawn", "自己收回了"


class KeeperRequest(Base):
    """One request, under the id of the event that brought it; what was asked never changes.

    `wish` are the hours as typed, or the name of who is to keep the station; `note` what else was
    said. `answer` is the office's sentence to the keeper.
    """

    __tablename__ = "keeper_requests"
    __table_args__ = (
        sa.Index("ix_keeper_requests_county_state", "county", "state", "asked_at"),
        sa.Index("ix_keeper_requests_person_id", "person_id", "asked_at"),
        # Who asks again for the same has changed their mind: the later one stands.
        sa.Index(
            "uq_keeper_requests_waiting",
            "station_id",
            "about",
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("phone_events.id"), primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    about: Mapped[RequestAbout] = mapped_column(coded(RequestAbout))
    state: Mapped[RequestState] = mapped_column(coded(RequestState))
    wish: Mapped[str] = mapped_column(SealedText("keeper_requests.wish", 200), default="")
    note: Mapped[str] = mapped_column(SealedText("keeper_requests.note", 200), default="")
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.String(400), default="")
    demo: Mapped[bool] = mapped_column(default=False)
