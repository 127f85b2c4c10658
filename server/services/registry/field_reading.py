"""Reads a register field from what was typed, or from a table's cell; says in Chinese why not."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid, Problem
from server.models.county import County, DivisionLevel, Operator, OperatorStatus
from server.models.station import Station
from server.plain_text import narrow_text, plain_text
from server.policy.entries import amiss_in_name, lost_sign, says_nothing, telephone
from server.policy.hours import parse_hours
from server.policy.standard.facts import Ownership
from server.policy.typed_days import read_day
from server.services.county.place_names import Places
from server.services.registry.fields import SHORT_FORMS, Field, stored
from server.services.registry.functions import FIELD as FUNCTIONS
from server.services.registry.functions import functions_on


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


def read_change(field: Field, raw: Any, reading: Reading, station: Station | None) -> Any:
    """As `read_field`; a text that the station holds already stays, whatever rules came since."""
    held = stored(station, field) if station is not None and field.kind == "text" else None
    if held and isinstance(raw, str) and raw.strip() == held:
        return held
    return read_field(field, raw, reading)


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
    elif lost := lost_sign(text):
        raise _wrong(field, f"写的“{text}”里有“{lost}”，像是转存时坏了的字，请照原件写")
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
    """The choice of this name, or of this short form; part of a name may mean another."""
    text = narrow_text(text)
    for said in (text, SHORT_FORMS.get(text, "")):
        for key, label in choices.items():
            if said in {key, label}:
                return key
    return None


def _parts(raw: Any) -> list[str]:
    if isinstance(raw, list | tuple | set | frozenset):
        return [str(part) for part in raw]
    parts = re.split(r"[、,，;；/\n]+", plain_text(str(raw)))
    return [part.strip() for part in parts if part.strip()]


def _hours(field: Field, raw: Any, reading: Reading) -> list[Any]:  # noqa: ARG001
    return raw if isinstance(raw, list) else parse_hours(plain_text(str(raw)), typed=str(raw))


def _date(field: Field, raw: Any, reading: Reading) -> date:
    return read_day(raw, field.label, latest=reading.today)


_AXIS = "北纬|纬度|东经|经度|Lat|Lng|Lon|[NE]"
_POSITION = re.compile(
    rf"[(\[【]?(?P<first>{_AXIS})?[:\s]*(\d{{1,3}}(?:\.\d+)?)\s*[°度]?\s*(?P<behind>[NE])?"
    rf"[\s,;/、]*(?:{_AXIS})?[:\s]*(\d{{1,3}}(?:\.\d+)?)\s*[°度]?\s*[NE]?[)\]】]?",
    re.ASCII | re.IGNORECASE,
)
_MINUTES = re.compile(
    r"(\d{1,3})\s*[°度]\s*([0-5]?\d)\s*[′'’‘分]\s*([0-5]?\d(?:\.\d+)?)\s*(?:′′|[″\"”“秒]|''|’’)",
    re.ASCII,
)
_DECIMAL_MINUTES = re.compile(
    r"(\d{1,3})\s*[°度]\s*([0-5]?\d\.\d{2,})\s*[′'’‘分]", re.ASCII
)  # 0.01′ is under twenty metres; whole minutes are none of a place


def _in_degrees(found: re.Match[str]) -> str:
    seconds = float(found[3]) if found.re is _MINUTES else 0
    return f"{int(found[1]) + float(found[2]) / 60 + seconds / 3600:.6f}"


def _position(field: Field, raw: Any, reading: Reading) -> tuple[float, float]:  # noqa: ARG001
    if isinstance(raw, tuple | list) and len(raw) == 2:
        numbers: Sequence[Any] = raw
        fine = True
    else:
        text = _MINUTES.sub(_in_degrees, narrow_text(str(raw)))
        written = _POSITION.fullmatch(_DECIMAL_MINUTES.sub(_in_degrees, text))
        if written is None:
            raise _wrong(field, f"写的“{str(raw)[:30]}”看不懂：应写两个数，先纬度，再经度")
        numbers = written.group(2, 4)
        if (written["first"] or written["behind"] or "").upper() in {
            "东经",
            "经度",
            "LNG",
            "LON",
            "E",
        }:
            numbers = numbers[::-1]
        fine = all(len(one.partition(".")[2]) >= 3 for one in numbers)
    try:
        latitude, longitude = (round(float(number), 6) for number in numbers)
    except (TypeError, ValueError):
        raise _wrong(field, "应写两个数") from None
    if 73 <= latitude <= 136 and 3 <= longitude <= 54:
        raise _wrong(field, "前后写反了：先写纬度，再写经度")
    if not (3 <= latitude <= 54 and 73 <= longitude <= 136):
        raise _wrong(field, "不在中国境内")
    if not fine:
        raise _wrong(field, f"写的“{str(raw)[:30]}”太粗：一千分之一度就是一百米，至少要三位小数")
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
