"""What of 末端备案 waits for somebody: over its last day, near it, asked to be mended, changed."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import County, Operator
from server.models.filing import Filing
from server.models.station import Station
from server.policy.plan.filing import (
    CHANGE_WITHIN_DAYS,
    FILE_WITHIN_DAYS,
    Clock,
    FilingState,
    clock,
)
from server.policy.standard.facts import Level
from server.policy.standard.postal import must_file, postal_of
from server.services.common.queues import (
    NOTHING,
    Asked,
    QueueLine,
    Statement,
    built_once,
    counted,
    waiting,
)
from server.services.county.counties import policy_options
from server.services.county.filing_options import remind_days
from server.services.people.scope import stations_visible_to


def filings_late_queue(session: Session, asked: Asked) -> QueueLine:
    """Filings and changes whose last day is over by every reading, since the first; one query."""
    return _line([one for one in _running(session, asked) if one.left < 0 and one.sure])


def filings_soon_queue(session: Session, asked: Asked) -> QueueLine:
    """Filings and changes whose last day is near (the county's choice of days); one query."""
    county = session.get_one(County, asked.county)
    near = remind_days(county)
    found = _running(session, asked)
    return _line([one for one in found if one.left <= near and not (one.left < 0 and one.sure)])


@counted
def filings_asked_queue(session: Session, asked: Asked) -> QueueLine:
    """Filings that the authority wants mended, since the day it asked; one query."""
    rows = _in_sight(asked).where(Filing.state == FilingState.ASKED)
    return waiting(session, rows, Filing.since_on)


@counted
def filings_pending_queue(session: Session, asked: Asked) -> QueueLine:
    """Filed facts that changed in the register and wait for a person's word; one query."""
    return waiting(session, _in_sight(asked).where(Filing.pending), Filing.clock_from)


def _in_sight(asked: Asked) -> sa.Select[Filing]:
    return (
        sa.select(Filing)
        .join(Station, Station.id == Filing.station_id)
        .where(
            Filing.county == asked.county,
            Filing.ended_at.is_(None),
            Station.closed_on.is_(None),
            stations_visible_to(asked.seen_by),
        )
    )


def _running(session: Session, asked: Asked) -> list[Clock]:
    """Every deadline in sight that may be near or over; columns only, for each page asks."""
    county = session.get_one(County, asked.county)
    options = policy_options(county)
    begun = asked.on - timedelta(FILE_WITHIN_DAYS - remind_days(county))

    def days(start: date | None, most: int) -> Clock | None:
        return clock(start, most, on=asked.on, calendar=asked.calendar, options=options)

    found = []
    for opened, modes, ownership, opener, operator, state, since in _rows(
        session, asked, begun=begun
    ):
        if state is FilingState.CHANGING:
            found.append(days(since, CHANGE_WITHIN_DAYS))
        elif state in (FilingState.SUBMITTED, FilingState.ASKED) or must_file(
            postal_of(modes, ownership, (opener, operator)), options
        ):
            found.append(days(opened, FILE_WITHIN_DAYS))
    return [one for one in found if one is not None]


@built_once
def _rows(asked: Asked) -> Statement:
    changing = Filing.state == FilingState.CHANGING
    begun = Station.opened_on <= sa.bindparam("begun", type_=sa.Date())
    return (
        sa.select(
            Station.opened_on, Station.coop_modes, Station.ownership, Station.opener,
            Operator.name, Filing.state, Filing.clock_from,
        )
        .outerjoin(Operator, Operator.id == Station.operator_id)
        .outerjoin(Filing, sa.and_(Filing.station_id == Station.id, Filing.ended_at.is_(None)))
        .where(
            Station.county == asked.county,
            Station.closed_on.is_(None),
            Station.level.in_((Level.TOWNSHIP_STATION, Level.VILLAGE_POINT)),
            stations_visible_to(asked.seen_by),
            changing | (Station.filed_on.is_(None) & begun),
        )
    )  # fmt: skip


def _line(clocks: list[Clock]) -> QueueLine:
    if not clocks:
        return NOTHING
    return QueueLine(len(clocks), min(one.last_on for one in clocks))
