"""Who kept a station from when to when."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.person import Keeping, Person


class Kept(NamedTuple):
    """One time that somebody kept a station; `until_at` None while it lasts."""

    name: str
    phone: str
    from_at: datetime
    until_at: datetime | None


def keepings_of(session: Session, *, station_ids: Collection[int]) -> dict[int, list[Kept]]:
    """By station everybody who ever kept it, the newest first; one query."""
    found: dict[int, list[Kept]] = {}
    for station_id, name, phone, from_at, until_at in session.execute(
        sa.select(Keeping.station_id, Person.name, Person.phone, Keeping.from_at, Keeping.until_at)
        .join(Person, Person.id == Keeping.person_id)
        .where(Keeping.station_id.in_(station_ids))
        .order_by(Keeping.id.desc())
    ):
        found.setdefault(station_id, []).append(Kept(name, phone or "", from_at, until_at))
    return found
