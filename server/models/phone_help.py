"""What helps a phone in trouble: its self-check for the office, and files of unsent records."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class SelfCheck(Base):
    """What one phone and its browser can do, as the phone found out and sent."""

    __tablename__ = "self_checks"
    __table_args__ = (sa.Index("ix_self_checks_county_received_at", "county", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    device_id: Mapped[str] = mapped_column(sa.String(64))
    device_label: Mapped[str] = mapped_column(sa.String(80), default="")
    user_agent: Mapped[str] = mapped_column(sa.String(300), default="")
    result: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class UnsentImport(Base):
    """One file of unsent records that a phone exported and the office took in.

    `person_id` is whose records they are, `result` how each was answered.
    """

    __tablename__ = "unsent_imports"
    __table_args__ = (sa.Index("ix_unsent_imports_county_imported_at", "county", "imported_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    file_name: Mapped[str] = mapped_column(sa.String(120))
    result: Mapped[dict[str, Any]]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
