"""Fields that turn what phones send into safe types, and say in Chinese what is wrong."""

import math
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

LARGEST_INTEGER = 2**31 - 1  # what an INTEGER column of PostgreSQL holds
LONGEST_OFFSET_MS = 100 * 366 * 86_400_000
NOTES_LARGEST = 4_000
NOTE_LONGEST, NAME_LONGEST = 500, 60  # of what a phone notes by itself, never of typed words


def plain_text(text: str) -> str:
    """Text that every database keeps: no lone surrogates, no NUL or other control characters."""
    return "".join(
        letter
        for letter in text
        if (letter >= " " or letter in "\n\t") and not "\ud800" <= letter <= "\udfff"
    ).strip()


def plain_name(key: object) -> str:
    """The name of a field as a phone's program writes it."""
    return plain_text(str(key))[:NAME_LONGEST]


def plain_json(value: Any, depth: int = 4) -> Any:
    """A JSON value with plain texts only; what is nested deeper than `depth` is left out."""
    if isinstance(value, str):
        return plain_text(value)[:NOTE_LONGEST]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict | list) and depth == 0:
        return None
    if isinstance(value, dict):
        return {plain_name(key): plain_json(one, depth - 1) for key, one in value.items()}
    if isinstance(value, list):
        return [plain_json(one, depth - 1) for one in value]
    return value


class Text(fields.String):
    """A text without control characters, at most `longest` long."""

    default_error_messages = {
        "required": "少了必填的内容。",
        "null": "少了必填的内容。",
        "invalid": "这里要填文字。",
        "invalid_utf8": "这里有看不懂的字符。",
    }

    def __init__(self, longest: int, *, shortest: int = 0, **kwargs: Any) -> None:
        words = f"这里要写{shortest}到{longest}个字。" if shortest else f"这里最多写{longest}个字。"
        limits = validate.Length(shortest, longest, error=words)
        super().__init__(validate=limits, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return plain_text(str(super()._deserialize(value, attr, data, **kwargs)))


class Whole(fields.Integer):
    """A whole number; "十二" and 1.5 are none. What range is right, the services say."""

    default_error_messages = {
        "required": "少了必填的数。",
        "null": "少了必填的数。",
        "invalid": "请填整数，例如 12。",
        "too_large": "这个数太大了。",
    }

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)
        if label:
            words = f"“{label}”请填数字，例如 12。"
            self.error_messages |= {
                "invalid": words,
                "required": f"“{label}”还没有填。没有就填 0。",
                "null": f"“{label}”还没有填。没有就填 0。",
            }


class Between(fields.Integer):
    """A technical number; one out of range, or no number at all, counts as not given."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any) -> None:
        super().__init__(load_default=None, allow_none=True, **kwargs)
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            number = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            return None
        return number if number is not None and self.lowest <= number <= self.highest else None


class At(fields.AwareDateTime):
    """A moment on somebody's clock, in UTC; a clock may be wrong, but not beyond 1970 to 2200."""

    default_error_messages = {
        "required": "少了时间。请更新手机页面后再交。",
        "null": "少了时间。请更新手机页面后再交。",
        "invalid": "时间看不懂。请更新手机页面后再交。",
        "invalid_awareness": "时间看不懂。请更新手机页面后再交。",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        at = super()._deserialize(value, attr, data, **kwargs)
        if not 1970 <= at.year <= 2200:
            raise self.make_error("invalid", input=value, obj_type="datetime")
        return at.astimezone(UTC)


class Day(fields.Date):
    """A Beijing day, 2023-07-05."""

    default_error_messages = {
        "required": "少了日期。",
        "null": "少了日期。",
        "invalid": "日期看不懂，要写成 2023-07-05 这样。",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= day.year < 3000:  # the days around it must be days as well
            raise self.make_error("invalid", input=value, obj_type="date")
        return day


class Id(fields.UUID):
    """An id that the phone made."""

    default_error_messages = {
        "required": "少了编号。请更新手机页面后再交。",
        "null": "少了编号。请更新手机页面后再交。",
        "invalid_uuid": "编号看不懂。请更新手机页面后再交。",
    }


def notes_kept(value: Any) -> dict[str, Any]:
    """What is kept of notes: nothing of what is no mapping, or too large."""
    if not isinstance(value, dict) or len(str(value)) > NOTES_LARGEST:
        return {}
    return dict(plain_json(value))


class Notes(fields.Dict):
    """Whatever else the phone saw; kept if small and plain, never a reason to refuse."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(load_default=dict, allow_none=True, **kwargs)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        return notes_kept(value)


class ShortList(fields.List[Any]):
    """A list of at most `most`, measured before it is gone into: a long one costs nothing."""

    def __init__(self, inner: Any, *, most: int, error: str, **kwargs: Any) -> None:
        super().__init__(inner, validate=validate.Length(max=most, error=error), **kwargs)
        self.most, self.error = most, error

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError(self.error)
        return super()._deserialize(value, attr, data, **kwargs)


class ShortDict(fields.Dict):
    """A mapping of at most `most` names, measured before it is gone into."""

    def __init__(self, *, most: int, error: str, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=most, error=error), **kwargs)
        self.most, self.error = most, error

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict) and len(value) > self.most:
            raise ValidationError(self.error)
        return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
