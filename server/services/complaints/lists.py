"""The office's list of complaints: what waits first, narrowed and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.complaint import Complaint, ComplaintOutcome, ComplaintState
from server.models.county import Division
from server.models.person import Person
from server.models.station import Station
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.complaints.codes import number_read
from server.services.complaints.rights import OPEN
from server.services.complaints.sight import complaints_visible_to
from server.services.people.scope import Everybody

_OPEN: Final = Complaint.state.in_(list(OPEN))
_NEW: Final = (Complaint.state == ComplaintState.RECEIVED) & Complaint.held.is_(False)
_ANSWER: Final = Complaint.state.in_([ComplaintState.ACCEPTED, ComplaintState.HANDLING])
CHOICES: Final[Mapping[str, str]] = {
    "": "没有答复",
    "new": "等受理",
    "working": "等答复",
    "late": "逾期没答复",
    "held": "待核",
    "again": "不满意，又在办",
    **{f"was-{one.value}": one.label for one in ComplaintOutcome},
    "silent": "答复了，未回访",
    "all": "全部",
}


class Wanted(NamedTuple):
    """What the list is narrowed to; empty means everything."""

    choice: str = ""
    kind: str = ""
    channel: str = ""
    township: str = ""
    q: str = ""
    station_id: int | None = None


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """One line; `days_left` is None once answered. No line holds what the villager wrote."""

    complaint: Complaint
    station: str
    township: str
    days_left: int | None


def choices_on(on: date) -> dict[str, sa.ColumnElement[bool]]:
    """What each choice of the list means on a Beijing day; what is 待核 waits in its own."""
    answered = Complaint.state == ComplaintState.ANSWERED
    return {
        "": _OPEN & Complaint.held.is_(False),
        "new": _NEW,
        "working": _ANSWER & Complaint.held.is_(False),
        "late": _OPEN & (Complaint.due_on < on) & Complaint.held.is_(False),
        "held": Complaint.held.is_(True),
        "again": _OPEN & (Complaint.turns > 1),
        **{f"was-{one.value}": answered & (Complaint.outcome == one) for one in ComplaintOutcome},
        "silent": answered & Complaint.follow_up.is_(None),
        "all": sa.true(),
    }


def complaint_lines(
    session: Session,
    *,
    county: str,
    on: date,
    seen_by: Person | Everybody,
    wanted: Wanted,
    limit: int | None = None,
    offset: int = 0,
) -> list[ComplaintLine]:
    """The list in somebody's sight, what is due first at the front, answered ones last; a query."""
    is_open = sa.case((_OPEN, 0), else_=1)
    rows = session.execute(
        sa.select(Complaint, Station.name, Station.code, Division.name)
        .outerjoin(Station, Station.id == Complaint.station_id)
        .outerjoin(Division, Division.code == Complaint.township_code)
        .where(
            Complaint.county == county, complaints_visible_to(seen_by),
            choices_on(on)[wanted.choice], *_narrowed(wanted),
        )
        .order_by(
            is_open, sa.case((_OPEN, Complaint.due_on), else_=None),
            Complaint.received_at.desc(), Complaint.id.desc(),
        )
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return [
        ComplaintLine(
            one,
            " ".join(part for part in (code, name) if part),
            township or "",
            (one.due_on - on).days if one.state in OPEN else None,
        )
        for one, name, code, township in rows
    ]


def complaint_tally(
    session: Session, *, county: str, on: date, seen_by: Person | Everybody, wanted: Wanted
) -> dict[str, int]:
    """How many every choice of the list would show, whatever `wanted.choice` says; one query."""
    meant = choices_on(on)
    row = session.execute(
        sa.select(*(sa.func.sum(sa.case((meant[one], 1), else_=0)) for one in CHOICES))
        .select_from(Complaint)
        .outerjoin(Station, Station.id == Complaint.station_id)
        .where(Complaint.county == county, complaints_visible_to(seen_by), *_narrowed(wanted))
    ).one()
    return dict(zip(CHOICES, (number or 0 for number in row), strict=True))


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.kind:
        found.append(Complaint.kind == wanted.kind)
    if wanted.channel:
        found.append(Complaint.channel == wanted.channel)
    if wanted.township:
        found.append(Complaint.township_code == wanted.township)
    if wanted.station_id is not None:
        found.append(Complaint.station_id == wanted.station_id)
    found.extend(
        Station.name.contains(word, autoescape=True)
        | Station.code.contains(word.upper(), autoescape=True)
        | Complaint.number.contains(number_read(word) or word, autoescape=True)
        | Complaint.ref.contains(word, autoescape=True)
        for word in wanted.q.split()
    )
    return found


@counted
def new_queue(session: Session, asked: Asked) -> QueueLine:
    """Received and not yet accepted, also again; one query."""
    return _queue(session, asked, "new")


@counted
def working_queue(session: Session, asked: Asked) -> QueueLine:
    """Accepted or with somebody, and the villager still waits; one query."""
    return _queue(session, asked, "working")


@counted
def late_queue(session: Session, asked: Asked) -> QueueLine:
    """Past the day by which the villager was to be answered, since the first such day; a query."""
    return _queue(session, asked, "late", Complaint.due_on)


@counted
def held_queue(session: Session, asked: Asked) -> QueueLine:
    """待核: more than a day's number, for somebody to look over; one query."""
    return _queue(session, asked, "held")


def _queue(
    session: Session, asked: Asked, choice: str, since: Any = Complaint.received_at
) -> QueueLine:
    rows = sa.select(Complaint).where(
        Complaint.county == asked.county,
        complaints_visible_to(asked.seen_by),
        choices_on(asked.on)[choice],
    )
    return waiting(session, rows, since)
