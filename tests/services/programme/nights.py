"""Days of a county as tests ask for them: nights written down, days seen later."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.models.station import Stage
from server.policy.plan.indicators import StationDay
from server.policy.standard.standards import Standard
from server.services.programme.days import Day, day_of
from server.services.programme.snapshots import end_of, keep, look
from server.services.registry.acceptances import accept_stations
from tests.factories import (
    Cast,
)

Standards = tuple[Standard, ...]
JULY_4 = date(2023, 7, 4)
AFTER = timedelta(minutes=2)


def night(session: Session, cast: Cast, standards: Standards, on: date, **late: Any) -> bool:
    """The night after a day: what the chore does."""
    now = end_of(on) + AFTER + timedelta(**late)
    seen = look(session, county=cast.county, on=on, now=now, standards=standards)
    return keep(session, seen, now=now)


def seen_on(session: Session, cast: Cast, standards: Standards, on: date, later: int = 3) -> Day:
    """A day, asked for some days later."""
    session.expire_all()
    now = end_of(on) + timedelta(days=later)
    return day_of(session, county=cast.county, on=on, now=now, standards=standards)


def c1_on(day: Day, cast: Cast) -> StationDay:
    return next(one for one in day.stations if one.station_id == cast.c1.id)


def accepted(session: Session, cast: Cast, standards: Standards, on: date, now: datetime) -> Any:
    [made] = accept_stations(
        session, county=cast.county, seen={cast.c1.id: None}, grade=Stage.BUILT, on=on,
        present="供销社王某", by=cast.office, now=now, standards=standards,
    )  # fmt: skip
    return made
