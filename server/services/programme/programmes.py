"""A county's plans beside each other: brought from their files once, one of them current by day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Conflict
from server.models.county import County
from server.models.person import Person
from server.models.programme import CountyProgramme, ProgrammeMilestone, ProgrammeTarget
from server.policy.plan.conflicts import conflicts
from server.policy.plan.nouns import PlanConflict, Programme, Target
from server.policy.plan.reading import programme_of
from server.services.common import history
from server.services.common.written import cut
from server.services.programme.actions import ProgrammeAction
from server.services.programme.rows import bare_programme, live, milestones_of, target_rows

TEXT_BASIS = "方案正文"
"""The reading of a number that nothing in the plan contradicts."""


def programmes_of(session: Session, county: str) -> Sequence[CountyProgramme]:
    """A county's plans, the newest first."""
    return session.scalars(
        select(CountyProgramme)
        .where(CountyProgramme.county == county)
        .order_by(CountyProgramme.from_on.desc())
    ).all()


def current_of(rows: Iterable[CountyProgramme], on: date) -> CountyProgramme | None:
    """The one that is current on a day: the newest that had begun."""
    begun = [one for one in rows if one.from_on <= on]
    return max(begun, key=lambda one: one.from_on, default=None)


def first_day(programme: Programme) -> date:
    """From when a plan is current: the day it was issued, else its first due day's new year."""
    if programme.issued_on is not None:
        return programme.issued_on
    due = [one.due_on for one in programme.targets]
    if programme.coverage is not None:
        due.append(programme.coverage.due_on)
    return date(min(due).year, 1, 1)


def bring_programme(
    session: Session,
    *,
    county: County,
    programme: Programme,
    now: datetime,
    by: Person | None,
    from_on: date | None = None,
    reason: str = "",
) -> CountyProgramme:
    """Enter a plan's targets and milestones beside those of the county's other plans, once.

    Doing it again changes nothing. Raises Conflict programme-day-taken where another plan begins on
    the same day.
    """
    known = session.scalar(
        select(CountyProgramme).where(
            CountyProgramme.county == county.code, CountyProgramme.key == programme.id
        )
    )
    if known is not None:
        return known
    begins = from_on or first_day(programme)
    refuse_taken(session, county, begins)
    row = CountyProgramme(
        county=county.code,
        key=programme.id,
        name=programme.name,
        issued_on=programme.issued_on,
        source=programme.file,
        shipped=True,
        from_on=begins,
        reason=reason,
        entered_by=by.id if by else None,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    every = conflicts(programme)
    first = {level: one for one in reversed(programme.targets) for level in [one.level]}
    for target in programme.targets:
        over = [one for one in every if one.of_totals and target.level in one.levels]
        session.add_all(
            _target_rows(row, target, over[0] if over and first[target.level] is target else None)
        )
    session.add_all(
        ProgrammeMilestone(
            county=county.code,
            programme_id=row.id,
            track=one.track,
            due_on=one.on,
            percent=one.percent,
            levels=[level.value for level in one.levels],
            clause=one.clause,
            text=one.text,
            entered_by=row.entered_by,
            entered_at=now,
        )
        for one in programme.milestones
    )
    session.flush()
    tell_added(session, county, row, by=by, now=now)
    return row


def refuse_taken(session: Session, county: County, from_on: date) -> None:
    """Raise Conflict programme-day-taken where another plan of the county begins on that day."""
    name = session.scalar(
        select(CountyProgramme.name).where(
            CountyProgramme.county == county.code, CountyProgramme.from_on == from_on
        )
    )
    if name is not None:
        raise Conflict(
            "programme-day-taken",
            f"《{name}》就是从{full_day_text(from_on)}起的。一天只能有一个现行方案，请换一天。",
            fields={"from_on": "这一天已有方案"},
        )


def tell_added(
    session: Session, county: County, row: CountyProgramme, *, by: Person | None, now: datetime
) -> None:
    """Write the history's line of a plan that was added."""
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.PROGRAMME_ADDED,
        summary=f"登记方案《{row.name}》，从{full_day_text(row.from_on)}起为现行方案",
        reason=row.reason,
    )


def without_programme(session: Session) -> Sequence[County]:
    """Counties set up from a plan before plans were kept as rows."""
    kept = select(CountyProgramme.county)
    return session.scalars(
        select(County).where(County.programme_id.is_not(None), County.code.not_in(kept))
    ).all()


def bring_missing(
    session: Session, *, counties: Iterable[County], shipped: Iterable[Programme], now: datetime
) -> list[CountyProgramme]:
    """For counties `without_programme`: enter the plan that each was set up from, if it is here."""
    every = {one.id: one for one in shipped}
    brought = []
    for county in counties:
        programme = every.get(county.programme_id or "")
        if programme is not None:
            brought.append(
                bring_programme(session, county=county, programme=programme, now=now, by=None)
            )
    return brought


def programme_on(
    session: Session, *, county: County, shipped: Iterable[Programme], on: date
) -> Programme | None:
    """A county's plan on a day with its words and contradictions; None before its first.

    A county whose plans were not entered yet follows the newest file.
    """
    rows = programmes_of(session, county.code)
    files = tuple(shipped)
    if not rows:
        return programme_of(files, county.code)
    row = current_of(rows, on)
    if row is None:
        return None
    filed = next((one for one in files if one.id == row.key), None)
    if filed is not None:
        return filed
    rows_live = live(target_rows(session, row.id), on)
    return bare_programme(row, rows_live, milestones_of(session, row.id, on), county.name)


def _target_rows(
    row: CountyProgramme, target: Target, conflict: PlanConflict | None
) -> list[ProgrammeTarget]:
    """A target as one row, or as one for each reading of its total."""
    readings: list[tuple[str, int, str, str]] = [
        (TEXT_BASIS, target.total, target.clause, target.text)
    ]
    if conflict is not None:
        readings = [
            (one.label, one.number, one.clause, one.text)
            for one in conflict.readings
            if one.number is not None
        ]
    return [
        ProgrammeTarget(
            county=row.county,
            programme_id=row.id,
            level=target.level,
            indicator=target.kind,
            label=target.label,
            number=number,
            basis=basis,
            conflict_key=conflict.key if conflict else "",
            due_on=target.due_on,
            clause=clause,
            text=text,
            source=cut(row.name, ProgrammeTarget.source),
            valid_from=row.from_on,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
        )
        for basis, number, clause, text in readings
    ]
