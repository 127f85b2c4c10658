"""Bytes that killed whoever opened them: they are not opened a second time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class KilledTry(Base):
    """A file that ended a child process of ours; nobody's name stands here, for it is no offence.

    `software` is the version that it killed (media/apart/opener.py): the next one may try again.
    `deed` is what was to be done with it, `why` slow, memory or crashed.
    """

    __tablename__ = "killed_tries"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    software: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    deed: Mapped[str] = mapped_column(sa.String(20))
    why: Mapped[str] = mapped_column(sa.String(20))
    at: Mapped[datetime]
