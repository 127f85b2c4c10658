"""标识牌: the plate on the wall as a thing with a life of its own."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class SignState(Labelled):
    """Where a plate is in its life; only the first three answer a scan with the station."""

    ISSUED = "issued", "已编发", "", "已编发，未印"
    PRINTED = "printed", "已印", "", "已印，未挂"
    MOUNTED = "mounted", "已挂"
    LOST = "lost", "已丢失"
    REPLACED = "replaced", "已换新牌"
    RETIRED = "retired", "已停用"


LIVE_STATES = (SignState.ISSUED, SignState.PRINTED, SignState.MOUNTED)


class Sign(Base):
    """One plate; `qr_id` is the 7 random characters of its token, `plate_no` its turn at a station.

    The token is derived (qr.sign_token), so a stolen table prints no genuine plate.
    """

    __tablename__ = "signs"
    __table_args__ = (
        sa.UniqueConstraint("qr_id"),
        sa.UniqueConstraint("station_id", "plate_no"),
        sa.Index(
            "uq_signs_one_live",
            "station_id",
            unique=True,
            sqlite_where=sa.text("state IN ('issued','printed','mounted')"),
            postgresql_where=sa.text("state IN ('issued','printed','mounted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    plate_no: Mapped[int]
    qr_id: Mapped[str] = mapped_column(sa.String(7))
    state: Mapped[SignState] = mapped_column(coded(SignState))
    made_at: Mapped[datetime]


class SignEvent(Base):
    """One step in a plate's life: who, when, why."""

    __tablename__ = "sign_events"
    __table_args__ = (sa.Index("ix_sign_events_sign_id", "sign_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_id: Mapped[int] = mapped_column(sa.ForeignKey("signs.id"))
    state: Mapped[SignState] = mapped_column(coded(SignState))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
