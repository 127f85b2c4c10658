"""What keepers ask of the office, for tests."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.request import KeeperRequest
from server.models.station import Station
from server.services.common.phone_items import ItemResult, PhoneItem, RequestEntry
from server.services.intake.sync import receive
from tests.factories import NOW, RING


def send_request(
    session: Session,
    by: Person,
    station: Station,
    about: str,
    now: datetime = NOW,
    at: datetime | None = None,
    **said: Any,
) -> ItemResult:
    """The keeper's phone sends now what was asked `at` (None: now too); gives the answer."""
    item = PhoneItem(
        id=uuid4(),
        station_id=station.id,
        device_at=at or now,
        entry=RequestEntry(about, **said),
        clock_offset_ms=0,
    )
    [result] = receive(
        session, person=by, device_id="phone-1", client_now=now, items=[item], now=now, ring=RING
    )
    return result


def asked(
    session: Session, by: Person, station: Station, about: str = "plate_lost", **said: Any
) -> KeeperRequest:
    """A request that waits for the office."""
    result = send_request(session, by, station, about, **said)
    assert result.result == "ok", result
    return session.get_one(KeeperRequest, UUID(result.id))
