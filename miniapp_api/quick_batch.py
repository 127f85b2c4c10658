"""A batch read quickly, as phones of today write it; whatever else is read by the schemas.

These shapes take less than the schemas of `miniapp_api/batch.py` do, and what they take they read
as those would: a test holds both against each other. They say nothing of what is wrong: that is the
schemas' to tell.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from miniapp_api.batch import BRANDS_AT_MOST, ITEMS_AT_MOST, PHOTOS_AT_MOST
from miniapp_api.fields import LARGEST_INTEGER, LONGEST_OFFSET_MS, notes_kept, plain_text
from miniapp_api.quick import Unusual
from server.models.phone_event import EventKind
from server.services.common.phone_items import (
    AnnouncedPhoto,
    CheckInEntry,
    CountEntry,
    Entry,
    NoteEntry,
    OpeningEntry,
    PhoneItem,
    Position,
)

Id = Annotated[str, Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
At = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?(Z|\+00:00)$")]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Number = Annotated[int, Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)


class _Position(Struct):
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, Meta(ge=0, le=1e6)] | None = None
    fix_age_s: Annotated[float, Meta(ge=0, le=1e7)] | None = None


class _CheckIn(Struct):
    method: Literal["scan", "photo", "typed"]
    text: Annotated[str, Meta(max_length=300)]
    position: _Position | None = None
    new_plate: bool = False


class _Count(Struct):
    day_on: Day
    received: Number
    sent: Number
    agri_sent: Number = 0
    on_hand: Number = 0
    by_brand: Annotated[
        dict[Annotated[str, Meta(max_length=20)], Number], Meta(max_length=BRANDS_AT_MOST)
    ] = {}
    reason: Annotated[str, Meta(max_length=200)] = ""
    corrects: Id | None = None


class _Note(Struct):
    note: Annotated[str, Meta(max_length=400)] = ""


class _Opening(Struct):
    opening: Literal["closed", "early", "usual"]


class _Photo(Struct):
    id: Id
    subject: Annotated[str, Meta(max_length=20)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    size: Number
    taken_at: At
    camera: Annotated[str, Meta(max_length=12)] = ""
    notes: Raw = Raw(b"{}")


class _Item(Struct):
    id: Id
    kind: Literal["check_in", "parcel_count", "photo_note", "opening"]
    station_id: Number
    device_at: At
    payload: Raw
    person_id: Number | None = None
    seq: Annotated[int, Meta(ge=0, le=LARGEST_INTEGER)] | None = None
    clock_offset_ms: Annotated[int, Meta(ge=-LONGEST_OFFSET_MS, le=LONGEST_OFFSET_MS)] | None = None
    clock_held: bool | None = None
    photos: Annotated[list[_Photo], Meta(max_length=PHOTOS_AT_MOST)] = []


class _Batch(Struct):
    device_id: Annotated[str, Meta(min_length=1, max_length=64)]
    client_now: At
    items: Annotated[list[_Item], Meta(max_length=ITEMS_AT_MOST)]


class QuickBatch(Struct, frozen=True):
    """A batch in types."""

    device_id: str
    client_now: datetime
    items: list[PhoneItem]


def read_batch(body: bytes) -> QuickBatch:
    """A body in types, as the schemas read it; raises Unusual for what is for them to read."""
    try:
        batch = _BATCH.decode(body)
        device_id = _text(batch.device_id)
        if not device_id:
            raise Unusual
        return QuickBatch(device_id, _at(batch.client_now), [_item(one) for one in batch.items])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unusual from error


def _item(sent: _Item) -> PhoneItem:
    decoder, entry = _KINDS[sent.kind]
    return PhoneItem(
        id=UUID(sent.id),
        station_id=sent.station_id,
        device_at=_at(sent.device_at),
        entry=entry(decoder.decode(sent.payload)),
        photos=tuple(map(_photo, sent.photos)),
        seq=sent.seq,
        clock_offset_ms=sent.clock_offset_ms,
        person_id=sent.person_id,
        clock_held=sent.clock_held,
    )


def _photo(sent: _Photo) -> AnnouncedPhoto:
    seen = json.loads(bytes(sent.notes))
    return AnnouncedPhoto(
        id=UUID(sent.id),
        subject=_text(sent.subject),
        sha256=sent.sha256,
        size=sent.size,
        taken_at=_at(sent.taken_at),
        camera=_text(sent.camera),
        notes=None if seen is None else notes_kept(seen),
    )


def _check_in(sent: _CheckIn) -> Entry:
    at = sent.position
    return CheckInEntry(
        method=sent.method,
        text=_text(sent.text),
        position=Position(at.latitude, at.longitude, at.accuracy_m, at.fix_age_s) if at else None,
        new_plate=sent.new_plate,
    )


def _count(sent: _Count) -> Entry:
    day_on = date.fromisoformat(sent.day_on)
    if not 1900 <= day_on.year < 3000:
        raise Unusual
    return CountEntry(
        day_on=day_on,
        received=sent.received,
        sent=sent.sent,
        agri_sent=sent.agri_sent,
        on_hand=sent.on_hand,
        by_brand={_text(name): number for name, number in sent.by_brand.items()},
        reason=_text(sent.reason),
        corrects=UUID(sent.corrects) if sent.corrects else None,
    )


def _note(sent: _Note) -> Entry:
    return NoteEntry(_text(sent.note))


def _opening(sent: _Opening) -> Entry:
    return OpeningEntry(sent.opening)


def _text(text: str) -> str:
    """As `Text` reads it; what is nothing but letters and digits is plain already."""
    return text if text.isascii() and text.isalnum() else plain_text(text)


def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if not _FIRST <= at < _LAST:
        raise Unusual
    return at


_BATCH = msgspec.json.Decoder(_Batch)
_KINDS: Mapping[str, tuple[msgspec.json.Decoder[Any], Callable[[Any], Entry]]] = {
    EventKind.CHECK_IN: (msgspec.json.Decoder(_CheckIn), _check_in),
    EventKind.PARCEL_COUNT: (msgspec.json.Decoder(_Count), _count),
    EventKind.PHOTO_NOTE: (msgspec.json.Decoder(_Note), _note),
    EventKind.OPENING: (msgspec.json.Decoder(_Opening), _opening),
}
