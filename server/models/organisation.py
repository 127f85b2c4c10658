"""The bodies of a county's plan: bureaus, enterprises, townships, and who speaks for each."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.models.sealed import SealedText
from server.policy.plan.duties import Deed, Duty, OrganisationType, deeds_of


class Organisation(Base):
    """成员单位: a body that the plan names or the county added, with what it answers for.

    `duties` are values of `Duty`, `source` is the clause or document that gives them. A township
    government names its township. `liaison_id` is the 联络员. `until_on` is the last day of a body
    that has ended; such a one has no people any more.
    """

    __tablename__ = "organisations"
    __table_args__ = (sa.UniqueConstraint("county", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    name: Mapped[str] = mapped_column(sa.String(80))
    short: Mapped[str] = mapped_column(sa.String(20))
    type: Mapped[OrganisationType] = mapped_column(coded(OrganisationType))
    in_task_force: Mapped[bool] = mapped_column(default=False)
    duties: Mapped[list[Any]] = mapped_column(default=list)
    township_code: Mapped[str | None] = mapped_column(sa.ForeignKey("divisions.code"))
    liaison_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id", use_alter=True))
    source: Mapped[str] = mapped_column(sa.String(400), default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @property
    def held_duties(self) -> tuple[Duty, ...]:
        """Its duties, in the order of `Duty`."""
        return tuple(duty for duty in Duty if duty in self.duties)

    @property
    def deeds(self) -> frozenset[Deed]:
        """What its people may do here; nothing after it has ended."""
        return frozenset() if self.until_on else deeds_of(self.type, self.held_duties)


class TaskForceHead(Base):
    """专班负责人: who heads the county's 专班 from a day on; a later line takes its place.

    `person_id` is the account, where the head has one; `name` stays as it was written. Lines are
    only added.
    """

    __tablename__ = "task_force_heads"
    __table_args__ = (sa.Index("ix_task_force_heads_county", "county", "from_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(sa.String(40))
    post: Mapped[str] = mapped_column(sa.String(60), default="")
    phone: Mapped[str] = mapped_column(SealedText("task_force_heads.phone", 20), default="")
    from_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(400))
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
