"""A plan as its rows hold it: which targets stand on a day, and its milestones."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.programme import CountyProgramme, ProgrammeMilestone, ProgrammeTarget
from server.policy.plan.nouns import Milestone, Programme, Target
from server.policy.standard.facts import Level

Row = TypeVar("Row", ProgrammeTarget, ProgrammeMilestone)


def latest(row: Row, rows: Iterable[Row]) -> Row:
    """The last of a plan's rows in the place of this one, or itself."""
    after = {one.replaces_id: one for one in rows}
    while row.id in after:
        row = after[row.id]
    return row


def unreplaced(rows: Iterable[Row]) -> list[Row]:
    """Those of these rows whose place no other of them has taken."""
    kept = list(rows)
    replaced = {one.replaces_id for one in kept}
    return [one for one in kept if one.id not in replaced]


def target_rows(session: Session, programme_id: int) -> Sequence[ProgrammeTarget]:
    """Every row that a plan's targets ever had, in the order in which they were entered."""
    return session.scalars(
        select(ProgrammeTarget)
        .where(ProgrammeTarget.programme_id == programme_id)
        .order_by(ProgrammeTarget.id)
    ).all()


def live(rows: Iterable[ProgrammeTarget], on: date) -> list[ProgrammeTarget]:
    """The rows that stand on a day: begun, not replaced by one that has begun, not taken out."""
    begun = (one for one in rows if one.valid_from <= on)
    return [one for one in unreplaced(begun) if one.number is not None]


def milestone_rows(session: Session, programme_id: int) -> Sequence[ProgrammeMilestone]:
    """Every row that a plan's milestones ever had, by day, then as they were entered."""
    return session.scalars(
        select(ProgrammeMilestone)
        .where(ProgrammeMilestone.programme_id == programme_id)
        .order_by(ProgrammeMilestone.due_on, ProgrammeMilestone.id)
    ).all()


def live_milestones(rows: Iterable[ProgrammeMilestone], on: date) -> list[ProgrammeMilestone]:
    """The rows that stand on a day: begun, not replaced by one that has begun, not taken out."""
    begun = (one for one in rows if one.valid_from is None or one.valid_from <= on)
    return [one for one in unreplaced(begun) if not one.taken_out]


def milestones_of(session: Session, programme_id: int, on: date) -> tuple[Milestone, ...]:
    """A plan's shares by day as they stand on a day, both tracks."""
    return tuple(
        Milestone(
            track=one.track.value,
            on=one.due_on,
            percent=one.percent,
            levels=tuple(Level(level) for level in one.levels),
            clause=one.clause,
            text=one.text,
        )
        for one in live_milestones(milestone_rows(session, programme_id), on)
    )


def bare_programme(
    row: CountyProgramme,
    targets: Iterable[ProgrammeTarget],
    milestones: tuple[Milestone, ...],
    county_name: str = "",
) -> Programme:
    """A plan as far as rows hold it: without table, organisations and declared contradictions."""
    return Programme(
        id=row.key,
        name=row.name,
        county=row.county,
        county_name=county_name,
        issued_on=row.issued_on,
        source=row.source,
        standard=None,
        targets=tuple(
            Target(
                level=one.level,
                label=one.label,
                kind=one.indicator,
                total=one.number,
                due_on=one.due_on,
                clause=one.clause,
                text=one.text,
            )
            for one in targets
            if one.number is not None
        ),
        minimums=(),
        allocation=(),
        allocation_clause="",
        allocation_title="",
        aliases={},
        milestones=milestones,
        inspections=None,
        hub=None,
        monthly_report=None,
        organisations=(),
        coverage=None,
        modes=(),
        declared_conflicts=(),
        subsidies=(),
        subsidy_note="",
        file="",
        sha256="",
    )
