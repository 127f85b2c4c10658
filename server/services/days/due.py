"""On which days of a month a station was in the register, and on which it surely was open."""

from collections.abc import Iterable
from datetime import date, timedelta

from server.models.station import Station
from server.policy.hours import Holidays, open_on, week_of


def days_there(station: Station, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which a station was in the register."""
    begin = max(first, station.opened_on or first)
    end = min(last, station.closed_on or last)
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def days_due(station: Station, there: Iterable[date], holidays: Holidays) -> set[date]:
    """Of these days those on which the station's hours surely say that it is open."""
    week = week_of(station.hours)
    return {day for day in there if not station.hours or open_on(week, day, holidays)}
