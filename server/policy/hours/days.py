"""Words that name days: weekdays, all of them, market and lunar days, holidays, busy seasons."""

import re
from dataclasses import dataclass

from server.calendar import WEEKDAYS
from server.policy.hours.feasts import feast_days
from server.policy.hours.times import refuse
from server.policy.hours.tokens import Token, number
from server.policy.hours.week import EVERY_DAY, Special

DAY_KINDS = {
    "days", "every", "group", "plain", "others", "market", "lunar", "dates", "holiday", "busy",
}  # fmt: skip
WORKDAYS, WEEKEND = frozenset((1, 2, 3, 4, 5)), frozenset((6, 7))
_FRIDAY = 5
_DAY_OF = {name: day for day, name in enumerate(WEEKDAYS, 1)} | {"天": 7}
_DAY_OF |= {str(day): day for day in EVERY_DAY}
_OVER_SUNDAY = re.compile("周([一二三四五六日天])[-至到]周([一二三四五六日天])")
"""周五至周一: said whole, for of 周五-一 the second may be a dash."""
_HOLIDAY_NAMES = {"劳动": "五一", "过年": "春节"}


@dataclass(frozen=True, slots=True)
class Days:
    """Days as named: weekdays, special days, all of them, or whichever are not named elsewhere."""

    weekdays: frozenset[int] = frozenset()
    special: tuple[Special, ...] = ()
    every: bool = False
    rest: bool = False
    """其余日子, 平日: the days that nothing else is said of."""
    plain: bool = False
    """平日: beside 节假日 alone nobody knows whether the weekend is meant, beside 平时 it is."""
    ranged: bool = False

    def __or__(self, other: "Days") -> "Days":
        return Days(
            self.weekdays | other.weekdays,
            self.special + other.special,
            ranged=self.ranged or other.ranged,
        )


def named_days(word: Token, *, listed: bool = False) -> Days:  # noqa: PLR0911 - one answer a kind
    """Which days a word of one of the `DAY_KINDS` names; refuses days that run backwards.

    `listed`: 周三周日 can only be these two.
    """
    text = re.sub("^(?:每逢|每|逢)?", "", word.text)
    match word.kind:
        case "days":
            return _weekdays(text, listed=listed)
        case "every":
            return Days(frozenset(EVERY_DAY), every=True)
        case "group":
            return Days(WORKDAYS if text == "工作日" else WEEKEND)
        case "plain" | "others":
            return Days(rest=True, plain="日" in text.removeprefix("日") and word.kind == "plain")
        case "dates":
            kind = "odd" if "单" in text else "even"
            return Days(special=(Special(f"{kind}_{'dates' if '号' in text else 'days'}"),))
        case "holiday":
            return Days(special=(Special("holidays", feast_days(word), _holiday(text)),))
        case "busy":
            return Days(special=(Special("busy" if "农忙" in text else "slack"),))
        case _:
            return Days(special=(_numbered(word),))


def refuse_unclear_pair(first: Days, second: Days, between: str, said: str) -> None:
    """周一 周五: from one to the other, or these two? 春节初一: no 初一 of another month."""
    if between == " " and first.weekdays == {1} and min(second.weekdays, default=0) >= _FRIDAY:
        refuse(f"“{said}”看不清是从哪天到哪天，还是只有这两天", words=said)
    holiday = any(one.kind == "holidays" for one in first.special)
    if not between and holiday and any(one.kind == "lunar" for one in second.special):
        refuse(f"“{said}”看不清是哪几天", words=said)
    market = any(one.kind == "market" for one in second.special)
    if not between.strip(" ") and first.weekdays and market and not first.every:
        # 周日逢集: Sundays, on which market is, or such Sundays alone?
        refuse(f"“{said}”看不清是哪几天", words=said)


def _weekdays(text: str, *, listed: bool) -> Days:
    """周一至周五, 周五至周一, 周六、周日; refuses days that run backwards or come twice."""
    if over := _OVER_SUNDAY.fullmatch(text):
        first, last = (_DAY_OF[sign] for sign in over.groups())
        if last < first - 1:
            return Days(frozenset(EVERY_DAY) - set(range(last + 1, first)), ranged=True)
    named: list[int] = []
    ranged, chained = False, False
    for dash, between, sign in re.findall(
        r"([-至到]?)([周、,和及与/&每 ]*)([一二三四五六日天1-7])", text
    ):
        day, last = _DAY_OF[sign], named[-1] if named else 0
        if day in named or (day < last and (dash or not between)) or (dash and chained):
            refuse(f"“{text}”前后颠倒了", words=text, advice="请从周一往周日写")
        named += range(last + 1, day) if dash else []
        named.append(day)
        chained, ranged = bool(dash), ranged or bool(dash)
    undashed = not listed and not re.search("[-至到、和及与/&,]", text)
    if undashed and len(named) == 2 and named[1] - named[0] > 1:
        either = f"“{text}”看不清是从哪天到哪天，还是只有这两天"
        refuse(either, words=text, advice="请写“周一至周五”或“周一、周五”")
    return Days(frozenset(named), ranged=ranged)


def _holiday(text: str) -> str:
    if "法定" in text:
        return "法定节假日"
    if text.startswith(("节", "假", "放")):
        return ""
    return _HOLIDAY_NAMES.get(text[:2], text[:2])


def _numbered(word: Token) -> Special:
    """逢三、六、九; 初一、十五; 逢集."""
    text = re.sub("农历|阴历|夏历|每月", "", word.text)
    if word.kind == "lunar":
        found = re.findall(r"初([一二三四五六七八九十])|([三二十廿一四五六七八九]+)", text)
        named = [number((one or other).replace("廿", "二十")) for one, other in found]
        if len(set(named)) < len(named):
            refuse(f"“{word.text}”里有两个一样的日子", words=word.text)
        return Special("lunar", tuple(sorted({n for n in named if n})))
    named = [number(sign) for sign in re.findall(r"10|\d|[一二三四五六七八九十]", text)]
    name = "农历" if re.search("[农阴]历", word.text) else ""
    return Special("market", tuple(sorted({n for n in named if n})), name)
