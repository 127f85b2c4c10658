"""What a phone sends in a batch, in types: check-ins, counts, notes, inspections, answers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from server.models.phone_event import EventKind


@dataclass(frozen=True)
class Position:
    """One fix: WGS-84 degrees, accuracy in metres, how old the fix was in seconds."""

    latitude: float
    longitude: float
    accuracy_m: float | None = None
    fix_age_s: float | None = None


@dataclass(frozen=True)
class CheckInEntry:
    """The plate was read: `method` scan, photo (a still picture of it) or typed; `text` as read.

    `new_plate`: the phone does not know it as this station's; the keeper said that it is new.
    """

    method: str
    text: str
    position: Position | None = None
    new_plate: bool = False


@dataclass(frozen=True)
class CountEntry:
    """A day's parcels as the keeper entered them; `corrects` is the count that they saw before."""

    day_on: date
    received: int
    sent: int
    agri_sent: int = 0
    on_hand: int = 0
    by_brand: Mapping[str, int] | None = None
    reason: str = ""
    corrects: UUID | None = None


@dataclass(frozen=True)
class NoteEntry:
    """Photos taken by themselves, with an optional word."""

    note: str = ""


@dataclass(frozen=True)
class PresenceEntry:
    """How the inspector was there, as the phone knows it; `clock` is heard, kept or unknown.

    `signed_position` is where the record was handed in, `why` what was written where the phone
    asked for a reason.
    """

    signed_position: Position | None = None
    arrived_online: bool | None = None
    arrived_clock: str | None = None
    signed_online: bool | None = None
    signed_clock: str | None = None
    why: str = ""


@dataclass(frozen=True)
class InspectionEntry:
    """One inspector's visit as signed; signatures are strokes of [x, y] in a box of 600 x 200.

    `document` is the text that was signed, as the phone wrote it; older apps send none.
    `answers` are mappings of rule, verdict, values and note; `text` is what was scanned or typed.
    A second inspector is named and signs, or there is none.
    """

    arrived_at: datetime
    finished_at: datetime
    method: str
    text: str
    outcome: str
    visit_id: int | None = None
    position: Position | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    outcome_note: str = ""
    keeper_name: str = ""
    inspector_signature: list[list[list[int]]] = field(default_factory=list)
    keeper_signature: list[list[list[int]]] = field(default_factory=list)
    amends_id: UUID | None = None
    amended_because: str = ""
    document: str | None = None
    second_inspector_id: int | None = None
    second_signature: list[list[list[int]]] | None = None
    presence: PresenceEntry | None = None
    witness_name: str | None = None


@dataclass(frozen=True)
class RectificationEntry:
    """The keeper shows by photos that something is mended."""

    rectification_id: int
    note: str = ""


@dataclass(frozen=True)
class AnswerEntry:
    """The keeper explains what an integrity signal asked about."""

    signal_id: int
    text: str


@dataclass(frozen=True)
class OpeningEntry:
    """The keeper tells of today's opening: an `Opening` of server/models/phone_event.py."""

    opening: str


@dataclass(frozen=True)
class RequestEntry:
    """The keeper asks the office for something: a `RequestAbout` of server/models/request.py.

    `hours` as typed, `name` of who is to keep the station; `taken_back` asks no more.
    """

    about: str
    hours: str = ""
    name: str = ""
    note: str = ""
    taken_back: bool = False


@dataclass(frozen=True)
class ConsentEntry:
    """The keeper agrees or not: a `Purpose`, the text's SHA-256, a `ConsentWay`."""

    purpose: str
    agreed: bool
    text_sha256: str
    way: str


Entry = (
    CheckInEntry
    | CountEntry
    | NoteEntry
    | InspectionEntry
    | RectificationEntry
    | AnswerEntry
    | OpeningEntry
    | RequestEntry
    | ConsentEntry
)
KINDS: Mapping[type[Entry], EventKind] = {
    CheckInEntry: EventKind.CHECK_IN,
    CountEntry: EventKind.PARCEL_COUNT,
    NoteEntry: EventKind.PHOTO_NOTE,
    InspectionEntry: EventKind.INSPECTION,
    RectificationEntry: EventKind.RECTIFICATION,
    AnswerEntry: EventKind.ANSWER,
    OpeningEntry: EventKind.OPENING,
    RequestEntry: EventKind.REQUEST,
    ConsentEntry: EventKind.CONSENT,
}

LEARNT_SINCE = frozenset((
    "corrects", "document", "second_inspector_id", "second_signature", "presence", "witness_name",
))  # fmt: skip


_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class AnnouncedPhoto:
    """A photo that belongs to an event and will follow by itself; `size` in bytes."""

    id: UUID
    subject: str
    sha256: str
    size: int
    taken_at: datetime
    camera: str = ""
    notes: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class PhoneItem:
    """One event of a batch. `seq` counts a device's events, so a gap shows a loss.

    `person_id` is who recorded it, as the phone says; `clock_held` whether a clock that nobody
    sets ran between it and a word of the server. Older apps say neither.
    """

    id: UUID
    station_id: int
    device_at: datetime
    entry: Entry
    photos: tuple[AnnouncedPhoto, ...] = ()
    seq: int | None = None
    clock_offset_ms: int | None = None
    person_id: int | None = None
    clock_held: bool | None = None

    @property
    def kind(self) -> EventKind:
        """Which kind of event it is."""
        return KINDS[type(self.entry)]

    @cached_property
    def payload(self) -> dict[str, Any]:
        """What the person entered, as JSON.

        What phones of an earlier version never say is left out, so that a record of theirs that is
        sent again after the server has learnt the word still has the hash it was kept under.
        """
        return {
            name: value
            for name, value in _values(self.entry).items()
            if not (name in LEARNT_SINCE and value is None)
        }

    @cached_property
    def content_sha256(self) -> str:
        """A hash of what the person entered, not of how it was sent: equal when sent again."""
        content = {
            "kind": self.kind.value,
            "station_id": self.station_id,
            "device_at": _plain(self.device_at),
            "payload": self.payload,
            "photos": sorted(map(_values, self.photos), key=lambda photo: str(photo["id"])),
        }
        return hashlib.sha256(_WRITTEN.encode(content).encode()).hexdigest()


@dataclass(frozen=True)
class ItemResult:
    """One item's answer: ok, same, merged, conflict, invalid or later; these with a reason."""

    id: str
    result: str
    code: str | None = None
    message: str | None = None
    fields: tuple[str, ...] | None = None
    arrived: "Arrived | None" = field(default=None, compare=False)


class Arrived(NamedTuple):
    """How late a record came that was new and whose time is known; in seconds, for counting."""

    county: str
    kind: str
    late_s: float


def _values(one: Any) -> dict[str, Any]:
    """What an entry or a photo holds, as JSON keeps it."""
    return {name: _plain(value) for name, value in vars(one).items()}


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if value is None or type(value) in (str, int, float, bool):  # nearly all are
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return _values(value) if is_dataclass(value) else value
