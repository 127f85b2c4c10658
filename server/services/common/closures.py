"""When stations were closed and opened again: today's register alone no longer tells of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.db import plain_rows
from server.models.history import HistoryLine
from server.services.common.register_edits import register_edits

REOPENED = "station-reopened"


@dataclass(frozen=True, slots=True)
class TimesAway:
    """By station, the times from the day of closing to the day before it opened again."""

    times: Mapping[int, list[tuple[date, date]]] = field(default_factory=dict)

    def on(self, station_id: int, day: date) -> bool:
        """Whether a station that is open again was closed on a day."""
        return any(first <= day < back for first, back in self.times.get(station_id, ()))

    def between(self, station_id: int, days: Iterable[date]) -> set[date]:
        """Those of the days on which it was closed; on its last day it was open a while."""
        times = self.times.get(station_id)
        if not times:
            return set()
        return {day for day in days if any(first < day < back for first, back in times)}


def times_away(session: Session, *, county: str) -> TimesAway:
    """What a county's history says of stations that were closed and are open again; one query."""
    found = defaultdict[int, list[tuple[date, date]]](list)
    for station_id, at, changes in plain_rows(session, _LINES, {"county": county}):
        found[station_id] += [
            (date.fromisoformat(one["old"]), beijing_day(at))
            for one in changes
            if one["field"] == "closed_on" and one["old"]
        ]
    return TimesAway(found)


_LINES = register_edits(HistoryLine.action == REOPENED)
