"""Hands photos to the worker to be read, and stations to have their readings compared anew."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.models.phone_event import Photo
from server.models.reading import PhotoReading

SECOND_TRY = timedelta(hours=1)
READ_SUBJECTS = ("signboard", "hours_board", "clause")


def ask_to_read(session: Session, *, photo: Photo, now: datetime) -> None:
    """Hand an examined photo over; asking again is harmless. What shows no sign is left alone."""
    if photo.subject in READ_SUBJECTS:
        args = {"photo_id": str(photo.id)}
        jobs.enqueue(session, "read_photo", args, now=now, dedupe=f"read_photo:{photo.id}")


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


def ask_to_compare(session: Session, *, station_id: int, now: datetime) -> None:
    """The register or the plate has changed: hold what was read against it anew."""
    known = sa.select(PhotoReading.photo_id).where(PhotoReading.station_id == station_id)
    if session.scalar(known.limit(1)) is not None:
        jobs.enqueue(session, "compare_readings", {"station_id": station_id}, now=now)
