"""逢集提前到6:30, 赶集天延长到19:00: the usual hours with another opening or closing.

Beside one row of usual hours for all days it is said whole. Which end is moved, and to which half
of the day, must be the only one possible; else the words stay, and the grammar refuses them.
"""

import re
from collections.abc import Callable

from server.errors import Invalid
from server.policy.hours.times import NOON, placed, point
from server.policy.hours.week import DAY, Span, Week, clock

_ON_MARKET = "(?:每?逢|赶)大?[集场圩墟街](?:的日子|那天|的时候)"
_WEEKDAY = "[一二三四五六日天]"
_TEN = "[一二三四五六七八九十]"
_NUMBERED = rf"(?:[农阴]历)?(?:每?逢{_TEN}(?:[、,和及]?逢?{_TEN})" + "{0,4}日?)"
_FARMERS = rf"(?:每月)?[农阴]历初{_TEN}(?:[、,和]?(?:初|十|廿|二十)?{_TEN}){{0,5}}"
_MARKETS = (
    f"{_FARMERS}|{_ON_MARKET}|{_NUMBERED}(?:赶?[集场圩墟街][日天]?|市日)?"
    "|每?逢(?:[集场圩墟街][日天]?|市日)|(?:每?逢)?赶[集场圩墟街][日天]?|[集场圩墟街][日天]|市日"
)
_DAYS = (
    f"(?:{_MARKETS}|周末|双休日|每?周{_WEEKDAY}(?:[、和]周?{_WEEKDAY})*|节假日"
    "|农忙(?:季节?|时节|期间|时)?)"
)
_HALF = "凌晨|清晨|早上?|上午|中午|下午|傍晚|晚上?|夜里"
_TIME = r"(?:\d{1,2}:[0-5]\d|(?:\d{1,2}|十[一二]?|[一二三四五六七八九])点(?:钟|半|整|[0-5]\d分?)?)"
_OPENS, _SHUTS = {"开门", "开店", "上班"}, {"关门", "打烊", "收摊", "下班"}
_WORD = f"(?:{'|'.join([*_OPENS, *_SHUTS])})"
_MOVE = (
    rf"(?:提前|提早|推迟|延迟|延后|延长|延时)(?:{_WORD}|营业)?(?:时间)?[到至](?:{_HALF})?{_TIME}"
    rf"(?:{_WORD}|营业)?"
)
_BY = rf"(?:{_HALF})?{_TIME}(?:就|才|准时|起)?{_WORD}"
"""市日7:30开门; of other days it may be what is left of 周六9:00开门17:00关门."""
_MOVED = re.compile(
    rf"(?:(?<=[\n,;。( ])|^)(?:(?P<days>{_DAYS}) ?(?P<moves>{_MOVE}(?:[,、 ]{{1,2}}{_MOVE})?)"
    rf"|(?P<markets>{_MARKETS})[: ,]{{0,2}}(?P<by>{_BY}))(?=[ ,;。!)\n]|$)"
)
_ONE = re.compile(
    rf"(?:(?P<how>提前|提早|推迟|延迟|延后|延长|延时)(?P<before>{_WORD}|营业)?(?:时间)?[到至])?"
    rf"(?P<half>{_HALF})?(?P<time>{_TIME})(?:就|才|准时|起)?(?P<behind>{_WORD}|营业)?"
)
_NAMED_TWICE = re.compile(f"({_NUMBERED})(?:赶?[集场圩墟街][日天]?|市日)")
_NAMELESS = re.compile("每?(?:逢?市日|[场圩墟街][日天])")
_ROUND_CLOCK = re.compile(r"(?<!\d)(?:1[3-9]|2[0-4])[:点]")
"""Whoever writes 18:00 means the morning by 6:30."""
_FARTHEST = 4 * 60
_DAY_ENDS = (0, 1)


def with_shifts(plain: str, reads: Callable[[str], Week]) -> str:
    """A spelt text with the hours that such days have; `reads` tells the usual ones."""
    if not _MOVED.search(plain):
        return plain
    rest = re.sub(r"\( ?\)", "", _MOVED.sub("", plain)).strip(" ,;。\n")
    rest = re.sub(r"(?:平时|平日|平常日?)(?=[: ]*(?:早上?|上午)?\d)", "", rest)
    usual = _usual(rest, reads)
    if usual is None:
        return plain
    loose = not _ROUND_CLOCK.search(rest)

    told = [_hours(found, usual, loose=loose) for found in _MOVED.finditer(plain)]
    # Below the usual hours: what stands below other days' is said of these.
    return plain if None in told else "\n".join([rest, *filter(None, told)])


def _hours(found: re.Match[str], usual: tuple[Span, ...], *, loose: bool) -> str | None:
    """The days with their hours; None where which end is moved, or to when, is not plain."""
    spans = list(usual)
    for one in _ONE.finditer(found["moves"] or found["by"]):
        moved = _moved(one, (usual[0][0], usual[-1][1]), loose=loose)
        if moved is None:
            return None
        end, at = moved
        n = -1 if end else 0
        spans[n] = (spans[n][0], at) if end else (at, spans[n][1])
    if spans == list(usual) or any(opens >= closes for opens, closes in spans):
        return None
    days = _NAMED_TWICE.sub(r"\1", re.sub(_ON_MARKET, "逢集", found["days"] or found["markets"]))
    days = "逢集" if _NAMELESS.fullmatch(days) else days
    return f"{days} " + ",".join(f"{clock(a)}-{clock(b)}" for a, b in spans)


def _usual(rest: str, reads: Callable[[str], Week]) -> tuple[Span, ...] | None:
    """The spans that all seven days have; None where days differ."""
    try:
        week = reads(rest)
    except Invalid:
        return None
    part = week.parts[0]
    alike = len(week.parts) == 1 and part.season is None and len(set(part.days)) == 1
    day = part.days[0]
    whole = alike and bool(day.spans) and not day.appointment and day.spans[-1][1] < DAY
    return day.spans if whole else None


def _moved(one: re.Match[str], usual: Span, *, loose: bool) -> tuple[int, int] | None:
    """Which end is moved (0 the opening) and to when; None where there is not one answer."""
    said = point("time", one["time"].replace("点钟", "点"), half=one["half"] or "")
    at = placed(said)
    if at is None:
        return None
    later = not said.half and at < NOON and (loose or said.spoken)
    found = {
        (end, when)
        for end in _ends(one)
        for when in ({at, at + NOON} if later else {at})
        if _fits(one["how"], end, when, usual)
    }
    return found.pop() if len(found) == 1 else None


def _ends(one: re.Match[str]) -> tuple[int, ...]:
    words = {one["before"], one["behind"]}
    if words & _SHUTS:
        return () if words & _OPENS else (1,)
    if words & _OPENS:
        return (0,)
    return (1,) if one["how"] in {"延长", "延时"} else _DAY_ENDS


def _fits(how: str | None, end: int, when: int, usual: Span) -> bool:
    """Earlier or later than usual, as is said, and no more than some hours."""
    by = when - usual[end]
    earlier = by < 0 if how is None else how in {"提前", "提早"}
    inside = usual[0] < when < usual[1] if (end == 1) is earlier else when < DAY
    return inside and 0 < (-by if earlier else by) <= _FARTHEST
