"""通报: a draft over a ranking, edited by the office; issued it is frozen with its number."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Json, coded
from server.policy.plan.circular import CircularContent, CircularSource, CircularTable
from server.policy.standard.facts import Level

TEXT_LONGEST = 2000


class Circular(Base):
    """One circular. `table` is the ranking as it was drawn at `drawn_at`.

    The source is an issued assessment (`assessment_id`) or a day's ranking (`pace_on`,
    `pace_level`, `pace_key`). `content` is frozen when it is issued; a withdrawn one, issued or
    not, stays.
    """

    __tablename__ = "circulars"
    __table_args__ = (sa.Index("ix_circulars_county_id", "county", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    source: Mapped[CircularSource] = mapped_column(coded(CircularSource))
    assessment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assessments.id"))
    pace_on: Mapped[date | None]
    pace_level: Mapped[Level | None] = mapped_column(coded(Level))
    pace_key: Mapped[str] = mapped_column(sa.String(24), default="")
    table: Mapped[CircularTable] = mapped_column(Json)
    drawn_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(sa.String(80))
    to: Mapped[str] = mapped_column(sa.String(400))
    opening: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    praise: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    problems: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    demands: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    copies_to: Mapped[str] = mapped_column(sa.String(400), default="")
    number: Mapped[str] = mapped_column(sa.String(40), default="")
    dated_on: Mapped[date | None]
    drafted_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    drafted_at: Mapped[datetime]
    content: Mapped[CircularContent | None] = mapped_column(Json)
    content_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    issued_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    issued_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(sa.String(400), default="")
