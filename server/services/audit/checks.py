"""The nightly look at each county's chain, and what it found, for the desk to show."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.chain import ChainCheck
from server.services.audit.anchors import Anchor
from server.services.audit.verifying import Verified, verify
from server.services.common.queues import NOTHING, Asked, QueueLine


@contextmanager
def at_rest(engine: Engine) -> Iterator[Session]:
    """A session that sees one moment of the database, however long it looks."""
    with Session(engine) as session:
        if engine.dialect.name != "sqlite":  # a SQLite reader sees one moment anyway
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def look(engine: Engine, *, county: str, anchors: Iterable[Anchor] = ()) -> Verified:
    """Verify a county's chain without holding anybody up."""
    with at_rest(engine) as session:
        return verify(session, county=county, anchors=anchors)


def keep(session: Session, found: Verified, *, now: datetime) -> None:
    """Write down what a look found; the newest alone is kept."""
    session.merge(
        ChainCheck(
            county=found.county,
            at=now,
            lines=found.lines,
            head=found.head,
            faulty=found.faulty,
            faults=list(found.faults),
        )
    )
    session.flush()


def last_check(session: Session, *, county: str) -> ChainCheck | None:
    """What the last look found; None before the first."""
    return session.get(ChainCheck, county)


def chain_queue(session: Session, asked: Asked) -> QueueLine:
    """How many places of the chain the last look found wrong; one query."""
    found = last_check(session, county=asked.county)
    if found is None or not found.faulty:
        return NOTHING
    return QueueLine(found.faulty, beijing_day(found.at))
