"""Reckons a past day back from today's register and acceptances, and says what changed since.

What a night wrote down is what was known then; what is reckoned here is what today's records say
of that day. Of a state (达标 or not) or a phone nothing is kept that could tell it afterwards: it
stays unknown.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.models.acceptance import Acceptance
from server.models.history import HistoryLine
from server.models.snapshot import StationSnapshot
from server.models.station import Stage, Station
from server.policy.plan.indicators import StationDay
from server.services.programme.snapshots import BUILT, DEMONSTRATION, STANDARDISED
from server.services.registry.actions import RegistryAction
from server.services.standing.open_work import open_work_of

_RANK = {Stage.BUILT: 1, Stage.STANDARDISED: 2, Stage.DEMONSTRATION: 2}


@dataclass(frozen=True, slots=True)
class LaterChange:
    """A station of which today's records say otherwise than the day's own did."""

    station_id: int
    name: str
    what: str
    then: str
    now: str


class Accepted(NamedTuple):
    """An acceptance that nobody took back: as what, from what, and of which day."""

    station_id: int
    grade: Stage
    stage_before: Stage
    accepted_on: date


@dataclass(frozen=True, slots=True)
class Register:
    """A county's register and acceptances as they are recorded today, read once for many days."""

    county: str
    stations: tuple[Station, ...]
    accepted: Mapping[int, tuple[Accepted, ...]]
    away: Mapping[int, tuple[tuple[date, date], ...]]

    def open_work(self, session: Session, on: date) -> dict[int, int]:
        """How many things were open at each station at the end of a day; one query."""
        found = open_work_of(session, county=self.county, on=on, station_ids=None)
        return {key: one.count for key, one in found.items()}

    def closed(self, station: Station, on: date) -> bool:
        """Whether it was closed on a day, as far as the register and its history say."""
        if station.closed_on is not None and station.closed_on <= on:
            return True
        return any(first <= on < back for first, back in self.away.get(station.id, ()))

    def stage(self, station: Station, on: date) -> Stage:
        """How far a station had come on a day, by the days of the acceptances that stand today."""
        accepted = self.accepted.get(station.id, ())
        held = [one.grade for one in accepted if one.accepted_on <= on]
        if held:
            return max(held, key=lambda grade: _RANK.get(grade, 0))
        return accepted[0].stage_before if accepted else station.stage

    def on(self, on: date, *, open_work: Mapping[int, int] | None = None) -> tuple[StationDay, ...]:
        """Today's stations as they were on a day; those closed then are left out.

        Name, number and place are today's. What is open is told where `open_work` is given.
        """
        return tuple(
            self._station_day(one, on, open_work)
            for one in self.stations
            if not self.closed(one, on)
        )

    def _station_day(
        self, station: Station, on: date, open_work: Mapping[int, int] | None
    ) -> StationDay:
        stage = self.stage(station, on)
        return StationDay(
            station_id=station.id,
            code=station.code or "",
            name=station.name,
            level=station.level,
            township_code=station.township_code,
            village_code=station.village_code,
            operator_id=None,
            stage_label=stage.label,
            built=BUILT[stage],
            standardised=STANDARDISED[stage],
            demonstration=DEMONSTRATION[stage],
            filed=filed(station, on),
            status=None,
            open_work=None if open_work is None else open_work.get(station.id, 0),
            bound=None,
        )

    def later_than(self, on: date, then: Mapping[int, StationSnapshot]) -> tuple[LaterChange, ...]:
        """Where today's records say otherwise of a day than was written down that night."""
        known = {one.id: one for one in self.stations}
        found = []
        for key, row in then.items():
            station = known.get(key)
            if station is None:
                found.append(LaterChange(key, row.name, "在册", "在册", "后来从登记簿移除"))
                continue
            if self.closed(station, on):
                closed = station.closed_on
                now = f"{full_day_text(closed)}起停业" if closed else "那天在停业期内"
                found.append(LaterChange(key, row.name, "营业", "营业", now))
            stage = self.stage(station, on)
            if stage is not row.stage:
                found.append(LaterChange(key, row.name, "建设情况", row.stage.label, stage.label))
            now_filed = filed(station, on)
            if now_filed is not row.filed:
                found.append(
                    LaterChange(key, row.name, "备案", _FILED[row.filed], _FILED[now_filed])
                )
        return tuple(found)


_FILED = {True: "已备案", False: "没有备案"}


def filed(station: Station, on: date) -> bool:
    """Whether a station's filing date had come by a day, as the register says today."""
    return station.filed_on is not None and station.filed_on <= on


def register_of(session: Session, *, county: str) -> Register:
    """Read a county's register, acceptances that stand, and times of closure; three queries."""
    accepted: dict[int, list[Accepted]] = defaultdict(list)
    # Not the whole rows: what an acceptance froze is large.
    for row in session.execute(
        sa.select(
            Acceptance.station_id,
            Acceptance.grade,
            Acceptance.stage_before,
            Acceptance.accepted_on,
        )
        .where(Acceptance.county == county, Acceptance.withdrawn_at.is_(None))
        .order_by(Acceptance.id)
    ):
        accepted[row.station_id].append(Accepted(*row))
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    lines = sa.select(HistoryLine.station_id, HistoryLine.at, HistoryLine.changes).where(
        HistoryLine.county == county, HistoryLine.action == RegistryAction.STATION_REOPENED.value
    )
    for station_id, at, changes in session.execute(lines):
        for change in changes:
            if station_id is not None and change["field"] == "closed_on" and change["old"]:
                first = date.fromisoformat(change["old"])
                away[station_id].append((first, beijing_day(at)))
    return Register(
        county=county,
        stations=tuple(
            session.scalars(sa.select(Station).where(Station.county == county).order_by(Station.id))
        ),
        accepted={key: tuple(rows) for key, rows in accepted.items()},
        away={key: tuple(spans) for key, spans in away.items()},
    )
