"""Read and write the wire format in which a network's file is kept (protobuf), field by field.

The runtime can do it too, but lets nobody change a network between reading and running it.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

Field = tuple[int, int | bytes]
"""A field's number, and what it holds: whole numbers as such, all else as bytes."""

_VARINT, _COUNTED = 0, 2
_FLOAT = 1
_DIMS, _KIND, _FLOATS, _NAME, _RAW = 1, 2, 4, 8, 9  # fields of a block of weights


def fields(message: bytes) -> Iterator[Field]:
    """The fields of a message in their order; raises ValueError for one of another kind."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind == _COUNTED:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length
        else:
            raise ValueError(f"field {number} is of kind {kind}")


def message_of(parts: Iterable[Field]) -> bytes:
    """The reverse of `fields`."""
    made = bytearray()
    for number, value in parts:
        if isinstance(value, int):
            made += _as_varint(number << 3 | _VARINT) + _as_varint(value)
        else:
            made += _as_varint(number << 3 | _COUNTED) + _as_varint(len(value)) + value
    return bytes(made)


def weights_of(message: bytes) -> tuple[str, npt.NDArray[np.float32]]:
    """The name of a block of weights, and the weights."""
    name, dims, raw = "", [], b""
    for number, value in fields(message):
        if isinstance(value, int):
            dims += [value] if number == _DIMS else []
        elif number == _NAME:
            name = value.decode()
        elif number in (_RAW, _FLOATS):
            raw = value
    return name, np.frombuffer(raw, "<f4").reshape(dims)


def as_weights(name: str, weights: npt.NDArray[np.float32]) -> bytes:
    """The reverse of `weights_of`."""
    dims = [(_DIMS, side) for side in weights.shape]
    raw = np.ascontiguousarray(weights, "<f4").tobytes()
    return message_of([*dims, (_KIND, _FLOAT), (_NAME, name.encode()), (_RAW, raw)])


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _as_varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])
