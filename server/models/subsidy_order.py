"""Orders of farm goods sold on e-commerce platforms, as an operator's list has them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.policy.plan.subsidy_orders import Unpaid


class SubsidyOrderFile(Base):
    """One list of orders as it was entered, by its SHA-256."""

    __tablename__ = "subsidy_order_files"
    __table_args__ = (sa.UniqueConstraint("county", "file_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    operator_id: Mapped[int] = mapped_column(sa.ForeignKey("operators.id"))
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    lines: Mapped[int]
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]


class SubsidyOrder(Base):
    """One order; its number stands in a county once, whoever lists it.

    `unpaid` says why it is never paid for; None where it may be, and `why_not` the same in words of
    that day, for people alone. `entitlement_id` is the one that pays it. Rows are only added; one
    that said too little to be paid may be said clearer by the office, and the history keeps what
    it said.
    """

    __tablename__ = "subsidy_orders"
    __table_args__ = (
        sa.UniqueConstraint("county", "order_no"),
        sa.Index("ix_subsidy_orders_county_day_on", "county", "day_on"),
        sa.Index("ix_subsidy_orders_entitlement_id", "entitlement_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_order_files.id"))
    file_row: Mapped[int]
    operator_id: Mapped[int] = mapped_column(sa.ForeignKey("operators.id"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    order_no: Mapped[str] = mapped_column(sa.String(60))
    day_on: Mapped[date]
    product: Mapped[str] = mapped_column(sa.String(80))
    platform: Mapped[str] = mapped_column(sa.String(60))
    destination: Mapped[str] = mapped_column(sa.String(120))
    unpaid: Mapped[Unpaid | None] = mapped_column(coded(Unpaid))
    why_not: Mapped[str] = mapped_column(sa.String(200), default="")
    entitlement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("subsidy_entitlements.id"))
