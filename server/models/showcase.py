"""样板与宣传: stations chosen as models, and where the county told people of its work."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class ModelStation(Base):
    """A station that a named person chose as a model (择优遴选样板), until somebody ends it.

    `standing` says how it stood when it was chosen, in a sentence; `acknowledged` is what was said
    about that where it was not 达标 or had open work. A station is a model once at a time.
    """

    __tablename__ = "model_stations"
    __table_args__ = (
        sa.Index(
            "ux_model_stations_station_id",
            "station_id",
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
        sa.Index("ix_model_stations_county", "county", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    chosen_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(400))
    standing: Mapped[str] = mapped_column(sa.String(400))
    acknowledged: Mapped[str] = mapped_column(sa.String(400), default="")
    chosen_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    chosen_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(sa.String(400), default="")
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)


class Publicity(Base):
    """One time the county's work was made known: day, medium, title, and of which stations.

    Never changed; one that was entered by mistake is marked so, with the reason.
    """

    __tablename__ = "publicity"
    __table_args__ = (sa.Index("ix_publicity_county", "county", "told_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    told_on: Mapped[date]
    medium: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(200))
    link: Mapped[str] = mapped_column(sa.String(400), default="")
    station_ids: Mapped[list[Any]] = mapped_column(default=list)
    file_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    file_name: Mapped[str] = mapped_column(sa.String(120), default="")
    file_kind: Mapped[str] = mapped_column(sa.String(4), default="")  # pdf, jpeg, png
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    mistaken_at: Mapped[datetime | None]
    mistaken_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    mistaken_because: Mapped[str] = mapped_column(sa.String(400), default="")
    demo: Mapped[bool] = mapped_column(default=False)
