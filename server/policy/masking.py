"""Hides what in people's words looks like a telephone, card or pick-up number; the rest stays."""

import re

HIDDEN = "〔号码〕"
SHORTEST = 7
"""Digits in a row, with or without marks between them, from which on they are hidden."""

_NUMERALS = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_DIGIT = f"[0-9０-９{_NUMERALS}]"
# What people put between the digits of one number; a line's end as well.
_BETWEEN = r"[ \t\r\n\u3000\-‐-―−－_.．·,，/／()（）+＋]{0,3}"
_LONG = re.compile(f"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{SHORTEST - 1},}}")
_DAY = re.compile(
    r"(?:19|20)[0-9]{2}([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
)
# 8-2-3045, A-3-2011, 12-4567: shelf, row and piece as village points write them.
_DASH = "[-‐-―−－]"
_NUMBER = "[0-9０-９]"
_PICK_UP = re.compile(
    rf"(?<![0-9A-Za-z０-９:：.])(?:[A-Za-z]{{1,2}}{_DASH}?)?{_NUMBER}{{1,4}}"
    rf"(?:{_DASH}{_NUMBER}{{1,5}}{_DASH}{_NUMBER}{{1,6}}(?:{_DASH}{_NUMBER}{{1,6}})?"
    rf"|{_DASH}{_NUMBER}{{4,6}})(?![0-9０-９:：])"
)
_CALLED = re.compile(
    r"((?:取件|取货|提货|收货|验证|快递|货架|查询)[码号]?|[码号])"
    r"((?:号码|号|码|是|为|叫|[:：,，“”\"'（(\s]){0,6})"
    rf"([A-Za-z]{{0,2}}[0-9０-９{_NUMERALS}][0-9０-９A-Za-z{_NUMERALS}\-－ ]{{2,}})"
)
_ACCOUNT = re.compile(r"((?:微信|[Vv][Xx]|[Qq][Qq])号?[:：是为\s]{0,3})([A-Za-z0-9_-]{5,})")


def masked_text(text: str) -> str:
    """A text as keepers, operators and townships read it: days and sums stay, numbers do not."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return chr(0xE000 + len(kept) - 1)  # a private sign: no digit, so that nothing joins it

    plain = re.sub("[\ue000-\uf8ff]", "", text)
    plain = _DAY.sub(keep, plain)
    plain = _LONG.sub(HIDDEN, plain)
    plain = _PICK_UP.sub(HIDDEN, plain)
    plain = _ACCOUNT.sub(lambda found: f"{found[1]}{HIDDEN}", plain)
    plain = _CALLED.sub(lambda found: f"{found[1]}{found[2]}{HIDDEN}", plain)
    return re.sub("[\ue000-\uf8ff]", lambda found: kept[ord(found[0]) - 0xE000], plain)


def number_spans(text: str) -> list[tuple[int, int]]:
    """Where seven digits and more stand in a text, with whatever people put between them."""
    return [found.span() for found in _LONG.finditer(text)]


def masked_number(number: str) -> str:
    """A telephone number for those who need not call it: 138****1234."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 9 else "****"


def hides_something(text: str) -> bool:
    """Whether `masked_text` would say less than the text does."""
    return masked_text(text) != text
