"""The keys that seal texts in the database, as this installation has them."""

from collections.abc import Mapping

from server.http.database import settings_of
from server.sealed_text import key_ring


def text_ring() -> Mapping[str, bytes]:
    """The ring for `server/sealed_text.py`, the key that seals first."""
    return key_ring(list(settings_of().text_keys))
