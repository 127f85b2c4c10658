"""还差 n 张: photos that were announced and have not come, and those that never will."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.person import Person
from server.models.phone_event import NEVER_CAME, PhoneEvent, Photo, PhotoState, Subject
from server.models.station import Station
from server.services.common import history
from server.services.people.scope import photos_told_to
from server.services.photos.actions import PhotosAction
from server.services.photos.arriving import expect_photo
from server.services.photos.shown_mends import return_unshown

REASONS = {
    "lost": "照片在手机里找不到了",
    "refused": "照片没有被收下",
    "dropped": "手机的主人不要这张了",
}
SHOWN_AT_MOST = 100


@dataclass(frozen=True)
class Missing:
    """How many photos of a station have not come, and since when the oldest is awaited."""

    photos: int
    since: datetime


@dataclass(frozen=True)
class MissingPhoto:
    """One awaited photo, who took it, and since when the server knows of it."""

    photo: Photo
    who: str
    since: datetime


def withdraw(
    session: Session,
    *,
    person: Person,
    photo_id: UUID,
    reason: str,
    code: str,
    note: str,
    now: datetime,
) -> PhotoState:
    """Take the phone's word that a photo will not come; WITHDRAWN, or KEPT if it had come.

    Again changes nothing. `reason` is one of `REASONS`, `code` the problem with which the photo
    was refused. Raises `NotFound` (photo-not-announced), also for other people's photos.
    """
    expect_photo(session, person=person, photo_id=photo_id)
    photo = session.scalars(
        sa.select(Photo)
        .where(Photo.id == photo_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if photo.state not in NEVER_CAME:
        return PhotoState.KEPT
    if photo.state is PhotoState.ANNOUNCED:
        photo.state = PhotoState.WITHDRAWN
        why = REASONS.get(reason, reason)
        history.write(
            session,
            of=photo,
            by=person,
            at=now,
            action=PhotosAction.PHOTO_WITHDRAWN,
            summary=f"{full_day_text(photo.day_on)}的“{Subject(photo.subject).label}”照片不会来了",
            reason="；".join(part for part in (why, code, note) if part),
        )
        session.flush()
        told = f"您交的照片没有传到：{why}。请重新拍一张。"
        return_unshown(session, photo=photo, why=told, now=now)
    return PhotoState.WITHDRAWN


def missing_by_station(
    session: Session, *, county: str, station_ids: Collection[int], to: Person
) -> dict[int, Missing]:
    """Those of these stations whose photos have not all come; one query."""
    query = (
        sa.select(Photo.station_id, sa.func.count(), sa.func.min(PhoneEvent.received_at))
        .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
        .where(
            Photo.county == county,
            Photo.station_id.in_(station_ids),
            Photo.state == PhotoState.ANNOUNCED,
            photos_told_to(to),
        )
        .group_by(Photo.station_id)
    )
    return {
        station_id: Missing(photos, since) for station_id, photos, since in session.execute(query)
    }


def missing_of(session: Session, *, station: Station, to: Person) -> list[MissingPhoto]:
    """A station's awaited photos, the longest awaited first."""
    query = (
        sa.select(Photo, Person.name, PhoneEvent.received_at)
        .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
        .join(Person, Person.id == Photo.person_id)
        .where(
            Photo.county == station.county,
            Photo.station_id == station.id,
            Photo.state == PhotoState.ANNOUNCED,
            photos_told_to(to),
        )
        .order_by(PhoneEvent.received_at, Photo.id)
        .limit(SHOWN_AT_MOST)
    )
    return [MissingPhoto(photo, who, since) for photo, who, since in session.execute(query)]
