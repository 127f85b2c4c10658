"""A column whose texts lie sealed in the database, under a key that is not there."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from server.db import sealing_keys
from server.errors import Conflict, SealLost
from server.sealed_text import key_ring, open_same, seal_same

SEALED = 200  # characters; of twenty typed ones there are 57, or 137 where all are Chinese


class SealedText(sa.types.TypeDecorator[str]):
    """A short text, such as a telephone number: plain in the house, sealed in the database.

    `about` names the column, as table.column: a text put into another one does not open. `length`
    is of the plain text. An empty text stays empty. Two are compared as wholes only; a part is
    looked for among opened ones. Reading raises SealLost text-key-lost, text-seal-broken.
    """

    impl = sa.String(SEALED)
    cache_ok = True

    def __init__(self, about: str, length: int) -> None:
        super().__init__()
        self.about, self.length = about, length

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
