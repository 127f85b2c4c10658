"""Mix a level picture's pixels anew as programs do that shrink, enlarge or cut pictures.

Every program has a kernel of its own; what one of them made lies within a small mixture of the
usual ones, a picture taken anew does not.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


class Kernel(NamedTuple):
    """How much a pixel weighs so far away, and how far the kernel reaches.

    `wide`: shrinking widens it, so that every pixel has a say; others then leave pixels out. Where
    it `covers`, a pixel weighs as much as is covered of it.
    """

    weigh: Callable[[Matrix], Matrix]
    reach: float
    wide: bool
    covers: bool = False


_BARELY = 1e-9


def _box(away: Matrix) -> Matrix:
    return ((away > _BARELY - 0.5) & (away <= 0.5 + _BARELY)).astype(np.float64)


def _triangle(away: Matrix) -> Matrix:
    return np.asarray(np.maximum(0, 1 - np.abs(away)), np.float64)


def _in_sixteenths(away: Matrix) -> Matrix:
    """As browsers' and telephones' library (Skia) does it: places are told to a sixteenth."""
    return _triangle(np.ceil(away * 16 - 1e-6) / 16)


def _mitchell(away: Matrix) -> Matrix:
    far = np.abs(away)
    near = (7 * far - 12) * far**2 + 16 / 3
    return np.where(
        far < 1, near, np.where(far < 2, ((-7 / 3 * far + 12) * far - 20) * far + 32 / 3, 0)
    )


def _hamming(away: Matrix) -> Matrix:
    return np.where(np.abs(away) < 1, np.sinc(away) * (0.54 + 0.46 * np.cos(np.pi * away)), 0)


def _cubic(bend: float) -> Callable[[Matrix], Matrix]:
    def weigh(away: Matrix) -> Matrix:
        far = np.abs(away)
        near = ((bend + 2) * far - (bend + 3)) * far**2 + 1
        return np.where(
            far < 1, near, np.where(far < 2, (((far - 5) * far + 8) * far - 4) * bend, 0)
        )

    return weigh


def _lanczos(reach: int) -> Callable[[Matrix], Matrix]:
    def weigh(away: Matrix) -> Matrix:
        return np.where(np.abs(away) < reach, np.sinc(away) * np.sinc(away / reach), 0)

    return weigh


def _bell(width: float) -> Callable[[Matrix], Matrix]:
    return lambda away: np.exp(-((away / width) ** 2) / 2)


PLAINEST = Kernel(_triangle, 1, wide=True)
SOFT = tuple(Kernel(_bell(width), 3 * width, wide=True) for width in (0.6, 0.9, 1.3, 2.0))
"""What blurs, and with a share below nought sharpens."""
IN_SIXTEENTHS = Kernel(_in_sixteenths, 1, wide=False)
AREA = Kernel(_box, 1, wide=True, covers=True)
OTHERS = (
    Kernel(_box, 0.5, wide=True),
    Kernel(_hamming, 1, wide=True),
    Kernel(_cubic(-0.5), 2, wide=True),
    Kernel(_lanczos(3), 3, wide=True),
    Kernel(_triangle, 1, wide=False),
    Kernel(_cubic(-0.75), 2, wide=False),
    Kernel(_lanczos(4), 4, wide=False),
    IN_SIXTEENTHS,
    Kernel(_mitchell, 2, wide=False),
    AREA,
)
"""What shrinks and enlarges."""
NARROW = (
    Kernel(_triangle, 1, wide=False),
    Kernel(_cubic(-0.5), 2, wide=False),
    Kernel(_cubic(-0.75), 2, wide=False),
    Kernel(_lanczos(4), 4, wide=False),
)
"""Java's and OpenCV's."""
WIDE = (
    Kernel(_triangle, 1, wide=True),
    Kernel(_cubic(-0.5), 2, wide=True),
    Kernel(_lanczos(3), 3, wide=True),
    Kernel(_hamming, 1, wide=True),
    Kernel(_box, 0.5, wide=True),
)
"""Pillow's."""


def resampled(grey: Floats, way: Matrix, across: Floats, down: Floats, kernel: Kernel) -> Floats:
    """Tiles of the picture where a level way leads: tiles × rows × columns.

    `across` and `down` are the places of each tile's columns and rows before the way. What lies
    beyond an edge is as the edge.
    """
    columns, rows = weighed_lines(way, across, down, kernel, grey.shape)
    patch = grey[rows[0][:, :, None], columns[0][:, None, :]]
    return np.asarray(rows[1] @ patch @ columns[1].transpose(0, 2, 1), np.float32)


Lines = tuple[npt.NDArray[np.intp], Floats]


def weighed_lines(
    way: Matrix, across: Floats, down: Floats, kernel: Kernel, shape: tuple[int, ...]
) -> tuple[Lines, Lines]:
    """Which columns and which rows of a picture each tile needs, and how much each weighs."""
    return (
        _weights(across * way[0, 0] + way[0, 2], float(way[0, 0]), kernel, shape[1]),
        _weights(down * way[1, 1] + way[1, 2], float(way[1, 1]), kernel, shape[0]),
    )


def _weights(there: Matrix, step: float, kernel: Kernel, side: int) -> Lines:
    """Which lines of the picture each tile needs, and how much each weighs in which of its own."""
    wide = max(1.0, step) if kernel.wide else 1.0
    reach = kernel.reach * wide + 1
    first = np.floor(there.min(axis=1) - reach).astype(np.intp)
    count = int(np.ceil(np.ptp(there, axis=1).max() + 2 * reach)) + 2
    lines = first[:, None] + np.arange(count)
    away = lines[:, None, :] - there[:, :, None]
    if kernel.covers:
        weights = np.clip((wide + 1) / 2 - np.abs(away), 0, 1)
    else:
        weights = kernel.weigh(away / wide)
    total = weights.sum(axis=-1, keepdims=True)
    return np.clip(lines, 0, side - 1), np.asarray(weights / np.where(total, total, 1), np.float32)


SHARP = Kernel(_cubic(-1.0), 2, wide=False)
"""Pillow's, where it turns pictures; it shrinks them by one that bends by a half."""


def weighed_at(picture: Floats, there: Matrix, kernel: Kernel) -> Floats:
    """The picture's shade, or its colour, at each place (… × (x, y)), by a kernel not widened."""
    reach, (height, width), colours = int(kernel.reach), picture.shape[:2], picture.shape[2:]
    flat = picture.reshape(height * width, *colours)
    whole = np.floor(there).astype(np.intp)
    steps = range(1 - reach, reach + 1)
    across, down = (
        [
            kernel.weigh(there[..., axis] - whole[..., axis] - step)[(..., *[None] * len(colours))]
            for step in steps
        ]
        for axis in (0, 1)
    )
    columns = [np.clip(whole[..., 0] + step, 0, width - 1) for step in steps]
    shades = np.zeros((*there.shape[:-1], *colours))
    for step, share in zip(steps, down, strict=True):
        row = np.clip(whole[..., 1] + step, 0, height - 1) * width
        shades += share * sum(
            weight * flat[row + column] for weight, column in zip(across, columns, strict=True)
        )
    return np.asarray(shades, np.float32)


def around(tiles: Floats) -> tuple[Floats, Floats, Floats]:
    """What the neighbours of each pixel add to it, of tiles with a pixel more all round."""
    inner = tiles[:, 1:-1, 1:-1]
    across = tiles[:, 1:-1, 2:] + tiles[:, 1:-1, :-2] - 2 * inner
    down = tiles[:, 2:, 1:-1] + tiles[:, :-2, 1:-1] - 2 * inner
    aslant = tiles[:, 2:, 2:] + tiles[:, :-2, :-2] + tiles[:, 2:, :-2] + tiles[:, :-2, 2:]
    return across, down, np.asarray(aslant - 4 * inner, np.float32)


def halved(picture: Floats, way: Matrix) -> tuple[Floats, Matrix]:
    """A picture with half the pixels along each side, and the way to it.

    So programs shrink by much that keep pictures at such sizes (Skia). Of an odd side the larger
    half is kept.
    """
    height, width = picture.shape[:2]
    wide, tall = -(-width // 2), -(-height // 2)
    half = cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_LINEAR)
    to_half = np.array(
        [[wide / width, 0, wide / width / 2 - 0.5], [0, tall / height, tall / height / 2 - 0.5],
         [0, 0, 1]]
    )  # fmt: skip
    return np.asarray(half, np.float32), np.asarray(to_half @ way, np.float64)
