"""A county's own outline for its map, with the number under which it may be shown."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.policy.outline import Datum


class CountyOutline(Base):
    """One outline as it was handed in; drawn until it is removed, or replaced by a later one.

    `rings` are lists of [longitude, latitude] in WGS-84, worked out from the file when it came;
    `review_number` is its 审图号. Rows are only added, and marked when
    they are drawn no more.
    """

    __tablename__ = "county_outlines"
    __table_args__ = (sa.Index("ix_county_outlines_county", "county", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    review_number: Mapped[str] = mapped_column(sa.String(40))
    datum: Mapped[Datum] = mapped_column(coded(Datum))
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    rings: Mapped[list[Any]]
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    removed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    removed_at: Mapped[datetime | None]
    removed_because: Mapped[str] = mapped_column(sa.String(400), default="")
