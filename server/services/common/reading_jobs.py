"""Hands photos to the worker to be read, and stations to have their readings compared anew."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.models.phone_event import Photo, PhotoState
from server.models.photo_print import PhotoPrint
from server.models.reading import PhotoReading

SECOND_TRY = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=1)  # five tries take some fifteen minutes; a queue may be long
A_NIGHTS_SHARE = 500
"""A county's, of each kind: so no county's many photos keep another's waiting."""
READ_SUBJECTS = ("signboard", "hours_board", "clause")


def ask_to_read(
    session: Session, *, photo: Photo, now: datetime, again_on: date | None = None
) -> bool:
    """Hand an examined photo over; False when it was already, or shows neither sign nor board.

    `again_on` is a day on which it is handed over once more, whatever became of it before.
    """
    if photo.subject not in READ_SUBJECTS:
        return False
    args, key = {"photo_id": str(photo.id)}, f"read_photo:{photo.id}"
    if again_on is not None:
        key += f":{again_on.isoformat()}"
    return jobs.enqueue(session, "read_photo", args, now=now, dedupe=key) is not None


def ask_to_read_again(session: Session, *, photo_id: UUID, now: datetime) -> None:
    """Try a photo that was set aside once more, an hour later."""
    jobs.enqueue(
        session,
        "read_photo",
        {"photo_id": str(photo_id)},
        now=now,
        run_at=now + SECOND_TRY,
        dedupe=f"read_photo:{photo_id}:again",
    )


def ask_to_compare(session: Session, station_ids: Collection[int], *, now: datetime) -> None:
    """The register or the plates have changed: hold what was read against them anew."""
    known = sa.select(PhotoReading.station_id).where(PhotoReading.station_id.in_(station_ids))
    for station_id in session.scalars(known.distinct().order_by(PhotoReading.station_id)).all():
        jobs.enqueue(session, "compare_readings", {"station_id": station_id}, now=now)


def catch_up(session: Session, *, county: str, now: datetime) -> int:
    """Hand over photos that were examined before this version knew prints and readings; how many.

    A share a night, the newest first, until nothing is left; what is there already is left alone.
    Photos whose examination or reading was given up are tried again every night: the next version
    may know what to do with them, or a lost file was put back.
    """
    given_up = (
        sa.select(Photo)
        .where(
            Photo.county == county,
            Photo.state == PhotoState.KEPT,
            Photo.arrived_at < now - GIVEN_UP_AFTER,
        )
        .order_by(Photo.arrived_at.desc())
        .limit(A_NIGHTS_SHARE)
    )
    unprinted = (
        sa.select(Photo)
        .outerjoin(PhotoPrint, PhotoPrint.photo_id == Photo.id)
        .where(Photo.county == county, Photo.state == PhotoState.EXAMINED, PhotoPrint.seq.is_(None))
        .order_by(Photo.taken_at.desc())
        .limit(A_NIGHTS_SHARE)
    )
    unread = (
        sa.select(Photo)
        .outerjoin(PhotoReading, PhotoReading.photo_id == Photo.id)
        .where(
            Photo.county == county,
            Photo.state == PhotoState.EXAMINED,
            Photo.subject.in_(READ_SUBJECTS),
            PhotoReading.state.is_(None),
        )
        .order_by(Photo.taken_at)
        .limit(A_NIGHTS_SHARE)
    )
    handed = 0
    for photo in session.scalars(given_up).all():
        key, args = f"examine_photo:{photo.id}:{now:%Y-%m-%d}", {"photo_id": str(photo.id)}
        handed += jobs.enqueue(session, "examine_photo", args, now=now, dedupe=key) is not None
    for photo in session.scalars(unprinted).all():
        # Examining hands it on to be read.
        key = f"examine_photo:{photo.id}:prints"
        args = {"photo_id": str(photo.id)}
        handed += jobs.enqueue(session, "examine_photo", args, now=now, dedupe=key) is not None
    for photo in session.scalars(unread).all():
        waited = photo.arrived_at is not None and photo.arrived_at < now - GIVEN_UP_AFTER
        day = now.date() if waited else None
        handed += ask_to_read(session, photo=photo, now=now, again_on=day)
    return handed
