"""Integrity signals: what looks odd, asked as a question, answered, and settled by a person."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class SignalState(Labelled):
    """Whose turn it is."""

    OPEN = "open", "等站长答复"  # the keeper may answer, the office may settle
    ANSWERED = "answered", "站长已答复"  # the keeper has explained
    SETTLED = "settled", "已处理"  # a person has decided


class IntegritySignal(Base):
    """One oddity of one station: a question with its reason, never a verdict.

    `kind` is from `server.policy.signals.look`; `about` names what it is about (a day, an event, a
    photo), so that looking again raises nothing twice; `measured` holds the numbers it rests on
    and the threshold of the county that day. `decision` is explained, doubtful or mistaken by a
    person, or corrected where putting the counts right has settled it.
    """

    __tablename__ = "integrity_signals"
    __table_args__ = (
        sa.UniqueConstraint("county", "station_id", "kind", "about"),
        sa.Index("ix_integrity_signals_county_state", "county", "state", "day_on"),
        sa.Index("ix_integrity_signals_station_id", "station_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(sa.String(30))
    about: Mapped[str] = mapped_column(sa.String(120))
    day_on: Mapped[date]
    question: Mapped[str] = mapped_column(sa.String(400))
    measured: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[SignalState] = mapped_column(coded(SignalState))
    raised_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(sa.String(400), default="")
    answer_event_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("phone_events.id"))
    answered_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(sa.String(20), default="")
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
