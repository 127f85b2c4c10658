"""Bring the first photo to a later one's size, in each usual way that comes near to it."""

from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.kept import Box
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import luma

Floats = npt.NDArray[np.float32]
Colours = npt.NDArray[np.uint8]

LIT = 1.0
"""Shades by which squares of 16 pixels may differ in light: saving as WebP and as JPEG again
measured up to 0.73. In another light, whatever is tried strays alike."""
_NEAR = 1.25
"""Of what the nearest way to shrink strays: the right one, held before it was saved between, came
within 1.15."""
_PART = 384, 256
_SHAPE = 0.01
"""By which the ratios of the sides may differ: whole pixels are all that resizing rounds to."""
_KERNELS = (
    Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR,
    Image.Resampling.BOX, Image.Resampling.HAMMING,
)  # fmt: skip
_PLAIN_KERNELS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)

Way = Callable[[Colours], Colours]


def middle(width: int, height: int) -> Box:
    """The part that a change is looked for in: whole squares of what is saved together."""
    across, down = min(width, _PART[0]) // 16 * 16, min(height, _PART[1]) // 16 * 16
    left, top = ((width - across) // 2) // 16 * 16, ((height - down) // 2) // 16 * 16
    return left, top, left + across, top + down


def resized(first: Stored, second: Stored) -> Iterator[Image.Image]:
    """The first at the second's size, in each way that comes near, the nearest first.

    Nothing if it cannot be it: both must lie edge on edge in one light, the first no smaller than
    the second. Only one whole picture is held at a time.
    """
    (width, height), (wide, tall) = first.size, second.size
    if not first.square == second.square == 8 or not np.allclose(
        first.upright[:2, :2], second.upright[:2, :2]
    ):
        return
    if wide > width or tall > height or abs(width * tall / (height * wide) - 1) > _SHAPE:
        return
    left, top, right, below = middle(wide, tall)
    wanted = luma(second.colours[top:below, left:right])
    found = []
    for way in _ways(first.size, second.size):
        piece = luma(way(first.colours)[top:below, left:right])
        found.append((astray(piece, wanted), astray(lights(piece), lights(wanted)), way))
    lit = max(LIT, float(second.steps[0, 0]) / 8)  # a file keeps the light of squares so roughly
    least = min(away for away, _, _ in found)
    for away, unlit, way in sorted(found, key=lambda each: each[0]):
        if away <= _NEAR * least and unlit <= lit:
            yield Image.fromarray(way(first.colours))


def _ways(size: tuple[int, int], wanted: tuple[int, int]) -> list[Way]:
    if size == wanted:
        return [lambda colours: colours]
    return [
        *(partial(_by_pillow, size=wanted, kernel=kernel) for kernel in _KERNELS),
        *(partial(_by_opencv, size=wanted, kernel=kernel) for kernel in _PLAIN_KERNELS),
    ]


def _by_pillow(colours: Colours, size: tuple[int, int], kernel: Image.Resampling) -> Colours:
    return np.asarray(Image.fromarray(colours).resize(size, kernel))


def _by_opencv(colours: Colours, size: tuple[int, int], kernel: int) -> Colours:
    return np.asarray(cv2.resize(colours, size, interpolation=kernel), np.uint8)


def lights(grey: Floats) -> Floats:
    """The mean shade of each square of 16 pixels."""
    rows, columns = grey.shape[0] // 16, grey.shape[1] // 16
    cut = grey[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16)
    return np.asarray(cut.mean(axis=(1, 3)), np.float32)


def astray(one: Floats, other: Floats) -> float:
    """By how many shades two pictures usually differ."""
    return float(np.sqrt(np.mean((one - other) ** 2)))
