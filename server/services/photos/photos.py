"""Photos from announcement to picture: named by the phone, received once, shown to who may see."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text, moment_text
from server.errors import Conflict, Invalid, NotFound
from server.media.apart.pictures import rendition, thumbnail
from server.media.blobs import BlobStore
from server.media.pictures.admission import MAX_BYTES
from server.media.pictures.drawn import with_drawings
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.phone_event import (
    GIVEN_UP,
    NEVER_CAME,
    TO_SHOW,
    CheckIn,
    PhoneEvent,
    Photo,
    PhotoState,
    Subject,
)
from server.models.station import Station
from server.policy.drawings import drawings_in
from server.policy.standard.standards import Rule
from server.prepared import prepared
from server.services.common.moments import Moment
from server.services.common.phone_items import AnnouncedPhoto
from server.services.people.scope import photos_told_to, stations_visible_to

# Which picture shows a fact. A rule without such a fact is settled by figures, papers or a visit.
PICTURE_OF: Mapping[str, str] = {
    "signboard_present": "signboard",
    "signboard_design_ok": "signboard",
    "signboard_unobstructed": "signboard",
    "signboard_prominent": "signboard",
    "sign_text": "signboard",
    "sign_code_visible": "signboard",
    "hours_board_present": "hours_board",
    "hours_board_matches": "hours_board",
    "service_counter": "interior",
    "shelves": "shelves",
    "barcode_scanner": "scanner",
    "safety": "safety",
    "premises_fixed": "exterior",
    "zoning": "zoning",
}
MISSING_AT_MOST = 200
_SUBJECTS = frozenset(Subject)


def subject_of(rule: Rule) -> str | None:
    """The subject of the photo that would show this rule's facts, if one can."""
    return next((PICTURE_OF[fact] for fact in rule.facts if fact in PICTURE_OF), None)


_HERE = prepared(sa.select(Photo.id).where(Photo.id.in_(sa.bindparam("ids", expanding=True))))


def photos_under(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Which of these ids a photo has already; one query, and none for no id."""
    if not ids:
        return set()
    return set(session.connection().execute(_HERE, {"ids": list(ids)}).scalars())


def announced_rows(
    event: Mapping[str, Any],
    photos: Sequence[tuple[AnnouncedPhoto, Moment]],
    *,
    taken: Collection[UUID],
) -> list[dict[str, Any]]:
    """The rows that say that these photos of an event will follow, each with when it was taken.

    `event` is the row of its receipt, `taken` the ids that other photos have. Raises `Invalid`
    (subject-unknown, photo-empty, photo-too-large) and `Conflict` (photo-differs) when an id
    belongs to another photo.
    """
    for photo, _ in photos:
        _refuse_what_cannot_be(photo)
    ids = {photo.id for photo, _ in photos}
    if len(ids) < len(photos) or not ids.isdisjoint(taken):
        raise Conflict(
            "photo-differs", "这个照片编号已经用在别的记录上了。请重新拍一张。", fields=["photos"]
        )
    return [
        {
            "id": photo.id,
            "county": event["county"],
            "station_id": event["station_id"],
            "person_id": event["person_id"],
            "event_id": event["id"],
            "subject": photo.subject,
            "state": PhotoState.ANNOUNCED,
            "sha256": photo.sha256,
            "size_bytes": photo.size,
            "taken_at": moment.at,
            "time_verified": moment.proven,
            "day_on": moment.day_on,
            "camera": photo.camera,
            "phone_notes": _without_place(photo.notes or {}),
            "quality": {},
            "exif": {},
            "demo": False,
        }
        for photo, moment in photos
    ]


def _without_place(notes: Mapping[str, Any]) -> dict[str, Any]:
    """What a phone noted of a photo; older ones read a place out of it, which nobody asked for."""
    return {
        name: _without_place(one) if isinstance(one, Mapping) else one
        for name, one in notes.items()
        if name not in ("latitude", "longitude")
    }


def _refuse_what_cannot_be(photo: AnnouncedPhoto) -> None:
    if photo.subject not in _SUBJECTS:
        raise Invalid(
            "subject-unknown",
            f"不认识的照片种类“{photo.subject[:20]}”。请更新手机页面后再拍。",
            fields=["photos"],
        )
    if photo.size <= 0:
        raise Invalid(
            "photo-empty", "照片是空的（0 字节），没有收下。请重新拍一张。", fields=["photos"]
        )
    if photo.size > MAX_BYTES:
        raise Invalid(
            "photo-too-large",
            f"照片太大（{photo.size / 1024**2:.0f} MB，最多 {MAX_BYTES // 1024**2} MB）。"
            "请在本页面里直接拍，手机会自动压缩。",
            fields=["photos"],
        )


_MISSING = prepared(
    sa.select(Photo.id)
    .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
    .where(Photo.person_id == sa.bindparam("person"), Photo.state == PhotoState.ANNOUNCED)
    .order_by(PhoneEvent.received_at, Photo.id)
    .limit(sa.bindparam("most"))
)


def missing_photos(session: Session, *, person: Person, limit: int = MISSING_AT_MOST) -> list[UUID]:
    """Photos this person announced whose bytes are not here (还差), the oldest event first."""
    asked = {"person": person.id, "most": limit}
    return list(session.connection().execute(_MISSING, asked).scalars())


def newest_pictures(session: Session, *, station: Station) -> list[Photo]:
    """The newest photo of each subject that can be shown, in the order of `Subject`."""
    newest = (
        sa.select(Photo.subject, sa.func.max(Photo.taken_at).label("at"))
        .where(
            Photo.county == station.county,
            Photo.station_id == station.id,
            Photo.state.in_(TO_SHOW),
        )
        .group_by(Photo.subject)
        .subquery()
    )
    found = session.scalars(
        sa.select(Photo)
        .join(newest, (newest.c.subject == Photo.subject) & (newest.c.at == Photo.taken_at))
        .where(
            Photo.county == station.county,
            Photo.station_id == station.id,
            Photo.state.in_(TO_SHOW),
        )
        .order_by(Photo.id)
    )
    by_subject = {photo.subject: photo for photo in found}
    return [by_subject[subject] for subject in Subject if subject in by_subject]


def photo_for(session: Session, person: Person, photo_id: UUID) -> Photo:
    """A photo that is here, if this person may see its station.

    Raises `NotFound` (photo-unknown), the same for other people's photos as for none at all, and
    (photo-erased) for one whose time was over.
    """
    photo = session.scalars(
        sa.select(Photo)
        .join(Station, Station.id == Photo.station_id)
        .where(
            Photo.id == photo_id,
            Photo.state.not_in(NEVER_CAME),
            stations_visible_to(person),
            photos_told_to(person),
        )
    ).one_or_none()
    if photo is None:
        raise NotFound("photo-unknown", "没有找到这张照片。请返回上一页再看。")
    if photo.state in GIVEN_UP:
        day = full_day_text(photo.erased_on) if photo.erased_on else ""
        raise NotFound("photo-erased", f"这张照片{day}已按规定删除，只留下拍照的记录。")
    return photo


def picture(session: Session, blobs: BlobStore, photo: Photo, size: str) -> bytes:
    """A photo as JPEG for a screen: "thumb" (320 px), "view" (1600 px, stamped), or "drawn".

    "drawn" is the view with the inspector's arrows and circles on it; the other two have none.
    Made on the first look when the worker has not been there yet. Raises `NotFound`
    (blob-missing) and `Invalid` when the bytes are no picture after all.
    """
    if size == "drawn":
        return with_drawings(picture(session, blobs, photo, "view"), drawings_in(photo.phone_notes))
    stamp = stamp_of(session, photo) if size == "view" else ()
    # The same bytes under another id, or a station renamed since, have a stamp of their own.
    variant = hashlib.sha256("\n".join(stamp).encode()).hexdigest()[:20] if stamp else ""
    kept = blobs.rendition(size, photo.sha256, variant)
    if kept is not None:
        return kept
    with blobs.open(photo.sha256) as file:
        content = file.read()
    made = rendition(content, stamp=stamp) if stamp else thumbnail(content)
    blobs.put_rendition(size, photo.sha256, made, variant)
    return made


def stamp_of(session: Session, photo: Photo) -> Sequence[str]:
    """The lines on a shown photo: station and number, time, how well the position was known."""
    station = session.get_one(Station, photo.station_id)
    at = moment_text(photo.taken_at)
    words = [f"{Subject(photo.subject).label}  {at}"]
    if not photo.time_verified:
        words.append("时间未核实")
    accuracy_m = session.scalar(
        sa.union_all(
            sa.select(CheckIn.accuracy_m).where(CheckIn.id == photo.event_id),
            sa.select(Inspection.accuracy_m).where(Inspection.id == photo.event_id),
        )
    )
    if accuracy_m is not None:
        words.append(f"定位误差约{accuracy_m:.0f}米")
    if photo.demo:
        words.append("演示数据")
    return [f"{station.code or '未编号'} {station.name}", "  ".join(words)]
