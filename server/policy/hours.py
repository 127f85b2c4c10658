"""Opening hours as people type them, and as the register keeps and prints them."""

import re
import unicodedata
from itertools import pairwise
from typing import Any

from server.errors import Invalid

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
WEEKEND = [6, 7]
_DAY_NAMES = "一二三四五六日"
_DAY_OF = {name: number for number, name in enumerate(_DAY_NAMES, 1)} | {"天": 7}
_DAY_OF |= {str(number): number for number in EVERY_DAY}
_GROUPS = {
    **dict.fromkeys(("每天", "每日", "天天", "全年无休", "全周"), EVERY_DAY),
    **dict.fromkeys(("周末", "双休日"), WEEKEND),
    "工作日": [1, 2, 3, 4, 5],
}
_WEEK = "(?:周|星期|礼拜)"
_DAY = "[一二三四五六日天1-7]"
_MORE = r"(?:[一二三四五六日天]|[1-7](?![\d:]))"
_HALF = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|早|晚"
_CLOCK = rf"(?P<half{{0}}>{_HALF})?(?P<hour{{0}}>\d{{{{1,2}}}})(?::(?P<minute{{0}}>\d{{{{2}}}}))?"
_TOKENS = re.compile(
    "|".join(
        (
            rf"(?P<group>{'|'.join(_GROUPS)})",
            rf"(?P<days>{_WEEK}{_DAY}(?:[-、,和及]?{_WEEK}{_DAY}|[-、,]{_MORE})*)",
            r"(?P<allday>24小时|全天)",
            r"(?P<closed>休息|不营业|关门)",
            rf"(?P<range>{_CLOCK.format(1)}-{_CLOCK.format(2)})",
            r"(?P<filler>营业时间|营业|开门|服务|时间|[ ,、;:()。和及])",
        )
    )
)
ADVICE = "请照“周一至周五 8:30-18:00；周六 9:00-12:00”或“24小时”这样写"


def parse_hours(text: str) -> list[list[Any]]:
    """Turn typed hours into [[weekdays 1-7], "08:00", "18:00"] rules; 24 hours end at "24:00".

    Raises Invalid hours-unreadable, naming the part that cannot be read. Blank text is no hours.
    """
    plain = _plain(text)
    if not plain:
        return []
    spans: dict[int, list[tuple[str, str]]] = {}
    days, place, closed_any = EVERY_DAY, 0, False
    last_was_days = False
    while place < len(plain):
        token = _TOKENS.match(plain, place)
        if token is None:
            raise Invalid("hours-unreadable", f"营业时间里的“{plain[place:][:12]}”看不懂，{ADVICE}")
        place = token.end()
        kind = token.lastgroup if token.lastgroup in {"group", "days"} else None
        if token["group"] or token["days"]:
            named = _GROUPS[token["group"]] if token["group"] else days_named(token["days"])
            days = sorted({*days, *named}) if last_was_days else list(named)
        elif token["allday"]:
            _add(spans, days, "00:00", "24:00")
        elif token["closed"]:
            closed_any = True
        elif token["range"]:
            _add(spans, days, *_span(token))
        last_was_days = kind is not None or (last_was_days and token["filler"] is not None)
    if not spans:
        wrong = "只写了休息的日子" if closed_any else "里没有看到几点到几点"
        raise Invalid("hours-unreadable", f"营业时间{wrong}，{ADVICE}")
    return rules_of(spans)


def hours_text(hours: list[Any]) -> str:
    """Hours as one line that `parse_hours` reads back to the same rules; "" when there are none."""
    return "；".join(hours_lines(hours)).replace("\u2013", "-")


def hours_lines(hours: list[Any]) -> tuple[str, ...]:
    """Hours for a plate or a screen, one line for each group of days."""
    by_days: dict[tuple[int, ...], list[str]] = {}
    for days, opens, closes in hours:
        span = "24小时" if (opens, closes) == ("00:00", "24:00") else f"{opens}\u2013{closes}"
        by_days.setdefault(tuple(days), []).append(span)
    return tuple(f"{_days_text(days)} {'，'.join(spans)}" for days, spans in by_days.items())


def _plain(text: str) -> str:
    """One spelling for widths, dashes, and the many ways to say a time."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\n\r；]+", ";", plain.strip())
    plain = re.sub(r"\s+", " ", plain)
    plain = re.sub(r" ?[-‐‑‒–—―~〜至到]+ ?", "-", plain)
    plain = plain.replace("每周", "周").replace("\uff1a", ":").replace("24小时制", "")
    plain = re.sub(r"(\d{1,2})[点时]半", r"\1:30", plain)
    plain = re.sub(r"(\d{1,2})[点时](\d{2})分?", r"\1:\2", plain)
    plain = re.sub(r"(\d{1,2})[点时]整?", r"\1:00", plain)
    return re.sub(r"(\d{1,2})\.(\d{2})(?!\d)", r"\1:\2", plain)


def days_named(text: str) -> list[int]:
    """周一至周五, 周六、周日 → weekdays 1–7; Invalid hours-unreadable when they run backwards."""
    named: list[int] = []
    until = False
    for sign in re.findall(rf"{_DAY}|-", text):
        if sign == "-":
            until = True
            continue
        day = _DAY_OF[sign]
        if until and named:
            first = named[-1]
            if day < first:
                raise Invalid("hours-unreadable", f"“{text}”前后颠倒了，请从周一往周日写")
            named += range(first + 1, day)
        named.append(day)
        until = False
    return sorted(set(named))


def _span(token: re.Match[str]) -> tuple[str, str]:
    opens = _minutes(token["half1"], token["hour1"], token["minute1"])
    # 下午2:30-6:00: the half of the day said once holds for both times.
    closes = _minutes(token["half2"], token["hour2"], token["minute2"])
    if closes <= opens and token["half2"] is None and token["half1"] is not None:
        closes = _minutes(token["half1"], token["hour2"], token["minute2"])
    if not (opens < closes <= 24 * 60):
        raise Invalid(
            "hours-unreadable",
            f"“{token['range']}”的关门时间不晚于开门时间；下午六点请写18:00或下午6:00",
        )
    return f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"


def _minutes(half: str | None, hour: str, minute: str | None) -> int:
    hours, minutes = int(hour), int(minute or 0)
    afternoon = half in {"下午", "傍晚", "晚上", "晚"} or (half == "中午" and hours < 3)
    if afternoon and hours < 12:
        hours += 12
    if hours > 24 or minutes > 59:
        raise Invalid("hours-unreadable", f"没有“{hour}:{minute or '00'}”这个时间，请改正")
    return hours * 60 + minutes


def _add(spans: dict[int, list[tuple[str, str]]], days: list[int], opens: str, closes: str) -> None:
    for day in days:
        spans.setdefault(day, []).append((opens, closes))


def rules_of(spans: dict[int, list[tuple[str, str]]]) -> list[list[Any]]:
    """Group days with the same spans, Monday's group first; overlapping spans are refused."""
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for day in sorted(spans):
        times = tuple(sorted(spans[day]))
        for (_, closes), (opens, _) in pairwise(times):
            if opens < closes:
                raise Invalid(
                    "hours-unreadable", f"周{_DAY_NAMES[day - 1]}的营业时间有重叠，请核对"
                )
        groups.setdefault(times, []).append(day)
    return [[days, opens, closes] for times, days in groups.items() for opens, closes in times]


def _days_text(days: tuple[int, ...]) -> str:
    names = [f"周{_DAY_NAMES[day - 1]}" for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]}至{names[-1]}"
    return "、".join(names)
