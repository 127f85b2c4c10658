"""Which opening hours stations had on past days: today's register alone no longer tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING, beijing_day
from server.db import plain_rows
from server.errors import Invalid
from server.models.history import HistoryLine
from server.policy.hours import parse_hours
from server.services.common.register_edits import register_edits, tells_of


class Before(NamedTuple):
    """What held before a day; None where the history's words for it cannot be read back."""

    day: date
    hours: list[Any] | None


@dataclass(frozen=True, slots=True)
class HoursThen:
    """By station whose hours were changed since, what held before each change, the first first.

    New hours hold from the day they were entered; the first ones also for the days before, of which
    nobody had said anything. For words that cannot be read back today's hours stand in, and
    `unread` names the station so that a page can tell.
    """

    changes: Mapping[int, tuple[Before, ...]] = field(default_factory=dict)

    def on(self, station_id: int, day: date, now: list[Any]) -> list[Any]:
        """What held on a day of a station whose hours are `now`; [] where none ever were."""
        for one in self.changes.get(station_id, ()):
            if one.day > day:
                return now if one.hours is None else one.hours
        return now

    @property
    def unread(self) -> frozenset[int]:
        """The stations for some of whose days today's hours stand in."""
        return frozenset(
            key for key, some in self.changes.items() if any(one.hours is None for one in some)
        )


def hours_then(session: Session, *, county: str, since: date, until: date) -> HoursThen:
    """What a county's history says of the hours that held from `since` to `until`; one query."""
    asked = {"county": county, "after": datetime.combine(since + timedelta(1), time(), BEIJING)}
    found: dict[int, dict[date, str]] = {}
    for station_id, at, changes in plain_rows(session, _LINES, asked):
        days, day = found.setdefault(station_id, {}), beijing_day(at)
        if days and max(days) > until:
            continue  # what was changed again later held on no day of the span
        for one in changes:
            if one["field"] == "hours" and one["old"]:
                days.setdefault(day, one["old"])  # of several on a day the first tells of before
    read: dict[str, list[Any] | None] = {}
    for days in found.values():
        for words in days.values():
            if words not in read:
                read[words] = _read_back(words)
    return HoursThen(
        {
            key: tuple(Before(day, read[words]) for day, words in sorted(days.items()))
            for key, days in found.items()
            if days
        }
    )


def _read_back(words: str) -> list[Any] | None:
    """Hours of the history's words, which `hours_text` wrote; None where they cannot be read."""
    try:
        return parse_hours(words)
    except Invalid:  # written by an older grammar than today's
        return None


_LINES = register_edits(
    # Not by its own index: that holds every line of the time, and edits are few among them.
    sa.func.coalesce(HistoryLine.at, HistoryLine.at)
    >= sa.bindparam("after", type_=HistoryLine.at.type),
    tells_of("hours"),
)
