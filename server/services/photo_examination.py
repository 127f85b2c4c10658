"""The worker's look at a photo that has arrived: size, sharpness, darkness, hashes, renditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from server.errors import Invalid, NotFound
from server.media.blobs import FolderStore
from server.media.images import Picture, look
from server.models.phone_event import NOT_HERE, Photo, PhotoState
from server.services.photos import picture


@dataclass(frozen=True)
class Examined:
    """What a look found: a picture, or why there is none."""

    photo_id: UUID
    picture: Picture | None
    why: Sequence[str] = ()


def look_at(session: Session, blobs: FolderStore, photo_id: UUID) -> Examined | None:
    """Measure a photo and make its renditions, writing no row; None when it is not to be done.

    The slow half: decoding takes a tenth of a second, during which no write lock should be held.
    """
    photo = session.get(Photo, photo_id)
    if photo is None or photo.state in NOT_HERE:
        return None
    try:
        with blobs.open(photo.sha256) as file:
            found = look(file.read())
        for size in ("thumb", "view"):
            picture(session, blobs, photo, size)
    except (Invalid, NotFound) as problem:
        return Examined(photo_id, None, (problem.message,))
    return Examined(photo_id, found, found.complaints)


def record(session: Session, examined: Examined, *, now: datetime) -> None:
    """Write down what a look found; again is harmless."""
    photo = session.get(Photo, examined.photo_id)
    if photo is None:
        return
    found = examined.picture
    if found is None:
        photo.state = PhotoState.UNREADABLE
        photo.quality = {"complaints": list(examined.why), "examined_at": now.isoformat()}
        session.flush()
        return
    photo.state = PhotoState.EXAMINED
    photo.width_px, photo.height_px = found.width, found.height
    photo.sharpness, photo.brightness = found.sharpness, found.brightness
    photo.phash = found.phash
    photo.exif = dict(found.exif)
    photo.quality = {
        "dark": found.dark,
        "overexposed": found.overexposed,
        "blurred": found.blurred,
        "too_small": found.too_small,
        "screenshot": found.screenshot,
        "complaints": list(found.complaints),
        "examined_at": now.isoformat(),
    }
    session.flush()


def examine_photo(session: Session, blobs: FolderStore, photo_id: UUID, now: datetime) -> None:
    """Both halves at once, for callers that hold no lock worth saving."""
    examined = look_at(session, blobs, photo_id)
    if examined is not None:
        record(session, examined, now=now)
