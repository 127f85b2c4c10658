"""What keepers told of a day's opening, 今天不开门 or 早关门, and for how long that holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import clock_text
from server.db import plain_rows
from server.models.phone_event import CheckIn, EventKind, Opening, PhoneEvent


@dataclass(frozen=True)
class OpeningTold:
    """What holds of a day: closed all day, or shut early, told at a moment."""

    id: UUID
    station_id: int
    day_on: date
    opening: Opening
    at: datetime

    @property
    def label(self) -> str:
        """今天不开门, 早关门（15:20）."""
        if self.opening is Opening.CLOSED:
            return self.opening.label
        return f"{self.opening.label}（{clock_text(self.at)}）"


def openings_told(
    session: Session, *, county: str, station_ids: Collection[int], since: date, until: date
) -> dict[tuple[int, date], OpeningTold]:
    """What holds by station and day, from `since` to `until`, both included; one query.

    The latest word of a day holds; 照常开门 takes it back, and so does whoever checks in after it,
    for then the door is open.
    """
    found: dict[tuple[int, date], OpeningTold] = {}
    asked = {"county": county, "stations": list(station_ids), "since": since, "until": until}
    for event_id, station_id, day_on, payload, at, opened in plain_rows(session, _TOLD, asked):
        if "opening" not in payload:  # its key was lost, and it was given up
            continue
        opening = Opening(payload["opening"])
        found.pop((station_id, day_on), None)
        if not opened and opening is not Opening.USUAL:
            found[station_id, day_on] = OpeningTold(event_id, station_id, day_on, opening, at)
    return found


_TOLD = (
    sa.select(
        PhoneEvent.id,
        PhoneEvent.station_id,
        PhoneEvent.day_on,
        PhoneEvent.payload,
        PhoneEvent.occurred_at,
        sa.select(CheckIn.id)
        .where(
            CheckIn.county == PhoneEvent.county,
            CheckIn.station_id == PhoneEvent.station_id,
            CheckIn.day_on == PhoneEvent.day_on,
            CheckIn.occurred_at > PhoneEvent.occurred_at,
        )
        .correlate(PhoneEvent)
        .exists(),
    )
    .where(
        PhoneEvent.county == sa.bindparam("county", type_=sa.String),
        PhoneEvent.station_id.in_(sa.bindparam("stations", type_=sa.Integer, expanding=True)),
        PhoneEvent.day_on >= sa.bindparam("since", type_=sa.Date),
        PhoneEvent.day_on <= sa.bindparam("until", type_=sa.Date),
        # Written out: the index of openings serves only who says so word for word.
        PhoneEvent.kind == sa.literal_column(f"'{EventKind.OPENING.value}'"),
    )
    .order_by(PhoneEvent.occurred_at, PhoneEvent.received_at)
)


def days_closed(
    session: Session, *, county: str, station_ids: Collection[int], since: date, until: date
) -> dict[int, set[date]]:
    """By station, the days on which its keepers said that it stays closed; nobody misses those."""
    closed: dict[int, set[date]] = {station_id: set() for station_id in station_ids}
    told = openings_told(session, county=county, station_ids=station_ids, since=since, until=until)
    for (station_id, day), one in told.items():
        if one.opening is Opening.CLOSED:
            closed[station_id].add(day)
    return closed
