"""Photos with a question about them, as the reading of photos leaves them."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.phone_event import EventKind, PhoneEvent, Photo, PhotoState
from server.models.reading import ReviewItem, ReviewKind
from server.models.station import Station
from server.policy.hours import hours_lines
from server.services.review.decisions import open_item
from tests.factories import NOW, make_person

BOX = [[40, 60], [600, 60], [600, 160], [40, 160]]


def make_photo(
    session: Session,
    station: Station,
    subject: str = "signboard",
    *,
    content: bytes = b"",
    days_ago: int = 0,
    person_id: int | None = None,
) -> Photo:
    """A photo that has arrived; with `content` its hash, so that the store can show it."""
    taken_at = NOW - timedelta(days=days_ago)
    person_id = person_id or make_person(session, station.county, "站长").id
    event = PhoneEvent(
        id=uuid4(), kind=EventKind.PHOTO_NOTE, county=station.county, station_id=station.id,
        person_id=person_id, device_id="phone-1", device_seq=1, payload={},
        content_sha256="0" * 64, result="ok", day_on=beijing_day(taken_at), occurred_at=taken_at,
        time_verified=True, device_at=taken_at, clock_offset_ms=0, received_at=taken_at,
    )  # fmt: skip
    session.add(event)
    session.flush()
    photo = Photo(
        id=uuid4(), county=station.county, station_id=station.id, person_id=person_id,
        event_id=event.id, subject=subject, state=PhotoState.EXAMINED,
        sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content),
        taken_at=taken_at, time_verified=True, day_on=event.day_on, arrived_at=taken_at,
    )  # fmt: skip
    session.add(photo)
    session.flush()
    return photo


def part(what: str, outcome: str, read: str, expected: str) -> dict[str, Any]:
    """One part of a sign or board as it was compared."""
    why = f"读到的是“{read}”，登记的是“{expected}”。"
    return {
        "what": what, "outcome": outcome, "read": read, "expected": expected, "why": why,
        "quads": [BOX],
    }  # fmt: skip


def ask_sign(
    session: Session,
    station: Station,
    photo: Photo | None = None,
    *,
    name: tuple[str, str] | None = ("differs", "马家沟村快递服务点"),
    number: tuple[str, str] | None = None,
    kind: ReviewKind = ReviewKind.SIGN,
    minutes: int = 0,
    size: tuple[int, int] = (800, 600),
) -> ReviewItem:
    """A question about a sign: (outcome, what was read) of its name and its number."""
    photo = photo or make_photo(session, station)
    parts = [
        part(what, read[0], read[1], expected)
        for what, read, expected in (
            ("name", name, station.name),
            ("number", number, station.code or ""),
        )
        if read is not None
    ]
    return open_item(
        session, county=station.county, station_id=station.id, photo_id=photo.id, kind=kind,
        key=f"{kind}:{photo.id}", question="牌上的字和登记的一样吗？",
        details={"parts": parts, "width": size[0], "height": size[1]},
        now=NOW + timedelta(minutes=minutes),
    )  # fmt: skip


def ask_hours(
    session: Session, station: Station, photo: Photo | None = None, *, minutes: int = 0
) -> ReviewItem:
    """A question about an hours board that says 9:00 where 8:00 is registered."""
    photo = photo or make_photo(session, station, "hours_board")
    expected = "；".join(hours_lines(station.hours))
    parts = [part("hours", "differs", "每天9:00-18:00", expected)]
    return open_item(
        session, county=station.county, station_id=station.id, photo_id=photo.id,
        kind=ReviewKind.HOURS, key=f"hours:{photo.id}", question="牌上的时间和登记的一样吗？",
        details={"parts": parts, "width": 800, "height": 600},
        now=NOW + timedelta(minutes=minutes),
    )  # fmt: skip


def ask_double(
    session: Session, newer: Photo, older: Photo, *, minutes: int = 0, distance: int = 4
) -> ReviewItem:
    """A question whether two photos are one picture."""
    return open_item(
        session, county=newer.county, station_id=newer.station_id, photo_id=newer.id,
        other_photo_id=older.id, kind=ReviewKind.DOUBLE, key=f"double:{newer.id}:{older.id}",
        question="这两张是同一张照片吗？",
        details={
            "resemblance": "same", "distance": distance, "mirrored": False,
            "other": {"station_id": older.station_id, "day_on": older.day_on.isoformat(),
                      "subject": older.subject},
        },
        now=NOW + timedelta(minutes=minutes),
    )  # fmt: skip
