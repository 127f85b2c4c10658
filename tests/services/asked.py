"""Puts odd days, old pictures and raised questions into the database."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.phone_event import CheckIn, EventKind, PhoneEvent, Photo, PhotoState
from server.models.signal import IntegritySignal, SignalState
from server.models.station import Station
from tests.factories import NOW, TODAY


def raised(session: Session, station: Station, about: str = "x", **fields: Any) -> IntegritySignal:
    """A question about a station, as the nightly look would have raised it."""
    values: dict[str, Any] = {
        "kind": "too_far",
        "day_on": TODAY,
        "question": "7月3日签到的位置离站点有2.4公里。当天是在别处营业吗？",
        "measured": {"why": "离登记位置2.4公里（误差20米），超过1公里"},
        "state": SignalState.OPEN,
        "raised_at": NOW,
    }
    signal = IntegritySignal(
        county=station.county, station_id=station.id, about=about, **(values | fields)
    )
    session.add(signal)
    session.flush()
    return signal


def seen_far(session: Session, station: Station, keeper: Person, on: date, away: float) -> CheckIn:
    """A check-in so many metres from the registered place, as the phone sent it."""
    at = datetime.combine(on, time(0, 10), UTC)
    event = made_event(session, station, keeper, on, EventKind.CHECK_IN, at)
    check_in = CheckIn(
        id=event.id,
        county=station.county,
        station_id=station.id,
        person_id=keeper.id,
        day_on=on,
        occurred_at=at,
        time_verified=True,
        method="scan",
        latitude=38.3558,
        longitude=111.9403,
        accuracy_m=20.0,
        fix_age_s=1.0,
        distance_m=away,
    )
    session.add(check_in)
    session.flush()
    return check_in


def made_event(
    session: Session, station: Station, keeper: Person, on: date, kind: EventKind, at: datetime
) -> PhoneEvent:
    event = PhoneEvent(
        id=uuid4(),
        kind=kind,
        county=station.county,
        station_id=station.id,
        person_id=keeper.id,
        device_id=f"phone-{keeper.id}",
        device_seq=None,
        payload={},
        content_sha256="0" * 64,
        result="ok",
        day_on=on,
        occurred_at=at,
        time_verified=True,
        device_at=at,
        clock_offset_ms=0,
        received_at=at,
    )
    session.add(event)
    session.flush()
    return event


def sent_photo(
    session: Session, station: Station, keeper: Person, on: date, **fields: Any
) -> Photo:
    at = datetime.combine(on, time(2, 0), UTC)
    event = made_event(session, station, keeper, on, EventKind.PHOTO_NOTE, at)
    values: dict[str, Any] = {
        "subject": "signboard",
        "state": PhotoState.EXAMINED,
        "sha256": "a" * 64,
        "size_bytes": 1000,
        "taken_at": at,
        "time_verified": True,
        "day_on": on,
        "camera": "camera",
    }
    photo = Photo(
        id=uuid4(),
        county=station.county,
        station_id=station.id,
        person_id=keeper.id,
        event_id=event.id,
        **(values | fields),
    )
    session.add(photo)
    session.flush()
    return photo
