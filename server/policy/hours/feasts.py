"""Days round New Year by the farmers' calendar: 腊月二十九至正月初六, 除夕至初五, 春节初一至初三.

They are put into one form, 春节(腊月二十九至正月初六)休息, as a holiday with its days. Which days
of our calendar these are, another table tells; here they decide nothing.
"""

import re
from datetime import date, timedelta

from server.policy.hours.tokens import Token, number
from server.policy.hours.written import EVE, feast_text

_LAST_MONTH, _FIRST_MONTH = 1200, 100
_MONTH_AND_A_DAY, _MONTH = 31, 30
_EARLIEST, _LATEST = (1, 21), (2, 20)
"""Between which days of a year the first of 正月 falls."""
_ROUND_NEW_YEAR, _OF_A_BOARD = (1215, 120), (1223, 115)
"""On a photo 腊月十九 and 腊月二十 may be what is left of 腊月二十九."""

_NUM = "(?:三十|(?:二十|廿)[一二三四五六七八九]?|十[一二三四五六七八九]|[12]\\d|30)"
_BEFORE = f"(?:农历|阴历)?腊月{_NUM}[日号]?|除夕夜?|大?年三十"
_FEW = "[一二三四五六七八九十]"
_AFTER = f"(?:(?:农历|阴历)?正月|大年|年)?初{_FEW}|(?:农历|阴历)?正月{_NUM}[日号]?"
_DAY = f"(?:{_BEFORE}|{_AFTER})"
_SURELY = f"(?:{_BEFORE}|(?:农历|阴历)?正月(?:初{_FEW}|{_NUM}[日号]?)|大年初{_FEW})"
"""初一 alone is of every month."""
_SHUT = "(?:休息|放假|停业|歇业|关门|闭店|停止营业|不营业|不开门)"
_NEW_YEAR = "(?:春节|过年)(?:期间|假期)?"
_AT = r"(?:(?<=[\n ,;。(、])|^)(?:每年)?"
_END = r"(?=[ ,;。!)\n]|$)"
_AGAIN = "(?:(?:正常|恢复)+(?:营业|开门|上班)?|营业|开门|上班)"
_TO = "(?:到|至|-| 至 | - )"
_TOLD = re.compile(
    _AT
    + rf"(?:(?P<year>{_NEW_YEAR})(?P<shut>{_SHUT})?(?:时间)?[: ]*(?P<open>\()?"
    + rf"(?P<first>{_DAY})(?:{_TO}(?P<last>{_DAY}))?(?(open)\))"
    + rf"|(?P<sure>{_SURELY})(?:{_TO}(?P<until>{_DAY}))?)"
    + rf"(?:期间)?(?:(?P<closed> ?{_SHUT}){_END}|(?=[: ]*\d{{1,2}}[:点])|{_END})"
    + rf"(?:[ ,;、\n]{{1,2}}(?P<again>{_DAY})(?:起|开始)?{_AGAIN}{_END})?"
)
_DAYS_LONG = re.compile(
    rf"{_AT}{_NEW_YEAR}(?:放假|休息?|关门|停业|歇业)"
    rf"(?:[七八九十]|十[一二三四五]|7|8|9|1[0-5])天{_END}"
)
"""Fewer than a holiday has, and nobody knows which: 过年休三天 is refused."""
_SIDE_BY_SIDE = re.compile(
    rf"(?P<feast>春节|过年|正月|大年)初(?P<first>{_FEW})[、和]?初(?P<last>{_FEW})(?!{_FEW}|初)"
)
_OPEN_AGAIN = re.compile(
    rf"{_AT}{_NEW_YEAR}{_SHUT}[ ,;、\n]{{1,2}}(?:{_AFTER})(?:起|开始|以?后)?{_AGAIN}{_END}"
)
"""春节放假，初七开门: from when on it is closed, and until when, is not said whole."""


def with_feasts(plain: str, *, machine: bool) -> str:
    """A spelt text with the days round New Year in the one form."""
    plain = _SIDE_BY_SIDE.sub(_ranged, plain)
    within = _OF_A_BOARD if machine else _ROUND_NEW_YEAR
    return _TOLD.sub(
        lambda one: _plainly(one, within),
        _OPEN_AGAIN.sub("春节休息", _DAYS_LONG.sub("春节休息", plain)),
    )


def feast_days(word: Token) -> tuple[int, ...]:
    """春节(腊月二十九至正月初六) → 1229, 106; () where a holiday has no days beside it."""
    inside = word.text.partition("(")[2].rstrip(")")
    found = [_day(one) for one in inside.split("至")] if inside else []
    return tuple(one for one in found if one is not None)


def maybe_feast(days: tuple[int, ...], on: date) -> bool:
    """Whether a day may be among these in any year."""
    first, last = days[0], days[-1]
    begins = date(on.year, *_EARLIEST) + timedelta(_after_new_year(first, long=True))
    ends = date(on.year, *_LATEST) + timedelta(_after_new_year(last, long=False))
    return begins <= on <= ends


def _ranged(found: re.Match[str]) -> str:
    first, last = (number(found[name]) or 0 for name in ("first", "last"))
    return (
        f"{found['feast']}初{found['first']}至初{found['last']}" if last == first + 1 else found[0]
    )


def _plainly(found: re.Match[str], within: tuple[int, int]) -> str:
    days = [_day(one) for one in (found["first"] or found["sure"], found["last"] or found["until"])
            if one]  # fmt: skip
    known = [one for one in days if one is not None]
    shut = bool(found["closed"] or found["shut"])
    times = re.match(r"[: ]*\d", found.string[found.end() :])
    if not (shut or times) or (shut and not found["closed"] and times) or len(known) < len(days):
        return found.group()
    ordered = [_place(one) for one in known]
    near = _place(within[0]) <= ordered[0] and ordered[-1] <= _place(within[1])
    again = _day(found["again"]) if found["again"] else None
    if found["again"] and again != known[-1] + 1:
        return found.group()  # open again on another day than the next
    # 腊月二十三 alone is another feast.
    lone = len(known) == 1 and _LAST_MONTH < known[0] < EVE
    if not near or lone or ordered != sorted(set(ordered)):
        return found.group()
    return f"春节({feast_text(known)}){'休息' if shut else ''}"


def _day(text: str) -> int | None:
    if re.search("除夕|年三十", text):
        return EVE
    month = _LAST_MONTH if "腊月" in text else _FIRST_MONTH
    named = re.sub("农历|阴历|腊月|正月|大?年|初|[日号]", "", text)
    day = number(named.replace("廿", "二十"))
    return month + day if day and 1 <= day <= _MONTH else None


def _place(day: int) -> int:
    """As the days follow each other over New Year."""
    return day if day > _LAST_MONTH else day + 2 * _LAST_MONTH


def _after_new_year(day: int, *, long: bool) -> int:
    """How many days behind the first of 正月; the month before has 30 days, or 29."""
    if day == EVE:
        return -1
    if day > _LAST_MONTH:
        return day - _LAST_MONTH - (_MONTH_AND_A_DAY if long else _MONTH)
    return day - _FIRST_MONTH - 1
