"""What keepers told of a day's opening, 今天不开门 or 早关门, and for how long that holds."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
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
    session: Session,
    *,
    county: str,
    station_ids: Collection[int] | None,
    since: date,
    until: date,
) -> dict[tuple[int, date], OpeningTold]:
    """What holds by station and day, from `since` to `until`, both included; one query.

    `station_ids` None is the whole county.

    The latest word of a day holds; 照常开门 takes it back, and so does whoever checks in after it,
    for then the door is open.
    """
    found: dict[tuple[int, date], OpeningTold] = {}
    query = _TOLD
    asked: dict[str, Any] = {"county": county, "since": since, "until": until}
    if station_ids is not None:
        query = _TOLD_OF
        asked["stations"] = list(station_ids)
    for event_id, station_id, day_on, payload, at, opened in plain_rows(session, query, asked):
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
        PhoneEvent.day_on >= sa.bindparam("since", type_=sa.Date),
        PhoneEvent.day_on <= sa.bindparam("until", type_=sa.Date),
        # Written out: the index of openings serves only who says so word for word.
        PhoneEvent.kind == sa.literal_column(f"'{EventKind.OPENING.value}'"),
    )
    .order_by(PhoneEvent.occurred_at, PhoneEvent.received_at)
)
_TOLD_OF = _TOLD.where(
    PhoneEvent.station_id.in_(sa.bindparam("stations", type_=sa.Integer, expanding=True))
)


def days_closed(
    session: Session,
    *,
    county: str,
    station_ids: Collection[int] | None,
    since: date,
    until: date,
) -> Mapping[int, set[date]]:
    """By station, the days on which its keepers said that it stays closed; nobody misses those.

    A station of which none is told has an empty set.
    """
    closed = defaultdict[int, set[date]](set, {one: set() for one in station_ids or ()})
    told = openings_told(session, county=county, station_ids=station_ids, since=since, until=until)
    for (station_id, day), one in told.items():
        if one.opening is Opening.CLOSED:
            closed[station_id].add(day)
    return closed
