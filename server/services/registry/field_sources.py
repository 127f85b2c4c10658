"""Who wrote what stands in a station's register, and when."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.history import HistoryLine
from server.models.person import Person
from server.models.station import Station
from server.services.plates.actions import PlateAction
from server.services.registry.actions import RegistryAction

WRITES: dict[str, str] = {
    one.value: one.label
    for one in (
        RegistryAction.STATION_EDITED,
        RegistryAction.STATION_IMPORTED,
        RegistryAction.STATION_PUT_BACK,
        RegistryAction.STATION_HANDED_OVER,
        RegistryAction.FILING_STEP,
        PlateAction.CODE_ISSUED,
    )
}
"""Deeds that write into the register; what was only asked for, or returned, changed nothing."""


class Source(NamedTuple):
    """Since when a value stands and by whose deed; `what` is the deed's word.

    `value` is what was written, as the history tells it; None where that was not told.
    """

    at: datetime
    who: str
    what: str
    value: str | None = None


def field_sources(session: Session, station: Station) -> tuple[Source, dict[str, Source]]:
    """Who entered a station, and by field of the register who wrote it last; one query.

    A field of which no change was ever written stands as it was entered.
    """
    entered = Source(station.created_at, "系统", RegistryAction.STATION_ADDED.label)
    found: dict[str, Source] = {}
    for at, action, changes, who in session.execute(
        sa.select(HistoryLine.at, HistoryLine.action, HistoryLine.changes, Person.name)
        .outerjoin(Person, Person.id == HistoryLine.person_id)
        .where(HistoryLine.county == station.county, HistoryLine.station_id == station.id)
        .order_by(HistoryLine.id)
    ):
        if action == RegistryAction.STATION_ADDED:
            entered = Source(at, who or "系统", RegistryAction.STATION_ADDED.label)
        elif action in WRITES:
            for one in changes:
                found[str(one["field"])] = Source(at, who or "系统", WRITES[action], one["new"])
    return entered, found
