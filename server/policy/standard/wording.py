"""Comparing Chinese names as people do: width, spaces and the shape of brackets do not matter."""

import re
import unicodedata
from decimal import Decimal

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = str.maketrans("〔〕【】［］[]｛｝{}〈〉《》", "()" * 8)


def plain(text: str) -> str:
    """One form for all the ways to write the same name (NFKC, no spaces, round brackets)."""
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return _NOISE.sub("", folded).casefold()


def number(value: Decimal | float) -> str:
    """An amount as people write it: 9, 9.99, never 9.00 or 9E+1."""
    return f"{Decimal(str(value)).normalize():f}"
