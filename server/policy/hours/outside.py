"""Whom to call outside the hours: 晚上9点以后请打电话 beside 7:00-21:00 limits nothing.

Inside the hours it does (中午12点以后请打电话), and nobody guesses how.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from server.policy.hours.times import placed, point, refuse
from server.policy.hours.week import Week

_HALF = "凌晨|清晨|早上?|上午|中午|下午|傍晚|晚上?|夜里|夜间"
_HOUR = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九两])"
_CALL = re.compile(
    rf"(?:^|(?<=[\n ,;。]))(?P<half>{_HALF})?(?P<time>\d{{1,2}}:\d\d|{_HOUR}点(?:半|整|\d\d分?)?)"
    r"(?:钟)?(?:以|之|过)?(?P<side>[前后])(?:取件|寄件|如?有急?事)?[, ]?请?"
    r"(?:(?:拨?打|拨)(?:店主|老板|站长)?(?:电话|手机)|电话联系|来电|致电)"
    r"[:, ]*(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})?(?=[ ,;。!)\n]|$)"
)
_AFTERNOON = 13


class Call(NamedTuple):
    """Who comes before or after a minute of the day is to call."""

    text: str
    at: int
    after: bool


def calls_apart(plain: str) -> tuple[str, list[Call]]:
    """A spelt text without its calls outside the hours, and these; unclear ones stay in it."""
    calls: list[Call] = []

    def taken(found: re.Match[str]) -> str:
        one = point("time", found["time"], half=found["half"] or "")
        at = placed(one)
        if at is None or not (one.half or one.hour >= _AFTERNOON):
            return found.group()
        calls.append(Call(found.group(), at, found["side"] == "后"))
        return ""

    left = _CALL.sub(taken, plain)
    return "\n".join(row for row in left.split("\n") if row.strip(" ,;。!")), calls


def refuse_calls_within(week: Week, calls: Sequence[Call]) -> None:
    """Refuse a week that is open when one is to call."""
    days = [day for part in week.parts for day in (*part.days, *(day for _, day in part.special))]
    for call in calls:
        for opens, closes in (span for day in days for span in day.spans):
            if closes > call.at if call.after else opens < call.at:
                refuse(f"“{call.text}”和写的营业时间对不上", words=call.text)
