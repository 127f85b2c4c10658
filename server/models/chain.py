"""One chain per county over what was done: each line holds the hash of the line before it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class ChainHead(Base):
    """Where a county's chain ends: the next line takes its number from here, never from a sequence.

    A sequence leaves gaps where a transaction was undone; a gap here means that a line is gone.
    """

    __tablename__ = "chain_heads"

    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))


class ChainLine(Base):
    """One line: the hash of a payload that stands in a table of its own (`kind`) under `ref`.

    A line is never changed and never deleted; the payload may lawfully be blanked (decision 0028).
    `at` is the payload's own moment. No foreign keys: a line outlives what it tells of.
    """

    __tablename__ = "chain_lines"
    __table_args__ = (sa.UniqueConstraint("county", "kind", "ref"),)

    county: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(40))
    ref: Mapped[str] = mapped_column(sa.String(40))
    payload_sha256: Mapped[str] = mapped_column(sa.String(64))
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class ChainAnchor(Base):
    """The head of a day: printed on papers that leave the house, where no administrator reaches."""

    __tablename__ = "chain_anchors"

    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]


class ChainCheck(Base):
    """What the last look at a county's chain found: `faults` in words, as many as were told."""

    __tablename__ = "chain_checks"

    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"), primary_key=True)
    at: Mapped[datetime]
    lines: Mapped[int]
    head: Mapped[str] = mapped_column(sa.String(64))
    faulty: Mapped[int]
    faults: Mapped[list[Any]]
