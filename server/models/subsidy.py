"""Subsidies from a plan's scheme to who is entitled to what: rates, cycles, reviews, holds."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.policy.plan.subsidies import PayeeKind, SchemeKind

LIVE = sa.text("ended_at IS NULL")


class EntitlementState(Labelled):
    """Whose turn it is; the last three are over, and their once-key is free again."""

    PROPOSED = "proposed", "等审核", "", "算好了，等审核单位看。"
    REVIEWED = "reviewed", "审过，等财政批准", "", "审核过了，等财政局批准。"
    APPROVED = "approved", "已批准，等拨付", "", "财政局批准了，等列入付款批次。"
    PAID = "paid", "已拨付"
    REJECTED = "rejected", "审核退回"
    WITHDRAWN = "withdrawn", "已撤下"
    REVERSED = "reversed", "已冲回"


class SubsidyRate(Base):
    """What a scheme pays from a day on, as the county entered it; the newest of a day holds.

    `tiers` are those of `policy/plan/subsidy_rates.py`; `amount_fen` is one award of a scheme that
    is paid once. Rows are only added.
    """

    __tablename__ = "subsidy_rates"
    __table_args__ = (sa.Index("ix_subsidy_rates_programme", "programme_id", "scheme", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("county_programmes.id"))
    scheme: Mapped[str] = mapped_column(sa.String(60))
    from_on: Mapped[date]
    tiers: Mapped[list[Any]] = mapped_column(default=list)
    amount_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    source: Mapped[str] = mapped_column(sa.String(200))
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]


class SubsidyCycle(Base):
    """One scheme over one period: a month ("2023-07"), or for awards given once a year ("2022").

    `reported_…` is what was told upward of its results, by whom and to whom.
    """

    __tablename__ = "subsidy_cycles"
    __table_args__ = (sa.UniqueConstraint("programme_id", "scheme", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("county_programmes.id"))
    scheme: Mapped[str] = mapped_column(sa.String(60))
    period: Mapped[str] = mapped_column(sa.String(7))
    opened_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    reported_on: Mapped[date | None]
    reported_to: Mapped[str] = mapped_column(sa.String(80), default="")
    reported_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reported_at: Mapped[datetime | None]


class SubsidyEntitlement(Base):
    """So much for one station by one scheme, with every number that made it.

    `once_key` names what may be paid for only once (scheme, station, period). A programme has each
    key once among what is not over: not by a look before, but by the database. It is stricter than
    once for a payee: nobody is paid again by becoming the payee of the same thing. `place` is the
    village or township of an award. `corrects_id` names the paid entitlement whose later
    difference this is; only such an `amount_fen` may be negative. `contents` never change.
    """

    __tablename__ = "subsidy_entitlements"
    __table_args__ = (
        sa.Index(
            "ux_subsidy_entitlements_once_key",
            "programme_id",
            "once_key",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        sa.Index("ix_subsidy_entitlements_cycle_id", "cycle_id", "id"),
        sa.Index("ix_subsidy_entitlements_county_state", "county", "state"),
        sa.Index("ix_subsidy_entitlements_station_id", "station_id", "id"),
        sa.CheckConstraint("amount_fen <> 0", name="not_nothing"),
        sa.CheckConstraint("amount_fen > 0 OR corrects_id IS NOT NULL", name="only_corrections"),
        sa.CheckConstraint("approved_by <> reviewed_by", name="two_people"),
        sa.CheckConstraint("approved_by <> proposed_by", name="not_by_who_proposed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("county_programmes.id"))
    cycle_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_cycles.id"))
    scheme: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[SchemeKind] = mapped_column(coded(SchemeKind))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    place: Mapped[str] = mapped_column(sa.String(12), default="")
    payee_kind: Mapped[PayeeKind] = mapped_column(coded(PayeeKind))
    payee_key: Mapped[str] = mapped_column(sa.String(24))
    payee_name: Mapped[str] = mapped_column(sa.String(80))
    once_key: Mapped[str] = mapped_column(sa.String(120))
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("subsidy_entitlements.id"))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    contents: Mapped[dict[str, Any]]
    contents_sha256: Mapped[str] = mapped_column(sa.String(64))
    sentence: Mapped[str] = mapped_column(sa.String(400))
    state: Mapped[EntitlementState] = mapped_column(coded(EntitlementState))
    proposed_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    reviewed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    paid_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_because: Mapped[str] = mapped_column(sa.String(400), default="")


class SubsidyReview(Base):
    """What one body said of an entitlement, over the contents whose hash it saw."""

    __tablename__ = "subsidy_reviews"
    __table_args__ = (sa.UniqueConstraint("entitlement_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    entitlement_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_entitlements.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))
    organisation: Mapped[str] = mapped_column(sa.String(80))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    passed: Mapped[bool]
    text: Mapped[str] = mapped_column(sa.String(400), default="")
    seen_sha256: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]


class SubsidyHold(Base):
    """Why an entitlement is not paid for now; `opened_by` None is the house itself."""

    __tablename__ = "subsidy_holds"
    __table_args__ = (sa.Index("ix_subsidy_holds_entitlement_id", "entitlement_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    entitlement_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_entitlements.id"))
    reason: Mapped[str] = mapped_column(sa.String(400))
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str] = mapped_column(sa.String(400), default="")
