"""Takes into the chain what a database held before there was one, and what a migration wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from server.models.chain import ChainHead, ChainLine
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


def newest_line(connection: Connection) -> int | None:
    """The newest line of the history before a migration; None where nothing is chained yet."""
    if not sa.inspect(connection).has_table(ChainLine.__tablename__):
        return None
    return connection.scalar(sa.select(sa.func.max(HistoryLine.id))) or 0


def take_in(connection: Connection, *, after: int | None, now: datetime) -> None:
    """Chain what stands: all of it where the chain begins here, else what the migration wrote.

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
    if not noted:
        return
    append(connection, noted)
    if after is None:
        _say_so(connection, now)


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
            history.write(
                session,
                of=_OfCounty(county),
                by=None,
                at=now,
                action=ChainAction.CHAIN_BEGUN,
                summary=f"启用存证链：以前的{seq}行记录和留存件先按编号接入，从这一行起随写随存",
            )
        session.commit()
        for county, _ in heads:
            anchor(session, county=county, now=now)
        session.commit()
