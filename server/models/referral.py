"""问责线索: facts bundled for whoever looks into them, frozen when they are handed over."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Json, coded
from server.policy.plan.referral import FactKind, ReferralContent, ReferralState

TEXT_LONGEST = 2000


class Referral(Base):
    """One referral: drafted, confirmed and sent by another person, answered, or taken back.

    `content` is frozen when it is sent, with its facts and the hash of every piece of evidence.
    Neither who drafted it nor who wrote on it last sends it: the database says so as well. Where
    it stands follows from what was done.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        sa.Index("ix_referrals_county_id", "county", "id"),
        sa.CheckConstraint("issued_by <> drafted_by", name="two_people"),
        sa.CheckConstraint("issued_by <> written_by", name="not_by_who_wrote"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    title: Mapped[str] = mapped_column(sa.String(80))
    to: Mapped[str] = mapped_column(sa.String(80), default="")
    opening: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    copies_to: Mapped[str] = mapped_column(sa.String(400), default="")
    number: Mapped[str] = mapped_column(sa.String(40), default="")
    dated_on: Mapped[date | None]
    drafted_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    drafted_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    written_at: Mapped[datetime]
    content: Mapped[ReferralContent | None] = mapped_column(Json)
    content_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    issued_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    issued_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.String(TEXT_LONGEST), default="")
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(sa.String(400), default="")

    @property
    def state(self) -> ReferralState:
        """Where it stands."""
        if self.withdrawn_at is not None:
            return ReferralState.WITHDRAWN
        if self.answered_at is not None:
            return ReferralState.ANSWERED
        return ReferralState.DRAFT if self.issued_at is None else ReferralState.SENT


class ReferralItem(Base):
    """A fact picked for a referral: `ref` is its row's key. What was said of it may be added.

    `statement` is what somebody concerned said when heard (`statement_by`, `statement_on`);
    without one, the paper tells what stands in the record, or that nobody has been heard.
    """

    __tablename__ = "referral_items"
    __table_args__ = (sa.UniqueConstraint("referral_id", "kind", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(sa.ForeignKey("referrals.id"))
    kind: Mapped[FactKind] = mapped_column(coded(FactKind))
    ref: Mapped[str] = mapped_column(sa.String(40))
    statement: Mapped[str] = mapped_column(sa.String(1000), default="")
    statement_by: Mapped[str] = mapped_column(sa.String(40), default="")
    statement_on: Mapped[date | None]
