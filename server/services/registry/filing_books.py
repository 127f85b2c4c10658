"""A station's filing as its book: the steps so far, and the one place where a step is added."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.county import Operator
from server.models.filing import Filing, FilingStep
from server.models.person import Person
from server.models.station import Station
from server.policy.plan.filing import (
    NOT_REGISTERED,
    FilingState,
    Life,
    Registered,
    Step,
    StepKind,
    effective,
    life_of,
)
from server.policy.standard.frozen import FrozenRegistered


class Book:
    """One station's open filing with its steps; `filing` None where nothing was said yet.

    What the steps say together is written into the filing's row and the station's columns; nobody
    else writes those.
    """

    def __init__(
        self, session: Session, station: Station, filing: Filing | None, rows: Iterable[FilingStep]
    ) -> None:
        self.session, self.station, self.filing = session, station, filing
        self.rows = list(rows)

    @property
    def steps(self) -> list[Step]:
        """The steps for the policy."""
        return [as_step(one) for one in self.rows]

    @property
    def life(self) -> Life:
        """What the steps say together; without any, what the register's columns hold."""
        if not self.rows:
            return register_life(self.station)
        return life_of(self.steps)

    def begin(self, *, now: datetime) -> Filing:
        """The open filing; a new one begins with what the register holds by then, if anything."""
        return self.filing or begin_many(self.session, [self], now=now)[0]

    def open(self, *, now: datetime) -> Filing:
        """A new filing without a step; the caller flushes."""
        self.filing = Filing(
            county=self.station.county,
            station_id=self.station.id,
            opener=self._opener(),
            state=FilingState.WAITING,
            since_on=beijing_day(now),
            began_at=now,
        )
        self.session.add(self.filing)
        return self.filing

    def _opener(self) -> str:
        """Who files: the registered opener, else who runs the station."""
        runs = self.station.operator_id
        operator = self.session.get(Operator, runs) if runs and not self.station.opener else None
        return self.station.opener or (operator.name if operator else "")

    def first_step(self) -> Step:
        """How a book begins of which only the register knew: with what its columns hold."""
        return _of_register(self.station, 1)

    def add(self, step: Step, *, by: Person | None, now: datetime, reason: str = "") -> FilingStep:
        """Add a step, and let the filing and the register say what all steps say together.

        The caller flushes.
        """
        filing = self.begin(now=now)
        kept = step.registered
        row = FilingStep(
            county=filing.county,
            filing_id=filing.id,
            station_id=filing.station_id,
            seq=len(self.rows) + 1,
            kind=step.kind,
            on_day=step.on,
            text=step.text,
            reason=reason,
            number=step.number,
            name=step.name,
            facts=list(step.facts),
            corrects=step.corrects,
            registered=frozen(kept) if step.kind is StepKind.REGISTERED else None,
            person_id=by.id if by else None,
            at=now,
        )
        self.session.add(row)
        self.rows.append(row)
        self._tell(filing, now)
        return row

    def count_receipts(self) -> None:
        """How many receipts stand: those of steps that are not void."""
        standing = {one.seq for one in effective(self.steps)}
        if self.filing is not None:
            self.filing.receipts = sum(
                one.receipt_sha256 is not None and (one.seq in standing or one.corrects in standing)
                for one in self.rows
            )

    def _tell(self, filing: Filing, now: datetime) -> None:
        life = self.life
        filing.state, filing.clock_from = life.state, life.clock_from
        filing.pending, filing.newest_step = bool(life.pending), len(self.rows)
        filing.since_on = self.rows[-1].on_day
        self.count_receipts()
        if not life.ended:
            filing.ended_at = None
        elif filing.ended_at is None:
            filing.ended_at = now
        held = life.registered
        for name, value in (
            ("filed_on", held.filed_on),
            ("filing_number", held.number),
            ("filed_name", held.name),
            ("filing_changed_on", held.changed_on),
            ("filing_change_filed_on", held.change_filed_on),
        ):
            if getattr(self.station, name) != value:
                setattr(self.station, name, value)


def books_of(session: Session, stations: Sequence[Station]) -> Mapping[int, Book]:
    """The books of many stations by id; two queries."""
    ids = [one.id for one in stations]
    filings = {
        one.station_id: one
        for one in session.scalars(
            select(Filing).where(Filing.station_id.in_(ids), Filing.ended_at.is_(None))
        )
    }
    rows: dict[int, list[FilingStep]] = {}
    wanted = [one.id for one in filings.values()]
    for row in session.scalars(
        select(FilingStep).where(FilingStep.filing_id.in_(wanted)).order_by(FilingStep.seq)
    ):
        rows.setdefault(row.station_id, []).append(row)
    return {
        one.id: Book(session, one, filings.get(one.id), rows.get(one.id, ())) for one in stations
    }


def book_of(session: Session, station: Station, filing: Filing | None = None) -> Book:
    """One station's open book, or that of a filing of its own that is over."""
    if filing is None:
        return books_of(session, [station])[station.id]
    rows = session.scalars(
        select(FilingStep).where(FilingStep.filing_id == filing.id).order_by(FilingStep.seq)
    )
    return Book(session, station, filing, rows)


def as_step(row: FilingStep) -> Step:
    """A row for the policy."""
    return Step(
        seq=row.seq,
        kind=row.kind,
        on=row.on_day,
        text=row.text,
        number=row.number,
        name=row.name,
        facts=tuple(row.facts),
        corrects=row.corrects,
        registered=_thawed(row.registered) if row.registered else Registered(),
    )


def registered_of(station: Station) -> Registered:
    """What the register's columns hold of a filing."""
    return Registered(
        station.filed_on,
        station.filing_number,
        station.filed_name,
        station.filing_changed_on,
        station.filing_change_filed_on,
    )


def register_life(station: Station) -> Life:
    """What the register alone says of a station's filing."""
    return life_of([_of_register(station, 1)])


def begin_many(session: Session, books: Iterable[Book], *, now: datetime) -> list[Filing]:
    """Each book's open filing, written together where it is new: no statement for each of many.

    A new one begins with what the register holds by then, if anything.
    """
    every = list(books)
    fresh = [one for one in every if one.filing is None]
    with session.no_autoflush:
        for one in fresh:
            one.open(now=now)
    session.flush()
    for one in fresh:
        if registered_of(one.station) != NOT_REGISTERED:
            one.add(one.first_step(), by=None, now=now)
    return [one.filing for one in every if one.filing is not None]


def register_step(station: Station, on: date) -> Step:
    """A step that says what the register's columns hold now."""
    return _of_register(station, 0)._replace(on=on)


def _of_register(station: Station, seq: int) -> Step:
    held = registered_of(station)
    entered = beijing_day(station.created_at)
    on = held.change_filed_on or held.changed_on or held.filed_on or entered
    return Step(seq, StepKind.REGISTERED, on, registered=held)


def frozen(held: Registered) -> FrozenRegistered:
    """As JSON keeps it."""

    def text(day: date | None) -> str | None:
        return day.isoformat() if day else None

    return {
        "filed_on": text(held.filed_on),
        "number": held.number,
        "name": held.name,
        "changed_on": text(held.changed_on),
        "change_filed_on": text(held.change_filed_on),
    }


def _thawed(kept: FrozenRegistered) -> Registered:
    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    return Registered(
        day(kept["filed_on"]),
        kept["number"],
        kept["name"],
        day(kept["changed_on"]),
        day(kept["change_filed_on"]),
    )
