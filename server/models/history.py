"""Who did what, when, from what to what, and why; append-only."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class HistoryLine(Base):
    """One change. `changes` is a list of {field, label, old, new}; `action` a stable verb."""

    __tablename__ = "history"
    __table_args__ = (
        sa.Index("ix_history_county_station", "county", "station_id", "id"),
        sa.Index("ix_history_county_at", "county", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.String(6))
    station_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(sa.String(40))
    summary: Mapped[str] = mapped_column(sa.String(400))
    changes: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
