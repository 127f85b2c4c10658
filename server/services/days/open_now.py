"""现在开着吗: a station's hours, its keeper's word of today and today's check-ins, together."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING, beijing_day, clock_text
from server.models.phone_event import CheckIn, Opening
from server.models.station import Station
from server.policy.hours import OpenNow, open_now
from server.services.common.openings import openings_told


def open_now_at(session: Session, *, station: Station, now: datetime) -> OpenNow:
    """Whether the door is open, as far as anybody can tell at this moment; two queries."""
    day = beijing_day(now)
    told = openings_told(
        session, county=station.county, station_ids=[station.id], since=day, until=day
    ).get((station.id, day))
    came = session.execute(
        sa.select(CheckIn.occurred_at, CheckIn.time_verified)
        .where(
            CheckIn.county == station.county,
            CheckIn.station_id == station.id,
            CheckIn.day_on == day,
            CheckIn.occurred_at <= now,
        )
        .order_by(CheckIn.time_verified.desc(), CheckIn.occurred_at)
        .limit(1)
    ).one_or_none()
    at = (clock_text(came[0]) if came[1] else "") if came is not None else None
    return open_now(
        station.hours,
        now.astimezone(BEIJING).replace(tzinfo=None),
        closed_today=told is not None and told.opening is Opening.CLOSED,
        shut_early=clock_text(told.at) if told and told.opening is not Opening.CLOSED else "",
        checked_in=at,
        gone=station.closed_on is not None and station.closed_on <= day,
    )
