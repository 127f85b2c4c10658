"""The county's centre: which courier brands share its functions, from when to when."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class HubBrand(Base):
    """One brand's time at the centre, as somebody entered it.

    Rows are only added: one that says it better names the one that it replaces (`replaces_id`), and
    `mistaken` ones only take another back. `shares` tells of each HubFunction true, false or null
    (nobody has said). The evidence is kept by its SHA-256 in the store of photos.
    """

    __tablename__ = "hub_brands"
    __table_args__ = (
        sa.UniqueConstraint("replaces_id"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="until_after_from"),
        sa.Index("ix_hub_brands_county", "county", "brand"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    brand: Mapped[str] = mapped_column(sa.String(40))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    shares: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(sa.String(400), default="")
    file_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    file_name: Mapped[str] = mapped_column(sa.String(120), default="")
    file_kind: Mapped[str] = mapped_column(sa.String(4), default="")  # pdf, jpeg, png
    file_bytes: Mapped[int | None]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hub_brands.id"))
    because: Mapped[str] = mapped_column(sa.String(400), default="")
    mistaken: Mapped[bool] = mapped_column(default=False)
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)
