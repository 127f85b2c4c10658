"""What a county's plan asks for on a day: targets by decided reading, and both tracks' steps.

A decision says how a plan is read, so it holds for every day of that plan, past ones too; a row
holds from its `valid_from` on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.models.programme import CountyProgramme, ProgrammeTarget
from server.policy.plan.conflicts import conflicts
from server.policy.plan.nouns import PlanConflict, TargetKind
from server.policy.plan.pace import Goal, Hold, Step, hold_of, last_due, steps
from server.policy.standard.facts import Level
from server.services.programme.decisions import DecisionView, choices_in, made_of
from server.services.programme.programmes import current_of, programmes_of
from server.services.programme.rows import bare_programme, live, milestones_of, target_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReading:
    """One number that a plan gives for a target, by one of its readings (48 正文, 52 附件2)."""

    row_id: int
    number: int
    basis: str
    hold: Hold
    clause: str
    text: str
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """One target of the current plan. `number` is what is held against.

    `decided` is False while the plan gives several numbers and nobody has chosen: then `number` is
    the least of them, with which alone nobody is called late who reached it, and a screen shows
    every one of `readings`; so too where the chosen one was taken out. `decision` is who chose,
    when and why. `others` are the grey readings.
    """

    programme: str
    level: Level
    indicator: TargetKind
    label: str
    number: int
    basis: str
    due_on: date
    clause: str
    text: str
    source: str
    valid_from: date
    decided: bool
    decision: DecisionView | None
    readings: tuple[TargetReading, ...]

    @property
    def others(self) -> tuple[TargetReading, ...]:
        """The readings that are not held against: set aside, or the larger while undecided."""
        return tuple(one for one in self.readings if one.basis != self.basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOn:
    """A county's current plan on a day; `ends_on` is its last due day, None where it names none."""

    programme: CountyProgramme
    targets: tuple[TargetRow, ...]
    steps: tuple[Step, ...]
    ends_on: date | None
    on: date

    @property
    def over(self) -> bool:
        """Whether everything it asks for was due before this day: it alarms nobody any more."""
        return self.ends_on is not None and self.on > self.ends_on


def targets_of(session: Session, county: County, on: date) -> tuple[TargetRow, ...]:
    """The targets of the plan that is current on a day, by level; none without a plan."""
    plan = plan_on(session, county, on)
    return plan.targets if plan else ()


def plan_on(session: Session, county: County, on: date) -> PlanOn | None:
    """The plan that is current on a day with its targets and steps; four queries."""
    row = current_of(programmes_of(session, county.code), on)
    return None if row is None else plan_of_row(session, row, on)


def plan_of_row(session: Session, row: CountyProgramme, on: date) -> PlanOn:
    """One of a county's plans as it stands on a day, current or not; three queries."""
    rows = live(target_rows(session, row.id), on)
    milestones = milestones_of(session, row.id, on)
    # The plan's days contradict each other in its rows as they do in its file, by the same keys.
    dated = conflicts(bare_programme(row, rows, milestones))
    made = made_of(session, county=row.county, programme=row.key)
    choices = choices_in(made)
    targets = tuple(_target(row, readings, dated, made, choices) for readings in _by_target(rows))
    goals = [
        Goal(
            level=one.level,
            kind=one.indicator,
            basis=reading.basis,
            number=reading.number,
            hold=reading.hold,
        )
        for one in targets
        for reading in one.readings
    ]
    found = steps(milestones, goals, dated, choices, issued_on=row.issued_on)
    return PlanOn(
        programme=row,
        targets=targets,
        steps=found,
        ends_on=last_due(found, [one.due_on for one in targets]),
        on=on,
    )


@dataclass(frozen=True, slots=True)
class RowTold:
    """One row that a plan's targets ever had; `who` is 系统 for what came from the plan's file."""

    row: ProgrammeTarget
    who: str


def rows_told(session: Session, programme: CountyProgramme) -> list[RowTold]:
    """Rows that people entered, corrections and additions, the newest first."""
    rows = target_rows(session, programme.id)
    ids = {one.entered_by for one in rows if one.entered_by}
    names: dict[int, str] = {}
    if ids:
        names = dict(
            session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
        )
    return [
        RowTold(one, names.get(one.entered_by or 0, "系统"))
        for one in reversed(rows)
        if one.replaces_id is not None or one.reason
    ]


def _by_target(rows: Iterable[ProgrammeTarget]) -> list[list[ProgrammeTarget]]:
    """Rows that give different numbers for one target, together; by level."""
    found: dict[tuple[Level, TargetKind], list[ProgrammeTarget]] = {}
    for one in rows:
        found.setdefault((one.level, one.indicator), []).append(one)
    order = list(Level)
    return [found[key] for key in sorted(found, key=lambda key: order.index(key[0]))]


def _target(
    programme: CountyProgramme,
    rows: Sequence[ProgrammeTarget],
    dated: Iterable[PlanConflict],
    made: dict[str, tuple[DecisionView, ...]],
    choices: dict[str, str],
) -> TargetRow:
    bases = {one.basis for one in rows}
    key = next((one.conflict_key for one in rows if one.conflict_key), "")
    chosen = choices.get(key) if choices.get(key) in bases else None
    # A person chose a reading that was taken out since: that is no word for the one that is left.
    alone = len(rows) == 1 and (chosen is not None or key not in choices)

    def hold(one: ProgrammeTarget) -> Hold:
        if alone:
            return Hold.HELD
        if chosen is None:
            return Hold.OPEN
        return Hold.HELD if one.basis == chosen else Hold.ASIDE

    readings = tuple(
        TargetReading(
            row_id=one.id,
            number=one.number or 0,
            basis=one.basis,
            hold=hold(one),
            clause=one.clause,
            text=one.text,
            source=one.source,
            valid_from=one.valid_from,
        )
        for one in rows
    )
    against = min(
        (one for one in rows if hold(one) is not Hold.ASIDE), key=lambda one: one.number or 0
    )
    return TargetRow(
        programme=programme.key,
        level=against.level,
        indicator=against.indicator,
        label=against.label,
        number=against.number or 0,
        basis=against.basis,
        due_on=_due_on(against, dated, choices),
        clause=against.clause,
        text=against.text,
        source=against.source,
        valid_from=against.valid_from,
        decided=alone or chosen is not None,
        decision=made[key][0] if chosen is not None else None,
        readings=readings,
    )


def _due_on(row: ProgrammeTarget, dated: Iterable[PlanConflict], choices: dict[str, str]) -> date:
    """The row's due day, or the one that a person chose where the plan gives two."""
    for conflict in dated:
        days = {one.step[1]: one.label for one in conflict.readings if one.step}
        if row.level in conflict.levels and len(days) > 1 and row.due_on in days:
            for day, label in days.items():
                if hold_of(conflict, label, choices) is Hold.HELD:
                    return day
    return row.due_on
