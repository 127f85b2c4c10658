"""Numbers as people type them: one rule for money, parcels, people, shares, points and areas.

A unit may stand behind a number and commas between its thousands. Whatever may be another number
is refused: blanks or lines inside (two numbers in one box), 1,23, 1.2万, 1e3, 12-15, 约30, 12².
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from server.money import MOST_FEN
from server.plain_text import narrow_text
from server.policy.entries import says_nothing

MONEY = ("元", "块钱", "块")
MOST_DIGITS = 15
_WRITTEN = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)
_BELOW = re.compile(r"[-−–—]\s*[\d,.]+", re.ASCII)
_SEVERAL = re.compile(r"\d[^\d.,E]+\d", re.ASCII | re.IGNORECASE)
_SQUARE_METRE = re.compile("m²", re.IGNORECASE)


def whole(text: str, *units: str) -> int:
    """A whole number from nought up. Raises ValueError as `decimal` does."""
    number = decimal(text, *units)
    if number != int(number):
        raise ValueError(f"写的是“{_shown(text)}”，要写整数")
    return int(number)


def decimal(text: str, *units: str, places: int = 6) -> Decimal:
    """A number from nought up with at most so many decimals, one of the `units` behind it or none.

    Raises ValueError with what is wrong: Chinese, to stand behind the field's name, no full stop.
    """
    plain = _without_unit(narrow_text(text), units)
    found = _WRITTEN.fullmatch(plain)
    if found is None or _has_small_signs(text):
        raise ValueError(_amiss(text, plain))
    if len((found[2] or "").rstrip("0")) > places:
        raise ValueError(
            f"写的是“{_shown(text)}”，最多{places}位小数"
            if places
            else f"写的是“{_shown(text)}”，要写整数"
        )
    digits = found[1].replace(",", "").lstrip("0") or "0"
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"写的“{_shown(text)}”太大了")
    return Decimal(f"{digits}.{found[2]}" if found[2] else digits)


def fen_from(text: str) -> int | None:
    """The 分 in an amount of yuan as people type it (1,000.5, ¥3元); None where it is none."""
    return _yuan(text, places=2)


def li_from(text: str) -> int | None:
    """The 厘 in a rate of yuan as people type it (0.35, 0.125); None where it is none."""
    return _yuan(text, places=3)


def _yuan(text: str, *, places: int) -> int | None:
    try:
        amount = decimal(re.sub(r"^\s*[¥￥]\s*", "", text), *MONEY, places=places)
    except ValueError:
        return None
    scaled = int(amount.scaleb(places))
    return scaled if scaled <= MOST_FEN else None


def _without_unit(plain: str, units: Iterable[str]) -> str:
    for unit in units:
        shorter = plain.casefold().removesuffix(unit.casefold())
        if len(shorter) < len(plain):
            return shorter.rstrip()
    return plain


def _has_small_signs(text: str) -> bool:
    """Whether a power, a fraction or a number in a ring stands there: 12², ½, ③."""
    bare = _SQUARE_METRE.sub("", text)
    return any(unicodedata.category(sign) == "No" for sign in bare)


def _amiss(text: str, plain: str) -> str:
    shown = _shown(text)
    if not plain:
        return "没有写数"
    if says_nothing(text):
        return f"写的“{shown}”等于没有写"
    if _BELOW.fullmatch(plain):
        return f"写的是“{shown}”，不能是负数"
    if re.search("[百千万亿]", plain):
        return f"写的“{shown}”请换成数字写全，如12000"
    if _SEVERAL.search(plain):
        return f"写的“{shown}”里不止一个数"
    return f"写的“{shown}”看不懂，请只写一个数"


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 20 else f"{flat[:20]}…"
