"""What phones send: the receipt of every event, check-ins, photos and parcel counts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.models.sealed import SealedJson


class EventKind(Labelled):
    """What a phone can send in a batch; the phone says the short word (miniapp/core)."""

    CHECK_IN = "check_in", "签到"
    PARCEL_COUNT = "parcel_count", "件数"
    PHOTO_NOTE = "photo_note", "照片", "", "单独拍的照片（记录）"  # outside a check-in
    INSPECTION = "inspection", "督导记录"  # a supervisor's visit, as signed
    RECTIFICATION = "rectification", "整改照片"  # the keeper shows that it is mended
    ANSWER = "answer", "对提示的说明", "说明"  # the keeper explains what was asked
    OPENING = "opening", "开门情况"  # 今天不开门, 早关门: its receipt is the record
    REQUEST = "request", "站长请求", "请求"  # the keeper asks the office for something
    CONSENT = "consent", "同意与否"  # what the keeper agrees to, or takes back


class Opening(Labelled):
    """What a keeper tells of today's opening; the latest word of a day holds."""

    CLOSED = "closed", "今天不开门"
    EARLY = "early", "今天早关门"
    USUAL = "usual", "照常开门"  # takes the others back


OPENINGS = sa.text("kind = 'opening'")


class PhoneEvent(Base):
    """One event as received, once: the phone made its id, so sending again is safe.

    `content_sha256` covers what the person entered, not how it was sent; the same id with another
    content is a conflict. `device_at` is what the phone's clock said, `clock_offset_ms` how far
    the server's was ahead of it, `occurred_at` the corrected moment; where neither can be trusted
    `time_verified` is false. `day_on` is the Beijing day. Of check-ins and photos it is false as
    well where nothing but the phone's own clock speaks for the time (`common.moments`).
    """

    __tablename__ = "phone_events"
    __table_args__ = (
        sa.Index("ix_phone_events_station_day", "county", "station_id", "day_on"),
        sa.Index("ix_phone_events_device", "device_id", "device_seq"),
        # Few among very many: a month's 今天不开门 must not read every event of the month.
        sa.Index(
            "ix_phone_events_openings",
            "county",
            "station_id",
            "day_on",
            sqlite_where=OPENINGS,
            postgresql_where=OPENINGS,
        ),
        # Other systems read on from where they stopped, in the order in which events came.
        sa.Index("ix_phone_events_county_received", "county", "received_at", "id"),
        # A person's share of a day.
        sa.Index("ix_phone_events_person_received", "person_id", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    kind: Mapped[EventKind] = mapped_column(coded(EventKind))
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    device_id: Mapped[str] = mapped_column(sa.String(64))
    device_seq: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJson("phone_events.payload"))
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    result: Mapped[str] = mapped_column(sa.String(12))  # ok or merged, as first answered
    day_on: Mapped[date]
    occurred_at: Mapped[datetime]
    time_verified: Mapped[bool]
    device_at: Mapped[datetime]
    clock_offset_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    received_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)


class ScanMethod(Labelled):
    """How the phone's holder showed at which station they stood."""

    SCAN = "scan", "扫标识牌"
    PHOTO = "photo", "拍标识牌"
    TYPED = "typed", "输编号"


class CheckIn(Base):
    """A keeper opened the door: the plate was scanned (or its number typed) at the place.

    Position is one fix in WGS-84, never a track; absent when the phone gave none, and blanked when
    its time is over (`position_erased_on`); how far it was from the station stays.
    """

    __tablename__ = "check_ins"
    __table_args__ = (
        sa.Index("ix_check_ins_station_day", "county", "station_id", "day_on"),
        # Whose position is still here: the night looks for those whose time is over.
        sa.Index(
            "ix_check_ins_placed",
            "county",
            "day_on",
            sqlite_where=sa.text("latitude IS NOT NULL"),
            postgresql_where=sa.text("latitude IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("phone_events.id"), primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    day_on: Mapped[date]
    occurred_at: Mapped[datetime]
    time_verified: Mapped[bool]
    method: Mapped[str] = mapped_column(sa.String(12))  # a ScanMethod
    sign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("signs.id"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    fix_age_s: Mapped[float | None]
    distance_m: Mapped[float | None]  # to the station's registered position
    position_erased_on: Mapped[date | None]
    position_declined: Mapped[bool] = mapped_column(default=False)  # the keeper did not agree
    demo: Mapped[bool] = mapped_column(default=False)


class PhotoState(Labelled):
    """How far a photo has come."""

    ANNOUNCED = "announced", "还没传到"  # its event is here, its bytes are not
    KEPT = "kept", "已收到，待查看"  # bytes are safe, the worker has not looked yet
    EXAMINED = "examined", "已收到"
    UNREADABLE = "unreadable", "打不开"  # the worker could not open it; the bytes stay
    WITHDRAWN = "withdrawn", "不会来了"  # its phone says it will not come; it still may
    ERASING = "erasing", "已按规定删除"  # given up; the bytes go with the next step
    ERASED = "erased", "已按规定删除"  # the bytes are gone, lawfully; the row tells that it was


class Subject(Labelled):
    """What a photo shows; the short word is what keepers call it (miniapp/core/words.js)."""

    SIGNBOARD = "signboard", "门头标识牌", "门头牌子"
    HOURS_BOARD = "hours_board", "营业时间牌"
    INTERIOR = "interior", "接待台席", "接待台"
    SHELVES = "shelves", "货架"
    SCANNER = "scanner", "巴枪"
    SAFETY = "safety", "安全设备"
    EXTERIOR = "exterior", "站点外景", "站点外面"
    ZONING = "zoning", "区域划分", "分区"
    PARCEL_AREA = "parcel_area", "包裹区", "放包裹的地方"
    MEND = "mend", "整改后的样子"  # a keeper's evidence where no other subject fits
    CLAUSE = "clause", "督导取证"  # an inspector's own evidence on a clause


NEVER_CAME = (PhotoState.ANNOUNCED, PhotoState.WITHDRAWN)
GIVEN_UP = (PhotoState.ERASING, PhotoState.ERASED)  # came, and were lawfully deleted
NOT_HERE = (*NEVER_CAME, *GIVEN_UP)  # nobody is shown their bytes, and the store may not have them
TO_SHOW = (PhotoState.KEPT, PhotoState.EXAMINED)  # opened, or not known to stay shut


class Photo(Base):
    """What a phone saw. The bytes stand in the photo store under `sha256`, untouched.

    On `erased_on` they were given up lawfully; what they hash to stays, for records name it.
    """

    __tablename__ = "photos"
    __table_args__ = (
        # Down to the id, so that the newest of a subject is one look, also among equals.
        sa.Index("ix_photos_station_subject", "county", "station_id", "subject", "taken_at", "id"),
        sa.Index("ix_photos_sha256", "sha256"),
        sa.Index("ix_photos_event_id", "event_id"),
        sa.Index("ix_photos_state", "state"),
        sa.Index("ix_photos_person_arrived", "person_id", "arrived_at"),
        sa.Index(
            "ix_photos_kept",
            "county",
            "day_on",
            sqlite_where=sa.text("erased_on IS NULL"),
            postgresql_where=sa.text("erased_on IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("phone_events.id"))
    subject: Mapped[str] = mapped_column(sa.String(20))  # a Subject
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
    erased_on: Mapped[date | None]
    demo: Mapped[bool] = mapped_column(default=False)


CORRECTIONS = sa.text("version > 1")


class ParcelCount(Base):
    """How many parcels passed a station on a day; versions are kept, the highest holds.

    `received` 收到, `sent` 寄出, `agri_sent` 农产品上行 (part of sent), `on_hand` 滞留 at closing.
    """

    __tablename__ = "parcel_counts"
    __table_args__ = (
        sa.UniqueConstraint("county", "station_id", "day_on", "version"),
        # A month of the whole county must not read all years of every station, nor any row: what
        # months add up stands in the index itself.
        sa.Index(
            "ix_parcel_counts_days",
            "county",
            "day_on",
            "station_id",
            "version",
            "received",
            "sent",
            "agri_sent",
        ),
        # Few among very many: whether a count was corrected must not read all that were not.
        sa.Index(
            "ix_parcel_counts_corrected",
            "county",
            "station_id",
            "day_on",
            "version",
            sqlite_where=CORRECTIONS,
            postgresql_where=CORRECTIONS,
        ),
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

    @staticmethod
    def holds() -> sa.ColumnElement[bool]:
        """In a query over counts: the highest version of its station's day."""
        return _NOTHING_CORRECTS_IT


_Later = aliased(ParcelCount)
_NOTHING_CORRECTS_IT = ~(
    sa.select(_Later.id)
    .where(
        _Later.county == ParcelCount.county,
        _Later.station_id == ParcelCount.station_id,
        _Later.day_on == ParcelCount.day_on,
        _Later.version > ParcelCount.version,
        # Versions begin at 1. Written out: the index of corrections serves only who says so.
        _Later.version > sa.literal_column("1"),
    )
    .correlate(ParcelCount)
    .exists()
)
