"""The worker's look at an arrived photo: sharpness, light, renditions, whether it is a double."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.media.apart.pictures import look_at_photo, prints_of
from server.media.blobs import BlobStore
from server.media.pictures.images import Picture
from server.media.pictures.prints import Prints
from server.models.person import Person
from server.models.phone_event import NOT_HERE, Photo, PhotoState
from server.services.common.reading_jobs import ask_to_read
from server.services.photos.photos import picture
from server.services.photos.requests import not_answered_by
from server.services.photos.shown_mends import return_unshown
from server.services.review.lookalikes import (
    Pair,
    PrintCache,
    doubles_of,
    note_double,
    remember_prints,
    worth_asking,
)

KEPT_AND_SHUT = {
    "photo-truncated": "这张照片不完整或者损坏了，打不开，看不到内容。请重新拍一张。",
    "photo-set-aside": "这张照片打不开：打开它要用的时间或内存太多，看不到内容。"
    "请用手机直接再拍一张，不要用软件改过、转过的图片。",
}
"""What is said of a photo that was taken in and does not open; at the door it would be 没有收下."""


@dataclass(frozen=True)
class Examined:
    """What a look found: a picture with its fingerprints and its double, or why there is none."""

    photo_id: UUID
    picture: Picture | None
    why: Sequence[str] = ()
    prints: Prints | None = None
    double: Pair | None = None


def look_at(
    session: Session, blobs: BlobStore, photo_id: UUID, cache: PrintCache
) -> Examined | None:
    """Measure a photo and make its renditions, writing no row; None when it is not to be done.

    The slow half: decoding takes a tenth of a second, and comparing with each likely double two
    to seven, during which no write lock should be held. Raises NotFound blob-missing: a file that
    the store has lost is no fault of the photo, which waits until it is put back.
    """
    photo = session.get(Photo, photo_id)
    if photo is None or photo.state in NOT_HERE:
        return None
    try:
        with blobs.open(photo.sha256) as file:
            content = file.read()
        found = _with_the_phones_word(look_at_photo(content), photo)
        for size in ("thumb", "view"):
            picture(session, blobs, photo, size)
        prints = prints_of(content)
    except Invalid as problem:
        return Examined(photo_id, None, (KEPT_AND_SHUT.get(problem.code, problem.message),))
    doubles = doubles_of(session, blobs, photo=photo, prints=prints, cache=cache)
    return Examined(photo_id, found, found.complaints, prints, worth_asking(photo, doubles))


def _with_the_phones_word(found: Picture, photo: Photo) -> Picture:
    """The phone saw the photo in its own size; what it sends has lost most lattices of screens."""
    said = photo.phone_notes.get("complaints")
    if isinstance(said, dict) and said.get("screen") is True:
        return replace(found, screen_photo=True)
    return found


def record(session: Session, examined: Examined, *, now: datetime) -> None:
    """Write down what a look found; again is harmless."""
    photo = session.get(Photo, examined.photo_id, with_for_update=True)
    if photo is None or photo.state in NOT_HERE:  # given up while we looked
        return
    found = examined.picture
    if found is None:
        photo.state = PhotoState.UNREADABLE
        photo.quality = {"complaints": list(examined.why), "examined_at": now.isoformat()}
        session.flush()
        not_answered_by(session, photo_id=photo.id)
        return_unshown(session, photo=photo, why="".join(examined.why), now=now)
        return
    photo.state = PhotoState.EXAMINED
    photo.width_px, photo.height_px = found.width, found.height
    photo.sharpness, photo.brightness = found.sharpness, found.brightness
    photo.phash = found.phash
    photo.exif = _may_be_known(session, photo, found.exif)
    photo.quality = {
        "dark": found.dark,
        "overexposed": found.overexposed,
        "blurred": found.blurred,
        "too_small": found.too_small,
        "screenshot": found.screenshot,
        "screen_photo": found.screen_photo,
        "complaints": list(found.complaints),
        "examined_at": now.isoformat(),
    }
    session.flush()
    if examined.prints is not None:
        remember_prints(session, photo=photo, prints=examined.prints)
    if examined.double is not None:
        note_double(session, pair=examined.double, now=now)
    ask_to_read(session, photo=photo, now=now)


def _may_be_known(session: Session, photo: Photo, exif: Mapping[str, Any]) -> dict[str, Any]:
    """What a camera wrote; nothing of a person who was erased before anybody looked."""
    erased = session.get_one(Person, photo.person_id).erased_at is not None
    return {} if erased else dict(exif)


def examine_photo(session: Session, blobs: BlobStore, photo_id: UUID, now: datetime) -> None:
    """Look and write down in one transaction, where nobody waits for the database meanwhile."""
    examined = look_at(session, blobs, photo_id, PrintCache())
    if examined is not None:
        record(session, examined, now=now)
