"""When stations were closed and opened again: today's register alone no longer tells of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.db import plain_rows
from server.models.history import HistoryLine
from server.services.common.corrected import (
    CORRECTED,
    NEVER_CLOSED,
    TOLD_AGAIN,
    WAS_CLOSED,
    days_of,
)
from server.services.common.register_edits import register_edits

CLOSED, REOPENED = "station-closed", "station-reopened"


@dataclass(frozen=True, slots=True)
class TimesAway:
    """By station, the times from the day of closing to the day before it opened again.

    `unsure` names the lines that told of a closing and were blanked by law, each with the day until
    which something may be missing. Such a station counts as open, and whoever is told so is told
    this as well, until somebody who knows has said what there was. `corrected` are days of which
    the register had said otherwise, until a person put it right.
    """

    times: Mapping[int, list[tuple[date, date]]] = field(default_factory=dict)
    unsure: Mapping[int, Mapping[int, date]] = field(default_factory=dict)
    corrected: Mapping[int, list[tuple[date, date]]] = field(default_factory=dict)

    def on(self, station_id: int, day: date) -> bool:
        """Whether a station that is open again was closed on a day."""
        return any(first <= day < back for first, back in self.times.get(station_id, ()))

    def between(self, station_id: int, days: Iterable[date]) -> set[date]:
        """Those of the days on which it was closed; on its last day it was open a while."""
        times = self.times.get(station_id)
        if not times:
            return set()
        return {day for day in days if any(first < day < back for first, back in times)}

    def put_right(self, day: date) -> frozenset[int]:
        """Stations of which it was corrected whether they were closed on a day."""
        return frozenset(
            key
            for key, spans in self.corrected.items()
            if any(first <= day < back for first, back in spans)
        )

    def unread(self, since: date) -> frozenset[int]:
        """Stations of which nobody can tell any more whether they were closed after `since`."""
        return frozenset(
            key for key, lines in self.unsure.items() if any(on > since for on in lines.values())
        )


def times_away(session: Session, *, county: str) -> TimesAway:
    """What a county's history says of stations that were closed and are open again; one query."""
    found = defaultdict[int, list[tuple[date, date]]](list)
    begun: dict[int, date] = {}
    unsure = defaultdict[int, dict[int, date]](dict)
    corrected = defaultdict[int, list[tuple[date, date]]](list)
    for station_id, at, changes, action, blanked, line in plain_rows(
        session, _LINES, {"county": county}
    ):
        day, told = beijing_day(at), {one["field"]: one for one in changes}
        if action == CLOSED:
            if "closed_on" in told:
                begun[station_id] = date.fromisoformat(told["closed_on"]["new"])
        elif action == REOPENED:
            first = told["closed_on"]["old"] if "closed_on" in told else ""
            since = date.fromisoformat(first) if first else begun.get(station_id)
            begun.pop(station_id, None)
            if since is not None:
                found[station_id].append((since, day))
            elif blanked:
                unsure[station_id][line] = day
        elif blanked:
            unsure[station_id][line] = day
        else:
            corrected[station_id] += _correct(found[station_id], told)
            for name in told:
                if name.startswith(TOLD_AGAIN):
                    unsure[station_id].pop(int(name.removeprefix(TOLD_AGAIN)), None)
    return TimesAway(
        {key: times for key, times in found.items() if times},
        {key: lines for key, lines in unsure.items() if lines},
        {key: spans for key, spans in corrected.items() if spans},
    )


def _correct(times: list[tuple[date, date]], told: Iterable[str]) -> list[tuple[date, date]]:
    """Take out of a station's times what a correction says was none, and put in what was one.

    Gives all the days of which it speaks.
    """
    about = []
    for name in told:
        if (never := days_of(name, NEVER_CLOSED)) in times and never is not None:
            times.remove(never)
        if (was := days_of(name, WAS_CLOSED)) is not None:
            times.append(was)
        about += [one for one in (never, was) if one is not None]
    return about


_LINES = register_edits(HistoryLine.action.in_((CLOSED, REOPENED, CORRECTED))).add_columns(
    HistoryLine.id
)
