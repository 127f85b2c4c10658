"""The nouns of a county's plan: targets, the task table, milestones, organisations, subsidies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from server.calendar import month_of, month_text
from server.labelled import Labelled
from server.policy.plan.hub import HubGoal
from server.policy.plan.responsibilities import Distinction, Organisation, Task
from server.policy.plan.subsidies import Scheme
from server.policy.standard.facts import Level

MEASURES = (
    "parcels_per_year",
    "county_coverage_percent",
    "township_resident_percent",
    "resident_point",
)
"""What a one-off subsidy's conditions are measured in."""


class TargetKind(Labelled):
    """What a target counts of its level; each is counted apart and never merged."""

    DEMO = "demo", "样板示范点", "示范"
    BUILT_TO_STANDARD = "built_to_standard", "标准化建成", "标准化"
    FILED = "filed", "完成末端备案", "备案"
    RUNNING = "running", "建成", "建成"


class Track(Labelled):
    """The plan's two tracks of dates, shown side by side and never merged."""

    TASK_DEADLINE = "task_deadline", "任务期限"
    RHYTHM_MILESTONE = "rhythm_milestone", "工作节奏"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """So many places of one level by a day; built, filed and running are counted apart."""

    level: Level
    label: str
    kind: TargetKind
    total: int
    due_on: date
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """At least so many in every township (每个乡镇至少完成4个)."""

    level: Level
    per_township: int
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRow:
    """One row of the task table, with the township's name as the plan writes it."""

    row: int
    county: str
    operator: str
    township: str
    township_stations: int
    village_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A share of the targets due on a day, on one of the plan's two tracks."""

    track: str
    on: date
    percent: int
    levels: tuple[Level, ...]
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspections:
    """The months in which townships are inspected (督导验收)."""

    months: tuple[int, ...]
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """Due by the end of this day each month, from this month on."""

    day: int
    from_month: int
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Xiping's coverage goals; the population's basis and the denominator are not stated."""

    due_on: date
    resident_population_min: int
    resident_percent: int
    coverage_percent: int
    clause: str
    text: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopMode:
    """One way of running a station (驻村设点, 邮快合作 …); not the same as ownership."""

    key: str
    name: str
    emphasised: bool
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A measure that must reach an amount (both of a double condition hold together)."""

    measure: str
    at_least: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsidy:
    """A one-off payment in yuan, when all its conditions hold."""

    key: str
    title: str
    level: Level
    amount_yuan: Decimal
    conditions: tuple[Condition, ...]
    clause: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One of the ways to read a plan: what it says, where, in which words.

    `number` is the total that this reading gives; `step` the milestone that it is about, as track
    and day. None where it gives none.
    """

    label: str
    value: str
    clause: str
    text: str
    number: int | None = None
    step: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanConflict:
    """A place where the plan contradicts itself; a named person decides, never the program.

    `levels` are those whose numbers or days the readings give; empty where they give none.
    """

    key: str
    title: str
    readings: tuple[Reading, ...]
    affects: str
    derived: bool
    levels: tuple[Level, ...] = ()

    @property
    def of_totals(self) -> bool:
        """Whether its readings are different totals of one level."""
        return bool(self.levels) and all(one.number is not None for one in self.readings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One county's plan, with None for what the document does not say.

    `standard` None: the plan names no standard for stations, and none may be assumed.
    """

    id: str
    name: str
    county: str
    county_name: str
    issued_on: date | None
    source: str
    standard: str | None
    targets: tuple[Target, ...]
    minimums: tuple[Minimum, ...]
    allocation: tuple[AllocationRow, ...]
    allocation_clause: str
    allocation_title: str
    aliases: Mapping[str, str]
    milestones: tuple[Milestone, ...]
    inspections: Inspections | None
    hub: HubGoal | None
    monthly_report: MonthlyReport | None
    organisations: tuple[Organisation, ...]
    tasks: tuple[Task, ...] = ()
    distinctions: tuple[Distinction, ...] = ()
    coverage: Coverage | None
    modes: tuple[CoopMode, ...]
    declared_conflicts: tuple[PlanConflict, ...]
    subsidies: tuple[Subsidy, ...]
    subsidy_note: str
    schemes: tuple[Scheme, ...] = ()
    file: str
    sha256: str

    def operators(self) -> tuple[str, ...]:
        """The operators named in the task table, each once, in its order."""
        return tuple(dict.fromkeys(row.operator for row in self.allocation))

    def division_name(self, name: str) -> str:
        """A township's name as the division table writes it."""
        return self.aliases.get(name, name)


def round_name(programme: Programme | None, day: date) -> str:
    """What a round of that month is called: 督导验收 in the months that the plan names."""
    named = programme.inspections.months if programme and programme.inspections else ()
    return f"{month_text(month_of(day))}督导{'验收' if day.month in named else ''}"
