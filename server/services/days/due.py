"""On which days of a month a station was in the register, and on which it surely was open."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol

from server.policy.hours import Holidays, open_on, week_of


class Opens(Protocol):
    """What of a station says when it is open, read with it or by itself."""

    @property
    def hours(self) -> list[Any]:
        """As the register keeps them; [] where nobody entered any."""

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
    """

    def __init__(self, first: date, last: date, holidays: Holidays) -> None:
        self._days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self._holidays = holidays
        self._known: dict[str, frozenset[date]] = {}
        self._alike: dict[tuple[str, date | None, date | None], frozenset[date] | None] = {}

    def of(self, station: Opens, there: Iterable[date]) -> set[date]:
        """Of these days of the span those on which the station's hours say that it is open."""
        if not station.hours:
            return set(there)
        hours = json.dumps(station.hours)
        if hours not in self._known:
            week = week_of(station.hours)
            self._known[hours] = frozenset(
                day for day in self._days if open_on(week, day, self._holidays)
            )
        return set(self._known[hours].intersection(there))

    def of_station(self, station: Opens, first: date, last: date) -> frozenset[date] | None:
        """The days from `first` to `last` due of it; None where it was not in the register.

        All calls ask for the same `first` and `last`.
        """
        alike = (json.dumps(station.hours), station.opened_on, station.closed_on)
        if alike not in self._alike:
            there = days_there(station, first, last)
            self._alike[alike] = frozenset(self.of(station, there)) if there else None
        return self._alike[alike]
