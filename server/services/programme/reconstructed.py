"""Reckons a past day back from today's register and acceptances, and says what changed since.

What a night wrote down is what was known then; what is reckoned here is what today's records say
of that day. Of a state (达标 or not) or a phone nothing is kept that could tell it afterwards: it
stays unknown.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.db import plain_rows
from server.models.acceptance import Acceptance
from server.models.county import County, Operator
from server.models.station import IssuedCode, Stage, Station
from server.policy.plan.indicators import StationDay, Tell
from server.policy.standard.facts import Level
from server.services.common.closures import TimesAway, times_away
from server.services.common.register_edits import register_edits, tells_of
from server.services.county.counties import policy_options
from server.services.plates.numbers import GIVEN_BEFORE
from server.services.programme.snapshots import (
    BUILT,
    DEMONSTRATION,
    STANDARDISED,
    Row,
    not_filed,
)
from server.services.registry.filed_then import FiledThen, filed_then
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


class Held(NamedTuple):
    """What the register says of a station; `without` is what is told of it before it was filed."""

    id: int
    code: str
    name: str
    level: Level
    township_code: str | None
    village_code: str | None
    stage: Stage
    closed_on: date | None
    filed_on: date | None
    without: Tell


@dataclass(frozen=True, slots=True)
class Register:
    """A county's register and acceptances as they are recorded today, read once for many days.

    On most days most stations were what they were the day before: `made` remembers what was made.
    """

    county: str
    stations: tuple[Held, ...]
    accepted: Mapping[int, tuple[Accepted, ...]]
    away: TimesAway
    filings: FiledThen
    renamed: Mapping[int, tuple[tuple[date, str], ...]]  # from which day another name than this
    numbered: Mapping[str, date]  # on which day a number was given
    made: dict[tuple[Any, ...], StationDay] = field(default_factory=dict)

    def code(self, station: Held, on: date) -> str:
        """The number that a station had at the end of a day; empty before it was given one.

        A number that came with a table is the county's own from before this system, and told of
        any day: since when it was in use is nowhere written. One taken back was never given.
        """
        return station.code if self.numbered.get(station.code, date.min) <= on else ""

    def name(self, station: Held, on: date) -> str:
        """What a station was called at the end of a day, by the changes that its history tells."""
        changes = self.renamed.get(station.id)
        if not changes:
            return station.name
        return next((before for day, before in changes if day > on), station.name)

    def filed(self, station: Held, on: date) -> Tell:
        """Whether it was filed on a day, by today's register, withdrawn filings and decisions."""
        return True if self.filings.on(station.id, station.filed_on, on) else station.without

    def open_work(self, session: Session, on: date) -> dict[int, int]:
        """How many things were open at each station at the end of a day; one query."""
        found = open_work_of(session, county=self.county, on=on, station_ids=None)
        return {key: one.count for key, one in found.items()}

    def unread(self, on: date) -> tuple[str, ...]:
        """Stations of which nobody can tell any more whether they were closed on a day, by name."""
        return self._named(self.away.unread(on))

    def put_right(self, on: date) -> tuple[str, ...]:
        """Stations of which a person corrected whether they were closed on a day, by name."""
        return self._named(self.away.put_right(on))

    def _named(self, ids: Collection[int]) -> tuple[str, ...]:
        return tuple(f"{one.code or '未编号'} {one.name}" for one in self.stations if one.id in ids)

    def closed(self, station: Held, on: date) -> bool:
        """Whether it was closed on a day, as far as the register and its history say."""
        if station.closed_on is not None and station.closed_on <= on:
            return True
        return self.away.on(station.id, on)

    def stage(self, station: Held, on: date) -> Stage:
        """How far a station had come on a day, by the days of the acceptances that stand today."""
        accepted = self.accepted.get(station.id)
        if not accepted:
            return station.stage
        held = [one.grade for one in accepted if one.accepted_on <= on]
        if held:
            return max(held, key=lambda grade: _RANK.get(grade, 0))
        return accepted[0].stage_before

    def on(self, on: date, *, open_work: Mapping[int, int] | None = None) -> tuple[StationDay, ...]:
        """Today's stations as they were on a day; those closed then are left out.

        Numbers and names are those of the day; the township is the one of registration, which no
        deed changes. What is open is told where `open_work` is given.
        """
        return tuple(
            self._station_day(one, on, open_work)
            for one in self.stations
            if not self.closed(one, on)
        )

    def _station_day(
        self, station: Held, on: date, open_work: Mapping[int, int] | None
    ) -> StationDay:
        code, name = self.code(station, on), self.name(station, on)
        stage, filed = self.stage(station, on), self.filed(station, on)
        work = None if open_work is None else open_work.get(station.id, 0)
        key = (station.id, code, name, stage, filed, work)
        if key not in self.made:
            self.made[key] = StationDay(
                station_id=station.id,
                code=code,
                name=name,
                level=station.level,
                township_code=station.township_code,
                village_code=station.village_code,
                operator_id=None,
                stage_label=stage.label,
                built=BUILT[stage],
                standardised=STANDARDISED[stage],
                demonstration=DEMONSTRATION[stage],
                filed=filed,
                status=None,
                open_work=work,
                bound=None,
            )
        return self.made[key]

    def later_than(self, on: date, then: Mapping[int, Row]) -> tuple[LaterChange, ...]:
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
            now_filed = self.filed(station, on)
            if now_filed is not row.filed:
                found.append(
                    LaterChange(key, row.name, "备案", _FILED[row.filed], _FILED[now_filed])
                )
        return tuple(found)


_RENAMED = register_edits(tells_of("name"))
_FILED = {True: "已备案", False: "没有备案", None: "没有备案，要不要备案还没有定"}


_STATIONS = (
    sa.select(
        Station.id, Station.code, Station.name, Station.level, Station.township_code,
        Station.village_code, Station.stage, Station.closed_on, Station.filed_on,
        Station.coop_modes, Station.ownership, Station.opener, Operator.name.label("operator"),
    )
    .outerjoin(Operator, Operator.id == Station.operator_id)
    .where(Station.county == sa.bindparam("county", type_=sa.String))
    .order_by(Station.id)
)  # fmt: skip


def register_of(session: Session, *, county: County) -> Register:
    """Read a county's register, acceptances, names, numbers, closures and filings; six queries."""
    accepted: dict[int, list[Accepted]] = defaultdict(list)
    # Not the whole rows: what an acceptance froze is large.
    for row in session.execute(
        sa.select(
            Acceptance.station_id,
            Acceptance.grade,
            Acceptance.stage_before,
            Acceptance.accepted_on,
        )
        .where(Acceptance.county == county.code, Acceptance.withdrawn_at.is_(None))
        .order_by(Acceptance.id)
    ):
        accepted[row.station_id].append(Accepted(*row))
    renamed: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for station_id, at, changes, *_ in plain_rows(session, _RENAMED, {"county": county.code}):
        renamed[station_id] += [
            (beijing_day(at), one["old"])
            for one in changes
            if one["field"] == "name" and one["old"]
        ]
    options = policy_options(county)
    return Register(
        county=county.code,
        stations=tuple(
            Held(
                row.id,
                row.code or "",
                row.name,
                row.level,
                row.township_code,
                row.village_code,
                row.stage,
                row.closed_on,
                row.filed_on,
                not_filed(
                    row.level, row.coop_modes, row.ownership, (row.opener, row.operator), options
                ),
            )
            for row in plain_rows(session, _STATIONS, {"county": county.code})
        ),
        accepted={key: tuple(rows) for key, rows in accepted.items()},
        away=times_away(session, county=county.code),
        filings=filed_then(session, county=county.code),
        renamed={key: tuple(names) for key, names in renamed.items()},
        numbered={
            code: beijing_day(at)
            for code, at in session.execute(
                sa.select(IssuedCode.code, IssuedCode.issued_at).where(
                    IssuedCode.county == county.code, IssuedCode.note != GIVEN_BEFORE
                )
            )
        },
    )
