"""Rows that say in words what the hours say: 下午不营业 beside 8:00-12:00.

周日盘点 beside 周一至周六, 中午盘库不取件 beside a told break, 大雪封门也开.

Where the week that the other rows tell agrees, such a row says nothing more, and is left out. Where
it does not (中午不取件 beside 8:00-18:00), it stays, and the grammar refuses it.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from server.errors import Invalid
from server.policy.hours.week import DAY, Day, Week

_WEEKDAYS = "一二三四五六日"
_NOON, _EVENING = 12 * 60, 20 * 60
_LUNCH_FROM, _LUNCH_UNTIL = 11 * 60, 16 * 60
_DUSK, _DAWN = 17 * 60, DAY + 9 * 60
_AFTER_LUNCH = 14 * 60 + 30

_WHY = (
    "(?:(?:天气?太?[热冷]|盘[库点货]|理货|吃饭|做饭|回家|回去|睡觉|午睡|补觉|分拣|送货|派件|拉货|下地|干活|打麻将"
    "|接娃|接孩子|人不在|老板|店里|站里|我们?|要|去|在)[,、 ]?){0,3}"
)
_SERVES = (
    "(?:开门?|营业|取件|取货|寄件|派件|收件|办理?(?:业务)?|接待|上班|在家|在店|在|卖[一-龥]{1,2}|坐诊|接诊"
    "|开放|出摊)"
)
_NOT = (
    f"(?:(?:暂|都|就|也)?不{_SERVES}|停止{_SERVES}|暂停{_SERVES}|谢绝{_SERVES}"
    "|(?:都)?(?:没|无)有?人|休息|关门|锁门|歇晌|歇着|睡觉|午睡|做饭|吃饭"
    "|请?(?:不要|别|莫|勿)(?:前?来)?(?:取件|打扰|敲门)?)"
)
_SORRY = (
    "(?:[,、 ]?(?:请|望|敬请)?(?:大家|乡亲们?|各位)?(?:见谅|谅解|理解|勿扰|勿等|莫等|别等|别来|莫来"
    "|别敲门|勿敲门|莫敲门|不要敲门|敲门没用|勿打扰|不要来))?"
)
_DAYS = f"(?P<days>周[{_WEEKDAYS}天](?:[、和及]?周?[{_WEEKDAYS}天])*|周末|双休日)"
_PART = ".*(?:[上下中]午|半[天日]|[早晚夜前后]|[单双])"
"""周日上午盘点 may be open in the afternoon."""
_AWAY = (
    "(?:(?:要|去|回|到|在|进|上|赶|下)[一-龥]{0,5})?"
    "(?:盘[点库货]|清[货仓]|理货|进货|拿货|拉货|补货|例会|开会|学习|巡诊|出诊|赶集|赶场"
    "|[集场圩街]去|老屋|老家|乡下|城里|教堂)"
)
_ROWS = (
    ("noon", rf"(?:天气?太?[热冷][,、 ]?)?(?:中午|午间|晌午){_WHY}[,、 ]?{_NOT}{_SORRY}"),
    ("noon", rf"(?:中午|午间){_WHY}(?:回家|吃饭|做饭|睡觉)[,、 ]?请?(?:见谅|谅解|理解)"),
    ("afternoon", rf"(?:下午|午后){_WHY}[,、 ]?{_NOT}{_SORRY}"),
    ("morning", rf"(?:上午|早上){_WHY}[,、 ]?{_NOT}{_SORRY}"),
    ("daylight", rf"(?:白天|日间){_WHY}[,、 ]?{_NOT}{_SORRY}"),
    ("daylight", r"(?:白天|日间)(?:取件|的件)?请?(?:去|到|找)[一-龥]{2,6}(?:取件?)?"),
    ("night", rf"(?:晚上|夜里|夜间){_WHY}[,、 ]?{_NOT}{_SORRY}"),
    (
        "days",
        rf"(?!{_PART})(?:每|逢)?{_DAYS} ?(?:{_AWAY}|{_WHY}[,、 ]?{_NOT}(?:[、, ]{_NOT})?){_SORRY}",
    ),
)
_KINDS = tuple((kind, re.compile(rule)) for kind, rule in _ROWS)
_WEATHER = re.compile(
    "(?:下|刮|大|小|暴|风|雨|雪|封|门|天|冰|雹|雷|打|再|冷|热|阴|台|路|滑|寒|酷|暑|不管|无论|遇|如|哪怕){2,9}[,、]?"
    "(?:也|都|照常|照样|一样|依然|仍|照)+(?:正常)?(?:开门?|营业|有人|上班|取件|不休息?|不关门)"
)
_IN_ALL_WEATHERS = re.compile(
    r"(?:(?<=[\n ,;。])|^)(?:全年|一年四季)?风雨无阻(?![,、 ]*(?:每天|天天|全年))[,、 ]?"
    r"(?=[\n ,;。!]|$)"
)
_MARKS = " ,。.!:;·*★☆●、()"


def without_repeated(plain: str, reads: Callable[[str], Week]) -> str:
    """A spelt text without such rows; `reads` tells what the others do, or raises Invalid.

    Of a closed day its name and 休息 stay, without the reason.
    """
    plain = re.sub(r"\n{2,}", "\n", _IN_ALL_WEATHERS.sub("", plain)).strip(" \n")
    rows = plain.split("\n")
    found = {row: one for row in rows if (one := _kind(row))}
    rest = [row for row in rows if row not in found]
    if not found or not rest:
        return plain
    try:
        week = reads("\n".join(rest))
    except Invalid:
        return plain
    left = []
    for row in rows:
        kind, said = found.get(row, ("", ""))
        if not kind or not _agrees(kind, said, week):
            left.append(row)
        elif said:
            left.append(f"{said}休息")
    return "\n".join(left)


def _kind(row: str) -> tuple[str, str] | None:
    """What a row says, and of which days; None where it is another row."""
    plain = row.strip(_MARKS)
    if _WEATHER.fullmatch(plain):
        return "weather", ""
    for kind, rule in _KINDS:
        if told := rule.fullmatch(plain):
            return kind, told.groupdict().get("days") or ""
    return None


def _agrees(kind: str, said: str, week: Week) -> bool:
    if kind == "weather":
        return True
    days = [day for part in week.parts for day in part.days]
    if kind == "days":
        named = _named(said)
        every = all(part.days[n] == Day() for part in week.parts for n in named)
        return every and any(day.spans for day in days)
    opened = [*days, *(day for part in week.parts for _, day in part.special)]
    spans = [day.spans for day in opened if day.spans]
    return bool(spans) and all(_shut(kind, one) for one in spans)


def _shut(kind: str, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether these times lie outside such a part of the day."""
    if kind == "noon":
        return any(
            _LUNCH_FROM <= ends < begins <= _LUNCH_UNTIL
            for (_, ends), (begins, _) in pairwise(sorted(spans))
        )
    if kind == "afternoon":
        return all(closes <= _AFTER_LUNCH for _, closes in spans)
    if kind == "morning":
        return all(opens >= _NOON and closes <= DAY + 4 * 60 for opens, closes in spans)
    if kind == "night":
        return all(closes <= _EVENING for _, closes in spans)
    return all(opens >= _DUSK and closes <= _DAWN for opens, closes in spans)


def _named(said: str) -> set[int]:
    if said in {"周末", "双休日"}:
        return {5, 6}
    return {_WEEKDAYS.index(sign) for sign in said.replace("天", "日") if sign in _WEEKDAYS}
