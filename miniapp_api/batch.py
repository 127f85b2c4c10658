"""The schemas of a phone's batch, and the way of one raw item into types."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from miniapp_api.fields import (
    LARGEST_INTEGER,
    LONGEST_OFFSET_MS,
    At,
    Between,
    Day,
    Id,
    Notes,
    ShortDict,
    ShortList,
    Text,
    Whole,
    plain_name,
    plain_text,
)
from miniapp_api.inspection_payloads import (
    InspectionPayload,
    RectificationPayload,
    inspection_entry,
)
from miniapp_api.lenient import Lenient, PositionField
from miniapp_api.reading_rows import Out
from server.models.phone_event import EventKind, Opening, ScanMethod
from server.models.request import RequestAbout
from server.services.common.phone_items import (
    AnnouncedPhoto,
    AnswerEntry,
    CheckInEntry,
    ConsentEntry,
    CountEntry,
    Entry,
    ItemResult,
    NoteEntry,
    OpeningEntry,
    PhoneItem,
    Position,
    RectificationEntry,
    RequestEntry,
)
from server.services.signals.questions import ANSWER_LONGEST

ITEMS_AT_MOST = 20
ID_TOLD = 64  # characters of an id that may be none
PLACES_TOLD = 20  # nobody reads more wrong places of one record
PHOTOS_AT_MOST = 40  # an inspection may show every clause
BRANDS_AT_MOST = 30
UNREADABLE = "这条记录看不懂。请更新手机页面后再交。"


class CheckInPayload(Lenient):
    """The plate was scanned, photographed or its number typed."""

    method = fields.String(
        required=True,
        validate=validate.OneOf(
            list(ScanMethod.labels()), error="签到方式看不懂。请更新手机页面。"
        ),
    )
    text = Text(300, required=True, metadata={"description": "as scanned or typed"})
    position = PositionField()
    new_plate = fields.Boolean(
        load_default=False,
        metadata={"description": "the phone does not know this plate, the keeper says it is new"},
    )


class CountPayload(Lenient):
    """A day's parcels."""

    day_on = Day(required=True)
    received = Whole("收到", required=True)
    sent = Whole("寄出", required=True)
    agri_sent = Whole("农产品寄出", load_default=0)
    on_hand = Whole("没取走", load_default=0)
    by_brand = ShortDict(
        most=BRANDS_AT_MOST,
        error=f"最多分{BRANDS_AT_MOST}个品牌。",
        keys=Text(20),
        values=Whole("品牌件数"),
        load_default=dict,
    )
    reason = Text(200, load_default="")
    corrects = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the count of this day that the person saw; needs a reason"},
    )


class NotePayload(Lenient):
    """Photos by themselves, with an optional word."""

    note = Text(400, load_default="")


class AnswerPayload(Lenient):
    """The keeper's explanation of what the system asked about."""

    signal_id = Whole(
        required=True,
        validate=validate.Range(
            0, LARGEST_INTEGER, error="没有这个问题。请下拉刷新首页，再从任务里回答。"
        ),
    )
    text = Text(ANSWER_LONGEST, shortest=1, required=True)


class OpeningPayload(Lenient):
    """今天不开门, 早关门, or that it opens as usual after all."""

    opening = fields.String(
        required=True,
        validate=validate.OneOf(
            [opening.value for opening in Opening], error="开门情况看不懂。请更新手机页面。"
        ),
    )


class RequestPayload(Lenient):
    """What the keeper asks the office for; which fields are needed hangs on what it is about."""

    about = fields.String(
        required=True,
        validate=validate.OneOf(
            list(RequestAbout.labels()), error="这种请求服务器还不认识。请更新手机页面。"
        ),
    )
    hours = Text(200, load_default="", metadata={"description": "as typed: 8:00-18:00，周日休息"})
    name = Text(40, load_default="", metadata={"description": "who is to keep the station"})
    note = Text(200, load_default="")
    taken_back = fields.Boolean(load_default=False)


class ConsentPayload(Lenient):
    """What the keeper agrees to or not, and the version of the text that was shown."""

    purpose = Text(24, required=True, metadata={"description": "position or messages"})
    agreed = fields.Boolean(required=True)
    text_sha256 = fields.String(
        required=True,
        validate=validate.Regexp("^[0-9a-f]{64}$", error="说明的版本看不懂。请再选一次。"),
    )
    way = Text(24, required=True, metadata={"description": "web or miniapp"})


class PhotoIn(Lenient):
    """A photo that will follow by PUT /photos/ID."""

    id = Id(required=True)
    subject = Text(20, required=True)
    sha256 = fields.String(
        required=True,
        validate=validate.Regexp("^[0-9a-f]{64}$", error="照片的校验码看不懂。请重新拍一张。"),
    )
    size = Whole(required=True, metadata={"description": "bytes"})
    taken_at = At(required=True)
    camera = Text(12, load_default="", metadata={"description": "camera or file"})
    notes = Notes()


class ItemIn(Lenient):
    """One event; its payload hangs on its kind."""

    id = Id(required=True)
    kind = fields.String(
        required=True,
        validate=validate.OneOf(
            [kind.value for kind in EventKind], error="这种记录服务器还不认识。请更新手机页面。"
        ),
    )
    person_id = Whole(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "who recorded it on the phone; of anybody but the sender it is not kept"
            " (`later`), older apps do not say"
        },
    )
    station_id = Whole(required=True)
    seq = Between(0, LARGEST_INTEGER, metadata={"description": "counts this device's events"})
    device_at = At(required=True, metadata={"description": "what the phone's clock said"})
    clock_offset_ms = Between(
        -LONGEST_OFFSET_MS,
        LONGEST_OFFSET_MS,
        metadata={"description": "how far the server's clock was ahead when last heard from"},
    )
    clock_held = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "a clock that nobody sets ran between this record and a word of the"
            " server; else somebody may have set the phone's back and forth, older apps do not say"
        },
    )
    payload = fields.Dict(required=True, error_messages={"invalid": "记录的内容看不懂。"})
    photos = ShortList(
        fields.Nested(PhotoIn),
        most=PHOTOS_AT_MOST,
        error=f"一次最多{PHOTOS_AT_MOST}张照片。",
        load_default=list,
    )


class LaterItem(fields.Nested):
    """An item read later and by itself, so that a bad one spoils no other; here only its id."""

    def __init__(self) -> None:
        super().__init__(ItemIn)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            raise ValidationError("每条记录都要有编号。请更新手机页面后再交。")
        return value


class BatchIn(Lenient):
    """What a phone sends at once."""

    device_id = Text(64, shortest=1, required=True)
    client_now = At(required=True, metadata={"description": "the phone's clock while sending"})
    items = ShortList(
        LaterItem(),
        most=ITEMS_AT_MOST,
        error=f"一次最多交{ITEMS_AT_MOST}条。",
        required=True,
    )


class ResultOut(Out):
    """One item's answer."""

    id = fields.String(required=True)
    result = fields.String(
        required=True,
        validate=validate.OneOf(["ok", "same", "merged", "conflict", "invalid", "later"]),
    )
    code = fields.String(allow_none=True)
    message = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields", allow_none=True)


class BatchOut(Out):
    """A batch's answers, in order, and the photos still to come."""

    server_now = fields.AwareDateTime(required=True)
    results = fields.List(fields.Nested(ResultOut), required=True)
    need_photos = fields.List(fields.UUID(), required=True)


PAYLOADS: Mapping[str, Schema] = {
    EventKind.CHECK_IN: CheckInPayload(),
    EventKind.PARCEL_COUNT: CountPayload(),
    EventKind.PHOTO_NOTE: NotePayload(),
    EventKind.INSPECTION: InspectionPayload(),
    EventKind.RECTIFICATION: RectificationPayload(),
    EventKind.ANSWER: AnswerPayload(),
    EventKind.OPENING: OpeningPayload(),
    EventKind.REQUEST: RequestPayload(),
    EventKind.CONSENT: ConsentPayload(),
}
_ITEM = ItemIn()


def item_of(raw: Mapping[str, Any]) -> PhoneItem | ItemResult:
    """One item in types, or the answer that it cannot be read."""
    try:
        head = _ITEM.load(raw)
        try:
            entry = _entry(head["kind"], PAYLOADS[head["kind"]].load(head["payload"]))
        except ValidationError as error:
            raise ValidationError({"payload": error.messages}) from error
    except ValidationError as error:
        places = list(islice(_places(error.messages), PLACES_TOLD))
        return ItemResult(
            plain_text(str(raw["id"]))[:ID_TOLD],
            "invalid",
            "item-unreadable",
            places[0][1] if places else UNREADABLE,
            tuple(place for place, _ in places),
        )
    return PhoneItem(
        id=head["id"],
        station_id=head["station_id"],
        device_at=head["device_at"],
        entry=entry,
        photos=tuple(AnnouncedPhoto(**photo) for photo in head["photos"]),
        seq=head["seq"],
        clock_offset_ms=head["clock_offset_ms"],
        person_id=head["person_id"],
        clock_held=head["clock_held"],
    )


_AS_THEY_ARE: Mapping[str, type[Entry]] = {
    EventKind.PARCEL_COUNT: CountEntry,
    EventKind.PHOTO_NOTE: NoteEntry,
    EventKind.RECTIFICATION: RectificationEntry,
    EventKind.ANSWER: AnswerEntry,
    EventKind.OPENING: OpeningEntry,
    EventKind.REQUEST: RequestEntry,
    EventKind.CONSENT: ConsentEntry,
}


def _entry(kind: str, values: dict[str, Any]) -> Entry:
    match kind:
        case EventKind.CHECK_IN:
            position = values.pop("position")
            return CheckInEntry(**values, position=Position(**position) if position else None)
        case EventKind.INSPECTION:
            return inspection_entry(values)
        case _:
            return _AS_THEY_ARE[kind](**values)


def _places(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Where it is wrong, and what to say: ("payload.received", "请填整数…")."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            name = plain_name(key)
            deeper = place if name in ("_schema", "key", "value") else f"{place}.{name}".strip(".")
            yield from _places(inner, deeper)
    elif isinstance(messages, list):
        for inner in messages:
            if isinstance(inner, str):
                # marshmallow's own words are English; a keeper cannot mend those places anyway.
                yield place, UNREADABLE if inner.isascii() else inner
            else:
                yield from _places(inner, place)
