"""Opening hours in words, for plates, screens and tables; the grammar reads each of them back."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.calendar import WEEKDAYS
from server.policy.hours.times import EARLIEST
from server.policy.hours.week import DAY, EVERY_DAY, SEASONS, Stored, clock, minute_of

_NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
EVE = 1230
"""除夕, the last of 腊月, though every other year the month has but 29 days."""
_LAST_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NAMES: Mapping[str, str] = {
    "odd_dates": "单号", "even_dates": "双号", "odd_days": "单日", "even_days": "双日",
    "busy": "农忙", "slack": "农闲",
}  # fmt: skip


def hours_text(hours: Stored) -> str:
    """Hours as one line that `parse_hours` reads back to the same hours; "" when there are none."""
    return "；".join(hours_lines(hours)).replace("\u2013", "-")


def hours_lines(hours: Stored) -> tuple[str, ...]:
    """Hours for a plate or a screen, a line for each group of days: the days, a blank, the times.

    What holds alike in every season is said once, at the end.
    """
    lines: dict[str, dict[str, tuple[str, ...]]] = {}
    for days, opens, closes, *more in hours:
        when: Mapping[str, Any] = more[0] if more else {}
        said = lines.setdefault(_season(when), {})
        key = _special(when) if "days" in when else _weekdays(days, in_season=bool(_season(when)))
        times = _times(opens, closes, when)
        # 电话预约 stands once, behind the last of the times that it is asked for.
        said[key] = (*(one for one in said.get(key, ()) if one not in times), *times)
    everywhere = _shared(list(lines.values())) if len(lines) > 1 else {}
    found = [
        f"{season}{days} {'，'.join(times)}"
        for season, said in lines.items()
        for days, times in said.items()
        if days not in everywhere
    ]
    return (*found, *(f"{days} {'，'.join(times)}" for days, times in everywhere.items()))


def numeral(number: int) -> str:
    """3 → 三, 15 → 十五, 21 → 二十一; for 1 to 99."""
    tens, ones = divmod(number, 10)
    return f"{_NUMERALS[tens] if tens > 1 else ''}{'十' if tens else ''}{_NUMERALS[ones]}"


def span_text(opens: str, closes: str) -> str:
    """08:00–18:00, 24小时, 10:00–次日02:00, 凌晨02:00–20:00 (else perhaps the afternoon)."""
    if (opens, closes) == ("00:00", "24:00"):
        return "24小时"
    until = minute_of(closes)
    after = f"次日{clock(until - DAY)}" if until > DAY else closes
    early = "凌晨" if 0 < minute_of(opens) < EARLIEST else ""
    return f"{early}{opens}\u2013{after}"


def feast_text(days: Sequence[int]) -> str:
    """1229, 106 → 腊月二十九至正月初六; 1230 → 除夕."""
    return "至".join(map(_feast_day, days))


def _feast_day(day: int) -> str:
    if day == EVE:
        return "除夕"
    month, day = divmod(day, 100)
    return f"{'腊月' if month == 12 else '正月'}{'初' if day <= 10 else ''}{numeral(day)}"


def _times(opens: str, closes: str, when: Mapping[str, Any]) -> tuple[str, ...]:
    if when.get("usual"):
        return ("照常",)
    times = (span_text(opens, closes),) if opens else ()
    if when.get("appointment"):
        return (*times, "电话预约")
    return times or ("休息",)


def _shared(seasons: Sequence[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Special days that are alike in all seasons; weekdays always stand with their season."""
    first, *others = seasons
    return {
        days: times
        for days, times in first.items()
        if not days.startswith(("周", "每")) and all(one.get(days) == times for one in others)
    }


def _season(when: Mapping[str, Any]) -> str:
    if not {"season", "first"} & set(when):
        return ""
    name = SEASONS.get(str(when.get("season", "")), "")
    if "first" not in when:
        return name
    range_ = _range(str(when["first"]), str(when["last"]))
    return f"{name}（{range_}）" if name else range_


def _range(first: str, last: str) -> str:
    from_month, from_day = (int(part) for part in first.split("-"))
    to_month, to_day = (int(part) for part in last.split("-"))
    if from_day == 1 and to_day == _LAST_OF_MONTH[to_month - 1]:
        return f"{from_month}月" if from_month == to_month else f"{from_month}月至{to_month}月"
    return f"{from_month}月{from_day}日至{to_month}月{to_day}日"


def last_of_month(month: int) -> int:
    """The last day of a month of any year; February has 29."""
    return _LAST_OF_MONTH[month - 1]


def _weekdays(days: Sequence[int], *, in_season: bool) -> str:
    if in_season and tuple(days) == EVERY_DAY:
        return "每天"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(map(_run, runs))


def _run(days: Sequence[int]) -> str:
    """周四至周日; two in a row one by one, as people say them."""
    names = [f"周{WEEKDAYS[day - 1]}" for day in days]
    return f"{names[0]}至{names[-1]}" if len(names) > 2 else "、".join(names)


def _special(when: Mapping[str, Any]) -> str:
    kind, of, name = when["days"], when.get("of", ()), str(when.get("name", ""))
    match kind:
        case "market":
            return f"{name}逢{'、'.join(map(numeral, of)) if of else '集'}"
        case "lunar":
            return "农历" + "、".join(f"初{numeral(n)}" if n <= 10 else numeral(n) for n in of)
        case "holidays":
            return f"{name}（{feast_text(of)}）" if of else name or "节假日"
        case _:
            return _NAMES[kind]
