"""Beijing days and months, and how people write them: the one place for both.

Moments are kept in UTC; the day on every form is the Beijing one. China has had no summer time
since 1991, so a Beijing day always has 24 hours.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


def beijing_day(at: datetime) -> date:
    """The Beijing day of a moment."""
    return at.astimezone(BEIJING).date()


def first_of_month(day: date) -> date:
    """The first day of the month a day belongs to."""
    return day.replace(day=1)


def next_month(month_on: date) -> date:
    """The first day of the month after."""
    return (month_on.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_of(day: date) -> str:
    """The month a day belongs to, as JSON and addresses write it: "2023-07"."""
    return f"{day.year}-{day.month:02d}"


def full_day_text(day: date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_text(day: date, beside: date | None = None) -> str:
    """7月3日; with the year where it is not that of the day `beside`."""
    year = f"{day.year}年" if beside is not None and beside.year != day.year else ""
    return f"{year}{day.month}月{day.day}日"


def month_text(month: str) -> str:
    """7月, for a month written "2023-07"."""
    return f"{int(month[5:])}月"


def full_month_text(day: date) -> str:
    """2026年11月."""
    return f"{day.year}年{day.month}月"


def weekday_text(day: date) -> str:
    """周一 … 周日."""
    return "周" + WEEKDAYS[day.weekday()]


def moment_text(at: datetime) -> str:
    """A UTC moment as Beijing wall time to the minute: 2026-11-22 09:30."""
    return at.astimezone(BEIJING).isoformat(" ", "minutes")[:16]


def second_text(at: datetime) -> str:
    """A UTC moment as Beijing wall time to the second: 2026-11-22 09:30:05."""
    return at.astimezone(BEIJING).isoformat(" ", "seconds")[:19]


def file_moment(at: datetime) -> str:
    """20261122-0930, as names of files carry a moment."""
    return f"{at.astimezone(BEIJING):%Y%m%d-%H%M}"


def clock_text(at: datetime) -> str:
    """The Beijing time of day of a moment, to the minute: 09:30."""
    return f"{at.astimezone(BEIJING):%H:%M}"


def file_day(day: date) -> str:
    """2026-11-22, as names of files carry a day, so that they sort by it."""
    return day.isoformat()


def month_day(day: date) -> str:
    """7-3, for the axis of a chart."""
    return f"{day.month}-{day.day}"
