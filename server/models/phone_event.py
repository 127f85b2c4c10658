"""What phones send: the receipt of every event, check-ins, photos and parcel counts."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded


class EventKind(enum.StrEnum):
    """What a phone can send in a batch."""

    CHECK_IN = "check_in"
    PARCEL_COUNT = "parcel_count"
    PHOTO_NOTE = "photo_note"  # photos taken by themselves, outside a check-in
    INSPECTION = "inspection"  # a supervisor's visit, as signed
    RECTIFICATION = "rectification"  # the keeper shows that something is mended
    ANSWER = "answer"  # the keeper explains what the system asked about


class PhoneEvent(Base):
    """One event as received, once: the phone made its id, so sending again is safe.

    `content_sha256` covers what the person entered, not how it was sent; the same id with another
    content is a conflict. `device_at` is what the phone's clock said, `clock_offset_ms` how far
    the server's was ahead of it, `occurred_at` the corrected moment; where neither can be trusted
    `time_verified` is false. `day_on` is the Beijing day.
    """

    __tablename__ = "phone_events"
    __table_args__ = (
        sa.Index("ix_phone_events_station_day", "county", "station_id", "day_on"),
        sa.Index("ix_phone_events_device", "device_id", "device_seq"),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    kind: Mapped[EventKind] = mapped_column(coded(EventKind))
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    device_id: Mapped[str] = mapped_column(sa.String(64))
    device_seq: Mapped[int | None]
    payload: Mapped[dict[str, Any]]
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    result: Mapped[str] = mapped_column(sa.String(12))  # ok or merged, as first answered
    day_on: Mapped[date]
    occurred_at: Mapped[datetime]
    time_verified: Mapped[bool]
    device_at: Mapped[datetime]
    clock_offset_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    received_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)


class CheckIn(Base):
    """A keeper opened the door: the plate was scanned (or its number typed) at the place.

    Position is one fix in WGS-84, never a track; absent when the phone gave none.
    """

    __tablename__ = "check_ins"
    __table_args__ = (sa.Index("ix_check_ins_station_day", "county", "station_id", "day_on"),)

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("phone_events.id"), primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    day_on: Mapped[date]
    occurred_at: Mapped[datetime]
    time_verified: Mapped[bool]
    method: Mapped[str] = mapped_column(sa.String(12))  # scan, photo, typed
    sign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("signs.id"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    fix_age_s: Mapped[float | None]
    distance_m: Mapped[float | None]  # to the station's registered position
    demo: Mapped[bool] = mapped_column(default=False)


class PhotoState(enum.StrEnum):
    """How far a photo has come."""

    ANNOUNCED = "announced"  # its event is here, its bytes are not: 还差
    KEPT = "kept"  # bytes are safe, the worker has not looked yet
    EXAMINED = "examined"
    UNREADABLE = "unreadable"  # the worker could not open it; the bytes stay
    WITHDRAWN = "withdrawn"  # its phone says it will not come; it still may


NOT_HERE = (PhotoState.ANNOUNCED, PhotoState.WITHDRAWN)  # the store does not have their bytes


class Photo(Base):
    """What a phone saw. The bytes stand in the photo store under `sha256`, untouched."""

    __tablename__ = "photos"
    __table_args__ = (
        sa.Index("ix_photos_station_subject", "county", "station_id", "subject", "taken_at"),
        sa.Index("ix_photos_sha256", "sha256"),
        sa.Index("ix_photos_event_id", "event_id"),
        sa.Index("ix_photos_state", "state"),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("phone_events.id"))
    subject: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[PhotoState] = mapped_column(coded(PhotoState))
    sha256: Mapped[str] = mapped_column(sa.String(64))  # announced by the phone, checked on arrival
    size_bytes: Mapped[int]
    taken_at: Mapped[datetime]
    time_verified: Mapped[bool]
    day_on: Mapped[date]
    camera: Mapped[str] = mapped_column(sa.String(12), default="")  # camera, file
    phone_notes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # EXIF seen by the phone …
    arrived_at: Mapped[datetime | None]
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    sharpness: Mapped[float | None]
    brightness: Mapped[float | None]
    quality: Mapped[dict[str, Any]] = mapped_column(default=dict)  # dark, blurred, too_small, why
    phash: Mapped[str | None] = mapped_column(sa.String(64))
    exif: Mapped[dict[str, Any]] = mapped_column(default=dict)
    demo: Mapped[bool] = mapped_column(default=False)


class ParcelCount(Base):
    """How many parcels passed a station on a day; versions are kept, the highest holds.

    `received` 收到, `sent` 寄出, `agri_sent` 农产品上行 (part of sent), `on_hand` 滞留 at closing.
    """

    __tablename__ = "parcel_counts"
    __table_args__ = (
        sa.UniqueConstraint("county", "station_id", "day_on", "version"),
        sa.CheckConstraint(
            "received >= 0 AND sent >= 0 AND agri_sent >= 0 AND on_hand >= 0", name="not_negative"
        ),
    )

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("phone_events.id"), primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    day_on: Mapped[date]
    version: Mapped[int]
    received: Mapped[int]
    sent: Mapped[int]
    agri_sent: Mapped[int]
    on_hand: Mapped[int]
    by_brand: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    entered_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)
