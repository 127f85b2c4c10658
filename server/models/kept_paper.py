"""Papers of records and reports as they were made, once."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class KeptPaper(Base):
    """The file of a record or of a reported result, byte for byte (decision 0014).

    `stage` tells which of several states of one thing: a record before and after the keeper's
    answer ("", "answered"), a report's township part (its code; "" is the whole county).
    """

    __tablename__ = "kept_papers"
    __table_args__ = (
        sa.UniqueConstraint("inspection_id", "stage", "kind"),
        sa.UniqueConstraint("report_id", "stage", "kind"),
        sa.CheckConstraint("(inspection_id IS NULL) <> (report_id IS NULL)", name="of_one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    inspection_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("inspections.id"))
    report_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round_reports.id"))
    stage: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[str] = mapped_column(sa.String(4))  # pdf, xlsx
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    made_at: Mapped[datetime]
