"""Where something lies sealed in the database, and by which keys: columns of both kinds."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base, sealing_keys
from server.models.sealed import SealedJson, SealedText
from server.models.sealed_by_hand import BY_HAND
from server.sealed_text import key_id

NAME = 8  # a sealed text begins with so many letters that name its key
PLAIN = "-"
"""Stands for the key of a JSON value that was written before its column was sealed."""


def sealed_columns() -> Iterator[sa.Column[Any]]:
    """Every column whose values lie sealed, parents' tables first."""
    by_hand = {one.column for one in BY_HAND}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedText | SealedJson) or column in by_hand:
                yield column


def key_of(column: sa.Column[Any]) -> sa.ColumnElement[str]:
    """In SQL, what names the key of a column's value: "" where nothing is hidden, or PLAIN."""
    if isinstance(column.type, SealedJson):  # one JSON string, with its mark of one
        text = sa.cast(column, sa.Text)
        return sa.case(
            (column.is_(None) | text.in_(("[]", "{}", "null", '""')), ""),
            (sa.func.substr(text, 1, 1) == '"', sa.func.substr(text, 2, NAME)),
            else_=PLAIN,
        )
    lying = sa.func.coalesce(sa.type_coerce(column, sa.String), "")
    return sa.func.substr(lying, 1, NAME)


def our_keys(session: Session) -> list[str]:
    """The names of the keys that the database was opened with, the newest first."""
    return [key_id(key) for key in sealing_keys(session.get_bind().dialect)]


def key_uses(session: Session) -> Counter[str]:
    """How many values lie sealed by each key; PLAIN counts those that should be and are not."""
    uses: Counter[str] = Counter()
    for column in sealed_columns():
        named = key_of(column).label("named")
        asked = sa.select(named, sa.func.count()).select_from(column.table).group_by(named)
        uses.update({name: many for name, many in session.execute(asked) if name})
    return uses


def older_keys(session: Session) -> list[str]:
    """What is said of each key of the ring but the newest: whether anything still needs it."""
    _, *older = our_keys(session) or [""]
    uses = key_uses(session) if older else Counter()
    return [
        f"旧钥匙 {name} 还封着{uses[name]}处。请运行 python -m server reseal。"
        if uses[name]
        else f"旧钥匙 {name} 在数据库里没有一处用它了，可以从 CZT_TEXT_KEYS（或 secrets/text-keys）"
        "里拿掉；换钥匙以前的备份还要用它，请另存。"
        for name in older
    ]


def lost_by_hand(session: Session) -> int:
    """How many account numbers, secrets and openids in use are sealed by a key we have not."""
    ours = our_keys(session)
    return sum(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(one.column.table)
            .where(one.needed, key_of(one.column).not_in(["", *ours]))
        )
        or 0
        for one in BY_HAND
        if one.needed is not None
    )
