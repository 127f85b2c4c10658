"""The plan beside the county: how far things are, by level and by township."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.errors import Problem
from server.models.county import County, DivisionKind, DivisionLevel
from server.models.station import Stage, Station
from server.policy.plan.nouns import Programme, TargetKind
from server.policy.plan.pace import Counted, Hold
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.services.county.counties import TARGET_KINDS, find_division, townships
from server.services.programme.targets import TargetRow
from server.services.standing.standing import Standing


@dataclass(frozen=True, slots=True)
class Aim:
    """One number that the plan gives for a level; a plan may give several that differ."""

    label: str
    value: int
    clause: str
    basis: str
    kind: TargetKind
    hold: Hold


@dataclass(frozen=True, slots=True)
class Progress:
    """One level: the plan's numbers, and what is there, counted apart and never merged.

    `built` stations were accepted by a named person, `standardised` of them as 标准化,
    `demonstration` as 示范; `before` ones were in the register before acceptances were kept and
    `to_build` ones are 拟建, neither counts as built. `filed` ones have a filing date, `met` ones
    are 达标. All are open.
    """

    level: Level
    label: str
    aims: tuple[Aim, ...]
    built: int
    standardised: int
    demonstration: int
    before: int
    to_build: int
    filed: int
    met: int


@dataclass(frozen=True, slots=True)
class TownshipProgress:
    """One township: stations planned by the table (None: no row), and what is there."""

    township_code: str
    name: str
    planned: dict[Level, int | None]
    built: dict[Level, int]
    before: dict[Level, int]
    filed: dict[Level, int]
    met: dict[Level, int]


def progress(targets: Sequence[TargetRow], standings: Iterable[Standing]) -> list[Progress]:
    """Per level, every number the plan gives beside what is built, filed and 达标."""
    counts = _Counts(standings)
    return [
        Progress(
            level=level,
            label=level.label,
            aims=tuple(
                Aim(target.label, one.number, one.clause, one.basis, target.indicator, one.hold)
                for target in targets
                if target.level is level
                for one in target.readings
            ),
            built=counts.of_level(counts.built, level),
            standardised=counts.of_level(counts.standardised, level),
            demonstration=counts.of_level(counts.demonstration, level),
            before=counts.of_level(counts.before, level),
            to_build=counts.of_level(counts.to_build, level),
            filed=counts.of_level(counts.filed, level),
            met=counts.of_level(counts.met, level),
        )
        for level in Level
    ]


STREETS, RESPONSIBLE = "street-offices", "责任单位"
"""西平方案's declared contradiction, and its reading by which 街道 are responsible as well."""


def counted(found: Iterable[Progress]) -> Counted:
    """What is there by level and by what a target counts; 示范 is the centre's acceptance."""
    return {
        (one.level, kind): number
        for one in found
        for kind, number in (
            (TargetKind.DEMO, one.demonstration),
            (TargetKind.BUILT_TO_STANDARD, one.standardised),
            (TargetKind.FILED, one.filed),
            (TargetKind.RUNNING, one.built),
        )
    }


def township_progress(
    session: Session,
    *,
    county: County,
    programme: Programme,
    standings: Iterable[Standing],
    streets: bool = False,
) -> list[TownshipProgress]:
    """Per 乡镇, what the plan's table allots beside what is there; with `streets` per 街道 too."""
    counts = _Counts(standings)
    rows = {}
    for allotted in programme.allocation:
        try:
            township = find_division(
                session, county.code, allotted.township, level=DivisionLevel.TOWNSHIP
            )
        except Problem:
            continue
        rows[township.code] = allotted
    levels = (Level.TOWNSHIP_STATION, Level.VILLAGE_POINT)
    found = []
    kinds = (*TARGET_KINDS, DivisionKind.SUBDISTRICT) if streets else TARGET_KINDS
    for township in townships(session, county.code):
        if township.kind not in kinds:
            continue
        row = rows.get(township.code)
        found.append(
            TownshipProgress(
                township_code=township.code,
                name=township.name,
                planned={
                    Level.TOWNSHIP_STATION: row.township_stations if row else None,
                    Level.VILLAGE_POINT: row.village_points if row else None,
                },
                built={level: counts.built[township.code, level] for level in levels},
                before={level: counts.before[township.code, level] for level in levels},
                filed={level: counts.filed[township.code, level] for level in levels},
                met={level: counts.met[township.code, level] for level in levels},
            )
        )
    return found


PerTownship = Counter[tuple[str | None, Level]]


class _Counts:
    """Stations counted by township and level, each kind apart."""

    def __init__(self, standings: Iterable[Standing]) -> None:
        self.built, self.standardised, self.before = PerTownship(), PerTownship(), PerTownship()
        self.demonstration = PerTownship()
        self.to_build, self.filed, self.met = PerTownship(), PerTownship(), PerTownship()
        for one in standings:
            station: Station = one.station
            key = (station.township_code, station.level)
            self.built[key] += station.stage.accepted
            self.demonstration[key] += station.stage is Stage.DEMONSTRATION
            self.standardised[key] += station.stage is Stage.STANDARDISED
            self.before[key] += station.stage is Stage.BUILT_BEFORE
            self.to_build[key] += station.stage is Stage.PLANNED
            self.filed[key] += station.filed_on is not None
            self.met[key] += one.status is Status.MEETS

    @staticmethod
    def of_level(counts: PerTownship, level: Level) -> int:
        """All townships' together."""
        return sum(number for (_, here), number in counts.items() if here == level)
