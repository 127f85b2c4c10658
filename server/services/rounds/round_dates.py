"""What is odd about the dates of a round that is about to be opened: asked, never forbidden."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.inspection import Campaign
from server.services.common.insisting import ask_unless_sure


def ask_about_dates(
    session: Session, *, county: str, opens_on: date, due_on: date, on: date, sure: str | None
) -> None:
    """Raise Conflict round-dates-odd for a round in the past, or beside one that still runs.

    `on` is today in Beijing. Whoever is `sure` of just that sentence opens it with the same dates.
    """
    told = []
    if due_on < on:
        told.append(f"截止日期{full_day_text(due_on)}已经过去，开出来就是过期的")
    elif opens_on < on:
        told.append(f"开始日期{full_day_text(opens_on)}已经过去")
    for period, name, first, last in session.execute(
        sa.select(Campaign.period, Campaign.name, Campaign.opens_on, Campaign.due_on)
        .where(
            Campaign.county == county,
            Campaign.closed_at.is_(None),
            Campaign.opens_on <= due_on,
            Campaign.due_on >= opens_on,
        )
        .order_by(Campaign.opens_on, Campaign.id)
    ):
        told.append(
            f"和还没有结束的{period} {name}重叠（{full_day_text(first)}至{full_day_text(last)}）"
        )
    ask_unless_sure(
        "；".join(told),
        sure,
        code="round-dates-odd",
        otherwise="确实要这样开，请勾选“日期没有错”，再点开轮",
    )
