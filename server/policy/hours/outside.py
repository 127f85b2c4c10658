"""Whom to call outside the hours: 晚上9点以后请打电话 beside 7:00-21:00 limits nothing.

Inside the hours it does (中午12点以后请打电话), and nobody guesses how. Nor does 来前请打电话, that
names no time: it may be that nobody sits there.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from server.policy.hours.times import placed, point, refuse
from server.policy.hours.week import DAY, Span, Week

_HALF = "凌晨|清晨|早上?|上午|中午|下午|傍晚|晚上?|夜里|夜间"
_HOUR = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九两])"
_CALL = re.compile(
    rf"(?:^|(?<=[\n ,;。]))(?P<half>{_HALF})?(?P<time>\d{{1,2}}:\d\d|{_HOUR}点(?:半|整|\d\d分?)?)"
    r"(?:钟)?(?:以|之|过)?(?P<side>[前后])(?:取件|寄件|如?有急?事)?[, ]?请?"
    r"(?:(?:拨?打|拨)(?:店主|老板|站长)?(?:电话|手机)|电话联系|来电|致电|按门?铃|敲[门窗]|叫门)"
    r"[:, ]*(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})?(?=[ ,;。!)\n]|$)"
)
_OUTSIDE = (
    "(?:(?:[如若]有?)?(?:非(?:营业|工作|上班|办公|服务)时间[内段]?|(?:营业|工作|上班)时间(?:以|之)?外|下班(?:以|之)?后|下班(?=请)|过[时点](?=请)"
    "|下班时间|关门(?:以|之)?后|打烊后|其[他它余]时间段?))"
)
_URGENT = (
    "(?:急件|加急件?|急用|急取|(?:如|若|如果)?有?急事|(?:如|若)有(?:急需|需要)"
    "|(?:如|若)?(?:需要?|要)?晚[点些]?来?取件?的?)"
)
_PARTS: dict[str, tuple[Span, ...]] = {
    "早晚": ((0, 7 * 60), (20 * 60, 2 * DAY)), "上午": ((8 * 60, 12 * 60),),
    "中午": ((12 * 60, 13 * 60),), "下午": ((13 * 60, 18 * 60),),
    "晚上": ((20 * 60, 2 * DAY),), "晚间": ((20 * 60, 2 * DAY),),
    "夜间": ((22 * 60, 2 * DAY),), "夜里": ((22 * 60, 2 * DAY),), "夜晚": ((22 * 60, 2 * DAY),),
}  # fmt: skip
"""When who comes in this part of the day is surely meant: open then, the text is refused."""
_ASKS = (
    "(?:请|可以?|务必|提前|先|需要?|须|要|的|,)*(?:(?:拨?打|拨)(?:店主|老板|站长)?(?:的)?(?:电话|手机)"
    r"|(?:拨打|打|拨)(?=[: ]*1[3-9]\d{9})"
    "|打(?:店主|老板|站长)手机"
    "|(?:来电话?|致电)|(?:电话|微信|手机)(?=联系|预约|沟通)|联系(?:站长|店主|老板|我们?|负责人|店家)|(?=预约|联系))"
    "(?:提前)?(?:联系|预约|沟通)?(?:[取寄]件)?"
)
_PHONED = re.compile(
    r"(?:^|(?<=[\n;。(])|(?<=[\d点半整分息期)][ ,]))(?<!周[一二三四五六日天末]\n)"
    rf"(?:{_OUTSIDE}|{_URGENT}|(?P<part>{'|'.join(_PARTS)}))"
    r"(?:如?[需要]?(?:来)?(?:[取寄]快?[件递]|取货|拿件|急?件|办理|有急?事))?(?:[的者]|的?请)?[, ]?"
    rf"{_ASKS}[:, ]*(?:1[3-9]\d{{9}}|0\d{{2,3}}-?\d{{7,8}})?(?=[ ,;。!)\n]|$)"
)
"""下班后取件请提前打电话; of a day or season (周日晚上请打电话) it is left, and refused."""
_SHUT_THEN = re.compile(
    r"(?:^|(?<=[\n ,;。(]))(?:(?P<part>晚上|晚间|夜间|夜里|夜晚)|其[他它余]时间)"
    r"(?:不(?:营业|开门|办公|[取寄收]件|取快递)|没人|无人|休息|关门)(?=[ ,;。!)\n]|$)"
)
"""晚上不取件 beside 8:00-18:00 says what is plain already."""
_AFTERNOON = 13


class Call(NamedTuple):
    """Who comes in one of these parts of the day is to call, or finds it shut."""

    text: str
    when: tuple[Span, ...]


def calls_apart(plain: str) -> tuple[str, list[Call]]:
    """A spelt text without its calls outside the hours, and these; unclear ones stay in it."""
    calls: list[Call] = []

    def taken(found: re.Match[str]) -> str:
        one = point("time", found["time"], half=found["half"] or "")
        at = placed(one)
        if at is None or not (one.half or one.hour >= _AFTERNOON):
            return found.group()
        calls.append(Call(found.group(), ((at, 2 * DAY) if found["side"] == "后" else (0, at),)))
        return ""

    def named(found: re.Match[str]) -> str:
        calls.append(Call(found.group(), _PARTS.get(found["part"] or "", ())))
        return ""

    left = _SHUT_THEN.sub(named, _PHONED.sub(named, _CALL.sub(taken, plain)))
    return "\n".join(row for row in left.split("\n") if row.strip(" ,;。!")), calls


def refuse_calls_within(week: Week, calls: Sequence[Call]) -> None:
    """Refuse a week that is open when one is to call."""
    days = [day for part in week.parts for day in (*part.days, *(day for _, day in part.special))]
    for call in calls:
        for opens, closes in (span for day in days for span in day.spans):
            if any(opens < until and from_ < closes for from_, until in call.when):
                refuse(f"“{call.text}”和写的营业时间对不上", words=call.text)
