"""The payloads of an inspector's visit and of a keeper's rectification, as phones send them."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from miniapp_api.fields import At, Id, ShortList, Text, Whole, plain_name, plain_text
from miniapp_api.lenient import Lenient, PositionField
from server.media.paper.signature import HEIGHT, WIDTH
from server.models.inspection import InspectionOutcome
from server.models.phone_event import ScanMethod
from server.policy.standard.facts import LONGEST_TEXT
from server.policy.standard.signed_text import LONGEST_BYTES
from server.policy.standard.verdicts import Verdict
from server.services.common.phone_items import InspectionEntry, Position, PresenceEntry
from server.services.intake.inspection_entries import POINTS_AT_MOST, STROKES_AT_MOST

ANSWERS_AT_MOST = 120
VALUES_AT_MOST = 20
VERDICTS = tuple(verdict.value for verdict in Verdict)


class Strokes(fields.Raw):
    """A signature: strokes of [x, y] in a box of 600 x 200; bounded, rounded, kept inside."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            **{"load_default": list, **more},
            metadata={
                "description": f"strokes of [x, y], 0..{WIDTH} and 0..{HEIGHT}",
                "type": "array",
                "items": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            },
        )

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[list[list[int]]]:
        if not isinstance(value, list) or len(value) > STROKES_AT_MOST:
            raise ValidationError("签名的笔画太多了，没有收下。请清除后重新签。")
        strokes = [[_point(point) for point in stroke] for stroke in value if _is_stroke(stroke)]
        if len(strokes) != len(value) or sum(map(len, strokes)) > POINTS_AT_MOST:
            raise ValidationError("签名看不懂，没有收下。请清除后重新签。")
        return strokes


def _is_stroke(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= POINTS_AT_MOST and all(map(_is_point, value))


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(
            isinstance(one, int | float) and not isinstance(one, bool) and -1e6 < one < 1e6
            for one in value
        )
    )


def _point(value: list[float]) -> list[int]:
    return [max(0, min(WIDTH, round(value[0]))), max(0, min(HEIGHT, round(value[1])))]


class SignedDocument(fields.String):
    """The text that both signed: kept byte for byte, in the phone's own spelling."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs))
        try:
            size = len(text.encode())
        except UnicodeEncodeError as wrong:
            raise ValidationError("签字文本里有看不懂的字符。请更新手机页面后再交。") from wrong
        if size > LONGEST_BYTES or "\x00" in text:
            raise ValidationError("签字文本太长或看不懂。请更新手机页面后再交。")
        return text


class Values(fields.Dict):
    """What was measured or read, by fact; each a yes or no, a number or a short text."""

    def __init__(self) -> None:
        super().__init__(load_default=dict, allow_none=True)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict) or len(value) > VALUES_AT_MOST:
            raise ValidationError("填的数看不懂。请更新手机页面后再交。")
        return {plain_name(key): _plain_value(one) for key, one in value.items()}


def _plain_value(value: Any) -> bool | str | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float | str):
        text = plain_text(str(value))
        if len(text) > LONGEST_TEXT:
            raise ValidationError(f"填的文字太长了，最多{LONGEST_TEXT}个字。请写短一些。")
        return text
    raise ValidationError("填的数看不懂。请更新手机页面后再交。")


class AnswerIn(Lenient):
    """One tap on one rule."""

    rule = Text(20, shortest=1, required=True)
    verdict = fields.String(
        required=True,
        validate=validate.OneOf(VERDICTS, error="这一条的结论看不懂。请更新手机页面后再交。"),
    )
    values = Values()
    note = Text(400, load_default="")
    insisted = fields.Boolean(
        metadata={"description": "tapped again after the phone had told what the standard says"}
    )


CLOCKS = ("heard", "kept", "unknown")


class PresenceIn(Lenient):
    """How the inspector was there: where it was signed, network and clock, and why so."""

    signed_position = PositionField()
    arrived_online = fields.Boolean(load_default=None, allow_none=True)
    arrived_clock = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(CLOCKS)
    )
    signed_online = fields.Boolean(load_default=None, allow_none=True)
    signed_clock = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(CLOCKS)
    )
    why = Text(300, load_default="")


class PresenceField(fields.Nested):
    """Presence that makes no sense counts as unknown: it never blocks a record."""

    def __init__(self) -> None:
        super().__init__(PresenceIn, load_default=None, allow_none=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            return None


class InspectionPayload(Lenient):
    """A visit as both have signed it."""

    visit_id = Whole(load_default=None, allow_none=True)
    arrived_at = At(required=True)
    finished_at = At(required=True)
    method = fields.String(
        required=True,
        validate=validate.OneOf(
            list(ScanMethod.labels()), error="扫码方式看不懂。请更新手机页面。"
        ),
    )
    text = Text(300, load_default="", metadata={"description": "as scanned or typed"})
    position = PositionField()
    answers = ShortList(
        fields.Nested(AnswerIn),
        most=ANSWERS_AT_MOST,
        error="条款太多了。请更新手机页面后再交。",
        load_default=list,
    )
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(
            [one.value for one in InspectionOutcome], error="签字情况看不懂。请更新手机页面后再交。"
        ),
    )
    outcome_note = Text(400, load_default="")
    keeper_name = Text(40, load_default="")
    inspector_signature = Strokes()
    keeper_signature = Strokes()
    amends_id = Id(load_default=None, allow_none=True)
    amended_because = Text(400, load_default="")
    document = SignedDocument(
        load_default=None,
        allow_none=True,
        metadata={"description": "the text that was signed (JSON), as shown; older apps send none"},
    )
    second_inspector_id = Whole(load_default=None, allow_none=True)
    second_signature = Strokes(load_default=None, allow_none=True)
    presence = PresenceField()
    witness_name = Text(40, load_default=None, allow_none=True)


class RectificationPayload(Lenient):
    """Photos that show something mended, with an optional word."""

    rectification_id = Whole(required=True)
    note = Text(400, load_default="")


def inspection_entry(values: dict[str, Any]) -> InspectionEntry:
    """A loaded payload in types."""
    position, presence = values.pop("position"), values.pop("presence")
    return InspectionEntry(
        **values,
        position=Position(**position) if position else None,
        presence=_presence(presence) if presence else None,
    )


def _presence(values: dict[str, Any]) -> PresenceEntry:
    signed = values.pop("signed_position")
    return PresenceEntry(**values, signed_position=Position(**signed) if signed else None)
