"""Fingerprints by which the same picture is found again after it was changed a little."""

from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image

SAME_WITHIN = 24
"""Bits of 256: so close only a re-encoded copy comes (ocr report, section 4)."""
ALIKE_WITHIN = 60
"""Bits of 256: a person should look; different photos of the trial were never nearer than 84."""

_GRID = 64
_KEPT = 16


def difference_hash(grey: Image.Image) -> str:
    """64 bits in hex: is each of 8 × 8 fields brighter than its neighbour to the right."""
    fields = _fields(grey, 9, 8)
    return _hex(fields[:, :-1] > fields[:, 1:])


def frequency_hashes(
    grey: Image.Image, box: tuple[float, float, float, float] | None = None
) -> tuple[str, str]:
    """256 bits in hex: which of the 16 × 16 lowest DCT frequencies lie above their median.

    `box` (left, top, right, bottom) takes a window instead of the whole. The second is that of the
    mirrored picture: mirroring turns the sign of every odd column.
    """
    cosines = _cosines()
    low = (cosines @ _fields(grey, _GRID, _GRID, box) @ cosines.T)[:_KEPT, :_KEPT]
    mirrored = low * np.where(np.arange(_KEPT) % 2, -1, 1)
    return _hex(low > np.median(low)), _hex(mirrored > np.median(mirrored))


def turned_hashes(grey: Image.Image) -> tuple[str, str, str]:
    """The 256 bits of the picture turned by one, two and three quarters, anti-clockwise."""
    cosines = _cosines()
    low = (cosines @ _fields(grey, _GRID, _GRID) @ cosines.T)[:_KEPT, :_KEPT]
    odd = np.where(np.arange(_KEPT) % 2, -1, 1)
    # Turning swaps rows for columns and mirrors the rows, then both, then the columns.
    ways = (low.T * odd[:, None], low * odd[:, None] * odd, low.T * odd)
    first, second, third = (_hex(way > np.median(way)) for way in ways)
    return first, second, third


def distance(one: str, other: str) -> int:
    """Bits in which two fingerprints of the same kind differ; raises ValueError otherwise."""
    if len(one) != len(other):
        raise ValueError("fingerprints of different kinds")
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _fields(
    grey: Image.Image,
    width: int,
    height: int,
    box: tuple[float, float, float, float] | None = None,
) -> npt.NDArray[np.float32]:
    fields = grey.resize((width, height), Image.Resampling.BILINEAR, box=box)
    return np.asarray(fields, dtype=np.float32)


def _hex(bits: npt.NDArray[np.bool_]) -> str:
    return np.packbits(bits.ravel()).tobytes().hex()


@cache
def _cosines() -> npt.NDArray[np.float32]:
    """The 16 lowest rows of the DCT-II matrix of side 64 (its scale does not move the median)."""
    row, column = np.arange(_KEPT)[:, None], np.arange(_GRID)[None, :]
    return np.cos(np.pi * row * (2 * column + 1) / (2 * _GRID)).astype(np.float32)
