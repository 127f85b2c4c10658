"""What the register's form, tables and closings do to filings: a step each, so nothing is lost."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.filing import Filing, FilingStep
from server.models.person import Person
from server.models.station import Station
from server.policy.plan.filing import FILED_FACTS, NOT_REGISTERED, Registered, Step, StepKind
from server.services.registry.filing_books import (
    Book,
    begin_many,
    book_of,
    books_of,
    register_step,
    registered_of,
)

OF_FILING = frozenset(
    ("filed_on", "filing_number", "filed_name", "filing_changed_on", "filing_change_filed_on")
)
"""The register's fields that a filing's steps write as well."""


def follow_register(
    session: Session,
    stations: Sequence[Station],
    *,
    changed: Mapping[int, Collection[str]],
    by: Person | None,
    now: datetime,
) -> None:
    """After fields were stored: what they say of a filing is a step, as is a filed fact's change.

    `changed` names the fields by station. A station that is filed, and whose name, type, scope,
    head or opener changed, has its 10 days begun until a person says how it is. A fixed number of
    queries for any number of stations.
    """
    concerned = [
        one for one in stations if (OF_FILING | FILED_FACTS.keys()) & set(changed.get(one.id, ()))
    ]
    if not concerned:
        return
    today = beijing_day(now)
    work = [
        _Work.of(book, set(changed[station_id]))
        for station_id, book in books_of(session, concerned).items()
    ]
    begin_many(session, [one.book for one in work if one.facts or one.tells], now=now)
    with session.no_autoflush:  # all steps are written in one go
        for one in work:
            if one.facts:
                noticed = Step(0, StepKind.NOTICED, today, facts=one.facts)
                one.book.add(noticed, by=by, now=now)
            if one.tells:
                _tell(one, today, by=by, now=now)
    session.flush()


class _Work(NamedTuple):
    """What stored fields do to one station's filing, told before any step is added.

    `facts` are filed facts that changed while it was filed; `tells`: the register's own words of
    the filing changed; `fresh`: its book begins with those. `held` are the columns as stored.
    """

    book: Book
    facts: tuple[str, ...]
    tells: bool
    fresh: bool
    held: Registered

    @classmethod
    def of(cls, book: Book, fields: Collection[str]) -> Self:
        """Read from the fields that were stored."""
        written = any(name in OF_FILING for name in fields)
        was_filed = (
            book.life.registered.filed_on is not None
            if book.rows
            else book.station.filed_on is not None and not written
        )
        held = registered_of(book.station)
        tells = written and (bool(book.rows) or held != NOT_REGISTERED)
        return cls(
            book=book,
            facts=tuple(name for name in FILED_FACTS if was_filed and name in fields),
            tells=tells,
            fresh=tells and not book.rows and book.filing is None,
            held=held,
        )


def _tell(work: _Work, today: date, *, by: Person | None, now: datetime) -> None:
    """The register's words as a step: the first of a fresh book is then this person's, of today."""
    _put_back(work.book.station, work.held)
    if not work.fresh:
        work.book.add(register_step(work.book.station, today), by=by, now=now)
        return
    filing = work.book.begin(now=now)
    work.book.rows[0].person_id = by.id if by else None
    work.book.rows[0].on_day = filing.since_on = today


def _put_back(station: Station, held: Registered) -> None:
    """A step in between wrote the columns as the steps had them; what was stored now counts."""
    station.filed_on, station.filing_number, station.filed_name = held[:3]
    station.filing_changed_on, station.filing_change_filed_on = held[3:]


def follow_closing(
    session: Session, station: Station, *, by: Person | None, now: datetime, on: date, reason: str
) -> None:
    """A station's filing ends with it; what the register holds of it stays."""
    book = book_of(session, station)
    if book.filing is not None:
        book.add(Step(0, StepKind.CLOSED, on), by=by, now=now, reason=reason)
        session.flush()


def follow_reopening(
    session: Session, station: Station, *, by: Person | None, now: datetime, reason: str
) -> None:
    """The filing that ended with the station goes on where it was."""
    ended = session.scalar(
        select(Filing).where(Filing.station_id == station.id).order_by(Filing.id.desc()).limit(1)
    )
    if ended is None or ended.ended_at is None:
        return
    book = book_of(session, station, ended)
    if book.rows and book.rows[-1].kind is StepKind.CLOSED:
        book.add(Step(0, StepKind.REOPENED, beijing_day(now)), by=by, now=now, reason=reason)
        session.flush()


def forget_filings(session: Session, station_ids: Collection[int]) -> None:
    """Take away what an import itself entered of filings, with the stations that it entered."""
    for noun in (FilingStep, Filing):
        session.execute(
            sa.delete(noun)
            .where(noun.station_id.in_(station_ids))
            .execution_options(synchronize_session="fetch")
        )
