"""Fingerprints of photos, by which a picture used twice is found again."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class PhotoPrint(Base):
    """One photo's prints: 15 × 256 bits, as `lookalike.Prints.packed` lays them out.

    `seq` rises with each row, so that whoever searches in memory asks only for what is new.
    """

    __tablename__ = "photo_prints"
    __table_args__ = (sa.Index("ix_photo_prints_county_seq", "county", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[UUID] = mapped_column(sa.ForeignKey("photos.id"), unique=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    prints: Mapped[bytes] = mapped_column(sa.LargeBinary)
