"""What came of an approved month afterwards, each beside what was approved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import next_month
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.phone_event import ParcelCount, PhoneEvent
from server.models.station import Station
from server.services.people.scope import Everybody, stations_visible_to


@dataclass(frozen=True)
class Correction:
    """A count that came after its month was approved; `before` is what was approved for the day.

    `holds` says whether it is the day's newest version.
    """

    station: Station
    count: ParcelCount
    before: ParcelCount | None
    who: str
    at: datetime
    holds: bool


def corrections(
    session: Session, *, approval: MonthApproval, seen_by: Person | Everybody
) -> list[Correction]:
    """What came of an approved month afterwards, the newest first, each beside what was approved.

    Of the stations in sight; two queries. The approved figures stay as they were, whatever stands
    here.
    """
    last = next_month(approval.month_on) - timedelta(days=1)
    of_month = sa.and_(
        ParcelCount.county == approval.county, ParcelCount.day_on.between(approval.month_on, last)
    )
    late = session.execute(
        sa.select(ParcelCount, Station, Person.name, PhoneEvent.received_at, ParcelCount.holds())
        .join(PhoneEvent, PhoneEvent.id == ParcelCount.id)
        .join(Station, Station.id == ParcelCount.station_id)
        .join(Person, Person.id == ParcelCount.person_id)
        .where(
            of_month, PhoneEvent.received_at > approval.approved_at, stations_visible_to(seen_by)
        )
        .order_by(PhoneEvent.received_at.desc(), ParcelCount.id)
    ).all()
    if not late:
        return []
    approved: dict[tuple[int, date], ParcelCount] = {}
    for count in session.scalars(
        sa.select(ParcelCount)
        .join(PhoneEvent, PhoneEvent.id == ParcelCount.id)
        .where(
            of_month,
            PhoneEvent.received_at <= approval.approved_at,
            ParcelCount.station_id.in_({station.id for _, station, *_ in late}),
        )
        .order_by(ParcelCount.version)
    ):
        approved[count.station_id, count.day_on] = count
    return [
        Correction(
            station=station,
            count=count,
            before=approved.get((count.station_id, count.day_on)),
            who=who,
            at=received_at,
            holds=holds,
        )
        for count, station, who, received_at, holds in late
    ]
