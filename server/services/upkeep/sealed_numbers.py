"""Telephones whose key is gone: how many there are, and how the house goes on without them."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base, sealing_keys
from server.models.sealed import SealedText
from server.sealed_text import key_id

NAME = 8  # a sealed text begins with so many letters that name its key


def lost_numbers(session: Session) -> int:
    """How many lie sealed under a key that this installation has not."""
    return sum(
        session.scalar(sa.select(sa.func.count()).select_from(table).where(lost)) or 0
        for table, _, lost in _lost(session)
    )


def forget_lost_numbers(session: Session) -> int:
    """Blank them, so that pages open again; answers how many. They cannot be had back."""
    return sum(
        len(
            session.execute(
                sa.update(table).where(lost).values({column.name: ""}).returning(table.c.id)
            ).all()
        )
        for table, column, lost in _lost(session)
    )


def _lost(
    session: Session,
) -> Iterator[tuple[sa.Table, sa.Column[str], sa.ColumnElement[bool]]]:
    names = [key_id(key) for key in sealing_keys(session.get_bind().dialect)]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedText):
                lying = sa.type_coerce(column, sa.String)
                lost = (lying != "") & sa.func.substr(lying, 1, NAME).not_in(names)
                yield table, column, lost
