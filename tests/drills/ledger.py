"""Holds what phones saw saved against what the server has: what is lost, doubled or spoilt."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.media.blobs import BlobStore
from server.models.job import Job
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo, PhotoState
from tests.drills.real_phone import Kept


def differences(engine: Engine, blobs: BlobStore, phones: Iterable[Kept]) -> list[str]:
    """Every way in which the server differs from what phones saw kept; [] when there is none."""
    events: dict[UUID, str] = {}
    photos: dict[UUID, str] = {}
    for kept in phones:
        events |= {UUID(one): kind for one, kind in kept.events.items()}
        photos |= {UUID(one): sha256 for one, sha256 in kept.photos.items()}
    with Session(engine) as session:
        return [*_events(session, events), *_photos(session, blobs, photos)]


def _events(session: Session, kept: dict[UUID, str]) -> Iterable[str]:
    there = {
        one: kind.value for one, kind in session.execute(sa.select(PhoneEvent.id, PhoneEvent.kind))
    }
    yield from (f"event lost: {one} {kind}" for one, kind in kept.items() if there.get(one) != kind)
    yield from (f"event from nowhere: {one}" for one in there.keys() - kept.keys())
    for noun, kind in ((CheckIn, "check_in"), (ParcelCount, "parcel_count")):
        rows = set(session.scalars(sa.select(noun.id)))
        meant = {one for one, name in kept.items() if name == kind}
        yield from (f"{kind} lost: {one}" for one in meant - rows)
        yield from (f"{kind} from nowhere: {one}" for one in rows - meant)


def _photos(session: Session, blobs: BlobStore, kept: dict[UUID, str]) -> Iterable[str]:
    rows = {photo.id: photo for photo in session.scalars(sa.select(Photo))}
    for one, sha256 in kept.items():
        row = rows.get(one)
        if row is None or row.state is PhotoState.ANNOUNCED:
            yield f"photo lost: {one}"
            continue
        with blobs.open(row.sha256) as file:
            actual = hashlib.sha256(file.read()).hexdigest()
        if not sha256 == row.sha256 == actual:
            yield f"photo spoilt: {one}"
    yield from (f"photo from nowhere: {one}" for one in rows.keys() - kept.keys())
    stored, named = list(blobs.blob_keys()), {row.sha256 for row in rows.values()}
    yield from (f"bytes nobody names: {key}" for key in stored if key not in named)
    jobs = Counter(session.scalars(sa.select(Job.dedupe).where(Job.kind == "examine_photo")))
    yield from (
        f"photo without its job: {one}" for one in kept if jobs[f"examine_photo:{one}"] != 1
    )


def not_examined(engine: Engine) -> int:
    """How many photos the worker has not looked at yet."""
    with Session(engine) as session:
        looked = sa.select(sa.func.count()).where(Photo.state != PhotoState.EXAMINED)
        return session.scalar(looked) or 0
