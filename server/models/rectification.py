"""整改: what an inspection found wanting, until a person says that it is mended."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled


class RectificationState(Labelled):
    """Whose turn it is."""

    OPEN = "open", "待整改"  # the keeper's
    ANSWERED = "answered", "待验收"  # the office's: a new photo is there
    RETURNED = "returned", "退回重改"  # the keeper's again, with a reason
    ACCEPTED = "accepted", "已通过"  # closed by a person
    WITHDRAWN = "withdrawn", "已撤销"  # closed: the finding was amended, or the station has closed


OVER = (RectificationState.ACCEPTED, RectificationState.WITHDRAWN)


class Notice(Base):
    """整改通知书: one numbered letter about one inspection of one station.

    A 撤销通知 is one as well, numbered in the same sequence: `revokes_id` is the letter that it
    takes back, `inspection_id` the amendment that led to it, `due_on` the day of issue.
    """

    __tablename__ = "notices"
    __table_args__ = (
        sa.UniqueConstraint("county", "year", "number"),
        sa.Index(
            "ix_notices_inspection_id",
            "inspection_id",
            unique=True,
            sqlite_where=sa.text("revokes_id IS NULL"),
            postgresql_where=sa.text("revokes_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    year: Mapped[int]
    number: Mapped[int]
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    inspection_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspections.id"))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    issued_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    revokes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notices.id"))


class NoticePaper(Base):
    """A letter's file as it was made, once: PDF or DOCX, byte for byte (decision 0014).

    `made_later` marks the papers of letters that had been issued before papers were kept.
    """

    __tablename__ = "notice_papers"
    __table_args__ = (sa.UniqueConstraint("notice_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notices.id"))
    kind: Mapped[str] = mapped_column(sa.String(4))  # pdf, docx
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    made_later: Mapped[bool] = mapped_column(default=False)


class NoticeQuestion(Base):
    """An amendment took back what a letter asks for: 撤销 or 维持 is for a person to say."""

    __tablename__ = "notice_questions"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "inspection_id"),
        sa.Index("ix_notice_questions_county_open", "county", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notices.id"))
    inspection_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspections.id"))  # the amendment
    rectification_ids: Mapped[list[Any]]  # what it took back
    opened_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    decision: Mapped[str] = mapped_column(sa.String(10), default="")  # revoke, uphold, amended
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    revocation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notices.id"))


class Rectification(Base):
    """One failed `shall` of one inspection, with its deadline; closed only by a person."""

    __tablename__ = "rectifications"
    __table_args__ = (
        sa.UniqueConstraint("inspection_id", "rule_code"),
        sa.Index("ix_rectifications_county_state", "county", "state", "due_on"),
        sa.Index("ix_rectifications_station_id", "station_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    inspection_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspections.id"))
    notice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("notices.id"))
    standard_id: Mapped[str] = mapped_column(sa.String(60))
    rule_code: Mapped[str] = mapped_column(sa.String(20))
    clause: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str] = mapped_column(sa.Text)
    why: Mapped[str] = mapped_column(sa.Text)
    what_to_do: Mapped[str] = mapped_column(sa.Text)
    subject: Mapped[str | None] = mapped_column(sa.String(20))  # which photo shows it mended
    state: Mapped[RectificationState] = mapped_column(coded(RectificationState))
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    escalation: Mapped[int] = mapped_column(default=0)  # 0 none, 1 reminded, 2 township, 3 county


class RectificationStep(Base):
    """One move: opened, answered with a photo, returned with a reason, accepted, reminded …

    `before_on` and `due_on` are the last day before and after a move that moved it, else None.
    """

    __tablename__ = "rectification_steps"
    __table_args__ = (sa.Index("ix_rectification_steps_rectification_id", "rectification_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rectification_id: Mapped[int] = mapped_column(sa.ForeignKey("rectifications.id"))
    action: Mapped[str] = mapped_column(sa.String(20))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    photo_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("photos.id"))
    note: Mapped[str] = mapped_column(sa.String(400), default="")
    before_on: Mapped[date | None]
    due_on: Mapped[date | None]
