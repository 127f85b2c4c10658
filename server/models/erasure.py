"""Whose personal data were erased: which person, because of what, and how far it has come."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.models.sealed import SealedJson


class PersonErasure(Base):
    """One person's erasure. `sought` are the name and number that are still looked for, sealed.

    `step` is what is to be done next; when `done_at` is set, `sought` is empty and nothing of the
    person is known any more but the row's number.
    """

    __tablename__ = "person_erasures"
    __table_args__ = (sa.UniqueConstraint("person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    begun_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(400))
    sought: Mapped[dict[str, Any]] = mapped_column(SealedJson("person_erasures.sought"))
    step: Mapped[str] = mapped_column(sa.String(40), default="")
    done_at: Mapped[datetime | None]
