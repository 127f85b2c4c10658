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
from server.services.common.closures import CLOSED, REOPENED
from server.services.common.corrected import HOURS, days_of
from server.services.common.register_edits import BLANKED, register_edits

PUT_BACK = "station-put-back"


class Before(NamedTuple):
    """What held before a day. Where nobody can tell (not `known`), what held next stands in."""

    day: date
    hours: list[Any] | None  # None: today's
    known: bool


class Corrected(NamedTuple):
    """What was true on days of which the register had said otherwise, both days with it."""

    first: date
    last: date
    hours: list[Any]


@dataclass(frozen=True, slots=True)
class HoursThen:
    """By station whose hours were changed since, what held before each change, the first first.

    New hours hold from the day they were entered; the first ones also for the days before, of which
    nobody had said anything. A correction stands above all that was entered, the newest first. An
    import that was taken back never held. For words that cannot be read back, or that a law had
    blanked, what held next stands in, and `unread` names the station so that a page can tell.
    """

    changes: Mapping[int, tuple[Before, ...]] = field(default_factory=dict)
    corrected: Mapping[int, tuple[Corrected, ...]] = field(default_factory=dict)
    unread: frozenset[int] = frozenset()

    def tells_of(self, station_id: int) -> bool:
        """Whether a station had other hours on any day than it has now."""
        return station_id in self.changes or station_id in self.corrected

    def on(self, station_id: int, day: date, now: list[Any]) -> list[Any]:
        """What held on a day of a station whose hours are `now`; [] where none ever were."""
        for true in self.corrected.get(station_id, ()):
            if true.first <= day <= true.last:
                return true.hours
        for one in self.changes.get(station_id, ()):
            if one.day > day:
                return now if one.hours is None else one.hours
        return now

    def with_corrected(self, station_id: int, true: Corrected) -> "HoursThen":
        """The same, once it stands that on some days these hours were true."""
        held = (true, *self.corrected.get(station_id, ()))
        return HoursThen(self.changes, {**self.corrected, station_id: held}, self.unread)


def hours_then(session: Session, *, county: str, since: date, until: date) -> HoursThen:
    """What a county's history says of the hours that held from `since` to `until`; one query."""
    asked = {"county": county, "after": datetime.combine(since + timedelta(1), time(), BEIJING)}
    found: dict[int, list[tuple[date, str | None]]] = {}
    corrections: dict[int, list[tuple[date, date, str]]] = {}
    for station_id, at, changes, action, blanked in plain_rows(session, _LINES, asked):
        edits, day = found.setdefault(station_id, []), beijing_day(at)
        for one in changes:
            held = days_of(one["field"], HOURS)
            if held is not None and held[0] <= until and held[1] >= since:
                corrections.setdefault(station_id, []).append((*held, one["new"]))
        if edits and edits[-1][0] > until and edits[-1][1] is not None:
            continue  # what was changed again later held on no day of the span
        if blanked:
            edits.append((day, None))
        said = "new" if action == PUT_BACK else "old"
        edits += [(day, one[said]) for one in changes if one["field"] == "hours" and one[said]]
    read = _Words()
    changes_of = {key: _befores(edits, read) for key, edits in found.items() if edits}
    corrected = {
        key: tuple(
            Corrected(first, last, hours)
            for first, last, words in reversed(rows)
            if (hours := read.hours(words)) is not None
        )
        for key, rows in corrections.items()
    }
    made = HoursThen(changes_of, {key: rows for key, rows in corrected.items() if rows})
    unread = {key for key in changes_of if _unread(made, key, since, until)}
    unread |= {key for key, rows in corrections.items() if len(corrected[key]) < len(rows)}
    return HoursThen(made.changes, made.corrected, frozenset(unread))


def _befores(edits: list[tuple[date, str | None]], read: "_Words") -> tuple[Before, ...]:
    """What held before each day with an edit; of several on a day the first tells of it."""
    days: dict[date, Before] = {}
    later: list[Any] | None = None
    for day, words in reversed(edits):
        hours = None if words is None else read.hours(words)
        later = later if hours is None else hours
        days[day] = Before(day, later, hours is not None)
    return tuple(days[day] for day in sorted(days))


def _unread(then: HoursThen, station_id: int, since: date, until: date) -> bool:
    """Whether on a day of the span something else stands in, and nobody has put it right."""
    begin = since
    for one in then.changes[station_id]:
        last = min(until, one.day - timedelta(1))
        if not one.known:
            days = (begin + timedelta(n) for n in range((last - begin).days + 1))
            spans = then.corrected.get(station_id, ())
            if not all(any(each.first <= day <= each.last for each in spans) for day in days):
                return True
        begin = max(since, one.day)
    return False


class _Words:
    """Hours of the history's words, which `hours_text` wrote; each is read once."""

    def __init__(self) -> None:
        self._read: dict[str, list[Any] | None] = {}

    def hours(self, words: str) -> list[Any] | None:
        """What they say; None where an older grammar wrote them."""
        if words not in self._read:
            try:
                self._read[words] = parse_hours(words)
            except Invalid:
                self._read[words] = None
        return self._read[words]


_LINES = register_edits(
    # Not by its own index: that holds every line of the time, and edits are few among them.
    sa.func.coalesce(HistoryLine.at, HistoryLine.at)
    >= sa.bindparam("after", type_=HistoryLine.at.type),
    HistoryLine.action.not_in((CLOSED, REOPENED)),
    sa.cast(HistoryLine.changes, sa.Text).contains('"hours') | BLANKED,
)
