"""考核: the county's schemes, version by version, and the sheets of periods with given points."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Json, coded
from server.policy.plan.assessment import Period, Whom
from server.policy.plan.assessment_frozen import AssessmentContent


class AssessmentScheme(Base):
    """One version of the county's own 考核办法; rows are only added, none is changed.

    Of two versions the one with the later `from_on` holds, of the same day the later version.
    `items` is a list of FrozenItem, `content_sha256` over them with name, day and basis.
    """

    __tablename__ = "assessment_schemes"
    __table_args__ = (sa.UniqueConstraint("county", "whom", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    whom: Mapped[Whom] = mapped_column(coded(Whom))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    basis: Mapped[str] = mapped_column(sa.String(1000), default="")
    from_on: Mapped[date]
    items: Mapped[list[Any]]
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    because: Mapped[str] = mapped_column(sa.String(400), default="")
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]


class Assessment(Base):
    """One sheet: a period held against a scheme; `content` is frozen when it is issued.

    `subjects` are those assessed ({"key", "name"}), `figures` what was counted of them at
    `drawn_at` (FrozenFigure by subject and item), `last_day` on what the stations of the last day
    rest. Of one period there is one sheet that was not withdrawn; `version` counts them.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        sa.UniqueConstraint("county", "whom", "from_on", "until_on", "version"),
        sa.Index(
            "ix_assessments_one_of_a_period",
            "county",
            "whom",
            "from_on",
            "until_on",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment_schemes.id"))
    whom: Mapped[Whom] = mapped_column(coded(Whom))
    period: Mapped[Period] = mapped_column(coded(Period))
    from_on: Mapped[date]
    until_on: Mapped[date]
    version: Mapped[int]
    because: Mapped[str] = mapped_column(sa.String(400), default="")
    subjects: Mapped[list[Any]]
    figures: Mapped[dict[str, Any]]
    last_day: Mapped[str] = mapped_column(sa.String(200))
    drawn_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    content: Mapped[AssessmentContent | None] = mapped_column(Json)
    content_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    issued_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    issued_at: Mapped[datetime | None]
    whole_ranking: Mapped[bool] = mapped_column(default=False)
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(sa.String(400), default="")


class AssessmentPoints(Base):
    """Points that a person gave one of those assessed for one item; the newest row counts.

    None takes back what was given before, so that the proposal counts again.
    """

    __tablename__ = "assessment_points"
    __table_args__ = (sa.Index("ix_assessment_points_assessment_id", "assessment_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    assessment_id: Mapped[int] = mapped_column(sa.ForeignKey("assessments.id"))
    subject: Mapped[str] = mapped_column(sa.String(16))
    item: Mapped[str] = mapped_column(sa.String(8))
    points: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 1))
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]
