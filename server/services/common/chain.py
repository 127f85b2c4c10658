"""One chain per county: whatever is written into the history or frozen gets its line at commit.

What is new is noted while it is flushed, and chained when the transaction commits: the county's
head is locked last and shortly, after everything slow. Nobody has to remember to call this.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from server.calendar import beijing_day, full_day_text
from server.models.chain import ChainAnchor, ChainHead, ChainLine
from server.services.common.chain_canonical import BEGINNING, line_hash
from server.services.common.chain_payloads import (
    HISTORY,
    SOURCES,
    Payload,
    Source,
    payloads,
    ref_of,
)

NOTED = "chain: noted"
SHOWN = 16  # so many characters of a hash stand on paper


class Noted(NamedTuple):
    """A new row that is chained when its transaction commits."""

    kind: str
    county: str
    ref: str


def note_history(session: Session, ids: Iterable[int]) -> None:
    """Tell of lines of the history that went in by one statement for many."""
    session.info.setdefault(NOTED, set()).update(Noted(HISTORY, "", str(one)) for one in ids)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: UOWTransaction) -> None:
    """Note what has just been written for the first time."""
    for row in (*session.new, *session.dirty):
        source = SOURCES.get(getattr(row, "__tablename__", ""))
        if source is not None and _is_new(session, row, source):
            county = getattr(row, "county", "") if source.key.key != "id" else ""
            noted = Noted(source.kind, county, ref_of(getattr(row, source.key.key)))
            session.info.setdefault(NOTED, set()).add(noted)


def _is_new(session: Session, row: Any, source: Source) -> bool:
    """Whether a row came with this flush, or was frozen by it."""
    if source.once is None:
        return row in session.new
    before = sa.inspect(row).attrs[source.once.key].history
    return bool(before.added and before.added[0] is not None)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was undone is not chained."""
    if transaction.parent is None:
        session.info.pop(NOTED, None)


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    """Chain what the transaction has noted; a savepoint that closes is no commit."""
    if session.in_nested_transaction():
        return
    session.flush()
    noted: set[Noted] = session.info.pop(NOTED, set())
    if noted:
        append(session.connection(), noted)


def append(connection: Connection, noted: Collection[Noted]) -> None:
    """Chain these rows as they stand now: the history's lines first, in the order of their keys.

    A row that a savepoint took back is not there any more and gets no line.
    """
    found: list[tuple[str, Payload]] = []
    for kind, source in SOURCES.items():
        some = sorted((one for one in noted if one.kind == kind), key=lambda one: one.county)
        for county, group in groupby(some, key=lambda one: one.county):
            refs = {one.ref for one in group}
            found += (
                (kind, one) for one in payloads(connection, source, refs, county=county or None)
            )
    for county in sorted({one.county for _, one in found}):  # in one order: nobody waits in a ring
        _append(connection, county, [(kind, one) for kind, one in found if one.county == county])


def _append(connection: Connection, county: str, found: list[tuple[str, Payload]]) -> None:
    seq, last = _locked_head(connection, county)
    rows = []
    for seq, (kind, one) in enumerate(found, seq + 1):  # noqa: B020 - the head's number goes on
        said: dict[str, Any] = {
            "county": county,
            "seq": seq,
            "at": one.at,
            "kind": kind,
            "ref": one.ref,
            "payload_sha256": one.sha256,
            "previous": last,
        }
        last = line_hash(**said)
        rows.append(said | {"hash": last})
    connection.execute(sa.insert(ChainLine), rows)
    connection.execute(
        sa.update(ChainHead).where(ChainHead.county == county).values(seq=seq, hash=last)
    )


def _locked_head(connection: Connection, county: str) -> tuple[int, str]:
    """The number and hash of a county's newest line; nobody else appends until we commit."""
    asked = (
        sa.select(ChainHead.seq, ChainHead.hash).where(ChainHead.county == county).with_for_update()
    )
    head = connection.execute(asked).one_or_none()
    if head is None:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        begin = insert(ChainHead).values(county=county, seq=0, hash=BEGINNING)
        connection.execute(begin.on_conflict_do_nothing())
        head = connection.execute(asked).one()
    return head.seq, head.hash


def head_of(session: Session, *, county: str) -> tuple[int, str]:
    """The number and hash of a county's newest line; 0 where nothing has been written yet."""
    asked = sa.select(ChainHead.seq, ChainHead.hash).where(ChainHead.county == county)
    head = session.execute(asked).one_or_none()
    return (head.seq, head.hash) if head else (0, BEGINNING)


def anchor(session: Session, *, county: str, now: datetime) -> ChainAnchor | None:
    """Write down the head as the day's anchor, once a day; None where there is no line yet."""
    on = beijing_day(now)
    kept = session.get(ChainAnchor, (county, on))
    if kept is not None:
        return kept
    seq, head = head_of(session, county=county)
    if not seq:
        return None
    made = ChainAnchor(county=county, on=on, seq=seq, hash=head, at=now)
    session.add(made)
    session.flush()
    return made


def last_anchor(session: Session, *, county: str, at: datetime) -> ChainAnchor | None:
    """The newest anchor that stood at a moment."""
    return session.scalars(
        sa.select(ChainAnchor)
        .where(ChainAnchor.county == county, ChainAnchor.at <= at)
        .order_by(ChainAnchor.on.desc())
        .limit(1)
    ).one_or_none()


def newest_anchors(session: Session, *, county: str, most: int) -> list[ChainAnchor]:
    """The newest anchors first."""
    asked = sa.select(ChainAnchor).where(ChainAnchor.county == county)
    return list(session.scalars(asked.order_by(ChainAnchor.on.desc()).limit(most)))


def anchor_text(one: ChainAnchor, shown: int = SHOWN) -> str:
    """An anchor as it stands at the foot of papers, with so much of its hash."""
    return f"存证 {full_day_text(one.on)} 序号{one.seq} 校验{one.hash[:shown]}"


def foot(session: Session, *, county: str, at: datetime) -> str:
    """What a paper of this moment says at its foot; always the same for the same moment.

    Empty where the county had no anchor yet.
    """
    found = last_anchor(session, county=county, at=at)
    return anchor_text(found) if found else ""
