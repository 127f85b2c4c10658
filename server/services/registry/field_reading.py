"""Reads a register field from what was typed, or from a table's cell; says in Chinese why not."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Invalid, Problem
from server.models.county import County, DivisionLevel, Operator, OperatorStatus
from server.plain_text import narrow_text, plain_text
from server.policy.entries import amiss_in_name, says_nothing, telephone
from server.policy.hours import parse_hours
from server.policy.standard.facts import Ownership
from server.services.county.place_names import Places
from server.services.registry.fields import Field
from server.services.registry.functions import FIELD as FUNCTIONS
from server.services.registry.functions import functions_on

EARLIEST = date(1990, 1, 1)


class Reading:
    """What reading fields needs to know of its surroundings; each is asked for once."""

    def __init__(self, session: Session, county: str, today: date) -> None:
        self.session, self.county, self.today = session, county, today

    @cached_property
    def places(self) -> Places:
        """The county's villages and townships by name."""
        return Places(self.session, self.county)

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """What a station may do, the county's own words too."""
        return functions_on(self.session.get_one(County, self.county), self.today)

    @cached_property
    def gone(self) -> frozenset[int]:
        """The operators that have left: no station is newly given to them."""
        rows = self.session.scalars(
            select(Operator.id).where(
                Operator.county == self.county, Operator.status == OperatorStatus.LEFT
            )
        )
        return frozenset(rows)

    @cached_property
    def operators(self) -> Mapping[str, int]:
        """The county's operators by name, the oldest first."""
        rows = self.session.execute(
            select(Operator.name, Operator.id)
            .where(Operator.county == self.county)
            .order_by(Operator.id)
        )
        return {name: key for name, key in rows}  # noqa: C416


def read_field(field: Field, raw: Any, reading: Reading) -> Any:
    """A field's value from text (or an already typed value); blank means empty.

    Raises Invalid with a sentence that names the field.
    """
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw in ("", []):
        if field.name == "name":
            raise _wrong(field, "不能是空的")
        return _BLANK.get(field.kind)
    return _READERS[field.kind](field, raw, reading)


_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?([ T]*0?0:00[:0.]*)?",
        r"((?:19|20)\d{2})(\d{2})(\d{2})",
    )
)
_HALF_DAYS = (
    (r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?份?", "只写到月，没有写是哪一天"),
    (r"\d{4}\s*年?", "只写了年，没有写是哪一天"),
    (r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?", "没有写是哪一年"),
    (r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?", "里的年份只写了两位，要写四位"),
    (r"[345]\d{4}(\.\d+)?", "像是表格里没有设成日期格式的格子"),
)


def read_day(raw: Any, label: str, *, latest: date | None) -> date:
    """A calendar day from 2023-05-01, 2023/5/1, 2023.5.1, 20230501, 2023年5月1日 (号) or a date.

    Raises Invalid field-invalid; a month is no day, and a year of two digits could be any.
    """
    if isinstance(raw, datetime):
        raw = raw.date()
    text = "" if isinstance(raw, date) else narrow_text(str(raw))
    if not isinstance(raw, date):
        parts = next((found for one in _DAYS if (found := one.fullmatch(text))), None)
        try:
            raw = date(*(int(part) for part in parts.groups()[:3])) if parts else None
        except ValueError as wrong:
            raise Invalid("field-invalid", f"“{label}”写的{text}没有这一天，请核对。") from wrong
    if raw is None:
        half = next((what for one, what in _HALF_DAYS if re.fullmatch(one, text)), None)
        if half is not None:
            raise Invalid(
                "field-invalid",
                f"“{label}”{half}（写的是“{text}”）。请写成2023-05-01这样；查不到就空着。",
            )
        raise Invalid("field-invalid", f"“{label}”应写成2023-05-01这样的日期，请改正。")
    day: date = raw
    if day < EARLIEST or (latest is not None and day > latest):
        when = "还没有到" if day > EARLIEST else "太早了"
        raise Invalid("field-invalid", f"“{label}”写的{full_day_text(day)}{when}，请核对。")
    return day


def _wrong(field: Field, what: str) -> Invalid:
    hint = f"（{field.hint}）" if field.hint else ""
    return Invalid("field-invalid", f"“{field.label}”{what}，请改正{hint}。", field=field.name)


def _text(field: Field, raw: Any, reading: Reading) -> str:  # noqa: ARG001
    text = re.sub(r"\s+", " ", plain_text(str(raw))).strip()
    kinds = {unicodedata.category(sign) for sign in text}
    if "Cc" in kinds:
        raise _wrong(field, "里有看不见的控制字符")
    if "Co" in kinds:
        raise _wrong(field, "里有别的电脑显示不出来的自造字（可用拼音或规范字代替）")
    if field.name == "head_phone":
        text = _phone(field, text)
    elif field.name == "head_name" and (amiss := amiss_in_name(text)):
        raise _wrong(field, f"{amiss}；还没有就空着")
    elif says_nothing(text):
        raise _wrong(field, f"写的“{text}”等于没有写；没有就空着，同上的请写全")
    if len(text) > field.longest:
        raise _wrong(field, f"太长了（{len(text)}个字，最多{field.longest}个）")
    if field.name == "name" and (odd := _never_on_a_plate(text)):
        raise _wrong(field, f"里的“{odd}”印不到标识牌上（表情、特殊符号印不出来）")
    return text


def _phone(field: Field, text: str) -> str:
    try:
        return telephone(text)
    except ValueError as wrong:
        raise _wrong(field, str(wrong)) from wrong


def _never_on_a_plate(text: str) -> str:
    """Emoji and signs that no plate can show.

    A rare character of a village's name may stand in the office's own fonts, so only printing can
    tell whether it is there.
    """
    from server.media.paper.typeface import font_files, unprintable

    missing = unprintable(text, font_files())
    return "".join(sign for sign in missing if unicodedata.category(sign) != "Lo")


def _choice(field: Field, raw: Any, reading: Reading) -> Any:  # noqa: ARG001
    choices = field.choices or {}
    key = _key_in(choices, str(raw))
    if key is None:
        raise _wrong(field, f"只能填：{'、'.join(choices.values())}，写的是“{raw}”")
    return Ownership(key) if field.name == "ownership" else key


def _choices(field: Field, raw: Any, reading: Reading) -> list[str]:
    choices = reading.functions if field.name == FUNCTIONS else field.choices or {}
    keys = set()
    for part in _parts(raw):
        key = _key_in(choices, part)
        if key is None:
            raise _wrong(field, f"里没有“{part}”这一项，只能填：{'、'.join(choices.values())}")
        keys.add(key)
    return [key for key in choices if key in keys]


def _key_in(choices: Mapping[str, str], text: str) -> str | None:
    text = narrow_text(text)
    for key, label in choices.items():
        if text in {key, label} or (len(text) > 1 and text in label):
            return key
    return None


def _parts(raw: Any) -> list[str]:
    if isinstance(raw, list | tuple | set | frozenset):
        return [str(part) for part in raw]
    parts = re.split(r"[、,，;；/\n]+", plain_text(str(raw)))
    return [part.strip() for part in parts if part.strip()]


def _hours(field: Field, raw: Any, reading: Reading) -> list[Any]:  # noqa: ARG001
    return raw if isinstance(raw, list) else parse_hours(plain_text(str(raw)))


def _date(field: Field, raw: Any, reading: Reading) -> date:
    return read_day(raw, field.label, latest=reading.today)


def _position(field: Field, raw: Any, reading: Reading) -> tuple[float, float]:  # noqa: ARG001
    if isinstance(raw, tuple | list) and len(raw) == 2:
        numbers = [str(part) for part in raw]
    else:
        numbers = re.findall(r"-?\d+(?:\.\d+)?", narrow_text(str(raw)))
    if len(numbers) != 2:
        raise _wrong(field, "应写两个数")
    latitude, longitude = (round(float(number), 6) for number in numbers)
    if 73 <= latitude <= 136 and 3 <= longitude <= 54:
        raise _wrong(field, "前后写反了：先写纬度，再写经度")
    if not (3 <= latitude <= 54 and 73 <= longitude <= 136):
        raise _wrong(field, "不在中国境内")
    return latitude, longitude


def _operator(field: Field, raw: Any, reading: Reading) -> int:
    if isinstance(raw, int):
        known = reading.session.get(Operator, raw)
        if known is None or known.county != reading.county:
            raise _wrong(field, "不在本县的企业名单里")
        return known.id
    name = _text(field, raw, reading)
    found = reading.operators.get(name)
    if found is None:
        listed = "、".join(list(reading.operators)[:5])
        known_names = f"，已登记的有：{listed}" if listed else ""
        raise _wrong(field, f"“{name}”还没有登记{known_names}")
    return found


def _villages(field: Field, raw: Any, reading: Reading) -> list[str]:
    codes = []
    for part in _parts(raw):
        try:
            village = reading.places.find(part, level=DivisionLevel.VILLAGE)
        except Problem as problem:
            raise _wrong(field, problem.message.rstrip("。")) from problem
        codes.append(village.code)
    return list(dict.fromkeys(codes))


_READERS: dict[str, Callable[[Field, Any, Reading], Any]] = {
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "hours": _hours,
    "date": _date,
    "position": _position,
    "operator": _operator,
    "villages": _villages,
}
_BLANK: dict[str, Any] = {"text": "", "choices": [], "hours": [], "villages": []}
