"""Complaints in numbers: by station for draws and pages, by township for the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month
from server.models.complaint import Complaint, ComplaintOutcome, ComplaintState, FollowUp
from server.models.county import Division, DivisionLevel
from server.models.person import Person
from server.services.complaints.sight import complaints_visible_to
from server.services.people.scope import Everybody

LOOKS_BACK = timedelta(days=365)
FEWEST = 5
"""Complaints of a township below which nothing is made public: few numbers name people."""


@dataclass(frozen=True, slots=True)
class TownshipVoices:
    """A township's complaints of twelve whole months, as anybody may read them.

    With fewer than five, `enough` is False and every number 0: nothing is told.
    """

    name: str
    enough: bool
    received: int = 0
    answered: int = 0
    in_time: int = 0
    solved: int = 0
    said_solved: int = 0


def counted() -> sa.ColumnElement[bool]:
    """The WHERE clause for complaints that count: looked over, and not answered as 不属实."""
    return Complaint.held.is_(False) & (
        Complaint.outcome.is_(None) | (Complaint.outcome != ComplaintOutcome.UNFOUNDED)
    )


def complaint_counts(
    session: Session, *, county: str, on: date, seen_by: Person | Everybody
) -> dict[int, int]:
    """How many complaints of the last year count, by station; one query."""
    rows = session.execute(
        sa.select(Complaint.station_id, sa.func.count())
        .where(
            Complaint.county == county,
            complaints_visible_to(seen_by),
            Complaint.received_on > on - LOOKS_BACK,
            Complaint.received_on <= on,
            counted(),
        )
        .group_by(Complaint.station_id)
    )
    return {station_id: number for station_id, number in rows if station_id is not None}


def public_months(on: date) -> tuple[date, date]:
    """The twelve whole months before the month of a day: first day, and the day after the last.

    Whole months, so that looking every day tells nobody what came between two looks.
    """
    until = first_of_month(on)
    return until.replace(year=until.year - 1), until


def public_figures(session: Session, *, county: str, on: date) -> Sequence[TownshipVoices]:
    """Every township of a county, by code; there is no total, which would tell of the small ones.

    Those that are 待核 and those without a township are not in it; one query.
    """
    since, until = public_months(on)
    answered = Complaint.state == ComplaintState.ANSWERED

    def number(clause: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((clause, 1), else_=0)), 0)

    rows = session.execute(
        sa.select(
            Division.name,
            sa.func.count(Complaint.id),
            number(answered),
            number(Complaint.in_time.is_(True)),
            number(answered & (Complaint.outcome == ComplaintOutcome.SOLVED)),
            number(answered & (Complaint.follow_up == FollowUp.SOLVED)),
        )
        .outerjoin(
            Complaint,
            (Complaint.township_code == Division.code)
            & (Complaint.county == county)
            & (Complaint.received_on >= since)
            & (Complaint.received_on < until)
            & Complaint.held.is_(False),
        )
        .where(Division.county == county, Division.level == DivisionLevel.TOWNSHIP)
        .group_by(Division.code, Division.name)
        .order_by(Division.code)
    )
    return [
        TownshipVoices(name, True, *numbers)
        if numbers[0] >= FEWEST
        else TownshipVoices(name, False)
        for name, *numbers in rows
    ]
