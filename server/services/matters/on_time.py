"""按期办结率: of what a township had to do by a day of a period, how much was done by that day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.matter import Matter, MatterDeed, MatterStage, MatterStep
from server.models.person import Person
from server.services.matters.sight import matters_visible_to
from server.services.mending.deadlines import all_of, in_time, mends_due
from server.services.people.scope import Everybody, stations_visible_to

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
    """By township ("" where none is known), for last days from `since` to `until`; four queries.

    A problem had to be done by the day that the county gave (with more time, the granted one); it
    was in time if the answer that stood when it was closed came by then, so that checking and
    closing cost no township anything. Returned, taken away or opened again, it stays judged as it
    stood that day with whoever had it; asked for more time after the day, it was late. What several
    last days of the period bind is in time only if all were kept. 整改: `mending.deadlines`.
    """
    told: defaultdict[tuple[str, Key], list[bool | None]] = defaultdict(list)
    for one in session.scalars(
        sa.select(Matter).where(
            Matter.county == county,
            matters_visible_to(seen_by),
            Matter.outer_due_on.between(since, until),
        )
    ):
        last_on = one.outer_due_on or one.due_on  # the first is there: it was asked for
        told[one.holder_township or one.township_code or "", ("matter", one.id)].append(
            in_time(last_on, one.answered_on, done=one.stage is MatterStage.CLOSED, on=on)
        )
    for matter, past in _past(session, county=county, since=since, until=until, seen_by=seen_by):
        for old in past:
            if since <= old.day <= until and old.ended_on <= on:
                how = in_time(old.day, old.answered_on, done=old.done, on=old.ended_on)
                if how is not None:  # its time had not run out: nobody missed anything
                    told[old.place, ("matter", matter)].append(how)
    for mend in mends_due(
        session, county=county, since=since, until=until, on=on, seen=stations_visible_to(seen_by)
    ):
        told[mend.station.township_code or "", ("rectification", mend.mend.id)].append(mend.in_time)
    due: defaultdict[str, set[Key]] = defaultdict(set)
    good: defaultdict[str, set[Key]] = defaultdict(set)
    for (place, key), days in told.items():
        how = all_of(days)
        if how is not None:
            due[place].add(key)
        if how:
            good[place].add(key)
    return {place: OnTime(frozenset(due[place]), frozenset(good[place])) for place in sorted(due)}


@dataclass(frozen=True, slots=True)
class _Past:
    """A last day that binds nobody any more, and how it stood with `place` when that ended."""

    place: str
    day: date
    answered_on: date | None
    done: bool
    ended_on: date


def _past(
    session: Session, *, county: str, since: date, until: date, seen_by: Person | Everybody
) -> Iterable[tuple[int, list[_Past]]]:
    """Of problems whose county gave a last day of the period once, the last days that ended."""
    once = sa.orm.aliased(MatterStep)
    given = sa.exists().where(
        once.matter_id == Matter.id,
        once.deed.in_((MatterDeed.REFERRED, MatterDeed.EXTENSION_GRANTED)),
        once.due_on.between(since, until),
    )
    rows = session.execute(
        sa.select(MatterStep, Matter.township_code)
        .join(Matter, Matter.id == MatterStep.matter_id)
        .where(Matter.county == county, matters_visible_to(seen_by), given)
        .order_by(MatterStep.matter_id, MatterStep.id)
    ).all()
    for matter, some in groupby(rows, lambda row: row[0].matter_id):
        ways = list(some)
        yield matter, _ended([step for step, _ in ways], ways[0][1] or "")


def _ended(steps: Iterable[MatterStep], home: str) -> list[_Past]:
    """The last days that the steps of one problem tell of, but for the one that still binds."""
    found: list[_Past] = []
    place, day, answered, asked = home, None, None, None  # `day` None: with nobody
    done = False
    for step in steps:
        on, deed = beijing_day(step.at), step.deed
        away = deed is MatterDeed.RETURNED and step.handed_township is None
        if day is not None and (away or deed in (MatterDeed.REFERRED, MatterDeed.REOPENED)):
            found.append(_Past(place, day, answered, done, on))
        if deed is MatterDeed.REFERRED:
            place, day = step.handed_township or home, step.due_on
            answered, done = None, False
        elif away or deed is MatterDeed.REOPENED:
            day, answered, done = None, None, False
        elif deed in (MatterDeed.ANSWERED, MatterDeed.PUNISHED):
            answered = on
        elif deed is MatterDeed.SENT_BACK:
            answered = None
        elif deed is MatterDeed.CLOSED:
            done = True
        elif deed is MatterDeed.EXTENSION_ASKED:
            asked = on
        elif deed is MatterDeed.EXTENSION_GRANTED and day and step.due_on and step.due_on > day:
            found.append(_Past(place, day, answered, False, asked or on))
            day = step.due_on
    return found
