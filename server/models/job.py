"""Work to be done after the answer: one row a job, in the same transaction as its cause."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded


class JobState(enum.StrEnum):
    """Waiting, in somebody's hands, done, or given up after too many tries."""

    DUE = "due"
    DOING = "doing"
    DONE = "done"
    DEAD = "dead"


class Job(Base):
    """One job. At least once: a handler must bear running twice.

    `lease_until` is how long its `owner` may be silent before somebody else takes the job over.
    `dedupe` lets a periodic job, or the examination of one photo, stand in the table only once.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        sa.UniqueConstraint("dedupe"),
        sa.Index("ix_jobs_state_run_at", "state", "run_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    args: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(coded(JobState), default=JobState.DUE)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(sa.String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=5)
    error: Mapped[str] = mapped_column(sa.Text, default="")
    dedupe: Mapped[str | None] = mapped_column(sa.String(120))
    made_at: Mapped[datetime]


class Heartbeat(Base):
    """The last sign of life of a worker, for `/readyz`."""

    __tablename__ = "heartbeats"

    owner: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    at: Mapped[datetime]
