"""Find photos used twice: by their bytes, or as the same picture changed a little.

What is found is a question for a person, never a verdict (decision 0011).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import NotFound
from server.media.apart.opener import NotOpened
from server.media.apart.pictures import compare
from server.media.blobs import BlobStore
from server.media.pictures.lookalike import Compared
from server.media.pictures.print_search import PrintShelf
from server.media.pictures.prints import NEAR, Prints, unpacked
from server.media.pictures.resemblance import Resemblance
from server.models.phone_event import NEVER_CAME, Photo, Subject
from server.models.photo_print import PhotoPrint
from server.models.reading import ReviewAnswer, ReviewItem, ReviewKind
from server.models.station import Station
from server.services.review.decisions import open_item

CANDIDATES = 12
"""So many of the nearest are laid over the photo one by one: 0.2 s each, 0.7 s for a copy."""
CLOSELY = 3
"""So many of them are looked at for what takes seconds more where it is worth trying: the old
file's steps in any frame, and a way by WebP. A copy's original is the nearest, as a rule."""
_LOOK_BACK = 32
"""Rows with a lower number may be committed after higher ones; so many are asked for again."""


@dataclass(frozen=True, slots=True)
class Double:
    """An earlier photo that is the same picture as the one asked about."""

    photo: Photo
    compared: Compared


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos that are one picture; `later` was taken after `earlier`, so they say."""

    later: UUID
    earlier: UUID
    compared: Compared


@dataclass(slots=True)
class _CountyPrints:
    shelf: PrintShelf = field(default_factory=PrintShelf)
    photos: list[UUID] = field(default_factory=list)
    known: set[UUID] = field(default_factory=set)
    last_seq: int = 0


@dataclass(slots=True)
class PrintCache:
    """The prints of each county as far as this process has read them; safe between threads."""

    _counties: dict[str, _CountyPrints] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def near(
        self, session: Session, *, county: str, prints: Prints, within: int = NEAR
    ) -> list[tuple[UUID, int]]:
        """Photos of the county that may be the same picture, the nearest first, with distances."""
        with self._lock:
            here = self._counties.setdefault(county, _CountyPrints())
            self._catch_up(session, county, here)
            found = here.shelf.near(prints, within)
            return [(here.photos[number], distance) for number, (distance, _) in found.items()]

    def _catch_up(self, session: Session, county: str, here: _CountyPrints) -> None:
        """Read what has come since the last time."""
        rows = session.execute(
            sa.select(PhotoPrint.seq, PhotoPrint.photo_id, PhotoPrint.prints)
            .where(PhotoPrint.county == county, PhotoPrint.seq > here.last_seq - _LOOK_BACK)
            .order_by(PhotoPrint.seq)
        )
        for seq, photo_id, packed in rows:
            if photo_id in here.known:
                continue
            here.shelf.add(unpacked(packed))
            here.photos.append(photo_id)
            here.known.add(photo_id)
            here.last_seq = max(here.last_seq, seq)


def remember_prints(session: Session, *, photo: Photo, prints: Prints) -> PhotoPrint:
    """Keep a photo's fingerprints; doing it again changes nothing."""
    kept = session.scalar(sa.select(PhotoPrint).where(PhotoPrint.photo_id == photo.id))
    if kept is None:
        kept = PhotoPrint(photo_id=photo.id, county=photo.county, prints=prints.packed)
        session.add(kept)
        session.flush()
    return kept


def doubles_of(
    session: Session, blobs: BlobStore, *, photo: Photo, prints: Prints, cache: PrintCache
) -> list[Double]:
    """Other photos of the county that show the very same picture, the surest first.

    Byte-identical ones are always found; of the others the nearest dozen by fingerprint are
    compared point by point, the first `CLOSELY` of them in every way. Photos whose bytes are not
    there (yet) are left out. Call it before the write lock is taken: comparing takes seconds.
    """
    found = [Double(other, _identical()) for other in _same_bytes(session, photo)]
    told = {photo.id, *(double.photo.id for double in found)}
    near = cache.near(session, county=photo.county, prints=prints)
    wanted = [photo_id for photo_id, _ in near if photo_id not in told][:CANDIDATES]
    others = {
        other.id: other
        for other in session.scalars(sa.select(Photo).where(Photo.id.in_(wanted)))
        if other.sha256 != photo.sha256
    }
    mine = _bytes_of(blobs, photo)
    looked_at = 0
    for photo_id in wanted:
        other = others.get(photo_id)
        theirs = _bytes_of(blobs, other) if other is not None else None
        if other is None or mine is None or theirs is None:
            continue
        closely, looked_at = looked_at < CLOSELY, looked_at + 1
        try:
            compared = compare(mine, theirs, closely=closely, in_order=True)
        except NotOpened:  # the pair is beyond the machine; the photo itself is not
            continue
        if compared.resemblance.is_double or _of_two_places(photo, other, compared):
            found.append(Double(other, compared))
    return found


def _of_two_places(photo: Photo, other: Photo, compared: Compared) -> bool:
    """Whether two stations sent what lies exactly on each other.

    Nobody puts a tripod into the same place in two villages, so here it need not be shown that the
    one file was made from the other: both may come from a third, finer one, as by a chat.
    """
    traces = compared.traces
    return photo.station_id != other.station_id and traces is not None and traces.like_a_copy


def worth_asking(photo: Photo, doubles: Sequence[Double]) -> Pair | None:
    """The surest double that a person should look at, None when there is none.

    The same person's two photos of one station and day are passed over: a retry under a new id, or
    one picture for two subjects, gains nobody a day. One question a photo is enough, whatever the
    number of its doubles.
    """
    telling = [
        double
        for double in doubles
        if (double.photo.station_id, double.photo.person_id, double.photo.day_on)
        != (photo.station_id, photo.person_id, photo.day_on)
    ]
    if not telling:
        return None
    other = telling[0].photo
    earlier, later = sorted((photo, other), key=lambda one: (one.taken_at, one.id))
    return Pair(later.id, earlier.id, telling[0].compared)


def note_double(session: Session, *, pair: Pair, now: datetime) -> None:
    """Ask a person whether the later photo is the earlier one sent again; twice asks once.

    A photo that was asked about beside another one gets a question of its own, unless a person has
    said by now that it was sent again: then no second original is needed.
    """
    later, earlier = session.get_one(Photo, pair.later), session.get_one(Photo, pair.earlier)
    here = later.station_id == earlier.station_id
    where = "本站" if here else session.get_one(Station, earlier.station_id).name
    day, subject = earlier.day_on, Subject(earlier.subject).label
    key = f"double:{later.id}"
    before = session.scalars(
        sa.select(ReviewItem).where(ReviewItem.county == later.county, ReviewItem.key == key)
    ).one_or_none()
    if before is not None and before.other_photo_id != earlier.id:
        if before.decision == ReviewAnswer.SAME_PICTURE:
            return
        key = f"{key}:{earlier.id}"
    open_item(
        session,
        county=later.county,
        station_id=later.station_id,
        photo_id=later.id,
        other_photo_id=earlier.id,
        kind=ReviewKind.DOUBLE,
        key=key,
        question=(
            f"这张照片和{where}{full_day_text(day)}的“{subject}”照片"
            f"{'一模一样' if pair.compared.resemblance is Resemblance.IDENTICAL else '很像'}。"
            "是同一张吗？"
        ),
        details={
            "resemblance": pair.compared.resemblance.value,
            "distance": pair.compared.distance,
            "mirrored": pair.compared.mirrored,
            "other": {
                "station_id": earlier.station_id,
                "day_on": day.isoformat(),
                "subject": earlier.subject,
            },
        },
        now=now,
    )


def _identical() -> Compared:
    return Compared(Resemblance.IDENTICAL, 0, mirrored=False, likeness=1.0, overlap=1.0)


def _same_bytes(session: Session, photo: Photo) -> Sequence[Photo]:
    return session.scalars(
        sa.select(Photo)
        .where(
            Photo.sha256 == photo.sha256,
            Photo.county == photo.county,
            Photo.id != photo.id,
            Photo.state.not_in(NEVER_CAME),
        )
        .order_by(Photo.taken_at, Photo.id)
    ).all()


def _bytes_of(blobs: BlobStore, photo: Photo) -> bytes | None:
    try:
        with blobs.open(photo.sha256) as file:
            return file.read()
    except NotFound:
        return None
