"""What somebody said of a station: a fact, its value, and on whose word it rests."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Json


class Statement(Base):
    """One person's word on one fact of one station; never changed, only followed by a newer one.

    `fact` is from the vocabulary in standards/README.md, `word` is keeper, machine, reviewer or
    inspector, `value` is JSON (a decimal as text). The county desk's own entries rest on the
    reviewer's word. A `null` value takes the earlier statements of the same word back.
    """

    __tablename__ = "statements"
    __table_args__ = (
        # In the order in which standings read a station's words, run by run.
        sa.Index(
            "ix_statements_voices", "county", "station_id", "fact", "word", "observed_on", "id"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    fact: Mapped[str] = mapped_column(sa.String(40))
    value: Mapped[Any | None] = mapped_column(Json)
    word: Mapped[str] = mapped_column(sa.String(12))
    observed_on: Mapped[date]
    said_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    photo_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    note: Mapped[str] = mapped_column(sa.String(400), default="")
