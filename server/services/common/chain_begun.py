"""Takes into the chain what a database held before there was one, and what a migration wrote."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from server.models.chain import ChainHead, ChainLine
from server.models.consent import Consent, ConsentText
from server.models.history import HistoryLine
from server.services.common import history
from server.services.common.actions import ChainAction
from server.services.common.chain import Noted, anchor, append
from server.services.common.chain_payloads import FROZEN, HISTORY, ref_of
from server.services.common.outbox import HUSHED


@dataclass(frozen=True)
class _OfCounty:
    """Whose history it is; the county's own row may lack columns while migrations run."""

    county: str


JOINED = {"0066": (Consent.__tablename__, ConsentText.__tablename__)}
"""Tables whose rows are chained since a step, and were not before it."""


def newest_line(connection: Connection) -> int | None:
    """The newest line of the history before a migration; None where nothing is chained yet."""
    if not sa.inspect(connection).has_table(ChainLine.__tablename__):
        return None
    return connection.scalar(sa.select(sa.func.max(HistoryLine.id))) or 0


def take_in(
    connection: Connection, *, after: int | None, now: datetime, step: str | None = None
) -> None:
    """Chain what stands: all of it where the chain begins here, else what the migration wrote.

    Tables that joined the chain after `step`, where the database stood before, come in whole.
    `after` is what `newest_line` said before. Only lines written by the migration itself are taken
    in later: one that somebody slipped in before it stays without a line, and is found.
    """
    there = set(sa.inspect(connection).get_table_names())
    if ChainLine.__tablename__ not in there:
        return
    ids = sa.select(HistoryLine.id).where(HistoryLine.id > (after or 0))
    noted = {Noted(HISTORY, "", str(one)) for one in connection.scalars(ids)}
    if after is None:
        noted.update(_frozen(connection, there))
    elif joined := _joined(connection, there, step):
        _say_joined(connection, {one.kind for one in joined}, now)
        noted.update(joined)
    if not noted:
        return
    append(connection, noted)
    if after is None:
        _say_so(connection, now)


def _joined(connection: Connection, there: set[str], step: str | None) -> set[Noted]:
    """Rows of tables that are chained since a step which this database has just taken."""
    newly = {kind for since, kinds in JOINED.items() if step and step < since for kind in kinds}
    asked = sa.select(ChainLine.kind, ChainLine.ref).where(ChainLine.kind.in_(newly))
    chained = {(kind, ref) for kind, ref in connection.execute(asked)} if newly else set()
    found = _frozen(connection, there & newly)
    return {one for one in found if (one.kind, one.ref) not in chained}


def _say_joined(connection: Connection, kinds: set[str], now: datetime) -> None:
    """A line in each county: what came into the chain so late is borne out from here on only."""
    some = [one for one in FROZEN if one.kind in kinds]
    found = Counter(row[0] for one in some for row in connection.execute(one.select()))
    labels = "、".join(f"“{one.label}”" for one in some)
    with Session(connection, info={HUSHED: True}) as session:
        for county, number in sorted(found.items()):
            said = f"{labels}接入存证链：以前的{number}条按现在的样子接入，从这一行起随写随存"
            _write(session, county, said, now)
        session.commit()


def _frozen(connection: Connection, there: set[str]) -> Iterator[Noted]:
    for source in FROZEN:
        if source.kind in there:
            for county, key, *_ in connection.execute(source.select()):
                yield Noted(source.kind, "" if source.key.key == "id" else county, ref_of(key))


def _say_so(connection: Connection, now: datetime) -> None:
    """A line that says where the chain began, and the first anchor over it."""
    heads = connection.execute(sa.select(ChainHead.county, ChainHead.seq)).all()
    # At the upgrade nobody listens yet, and the tables that say so may not be there.
    with Session(connection, info={HUSHED: True}) as session:
        for county, seq in heads:
            said = f"启用存证链：以前的{seq}行记录和留存件先按编号接入，从这一行起随写随存"
            _write(session, county, said, now)
        session.commit()
        for county, _ in heads:
            anchor(session, county=county, now=now)
        session.commit()


def _write(session: Session, county: str, said: str, now: datetime) -> None:
    begun = ChainAction.CHAIN_BEGUN
    history.write(session, of=_OfCounty(county), by=None, at=now, action=begun, summary=said)
