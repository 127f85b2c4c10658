"""The word by which a reader goes on where a page ended: signed, good for one question only."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from server.db import UtcDateTime
from server.errors import Invalid
from server.services.opendata.columns import Table
from server.services.opendata.reading import Wanted

_SALT = "open data cursor"
_READ: dict[type, Callable[[str], Any]] = {int: int, UUID: UUID, date: date.fromisoformat}


def cursor_after(
    key: tuple[Any, ...], *, table: Table, county: str, wanted: Wanted, secret: str
) -> str:
    """A word for this place in the answers to this question."""
    told = [one.isoformat() if isinstance(one, date) else str(one) for one in key]
    word = _signer(secret).dumps([_question(table, county, wanted), told])
    return word if isinstance(word, str) else word.decode()


def key_of(
    cursor: str, *, table: Table, county: str, wanted: Wanted, secret: str
) -> tuple[Any, ...]:
    """The place that a word names.

    Raises `Invalid` (cursor-unreadable) for one not made here, or made for another question.
    """
    try:
        question, told = _signer(secret).loads(cursor)
    except BadData as wrong:
        raise Invalid(
            "cursor-unreadable",
            "cursor 不对：被截断或改动过。请原样用上一页给的 next；没有就去掉 cursor 从头读。",
        ) from wrong
    if question != _question(table, county, wanted):
        raise Invalid(
            "cursor-unreadable",
            "cursor 是另一种数据或另一组条件的。翻页时请不要改条件；要改就去掉 cursor 从头读。",
        )
    return tuple(_reads(one)(text) for one, text in zip(table.key, told, strict=True))


def _reads(column: Any) -> Callable[[str], Any]:
    is_moment = isinstance(column.type, UtcDateTime)
    return datetime.fromisoformat if is_moment else _READ[column.type.python_type]


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_SALT)


def _question(table: Table, county: str, wanted: Wanted) -> list[Any]:
    return [
        table.name,
        county,
        sorted(wanted.townships),
        wanted.station_code,
        str(wanted.since_on or ""),
        str(wanted.until_on or ""),
    ]
