"""Forms that were sent and not taken: kept for a while, so that what was typed is shown again."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.models.sealed import SealedJson


class KeptForm(Base):
    """One form as it was sent, with the sentence why it was not taken; its owner alone reads it.

    `fields` are [name, text] pairs without passwords and files; `problem` is what the page says of
    them (code, message, details, status), empty where the form only asked to be looked at.
    """

    __tablename__ = "kept_forms"
    __table_args__ = (
        sa.UniqueConstraint("token_sha256"),
        sa.Index("ix_kept_forms_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    token_sha256: Mapped[str] = mapped_column(sa.String(64))
    path: Mapped[str] = mapped_column(sa.String(400))
    fields: Mapped[list[list[str]]] = mapped_column(SealedJson("kept_forms.fields"))
    problem: Mapped[dict[str, Any]] = mapped_column(SealedJson("kept_forms.problem"))
    kept_at: Mapped[datetime]
