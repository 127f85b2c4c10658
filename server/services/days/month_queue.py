"""Months of parcel counts that are over and wait for a person's 核准."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month, next_month
from server.models.phone_event import ParcelCount
from server.services.common.queues import Asked, QueueLine
from server.services.days.months import months_of


def months_queue(session: Session, asked: Asked) -> QueueLine:
    """How many months since the county's first count nobody has approved; two queries.

    A month waits since the first day of the next. A county without a count has no month.
    """
    county, today = asked.county, asked.on
    first = session.scalar(
        sa.select(sa.func.min(ParcelCount.day_on)).where(ParcelCount.county == county)
    )
    if first is None or first_of_month(first) >= first_of_month(today):
        return QueueLine(0)
    over = [
        next_month(month_on)
        for month_on, approval in months_of(session, county=county, today=today)
        if approval is None and next_month(month_on) <= today
    ]
    return QueueLine(len(over), min(over, default=None))
