"""Columns whose texts lie sealed in the database, under a key that is not there."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import operators

from server.db import Json, sealing_keys
from server.errors import Conflict, SealLost
from server.sealed_text import key_ring, open_same, seal_same

SEALED = 200  # characters; of twenty typed ones there are 57, or 137 where all are Chinese
SHORT = 20  # characters of a number; longer texts have a column without a limit


LOOKS_FOR = (operators.eq, operators.ne, operators.in_op, operators.not_in_op)


class _WholesAside(sa.types.TypeDecorator.Comparator[str]):
    """What SQL may ask of a sealed text: whether there is one. `holds_text` asks for the rest."""

    def operate(self, op: Any, *other: Any, **words: Any) -> Any:
        """As SQLAlchemy has it, but refuses to look for a text."""
        if op in LOOKS_FOR and isinstance(other[0], str | list | tuple) and other[0]:
            raise TypeError("a sealed text is looked for with holds_text, by every key there is")
        return super().operate(op, *other, **words)


class SealedText(sa.types.TypeDecorator[str]):
    """A short text, such as a telephone number: plain in the house, sealed in the database.

    `about` names the column, as table.column: a text put into another one does not open. `length`
    is of the plain text. An empty text stays empty. A whole is looked for with `holds_text`, a part
    among opened ones. Reading raises SealLost text-key-lost, text-seal-broken.
    """

    impl = sa.String(SEALED)
    cache_ok = True
    comparator_factory = _WholesAside

    def __init__(self, about: str, length: int) -> None:
        super().__init__()
        self.about, self.length = about, length
        if length > SHORT:
            self.impl = sa.Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal it with the newest key."""
        return seal_same(_ring(dialect), value, about=self.about) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open it with the key it names."""
        if not value:
            return value
        try:
            return open_same(_ring(dialect), value, about=self.about)
        except Conflict as lost:
            raise SealLost(lost.code, lost.message) from lost

    def copy(self, **_given: Any) -> "SealedText":
        """The same type for the same column of a copied table."""
        return SealedText(self.about, self.length)


class SealedJson(sa.types.TypeDecorator[Any]):
    """A JSON column whose value lies sealed, as one JSON string: SQL looks into none of it.

    `about` names the column, as table.column. Sealed like `SealedText`, so that rows are held
    against each other after a move. The text that was written comes back byte for byte: nothing
    sorts its keys. What was written before it was sealed is read as it lies. Raises SealLost.
    """

    impl = Json
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Seal it with the newest key; nothing to hide in an empty one."""
        if not value:
            return value
        return seal_same(_ring(dialect), sealed_json(value), about=self.about)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Open it with the key it names."""
        if not isinstance(value, str) or not value:
            return value
        try:
            return json.loads(open_same(_ring(dialect), value, about=self.about))
        except Conflict as lost:
            raise SealLost(lost.code, lost.message) from lost

    def copy(self, **_given: Any) -> "SealedJson":
        """The same type for the same column of a copied table."""
        return SealedJson(self.about)


def sealed_json(value: Any) -> str:
    """The text of a JSON value that is sealed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def holds_text(
    session: Session, column: InstrumentedAttribute[str], text: str
) -> sa.ColumnElement[bool]:
    """Where a SealedText column has this text, by whichever key of the ring it was sealed."""
    lying = sa.type_coerce(column, sa.String)
    if not text:
        return lying == ""
    kind = cast("SealedText", column.type)
    ring = _ring(session.get_bind().dialect)
    return lying.in_([seal_same({name: key}, text, about=kind.about) for name, key in ring.items()])


def _ring(dialect: Dialect) -> Mapping[str, bytes]:
    keys = sealing_keys(dialect)
    if not keys:
        raise SealLost(
            "text-key-lost", "没有给钥匙，电话等加密保存的内容读不了。请检查 CZT_TEXT_KEYS。"
        )
    return _ring_of(keys)


@lru_cache(maxsize=16)
def _ring_of(keys: tuple[bytes, ...]) -> Mapping[str, bytes]:
    return key_ring(list(keys))
