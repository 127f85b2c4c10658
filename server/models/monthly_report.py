"""What the 专班's members report each month, version by version, and the office's summary of it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Json
from server.policy.plan.report_frozen import ReportContent, SummaryContent

TEXT_LONGEST = 2000


class MonthlyReport(Base):
    """One unit's report of one month: what is being written, and what became of its versions.

    `month_on` is the first of the month. `progress`, `problems` and `next` are the draft, `blanks`
    why a part of it is blank (values of Blank by Part). `received_on` is the Beijing day on which
    the first version reached the office and `due_on` the last day that held then; both stay.
    `returned` and `accepted` are numbers of versions. `reopened_until` is the last day of a
    reopening, which ends by itself.
    """

    __tablename__ = "monthly_reports"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "month_on"),
        sa.Index("ix_monthly_reports_county_month", "county", "month_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    month_on: Mapped[date]
    progress: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    problems: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    next: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    blanks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    written_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    written_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    received_on: Mapped[date | None]
    newest: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int | None]
    accepted: Mapped[int | None]
    reopened_until: Mapped[date | None]


class MonthlyReportVersion(Base):
    """One version as it was handed in; `content` is a ReportContent and never changes.

    `received_on` is the Beijing day on which it reached the office, `handed_in_at` when it was
    entered here: for what came on paper (`source` says from what) these may differ.
    """

    __tablename__ = "monthly_report_versions"
    __table_args__ = (sa.UniqueConstraint("report_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("monthly_reports.id"))
    version: Mapped[int]
    content: Mapped[ReportContent] = mapped_column(Json)
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    complete: Mapped[bool]
    received_on: Mapped[date]
    handed_in_at: Mapped[datetime]
    handed_in_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    source: Mapped[str] = mapped_column(sa.String(120), default="")  # 代录: from what
    because: Mapped[str] = mapped_column(sa.String(400), default="")


class MonthlyReportStep(Base):
    """What the office did with a version: accepted, returned or reopened it, when, who and why."""

    __tablename__ = "monthly_report_steps"
    __table_args__ = (sa.Index("ix_monthly_report_steps_report_id", "report_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    report_id: Mapped[int] = mapped_column(sa.ForeignKey("monthly_reports.id"))
    version: Mapped[int]
    deed: Mapped[str] = mapped_column(sa.String(12))  # accepted, returned, reopened
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    until_on: Mapped[date | None]


class MonthlyReportReminder(Base):
    """Who was reminded of which month when: each Reminder of a unit's month once.

    `person_id` is the liaison of that moment, None where a unit had none.
    """

    __tablename__ = "monthly_report_reminders"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "month_on", "reminder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    month_on: Mapped[date]
    reminder: Mapped[str] = mapped_column(sa.String(12))
    due_on: Mapped[date]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]


class MonthlySummary(Base):
    """The office's own report of a month to the 专班, version by version; `content` is frozen."""

    __tablename__ = "monthly_summaries"
    __table_args__ = (sa.UniqueConstraint("county", "month_on", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    month_on: Mapped[date]
    version: Mapped[int]
    content: Mapped[SummaryContent] = mapped_column(Json)
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    because: Mapped[str] = mapped_column(sa.String(400), default="")
