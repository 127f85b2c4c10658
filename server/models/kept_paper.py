"""Papers of records and reports, of rounds and months, as they were made, once."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

OF = (
    "inspection_id",
    "report_id",
    "monthly_version_id",
    "monthly_summary_id",
    "assessment_id",
    "circular_id",
    "referral_id",
)
ONE_THING = " + ".join(f"CASE WHEN {one} IS NULL THEN 0 ELSE 1 END" for one in OF) + " = 1"


class KeptPaper(Base):
    """The file of a record, of a round's result, a month, a summary, a ranking (decision 0014).

    `stage` tells which of several states of one thing: a record before and after the keeper's
    answer ("", "answered"), a report's township part (its code; "" is the whole county), of an
    assessment the part of one of those assessed, of a circular or referral whether it
    was withdrawn.
    """

    __tablename__ = "kept_papers"
    __table_args__ = (
        sa.UniqueConstraint("inspection_id", "stage", "kind"),
        sa.UniqueConstraint("report_id", "stage", "kind"),
        sa.UniqueConstraint("monthly_version_id", "stage", "kind"),
        sa.UniqueConstraint("monthly_summary_id", "stage", "kind"),
        sa.UniqueConstraint("assessment_id", "stage", "kind"),
        sa.UniqueConstraint("circular_id", "stage", "kind"),
        sa.UniqueConstraint("referral_id", "stage", "kind"),
        sa.CheckConstraint(ONE_THING, name="of_one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    inspection_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("inspections.id"))
    report_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round_reports.id"))
    monthly_version_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("monthly_report_versions.id")
    )
    monthly_summary_id: Mapped[int | None] = mapped_column(sa.ForeignKey("monthly_summaries.id"))
    assessment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assessments.id"))
    circular_id: Mapped[int | None] = mapped_column(sa.ForeignKey("circulars.id"))
    referral_id: Mapped[int | None] = mapped_column(sa.ForeignKey("referrals.id"))
    stage: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[str] = mapped_column(sa.String(4))  # pdf, xlsx, docx
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    made_at: Mapped[datetime]
