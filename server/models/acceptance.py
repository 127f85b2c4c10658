"""验收: a station accepted as built by a named person, with what stood of it on that day."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Json, coded
from server.models.station import Stage
from server.policy.standard.frozen import FrozenAcceptance


class Acceptance(Base):
    """One acceptance. `record` is what was accepted, frozen under `record_sha256`.

    `stage_before` is what the station was: taking the acceptance back puts it there again. A row
    is never changed but for being taken back, by a person with a reason.
    """

    __tablename__ = "acceptances"
    __table_args__ = (
        sa.Index("ix_acceptances_station_id", "station_id", "id"),
        sa.Index("ix_acceptances_county_accepted_on", "county", "accepted_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    grade: Mapped[Stage] = mapped_column(coded(Stage))
    stage_before: Mapped[Stage] = mapped_column(coded(Stage))
    accepted_on: Mapped[date]
    accepted_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    accepted_at: Mapped[datetime]
    present: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.String(400), default="")
    record: Mapped[FrozenAcceptance] = mapped_column(Json)
    record_sha256: Mapped[str] = mapped_column(sa.String(64))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_because: Mapped[str] = mapped_column(sa.String(400), default="")
    demo: Mapped[bool] = mapped_column(default=False)
