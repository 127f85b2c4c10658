"""What a board does not say, though the words that were read of it do: then part of it was lost.

Only for text from a photo. People may type such hours; of a board it is likelier that a hand, a
pole or glare hid a digit or a day.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from server.policy.hours.items import Item
from server.policy.hours.times import NOON, refuse
from server.policy.hours.titles import HEADED
from server.policy.hours.tokens import tokens
from server.policy.hours.week import DAY, Day, Part, Span, Special, Week

_HOUR = re.compile(r"(?<!\d)(\d{1,2})(?=[:.点时])")
_LATE_LUNCH = 15 * 60
_SHORT_DAY = 150
_SHORT_SPAN = 60
_LONG_DAY = 20 * 60
_FEWEST_DAYS = 3
_EACH_WEEK = re.compile("(?:每逢|逢|每)周[一二三四五六日天1-7][、,和及与]")
"""逢周二、周五: who writes this means no more days."""
_SHORT_REST = re.compile("周六 ?休(?!息)")
"""What is left of 周六日休."""
_CLOSED = {"closed", "closed_label", "except_open", "except_after"}
_HALVES = {"half", "ampm"}
_SHUT = "休息|不营业|不开门?|不办公|歇着"
_FIFTEENTH = re.compile(f"[农阴]历(?:每月)?十五(?:{_SHUT}|关门|停业|歇业)")
"""Said in one: no other day can be lost between."""
_HALF_CLOSED = re.compile(f"[上下]午(?:{_SHUT})")
_LONE_OPEN = re.compile(r"\d[^\n]*\n(?:对外)?(?:营业|开门|上班|服务)(?=\n|$)")
"""What is left of 周一不营业 below the times."""
_TITLE = re.compile(rf"(?:{HEADED}|(?:营业|服务|开放):)[: ]*\n?")
_HALF_DAY = 4 * 60
_STEP = 5
_RARE = {5, 25, 35, 55}
"""What a worn 00, 20 or 30 is taken for; hardly anybody opens at 15:05."""
_LUNAR = ((1, 15), (2, 16))
_WORKDAYS, _SATURDAY, _SUNDAY = range(1, 6), 6, 7
_MARKETS_APART = {3, 6}


def refuse_unlikely(week: Week, plain: str, items: Sequence[Item]) -> None:
    """Refuse a week that no board tells; `plain` was read, and `items` is what it says."""
    if _LONE_OPEN.search(plain):
        refuse("只读到一行字的一部分")
    _refuse_two_clocks([item for item in items if item.kind == "times"])
    for part in week.parts:
        halves = any(word.kind in _HALVES for word in tokens(_HALF_CLOSED.sub("", plain)))
        _refuse_times(part, halves=halves and not _titled(plain, items))
        if not _EACH_WEEK.search(plain):
            _refuse_days(part, plain)
        for special, day in part.special:
            if not _whole(special, day, part, plain):
                refuse("只读到几个日子里的一部分")


def _titled(plain: str, items: Sequence[Item]) -> bool:
    """营业时间：下午2点至晚上10点: right behind the title no morning can be lost."""
    title = _TITLE.match(plain)
    if title is None or [item.kind for item in items if item.kind != "hard"] != ["times"]:
        return False
    (only,) = (item for item in items if item.kind == "times")
    long_enough = only.span[1] - only.span[0] >= _HALF_DAY and only.span[0] >= NOON
    return long_enough and plain[title.end() :] == only.text


def _refuse_two_clocks(times: Sequence[Item]) -> None:
    """午休12:00-3:00 beside 19:00: until 13:00, of which a digit was lost?"""
    hours = [[int(hour) for hour in _HOUR.findall(item.text)] for item in times]
    small = any(
        len(named) == 2
        and item.text.count("点") < 2
        and named[1] + 12 == item.span[1] // 60
        and item.span[1] >= _LATE_LUNCH
        for named, item in zip(hours, times, strict=True)
        if NOON - 60 <= item.span[0] <= NOON + 120
    )
    if small and any(12 < hour < 24 for named in hours for hour in named):
        refuse("有的时间只读到一部分")


def _refuse_times(part: Part, *, halves: bool) -> None:
    """A board of mornings alone, of an hour or two, of odd minutes, or of nearly a whole day."""
    spans = [span for day in part.days for span in day.spans]
    every = [*part.days, *(day for _, day in part.special)]
    if any(0 < sum(closes - opens for opens, closes in day.spans) < _SHORT_DAY for day in every):
        refuse("只读到一两个小时的营业时间")
    if any(_odd(span) for day in every for span in day.spans):
        refuse("有的时间只读到一部分")
    early = any(opens < NOON or closes > DAY for opens, closes in spans)
    late = any(closes > NOON + 60 for _, closes in spans)
    if spans and halves and not (early and late):
        refuse("只读到半天的营业时间")


def _odd(span: Span) -> bool:
    opens, closes = span
    minutes = any((at % _STEP or at % 60 in _RARE) and at % DAY != DAY - 1 for at in span)
    over = closes > DAY and closes - opens > _LONG_DAY
    return minutes or over or closes - opens < _SHORT_SPAN


def _refuse_days(part: Part, plain: str) -> None:
    """One or two days, a workday left out between others, or Sunday without Saturday."""
    told = {number: day for number, day in enumerate(part.days, 1) if day.spans}
    if 0 < len(told) < _FEWEST_DAYS:
        refuse("只读到一两天的营业时间")
    closed = any(word.kind in _CLOSED for word in tokens(plain))
    workdays = [number for number in _WORKDAYS if number in told]
    kinds = {told[number].spans for number in told}
    lone = len(workdays) == 1 and len(told) > 1 and len(kinds) > 1
    left_out = len(kinds) > 1 and any(
        number not in told and {number - 1, number + 1} <= set(told) for number in _WORKDAYS
    )
    no_saturday = len(workdays) == len(_WORKDAYS) and _SUNDAY in told and _SATURDAY not in told
    sunday_lost = no_saturday and (_SHORT_REST.search(plain) or (len(kinds) > 1 and not closed))
    if sunday_lost or (not closed and (lone or left_out)):
        refuse("只读到几个日子里的一部分")


def _whole(special: Special, day: Day, part: Part, plain: str) -> bool:
    """Whether these are all the days that a board names together; 逢一、七 lacks its 四."""
    of = special.of
    match special.kind:
        case "busy" if day.spans:
            return any(other.kind == "slack" for other, _ in part.special) or any(
                one.spans for one in part.days
            )  # 农忙 6:00-20:00: the row for the other days was lost
        case "market" if of:
            apart = {later - earlier for earlier, later in pairwise(of)}
            return len(of) > 2 or (len(of) == 2 and not apart & _MARKETS_APART)
        case "lunar":
            return (
                of in {(1,), *_LUNAR}
                or _FIFTEENTH.search(plain) is not None
                or (len(of) > 2 and len({number % 10 for number in of}) == 1)
            )
        case "even_days" if not day.spans and "逢双" not in plain:  # 双休日休息 without its 休
            return any(other.kind == "odd_days" for other, _ in part.special)
        case _:
            return True
