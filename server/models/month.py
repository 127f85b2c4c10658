"""A county's months of counts: open while counts come in, closed once somebody approved them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class MonthApproval(Base):
    """The counts of one month as approved; from then on only corrections with a reason.

    `month_on` is the first of the month. `figures` are the totals that were approved; they stay
    as they were, corrections stand beside them. `gap_reason` is why the month was approved though
    many station-days had not been reported; empty where nobody had to say. `tolerance_parcels` and
    `tolerance_percent` are how far keepers' and operators' numbers of this month may lie apart, as
    the county had it at the approval: what was paid by it does not change with the setting.
    """

    __tablename__ = "month_approvals"
    __table_args__ = (sa.UniqueConstraint("county", "month_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    month_on: Mapped[date]
    figures: Mapped[dict[str, Any]]
    figures_sha256: Mapped[str] = mapped_column(sa.String(64))
    approved_at: Mapped[datetime]
    approved_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(sa.String(400), default="")
    gap_reason: Mapped[str] = mapped_column(sa.String(400), default="")
    tolerance_parcels: Mapped[int] = mapped_column(default=0)
    tolerance_percent: Mapped[int] = mapped_column(default=0)
