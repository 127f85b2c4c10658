"""On which days of a month a station was in the register, and on which it surely was open."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol

from server.policy.hours import Holidays, open_on, week_of
from server.services.common.hours_then import HoursThen


class Opens(Protocol):
    """What of a station says when it is open, read with it or by itself."""

    @property
    def id(self) -> int:
        """Its key, by which the history tells of it."""

    @property
    def hours(self) -> list[Any]:
        """As the register keeps them today; [] where nobody entered any."""

    @property
    def opened_on(self) -> date | None:
        """From which day it is in the register."""

    @property
    def closed_on(self) -> date | None:
        """Until which day."""


def days_there(station: Opens, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which a station was in the register."""
    begin = max(first, station.opened_on or first)
    end = min(last, station.closed_on or last)
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


NO_DAYS: frozenset[date] = frozenset()


class DaysDue:
    """On which days of a span stations are surely open; those with the same hours share the work.

    A county's stations have a handful of hours, and a month has as many days for each of them.
    Each day is asked by the hours that held on it: new ones make no past day due, nor free.
    """

    def __init__(self, first: date, last: date, holidays: Holidays, then: HoursThen) -> None:
        self._then = then
        self._days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self._holidays = holidays
        self._known: dict[str, frozenset[date]] = {}
        self._alike: dict[tuple[Any, ...], frozenset[date] | None] = {}

    def of(self, station: Opens, there: Iterable[date]) -> set[date]:
        """Of these days of the span those on which the station's hours say that it is open."""
        if not self._then.tells_of(station.id):
            return self._open(station.hours, there)
        return {
            day
            for day in there
            if self._open(self._then.on(station.id, day, station.hours), (day,))
        }

    def _open(self, hours: list[Any], there: Iterable[date]) -> set[date]:
        if not hours:
            return set(there)
        key = json.dumps(hours)
        if key not in self._known:
            week = week_of(hours)
            self._known[key] = frozenset(
                day for day in self._days if open_on(week, day, self._holidays)
            )
        return set(self._known[key].intersection(there))

    def of_station(self, station: Opens, first: date, last: date) -> frozenset[date] | None:
        """The days from `first` to `last` due of it; None where it was not in the register.

        All calls ask for the same `first` and `last`.
        """
        changed = station.id if self._then.tells_of(station.id) else None
        alike = (json.dumps(station.hours), station.opened_on, station.closed_on, changed)
        if alike not in self._alike:
            there = days_there(station, first, last)
            self._alike[alike] = frozenset(self.of(station, there)) if there else None
        return self._alike[alike]


class MonthDays:
    """Days of a month by their bits; a county's stations share most of them."""

    def __init__(self, month_on: date) -> None:
        self._days = [month_on + timedelta(days=back) for back in range(31)]
        self._known: dict[int, frozenset[date]] = {}

    def of(self, bits: int) -> frozenset[date]:
        """The days whose bits are set."""
        if bits not in self._known:
            self._known[bits] = frozenset(
                day for number, day in enumerate(self._days) if bits >> number & 1
            )
        return self._known[bits]
