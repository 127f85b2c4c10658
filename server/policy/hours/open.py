"""Whether a station is open on a day or at a moment: yes, no, or nobody can tell from here.

Market days, lunar days and the busy season follow calendars of the village that are not known
here, so they decide nothing. Holidays are known from the yearly notices where the caller has them;
without them it is known when they cannot be.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import product

from server.policy.hours.feasts import maybe_feast
from server.policy.hours.week import DAY, Day, MonthDay, Season, Special, Week

Holidays = Callable[[date], str | None]
"""What a day is a public holiday for (劳动节; 中秋节、国庆节), "" for nothing, None unknown."""

# Days on which a public holiday, with the days off around it, may fall in any year
# (全国年节及纪念日放假办法; each autumn the State Council names the next year's).
_HOLIDAYS: dict[str, tuple[MonthDay, MonthDay]] = {
    "元旦": ((12, 29), (1, 4)),
    "春节": ((1, 17), (3, 2)),
    "清明": ((4, 2), (4, 8)),
    "五一": ((4, 27), (5, 7)),
    "端午": ((5, 24), (6, 29)),
    "中秋": ((9, 5), (10, 11)),
    "国庆": ((9, 27), (10, 11)),
}


_NOTICE_NAMES = {"五一": "劳动节"}


def nobody_knows(_day: date) -> str | None:
    """The `Holidays` of who has no notice at hand."""
    return None


def open_on(week: Week, on: date, holidays: Holidays = nobody_knows) -> bool | None:
    """Whether the station opens on a day; None where that cannot be decided."""
    days = _possible(week, on, holidays)
    return _agreed(None if day.appointment else bool(day.spans) for day in days)


def open_at(week: Week, at: datetime, *, leeway_min: int = 60) -> bool | None:
    """Whether a local moment lies within the hours; None where that cannot be decided.

    A keeper may come a little earlier and leave a little later than the hours say.
    """

    def within(minute: int, opens: int, closes: int) -> bool:
        return opens - leeway_min <= minute <= closes + leeway_min

    return _at(week, at, within)


def still_opens(week: Week, at: datetime) -> bool | None:
    """Whether at a local moment the station is open, or opens later that day."""
    return _at(week, at, lambda minute, _opens, closes: minute < closes)


def _at(week: Week, at: datetime, fits: Callable[[int, int, int], bool]) -> bool | None:
    """Whether a span of the day, or one of the night before that runs on, fits the moment."""
    minute = at.hour * 60 + at.minute
    yesterday = _possible(week, at.date() - timedelta(days=1))
    late = [[span for span in day.spans if span[1] > DAY] for day in yesterday]

    def fit(day: Day, before: list[tuple[int, int]]) -> bool | None:
        spans = [*day.spans, *((opens - DAY, closes - DAY) for opens, closes in before)]
        if any(fits(minute, *span) for span in spans):
            return None if day.appointment else True
        return None if day.appointment and not day.spans else False

    return _agreed(fit(*pair) for pair in product(_possible(week, at.date()), late))


def _agreed(answers: Iterable[bool | None]) -> bool | None:
    """What all say alike; None where they differ, or nobody says anything."""
    found = set(answers)
    return found.pop() if len(found) == 1 else None


def _possible(week: Week, on: date, holidays: Holidays = nobody_knows) -> list[Day]:
    """All that may hold on a day: one where that is known, none where nothing is said."""
    found: list[Day] = []
    for part in week.parts:
        if _in_season(part.season, on) is False:
            continue
        usual = part.days[on.isoweekday() - 1]
        falls = [
            (_falls(one, on, holidays), usual if day.usual else day) for one, day in part.special
        ]
        sure = [day for holds, day in falls if holds]
        found += [*(sure or [usual]), *(day for holds, day in falls if holds is None)]
    return found


def _in_season(season: Season | None, on: date) -> bool | None:
    if season is None:
        return True
    if season.first is None or season.last is None:
        return None
    return _between(season.first, on, season.last)


def _falls(special: Special, on: date, holidays: Holidays) -> bool | None:
    """Whether a day is one of the special ones; None where that cannot be known."""
    if special.kind in {"odd_dates", "even_dates"}:
        return (on.day % 2 == 1) is (special.kind == "odd_dates")
    if special.kind == "holidays" and special.of:
        return None if maybe_feast(special.of, on) else False
    if special.kind == "holidays":
        return _is_holiday(special.name, on, holidays)
    return None


def _is_holiday(name: str, on: date, holidays: Holidays) -> bool | None:
    """Whether it is a holiday, or the one of that name; a village's 春节 may be longer."""
    named = name in _HOLIDAYS
    windows = [_HOLIDAYS[name]] if named else _HOLIDAYS.values()
    known = holidays(on)
    if not any(_between(first, on, last) for first, last in windows):
        return False
    if known is None:
        return None
    sure = _NOTICE_NAMES.get(name, name) in known if named else bool(known)
    return None if name == "春节" and not sure else sure


def _between(first: MonthDay, on: date, last: MonthDay) -> bool:
    day = (on.month, on.day)
    return first <= day <= last if first <= last else day >= first or day <= last
