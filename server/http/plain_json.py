"""JSON as both doors answer it: Chinese as it is written, and only what UTF-8 can hold."""

from typing import Any

from flask.json.provider import DefaultJSONProvider


class PlainJson(DefaultJSONProvider):
    """Half a character that somebody sent and is told of again would else break the answer."""

    ensure_ascii = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """The text of a value, with "?" for each half character (a lone surrogate)."""
        return super().dumps(obj, **kwargs).encode("utf-8", "replace").decode("utf-8")
