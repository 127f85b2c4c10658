"""What a county's approved months still let in: a count that says why it comes so late."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month, full_month_text
from server.errors import Conflict
from server.models.month import MonthApproval
from server.prepared import prepared

_APPROVED = prepared(
    sa.select(MonthApproval.month_on).where(
        MonthApproval.county == sa.bindparam("county"),
        MonthApproval.month_on.in_(sa.bindparam("months", expanding=True)),
    )
)


def approved_among(session: Session, *, county: str, days: Collection[date]) -> set[date]:
    """The first days of those months of these days that are approved; one query, or none at all."""
    if not days:
        return set()
    asked = {"county": county, "months": sorted({first_of_month(day) for day in days})}
    return set(session.connection().execute(_APPROVED, asked).scalars())


def refuse_unexplained(approved: Collection[date], *, day_on: date, reason: str) -> None:
    """Let a count of an approved month in only with a reason.

    What a phone kept through a month without a net needs its reason as well. `approved` are the
    first days of the months in question that are. Raises `Conflict` (month-approved) naming the
    field.
    """
    if not reason.strip() and first_of_month(day_on) in approved:
        raise Conflict(
            "month-approved",
            f"{full_month_text(day_on)}的件数县里已经核准了。要补报或改数，请写上为什么，再交一次。",
            fields=["payload.reason"],
        )
