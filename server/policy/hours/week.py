"""A week of opening hours as a value: split days, seasons, market days, holidays, late closing.

As the register keeps it, it is a list of `[[weekdays 1-7], opens, closes]`, each a span of one or
more days. A fourth item, a dictionary, says under what condition the span holds:

    season         summer, winter, spring, autumn, spring_summer or autumn_winter
    first, last    "05-01" and "10-31": the season's days, both included; it may go over New Year
    days, of, name days that no weekday tells (see `Special`); the list of weekdays is empty then
    appointment    true: only after a call; without times at any time
    usual          true: these days are like any other (节假日照常)

Closing after midnight counts on: "26:00" is two o'clock of the next day. `opens` and `closes` are
"" where there are no times: closed, unless `appointment` or `usual` says otherwise. A weekday that
is not named is closed. A plain week has no fourth items.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

DAY = 24 * 60
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)

Span = tuple[int, int]
"""Opening and closing in minutes after midnight of the day that opens."""
Stored = Sequence[Any]
"""As the register keeps it."""
MonthDay = tuple[int, int]

SEASONS: Mapping[str, str] = {
    "summer": "夏季", "winter": "冬季", "spring": "春季", "autumn": "秋季",
    "spring_summer": "春夏季", "autumn_winter": "秋冬季",
}  # fmt: skip


REST = "rest"
"""其他月份, until the other seasons tell which days are left; never kept."""


@dataclass(frozen=True, slots=True, order=True)
class Special:
    """Days that no weekday tells; `of` are numbers of days, `name` which of several there are.

    Kinds: market (逢集, 逢三、六、九; `name` 农历 where that is written), lunar (初一、十五),
    odd_dates and even_dates (单号, 双号), odd_days and even_days (单日, 双日, of either
    calendar), holidays (节假日; `name` 春节 and the like), busy and slack (农忙, 农闲).
    Where 春节 is told by its days, `of` is the first and the last, or the only one: month times
    a hundred and day of the farmers' calendar (1229, 106: 腊月二十九至正月初六; 1230: 除夕).
    """

    kind: str
    of: tuple[int, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What holds on a day: its spans in order; none means closed, unless a flag says otherwise."""

    spans: tuple[Span, ...] = ()
    appointment: bool = False
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Season:
    """A part of the year; `first` and `last` (both included) are None where nobody wrote them."""

    name: str = ""
    first: MonthDay | None = None
    last: MonthDay | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The seven weekdays from Monday on, and the special days, of one season or the whole year."""

    days: tuple[Day, ...]
    special: tuple[tuple[Special, Day], ...] = ()
    season: Season | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """One part for the whole year, or one for each season."""

    parts: tuple[Part, ...]


def clock(minute: int) -> str:
    """480 → "08:00"; 1560 → "26:00", two o'clock of the next day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def minute_of(text: str) -> int:
    """The reverse of `clock`."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def stored(week: Week) -> list[list[Any]]:
    """A week as the register keeps it; equal weeks give equal lists."""
    items: list[list[Any]] = []
    for part in sorted(week.parts, key=_order):
        when = _season_when(part.season)
        if part.season is not None and not any(map(_says, part.days)) and not part.special:
            items.append([list(EVERY_DAY), "", "", when])
        groups: dict[Day, list[int]] = {}
        for number, day in zip(EVERY_DAY, part.days, strict=True):
            if _says(day):
                groups.setdefault(day, []).append(number)
        for day, numbers in groups.items():
            items += _items(numbers, day, when)
        for special, day in part.special:
            more: dict[str, Any] = {"days": special.kind}
            more |= {"of": list(special.of)} if special.of else {}
            more |= {"name": special.name} if special.name else {}
            items += _items([], day, when | more)
    return items


def week_of(items: Stored) -> Week:
    """What the register keeps, as a week."""
    seasons: dict[Season | None, dict[int | Special, Day]] = {}
    for weekdays, opens, closes, *more in items:
        when: Mapping[str, Any] = more[0] if more else {}
        said = seasons.setdefault(_season_of(when), {})
        for one in [_special_of(when)] if "days" in when else weekdays:
            before = said.get(one, Day())
            span = ((minute_of(opens), minute_of(closes)),) if opens else ()
            said[one] = Day(
                tuple(sorted(before.spans + span)),
                appointment=bool(when.get("appointment")),
                usual=bool(when.get("usual")),
            )
    return Week(
        tuple(
            Part(
                tuple(said.get(number, Day()) for number in EVERY_DAY),
                tuple((one, day) for one, day in said.items() if isinstance(one, Special)),
                season,
            )
            for season, said in seasons.items()
        )
    )


def same_week(one: Week, other: Week) -> bool:
    """Whether two weeks mean the same: days, breaks, seasons and special days all agree.

    Spans that touch are one. A season with dates is told by them, another by its name. Days that
    are as usual, and special days where all days are alike, are not held against a week that does
    not speak of them.
    """
    return _plain(one) == _plain(other)


def overlap(spans: Iterable[Span]) -> bool:
    """Whether two spans of a day share a minute, or one runs into itself the next day."""
    ordered = sorted(spans)
    return any(closes > opens for (_, closes), (opens, _) in pairwise(ordered)) or (
        bool(ordered) and ordered[-1][1] - DAY > ordered[0][0]
    )


def _order(part: Part) -> tuple[MonthDay, int]:
    """As the year goes; undated seasons as they stand in `SEASONS`."""
    season = part.season or Season()
    return season.first or (0, 0), [*SEASONS, ""].index(season.name)


def _says(day: Day) -> bool:
    return bool(day.spans) or day.appointment


def _items(numbers: list[int], day: Day, when: dict[str, Any]) -> list[list[Any]]:
    when = when | ({"appointment": True} if day.appointment else {})
    when |= {"usual": True} if day.usual else {}
    times = [[clock(opens), clock(closes)] for opens, closes in day.spans] or [["", ""]]
    return [[numbers, *pair, *([dict(when)] if when else [])] for pair in times]


def _season_when(season: Season | None) -> dict[str, Any]:
    if season is None:
        return {}
    said: dict[str, Any] = {"season": season.name} if season.name else {}
    if season.first and season.last:
        said |= {"first": _month_day(season.first), "last": _month_day(season.last)}
    return said


def _season_of(when: Mapping[str, Any]) -> Season | None:
    if not {"season", "first"} & set(when):
        return None
    first, last = (_day_of(when[end]) if end in when else None for end in ("first", "last"))
    return Season(str(when.get("season", "")), first, last)


def _special_of(when: Mapping[str, Any]) -> Special:
    return Special(when["days"], tuple(when.get("of", ())), when.get("name", ""))


def _month_day(day: MonthDay) -> str:
    return f"{day[0]:02}-{day[1]:02}"


def _day_of(text: str) -> MonthDay:
    month, day = text.split("-")
    return int(month), int(day)


def _plain(week: Week) -> frozenset[tuple[Any, ...]]:
    parts = {_plain_part(part) for part in week.parts}
    said = {what for _, what in parts}
    return frozenset(parts if len(said) > 1 else {(None, what) for what in said})


def _plain_part(part: Part) -> tuple[Any, ...]:
    season: Any = None
    if part.season is not None:
        dated = part.season.first and (part.season.first, part.season.last)
        season = dated or part.season.name
    days = tuple(_joined(day) for day in part.days)
    special = frozenset((one, _joined(day)) for one, day in part.special if not day.usual)
    if {day for _, day in special} | set(days) == {days[0]}:
        special = frozenset()
    return season, (days, special)


def _joined(day: Day) -> Day:
    """Spans that touch become one."""
    spans: list[Span] = []
    for opens, closes in sorted(day.spans):
        if spans and spans[-1][1] == opens:
            spans[-1] = (spans[-1][0], closes)
        else:
            spans.append((opens, closes))
    return replace(day, spans=tuple(spans))
