"""How what is chained is spelt before it is hashed: version 1, held fast by golden vectors.

Canonical JSON in the spirit of RFC 8785: UTF-8, keys sorted by code point, no blanks, nothing
escaped that JSON need not escape, whole numbers only, moments as text in UTC with microseconds.
Text is taken as it stands (no Unicode normalisation).
"""

import json.encoder
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from json.encoder import encode_basestring as _text
from typing import Any
from uuid import UUID

VERSION = 1
BEGINNING = "0" * 64  # what the first line of a chain names as the line before it


def canonical(value: Any) -> str:
    """The one spelling of a value. Raises TypeError for a float and for what JSON does not have."""
    return _encode(_plain(value))


def sha256_of_kept(value: Any) -> str:
    """The same as `sha256_of`, quicker: for rows whose floats were refused when they came."""
    return sha256("".join(_pieces(value, 0)).encode()).hexdigest()


def sha256_of(value: Any) -> str:
    """SHA-256 over the canonical spelling, in hex."""
    return sha256(canonical(value).encode()).hexdigest()


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("only text can be a key of what is chained")
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return _known(value)


def moment(at: datetime) -> str:
    """2023-07-05T06:30:00.000000Z."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    text = utc.isoformat()[:-6]  # without +00:00
    return f"{text}Z" if utc.microsecond else f"{text}.000000Z"  # asking for them costs twice this


_AS_IT_IS = frozenset({str, int, bool, type(None)})
_SPELT: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (datetime, moment),  # before date, of which it is one
    (date, date.isoformat),
    (UUID, str),
    (Enum, lambda member: member.value),
)


def _known(value: Any) -> Any:
    for known, spelt in _SPELT:
        if isinstance(value, known):
            return spelt(value)
    raise TypeError(f"{type(value).__name__} has no canonical spelling")


_encoder = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_known
)
_encode = _encoder.encode


def _made_once() -> Callable[[Any, int], Iterable[str]]:
    """The encoder that `json` makes anew for each value, made once for all: half of its time."""
    if (make := getattr(json.encoder, "c_make_encoder", None)) is None:
        return lambda value, _indent: (_encode(value),)
    made: Callable[[Any, int], Iterable[str]] = make(
        None,
        _known,
        _text,
        None,
        ":",
        ",",
        True,
        False,
        False,
    )
    return made


_pieces = _made_once()


def line_hash(
    *, county: str, seq: int, at: datetime, kind: str, ref: str, payload_sha256: str, previous: str
) -> str:
    """The hash of one line: over all that it says, the hash of the line before it included.

    Spelt as `canonical` would, key by key, for a million lines in a row.
    """
    said = (
        f'{{"at":"{moment(at)}","county":{_text(county)},"kind":{_text(kind)},'
        f'"payload_sha256":{_text(payload_sha256)},"previous":{_text(previous)},'
        f'"ref":{_text(ref)},"seq":{seq},"v":{VERSION}}}'
    )
    return sha256(said.encode()).hexdigest()
