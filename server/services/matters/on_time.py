"""按期办结率: of what a township had to do by a day of a period, how much was done by that day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.matter import Matter, MatterStage
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.models.station import Station
from server.services.matters.sight import matters_visible_to
from server.services.people.scope import Everybody, stations_visible_to

WAITS = RectificationState.ANSWERED
Key = tuple[str, int]
"""("matter", id) or ("rectification", id)."""


@dataclass(frozen=True, slots=True)
class OnTime:
    """Which had to be done, and which of them were done in time; never more than those."""

    due: frozenset[Key] = frozenset()
    in_time: frozenset[Key] = frozenset()

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None while nothing had to be done."""
        return len(self.in_time) / len(self.due) if self.due else None


def on_time_by_township(
    session: Session,
    *,
    county: str,
    since: date,
    until: date,
    on: date,
    seen_by: Person | Everybody,
) -> Mapping[str, OnTime]:
    """By township ("" where none is known), for last days from `since` to `until`; two queries.

    A problem had to be done by the day that the county gave (with more time, the granted one); it
    was in time if the answer that stood when it was closed came by then, so that checking and
    closing cost no township anything. A 整改 was in time if the keeper's last answer, or without
    one its acceptance, came by its day; withdrawn ones do not count. What is still open counts once
    its day has passed (Beijing day `on`), as not in time, unless it was answered by then and waits
    for somebody's look: of that nobody can say yet.
    """
    due: defaultdict[str, set[Key]] = defaultdict(set)
    good: defaultdict[str, set[Key]] = defaultdict(set)

    def tell(
        place: str | None, key: Key, day: date, answered_on: date | None, *, closed: bool
    ) -> None:
        done_on = answered_on if closed else None
        looked_at_later = answered_on is not None and answered_on <= day
        if done_on is None and (day >= on or looked_at_later):
            return  # nobody can say yet
        due[place or ""].add(key)
        if done_on is not None and done_on <= day:
            good[place or ""].add(key)

    for one in session.scalars(
        sa.select(Matter).where(
            Matter.county == county,
            matters_visible_to(seen_by),
            Matter.outer_due_on.between(since, until),
        )
    ):
        closed = one.stage is MatterStage.CLOSED
        place = one.holder_township or one.township_code
        last_on = one.outer_due_on or one.due_on  # the first is there: it was asked for
        tell(place, ("matter", one.id), last_on, one.answered_on, closed=closed)
    answered = (
        sa.select(
            RectificationStep.rectification_id.label("of"),
            sa.func.max(RectificationStep.at).label("at"),
        )
        .where(RectificationStep.action == "answered")
        .group_by(RectificationStep.rectification_id)
        .subquery()
    )
    for mend, place, last in session.execute(
        sa.select(Rectification, Station.township_code, answered.c.at)
        .join(Station, Station.id == Rectification.station_id)
        .outerjoin(answered, answered.c.of == Rectification.id)
        .where(
            Rectification.county == county,
            stations_visible_to(seen_by),
            Rectification.state != RectificationState.WITHDRAWN,
            Rectification.due_on.between(since, until),
        )
    ):
        done = mend.state is RectificationState.ACCEPTED
        when = (last or mend.closed_at) if done or mend.state is WAITS else None
        key = ("rectification", mend.id)
        tell(place, key, mend.due_on, beijing_day(when) if when else None, closed=done)
    return {place: OnTime(frozenset(due[place]), frozenset(good[place])) for place in sorted(due)}
