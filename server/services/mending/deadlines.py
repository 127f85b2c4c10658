"""Whether a 整改 was answered by its last day: the one place that says what 按期 is.

A last day that was moved after it had passed without an answer stays missed, whatever day was
given then. One that was moved while there was still time, or while an answer that came by it
waited for a look, binds no more: the later one does.

An answer counts by the day on which the keeper recorded it, where that is proven: a phone without
a net takes no days from the keeper (as the deadline begins with a record's arrival). Where nothing
but the phone's own clock speaks for that day, nobody knows it: the answer came at some time between
what the phone says and its arrival, and a last day between the two was neither kept nor missed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.phone_event import PhoneEvent, Photo
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.models.station import Station

ANSWERS = ("answered", "returned")


class _Move(NamedTuple):
    """One move of a 整改 at the moment that counts; `before_on` as in its step.

    `perhaps_at` is earlier where nobody can prove when it was recorded.
    """

    at: datetime
    perhaps_at: datetime
    action: str
    before_on: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """A 整改 with last days in a period; `in_time` is None where nobody can say, or not yet."""

    mend: Rectification
    station: Station
    in_time: bool | None


def in_time(day: date, answered_on: date | None, *, done: bool, on: date) -> bool | None:
    """Whether what had to be done by a day was, as it stands on `on`; None: nobody can say yet.

    What was done counts by the day of its last answer. What is not done is late once its day has
    passed, unless an answer came by then and waits for somebody's look.
    """
    if done and answered_on is not None:
        return answered_on <= day
    waits = answered_on is not None and answered_on <= day
    return None if day >= on or waits else False


def all_of(told: Iterable[bool | None]) -> bool | None:
    """Of several last days: late if one was missed, in time if none is open."""
    every = list(told)
    if False in every:
        return False
    return None if None in every else True


def mends_due(
    session: Session,
    *,
    county: str,
    since: date,
    until: date,
    on: date,
    seen: sa.ColumnElement[bool] | None = None,
) -> list[Due]:
    """Those with a last day of the period, in the order they came; two queries.

    By the keeper's last answer, or without one by the acceptance; withdrawn ones do not count. A
    day that was moved away while it could be kept is left out.
    """
    step = RectificationStep
    moved = sa.exists().where(
        step.rectification_id == Rectification.id, step.before_on.between(since, until)
    )
    rows = session.execute(
        sa.select(Rectification, Station)
        .join(Station, Station.id == Rectification.station_id)
        .where(
            Rectification.county == county,
            Rectification.state != RectificationState.WITHDRAWN,
            Rectification.due_on.between(since, until) | moved,
            sa.true() if seen is None else seen,
        )
        .order_by(Rectification.id)
    ).all()
    steps = _steps(session, [mend.id for mend, _ in rows])
    found = []
    for mend, station in rows:
        surely = [(one.at, one) for one in steps[mend.id]]
        perhaps = [(one.perhaps_at, one) for one in steps[mend.id]]
        ways = [
            [one for day, one in _told(mend, moves, on) if since <= day <= until]
            for moves in (surely, perhaps)
        ]
        if any(ways):
            told = {all_of(one) for one in ways}
            found.append(Due(mend, station, told.pop() if len(told) == 1 else None))
    return found


def days_then(
    session: Session, mends: Mapping[int, date], *, before: datetime
) -> Mapping[int, date]:
    """The last days that held at a moment, of these as they hold now; one query."""
    step = RectificationStep
    moved = session.scalars(
        sa.select(step)
        .where(
            step.rectification_id.in_(list(mends)), step.before_on.is_not(None), step.at >= before
        )
        .order_by(step.at.desc(), step.id.desc())  # the first move after the moment has the word
    )
    return {**mends, **{one.rectification_id: one.before_on for one in moved if one.before_on}}


def _told(
    mend: Rectification, moves: Iterable[tuple[datetime, _Move]], on: date
) -> Iterable[tuple[date, bool | None]]:
    """Each last day that was not moved away in time, and whether it was kept by these moments."""
    answered: date | None = None
    last: datetime | None = None
    for at, one in sorted(moves, key=lambda move: move[0]):  # recorded before a move, came after
        if one.before_on is not None:
            moved_on = min(on, beijing_day(at))
            if in_time(one.before_on, answered, done=False, on=moved_on) is False:
                yield one.before_on, False
        if one.action == "answered":
            answered, last = beijing_day(at), at
        elif one.action == "returned":
            answered = None
    done = mend.state is RectificationState.ACCEPTED
    waits = mend.state is RectificationState.ANSWERED
    when = (last or mend.closed_at) if done or waits else None
    yield mend.due_on, in_time(mend.due_on, beijing_day(when) if when else None, done=done, on=on)


def recorded() -> sa.Select[RectificationStep, datetime | None, bool | None]:
    """Steps, each beside the moment at which a phone says that it recorded what it tells of.

    And whether that is proven. None where no photo of a phone came with it.
    """
    return (
        sa.select(RectificationStep, PhoneEvent.occurred_at, Photo.time_verified)
        .outerjoin(Photo, Photo.id == RectificationStep.photo_id)
        .outerjoin(PhoneEvent, PhoneEvent.id == Photo.event_id)
    )


def said_at(step: RectificationStep, recorded_at: datetime | None) -> datetime:
    """When a step was made by what a phone says of it, else by its arrival."""
    return min(recorded_at or step.at, step.at)


def _steps(session: Session, ids: Collection[int]) -> Mapping[int, list[_Move]]:
    step, found = RectificationStep, defaultdict[int, list[_Move]](list)
    for one, recorded_at, proven in session.execute(
        recorded()
        .where(
            step.rectification_id.in_(list(ids)),
            step.action.in_(ANSWERS) | step.before_on.is_not(None),
        )
        .order_by(step.at, step.id)
    ):
        perhaps = said_at(one, recorded_at)
        surely = perhaps if proven else one.at
        found[one.rectification_id].append(_Move(surely, perhaps, one.action, one.before_on))
    return found
