"""What keepers ask for, as lists: what waits for the office, what became of one's own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.errors import NotFound
from server.models.person import Person
from server.models.request import KeeperRequest, RequestAbout, RequestState
from server.models.station import Station
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.people.scope import Everybody, stations_visible_to
from server.services.requests.taking import said, understood

TOLD_FOR = timedelta(days=30)
"""So long a keeper is told of an answer."""
_By = aliased(Person)


class RequestView(NamedTuple):
    """A request with whom it is of, and who decided ("" while nobody has)."""

    request: KeeperRequest
    station: Station
    who: str
    decided_who: str

    @property
    def said(self) -> str:
        """What is asked for, in a few words; hours in a keeper's own with what they mean."""
        wish = self.request.wish
        hours = self.request.about is RequestAbout.HOURS and understood(wish)
        return said(self.request.about, f"{wish}，认成{hours}" if hours else wish)


def requests_seen(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    state: RequestState | None = RequestState.WAITING,
    offset: int = 0,
    limit: int = 100,
) -> list[RequestView]:
    """What keepers in sight ask for, in this state (None: in any).

    What waits comes oldest first, else the newest.
    """
    asked = KeeperRequest.asked_at
    order = asked if state is RequestState.WAITING else asked.desc()
    rows = _all(county).where(stations_visible_to(seen_by)).order_by(order, KeeperRequest.id)
    if state is not None:
        rows = rows.where(KeeperRequest.state == state)
    return [RequestView(*row) for row in session.execute(rows.offset(offset).limit(limit))]


def request_tally(
    session: Session, *, county: str, seen_by: Person | Everybody
) -> dict[RequestState, int]:
    """How many there are in each state, all states named."""
    found = dict.fromkeys(RequestState, 0)
    rows = (
        sa.select(KeeperRequest.state, sa.func.count())
        .join(Station, Station.id == KeeperRequest.station_id)
        .where(KeeperRequest.county == county, stations_visible_to(seen_by))
        .group_by(KeeperRequest.state)
    )
    for state, number in session.execute(rows):
        found[state] = number
    return found


def request_for(session: Session, seen_by: Person, request_id: UUID) -> RequestView:
    """One request in somebody's sight. Raises NotFound request-unknown."""
    rows = (
        _all(seen_by.county)
        .where(stations_visible_to(seen_by))
        .where(KeeperRequest.id == request_id)
    )
    found = session.execute(rows).one_or_none()
    if found is None:
        raise NotFound("request-unknown", "没有找到这条请求。请从“站长请求”的列表里重新选择。")
    return RequestView(*found)


def own_requests(session: Session, *, person: Person, now: datetime) -> Sequence[RequestView]:
    """What a keeper asked for: all that waits, and for thirty days what became of the rest.

    What the keeper took back or asked anew is not told of. One query.
    """
    told = (RequestState.GRANTED, RequestState.REFUSED)
    rows = (
        _all(person.county)
        .where(
            KeeperRequest.person_id == person.id,
            (KeeperRequest.state == RequestState.WAITING)
            | (KeeperRequest.state.in_(told) & (KeeperRequest.decided_at > now - TOLD_FOR)),
        )
        .order_by(KeeperRequest.asked_at.desc(), KeeperRequest.id)
    )
    return [RequestView(*row) for row in session.execute(rows)]


@counted
def requests_queue(session: Session, asked: Asked) -> QueueLine:
    """What keepers ask for and nobody has decided, since the first one; one query."""
    rows = (
        sa.select(KeeperRequest)
        .join(Station, Station.id == KeeperRequest.station_id)
        .where(
            KeeperRequest.county == asked.county,
            KeeperRequest.state == RequestState.WAITING,
            stations_visible_to(asked.seen_by),
        )
    )
    return waiting(session, rows, KeeperRequest.asked_at)


def _all(county: str) -> sa.Select[KeeperRequest, Station, str, str]:
    """Every request of a county, with whom it is of."""
    return (
        sa.select(KeeperRequest, Station, Person.name, sa.func.coalesce(_By.name, ""))
        .join(Station, Station.id == KeeperRequest.station_id)
        .join(Person, Person.id == KeeperRequest.person_id)
        .outerjoin(_By, _By.id == KeeperRequest.decided_by)
        .where(KeeperRequest.county == county)
    )
