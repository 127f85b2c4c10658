"""Foretell a copy that was turned or slanted, by the mixture of usual kernels that made it.

As `fitted` does for level frames, once the way between the two is known to a hundredth of a pixel:
it leads by eight numbers, which the pictures themselves tell.
"""

import cv2
import numpy as np
import numpy.typing as npt

from server.media.pictures.fitted import mixed
from server.media.pictures.resampled import SHARP, around, weighed_at
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import (
    edge_of,
    kept_at,
    led,
    luma,
    maps,
    numbers,
    relit,
    sampled,
    seen_of,
    tile_places,
    whole_luma,
)
from server.media.pictures.told import Mask, Told

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

_MOST_TILES, _LEAST_TILES = 220, 12
_BETTERED, _STILL_PX = 8, 0.02
"""The way is bettered at most so often, and until no part of the picture moves by more."""
_KERNELS = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_LANCZOS4)


def shades_aslant(first: Stored, second: Stored, way: Matrix) -> float | None:
    """By how many shades the second strays from a mixture of the first, laid over it by `way`.

    The way leads from the second file's pixels to the first's, within a pixel or so; neither may be
    much finer than the other. None where too little tells.
    """
    places = tile_places(second.size, first.colours, way, _MOST_TILES)
    if len(places) < _LEAST_TILES:
        return None
    kept = kept_at(second, places)
    theirs = whole_luma(kept)
    for left in range(_BETTERED, -1, -1):
        laid = sampled(first.colours, way, places)
        ours, telling = relit(laid, kept, theirs)
        if telling.sum() < 16 * _LEAST_TILES:
            return None
        if not left:
            break
        shift, moved = _missed(ours, theirs, telling, places, second.size)
        way = way @ shift
        if moved < _STILL_PX:
            break
    plain, grey, inner = luma(laid), luma(first.colours), places[:, 1:-1, 1:-1]
    there = led(inner, way)
    adds = [
        cv2.remap(grey, *maps(there), kernel, borderMode=cv2.BORDER_REPLICATE).reshape(theirs.shape)
        for kernel in _KERNELS
    ]
    adds.append(weighed_at(grey, there, SHARP))
    parts = [np.asarray(each - plain[:, 1:-1, 1:-1], np.float32) for each in adds]
    wanted = numbers(theirs)
    mine = mixed(
        numbers(ours[:, 1:-1, 1:-1]), wanted, telling,
        [numbers(each) for each in (*parts, *around(plain))], second,
    )  # fmt: skip
    told = Told.of(mine, wanted, telling, second, drawing=0.0, evenly=True)
    return None if told is None else told.shades(second.steps)


def _missed(
    ours: Floats, theirs: Floats, telling: Mask, places: Floats, size: tuple[int, int]
) -> tuple[Matrix, float]:
    """How the second's pixels have to be moved for the two to lie on each other still better.

    Beside where they come to lie, by how many pixels that moves the picture anywhere, at most.
    """
    rise = ours[:, 1:-1, 2:] - ours[:, 1:-1, :-2], ours[:, 2:, 1:-1] - ours[:, :-2, 1:-1]
    picked = np.flatnonzero(seen_of(telling))[::2]
    middle = np.array(size) / 2
    x, y = (
        (places[:, 1:-1, 1:-1, axis].ravel()[picked] - middle[axis]) / size[0] for axis in (0, 1)
    )
    right, down = (part.ravel()[picked] / 2 for part in rise)
    far = right * x + down * y
    columns = np.stack(
        (right, right * x, right * y, down, down * x, down * y, far * x, far * y,
         edge_of(ours).ravel()[picked]), axis=1,
    ).astype(np.float64)  # fmt: skip
    away = (theirs - ours[:, 1:-1, 1:-1]).ravel()[picked]
    heavy = columns / np.maximum(np.abs(away), 1.0)[:, None]
    found = np.linalg.solve(heavy.T @ columns + 1e-3 * np.eye(9), heavy.T @ away)
    unit = np.array([[1 / size[0], 0, -middle[0] / size[0]], [0, 1 / size[0], -middle[1] / size[0]],
                     [0, 0, 1]])  # fmt: skip
    shift = np.eye(3)
    shift[0] += np.array([found[1], found[2], found[0]]) / size[0]
    shift[1] += np.array([found[4], found[5], found[3]]) / size[0]
    shift[2, :2] = -found[6:8] / size[0]
    return np.linalg.inv(unit) @ shift @ unit, float(np.abs(found[:8]).max())
