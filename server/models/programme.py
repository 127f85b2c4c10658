"""A county's plans, one beside the other, with what each asks for: rows that are only added."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.policy.plan.nouns import TargetKind, Track
from server.policy.standard.facts import Level


class CountyProgramme(Base):
    """One plan of a county: current from `from_on` until the next one's first day.

    `shipped`: its file is among the standards, with its table, contradictions and words; the others
    were entered at the desk.
    """

    __tablename__ = "county_programmes"
    __table_args__ = (
        sa.UniqueConstraint("county", "key"),
        sa.UniqueConstraint("county", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    key: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(120))
    document: Mapped[str] = mapped_column(sa.String(60), default="")  # 发文字号
    issued_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(sa.String(200))
    shipped: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]


class ProgrammeTarget(Base):
    """So many places of a level by a day, by one reading of a plan (`basis`).

    Where readings differ (48 by the text, 52 by the table), each is a row, and `conflict_key` names
    the contradiction that a person decides; `basis` is that reading's label. A row is never
    changed: a later one takes its place from its `valid_from` on (`replaces_id`), and one whose
    `number` is None takes it out.
    """

    __tablename__ = "programme_targets"
    __table_args__ = (
        sa.UniqueConstraint("replaces_id"),
        sa.CheckConstraint("number IS NULL OR number >= 0", name="number_not_negative"),
        sa.Index("ix_programme_targets_programme", "programme_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("county_programmes.id"))
    level: Mapped[Level] = mapped_column(coded(Level))
    indicator: Mapped[TargetKind] = mapped_column(coded(TargetKind))
    label: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[int | None]
    basis: Mapped[str] = mapped_column(sa.String(60))
    conflict_key: Mapped[str] = mapped_column(sa.String(60), default="")
    due_on: Mapped[date]
    clause: Mapped[str] = mapped_column(sa.String(60), default="")
    text: Mapped[str] = mapped_column(sa.String(400), default="")
    source: Mapped[str] = mapped_column(sa.String(200))
    valid_from: Mapped[date]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("programme_targets.id"))
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]


class ProgrammeMilestone(Base):
    """A share of a plan's targets due on a day, on one of its two tracks; `levels` are Level's.

    A row is never changed: a later one takes its place from its `valid_from` on (`replaces_id`),
    and one that is `taken_out` says that this step is none any more. Rows of the plan itself stand
    from its first day (`valid_from` None).
    """

    __tablename__ = "programme_milestones"
    __table_args__ = (
        sa.UniqueConstraint("replaces_id"),
        sa.Index("ix_programme_milestones_programme", "programme_id", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("county_programmes.id"))
    track: Mapped[Track] = mapped_column(coded(Track))
    due_on: Mapped[date]
    percent: Mapped[int]
    levels: Mapped[list[Any]] = mapped_column(default=list)
    clause: Mapped[str] = mapped_column(sa.String(60), default="")
    text: Mapped[str] = mapped_column(sa.String(400), default="")
    source: Mapped[str] = mapped_column(sa.String(200), default="")
    valid_from: Mapped[date | None]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("programme_milestones.id"))
    taken_out: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]
