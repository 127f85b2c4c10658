"""The plan beside the county: its contradictions and who decided them, and how far things are."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound, Problem
from server.models.county import County, DivisionLevel, PlanDecision
from server.models.person import Person
from server.models.station import Stage, Station
from server.policy.plan.nouns import PlanConflict, Programme, Reading
from server.policy.plan.readings import READINGS, option_of
from server.policy.plan.targets import allocated, conflicts
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.written import reason_given
from server.services.county.counties import find_division, townships
from server.services.programme.actions import ProgrammeAction
from server.services.standing.standing import Standing


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was chosen, by whom, when and why."""

    choice: str
    value: Decimal | None
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One contradiction in the plan; `decided` is the newest decision, None while it is open."""

    key: str
    title: str
    readings: tuple[Reading, ...]
    affects: str
    derived: bool
    decided: DecisionView | None
    history: tuple[DecisionView, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """One number that the plan gives for a level; a plan may give several that differ."""

    label: str
    value: int
    clause: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One level: the plan's numbers, and what is there, counted apart and never merged.

    `built` stations were accepted by a named person, `standardised` of them as 标准化; `before`
    ones were in the register before acceptances were kept and `to_build` ones are 拟建, neither
    counts as built. `filed` ones have a filing date, `met` ones are 达标. All are open.
    """

    level: Level
    label: str
    aims: tuple[Aim, ...]
    built: int
    standardised: int
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


def _to_decide(programme: Programme | None) -> tuple[PlanConflict, ...]:
    return (*(conflicts(programme) if programme else ()), *READINGS)


def plan_conflicts(
    session: Session, *, county: County, programme: Programme | None
) -> list[ConflictView]:
    """Every contradiction in the plan and every rule with two readings, the open ones first."""
    made: dict[str, list[DecisionView]] = {}
    for decision, who in session.execute(
        select(PlanDecision, Person.name)
        .join(Person, Person.id == PlanDecision.person_id)
        .where(PlanDecision.county == county.code)
        .order_by(PlanDecision.id.desc())
    ):
        made.setdefault(decision.conflict_key, []).append(
            DecisionView(decision.choice, decision.value, decision.reason, who, decision.decided_at)
        )
    views = [
        ConflictView(
            key=one.key,
            title=one.title,
            readings=one.readings,
            affects=one.affects,
            derived=one.derived,
            decided=made.get(one.key, [None])[0],
            history=tuple(made.get(one.key, ())),
        )
        for one in _to_decide(programme)
    ]
    return sorted(views, key=lambda view: view.decided is not None)


def decide_conflict(
    session: Session,
    *,
    county: County,
    programme: Programme | None,
    key: str,
    choice: str,
    reason: str,
    by: Person | None,
    now: datetime,
) -> PlanDecision:
    """A named person chooses one reading, with the reason; a later choice follows, none is lost.

    A reading of a rule holds for the county's stations from then on (`policy_options`).
    Raises NotFound conflict-unknown, Invalid reading-unknown, reason-needed, Conflict
    decision-needs-a-person.
    """
    found = next((one for one in _to_decide(programme) if one.key == key), None)
    if found is None:
        raise NotFound("conflict-unknown", "没有这一处要决定的事，请从列表里选择。")
    reading = next((one for one in found.readings if one.label == choice), None)
    if reading is None:
        labels = "、".join(one.label for one in found.readings)
        raise Invalid("reading-unknown", f"“{choice}”不是其中一种口径，只能选：{labels}。")
    reason = reason_given(
        reason, "请写明为什么这样定，例如依据哪次会议。", into=PlanDecision.reason
    )
    if by is None:
        raise Conflict("decision-needs-a-person", "方案口径要由具名的人决定，请登录后操作。")
    decision = PlanDecision(
        county=county.code,
        conflict_key=key,
        choice=choice,
        value=_number(reading.value),
        reason=reason,
        person_id=by.id,
        decided_at=now,
    )
    session.add(decision)
    if set_by_it := option_of(key, choice):
        decided = {**county.options.get("readings", {}), **set_by_it}
        county.options = {**county.options, "readings": decided}
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.PLAN_DECIDED,
        summary=f"{found.title}：按“{reading.label}”，{reading.value}",
        reason=reason,
    )
    return decision


def progress(programme: Programme, standings: Iterable[Standing]) -> list[Progress]:
    """Per level, every number the plan gives beside what is built, filed and 达标."""
    counts = _Counts(standings)
    found = []
    for level in (Level.COUNTY_HUB, Level.TOWNSHIP_STATION, Level.VILLAGE_POINT):
        aims = [
            Aim(target.label, target.total, target.clause)
            for target in programme.targets
            if target.level == level
        ]
        table = allocated(programme, level)
        if table is not None and table not in {aim.value for aim in aims}:
            title = f"{programme.allocation_clause}合计"
            aims.append(Aim(title, table, programme.allocation_clause))
        found.append(
            Progress(
                level=level,
                label=level.label,
                aims=tuple(aims),
                built=counts.of_level(counts.built, level),
                standardised=counts.of_level(counts.standardised, level),
                before=counts.of_level(counts.before, level),
                to_build=counts.of_level(counts.to_build, level),
                filed=counts.of_level(counts.filed, level),
                met=counts.of_level(counts.met, level),
            )
        )
    return found


def township_progress(
    session: Session, *, county: County, programme: Programme, standings: Iterable[Standing]
) -> list[TownshipProgress]:
    """Per 乡镇, what the plan's table allots beside what is there."""
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
    for township in townships(session, county.code, targets_only=True):
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
        self.to_build, self.filed, self.met = PerTownship(), PerTownship(), PerTownship()
        for one in standings:
            station: Station = one.station
            key = (station.township_code, station.level)
            self.built[key] += station.stage.accepted
            self.standardised[key] += station.stage is Stage.STANDARDISED
            self.before[key] += station.stage is Stage.BUILT_BEFORE
            self.to_build[key] += station.stage is Stage.PLANNED
            self.filed[key] += station.filed_on is not None
            self.met[key] += one.status is Status.MEETS

    @staticmethod
    def of_level(counts: PerTownship, level: Level) -> int:
        """All townships' together."""
        return sum(number for (_, here), number in counts.items() if here == level)


def _number(text: str) -> Decimal | None:
    """The count that a reading gives ("48个"), where it gives one."""
    found = re.match(r"(\d{1,9})\s*个", text)
    return Decimal(found[1]) if found else None
