"""Who did what, when, from what to what, and why; append-only."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

OF_REGISTERS = sa.text(
    "action IN ('station-reopened', 'station-edited', 'station-imported', 'station-put-back',"
    " 'station-closed', 'station-corrected')"
)


class HistoryLine(Base):
    """One change. `changes` is a list of {field, label, old, new}; `action` a stable verb.

    A line that is part of a larger deed names that deed's line in `part_of_id`. `station_id` is no
    foreign key: history outlives a station that was entered by mistake and taken out again. A line
    about an enterprise names it in `operator_id`, one about a 成员单位 in `organisation_id`.
    """

    __tablename__ = "history"
    __table_args__ = (
        sa.Index("ix_history_county_station", "county", "station_id", "id"),
        sa.Index("ix_history_county_at", "county", "at", "id"),
        sa.Index("ix_history_part_of_id", "part_of_id"),
        sa.Index("ix_history_operator_id", "operator_id"),
        sa.Index("ix_history_organisation_id", "organisation_id"),
        # Few among very many: which names stations had, and when they were closed.
        sa.Index(
            "ix_history_of_registers",
            "county",
            "id",
            sqlite_where=OF_REGISTERS,
            postgresql_where=OF_REGISTERS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.String(6))
    station_id: Mapped[int | None]
    operator_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    part_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("history.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(sa.String(40))
    summary: Mapped[str] = mapped_column(sa.String(400))
    changes: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
