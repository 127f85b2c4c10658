"""Comparing Chinese names as people do: width, spaces and the shape of brackets do not matter."""

import re
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_MARKS = re.compile(r"[^\u3400-\u9fff〇a-zA-Z0-9]+")
# 异体字 of place names (the Jingle plan writes 赤泥洼, the division table 赤泥窊), and numerals.
_SPELLINGS = str.maketrans(
    "窊凹咀垴疙屹壹贰叁肆伍陆柒捌玖拾零0123456789",
    "洼洼嘴脑圪圪一二三四五六七八九十〇〇一二三四五六七八九",
)
_BRACKETS = str.maketrans("〔〕【】［］[]｛｝{}〈〉《》", "()" * 8)


def plain(text: str) -> str:
    """One form for all the ways to write the same name (NFKC, no spaces, round brackets)."""
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return _NOISE.sub("", folded).casefold()


def number(value: Decimal | float) -> str:
    """An amount as people write it: 9, 9.99, never 9.00 or 9E+1."""
    return f"{Decimal(str(value)).normalize():f}"


def code_text(text: str) -> str:
    r"""A number as the register writes it, however it was typed ("ｘｚ 0001\n" → "XZ0001")."""
    return plain(text).upper()


@lru_cache(maxsize=8192)
def simplified(text: str) -> str:
    """Half width and simplified characters, whatever it was before."""
    text = unicodedata.normalize("NFKC", text)
    if not any("\u3400" <= character <= "\u9fff" for character in text):
        return text
    return str(_converter().convert(text))


def one_spelling(text: str) -> str:
    """One character for those that place names use for each other, one numeral for each number."""
    return text.translate(_SPELLINGS)


def without_marks(text: str) -> str:
    """Chinese characters, letters and digits alone: 鹅城镇·快递 → 鹅城镇快递."""
    return _MARKS.sub("", text)


@cache
def _converter():  # type: ignore[no-untyped-def]  # noqa: ANN202 - OpenCC has no types
    """Traditional to simplified; loaded when the first text asks for it."""
    from opencc import OpenCC

    return OpenCC("t2s")
