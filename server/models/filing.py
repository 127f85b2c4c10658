"""末端备案 of a station by its opener: a life of steps, each by a named person."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Json, coded
from server.policy.plan.filing import FilingState, StepKind
from server.policy.standard.frozen import FrozenRegistered

OPEN = sa.text("ended_at IS NULL")


class Filing(Base):
    """One filing of one station; `state` and `since_on` are what its steps say together.

    `clock_from` is the day from which the 10 days of an open change run, `pending` whether a
    change of the register waits for somebody's word. A station has one that is not over.
    """

    __tablename__ = "filings"
    __table_args__ = (
        sa.Index(
            "ux_filings_open_station_id",
            "station_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        sa.Index("ix_filings_county_state", "county", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    opener: Mapped[str] = mapped_column(sa.String(80))  # as registered when it began
    state: Mapped[FilingState] = mapped_column(coded(FilingState))
    since_on: Mapped[date]  # the day of the newest step
    clock_from: Mapped[date | None]
    pending: Mapped[bool] = mapped_column(default=False)
    newest_step: Mapped[int] = mapped_column(default=0)  # its `seq`
    receipts: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FilingStep(Base):
    """One step; never changed. A slip is put right by a later step that names it (`corrects`).

    `person_id` None is what the house did itself: the upgrade, a command. The receipt's bytes are
    kept by SHA-256 in the store of photos. `body` is the body of the plan for which the person
    spoke, as it was called that day; "" for the office and an enterprise's clerk.
    """

    __tablename__ = "filing_steps"
    __table_args__ = (
        sa.UniqueConstraint("filing_id", "seq"),
        sa.Index("ix_filing_steps_station_id", "station_id", "id"),
        sa.Index("ix_filing_steps_receipt_sha256", "receipt_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    filing_id: Mapped[int] = mapped_column(sa.ForeignKey("filings.id"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    seq: Mapped[int]
    kind: Mapped[StepKind] = mapped_column(coded(StepKind))
    on_day: Mapped[date]
    text: Mapped[str] = mapped_column(sa.String(400), default="")
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    number: Mapped[str] = mapped_column(sa.String(60), default="")
    name: Mapped[str] = mapped_column(sa.String(60), default="")
    facts: Mapped[list[str]] = mapped_column(Json, default=list)  # keys of FILED_FACTS
    corrects: Mapped[int | None]  # the `seq` of the step that it puts right
    registered: Mapped[FrozenRegistered | None] = mapped_column(Json)
    receipt_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    receipt_name: Mapped[str] = mapped_column(sa.String(120), default="")
    receipt_kind: Mapped[str] = mapped_column(sa.String(4), default="")  # pdf, jpeg, png
    receipt_bytes: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    body: Mapped[str] = mapped_column(sa.String(80), default="")
    at: Mapped[datetime]
