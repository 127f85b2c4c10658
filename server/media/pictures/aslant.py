"""Foretell a copy that was turned or slanted, by the mixture of usual kernels that made it.

As `fitted` does for level frames, once the way between the two is known to a hundredth of a pixel:
it leads by eight numbers, which the pictures themselves tell.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from server.media.pictures.fitted import mixed
from server.media.pictures.resampled import PLAINEST, SHARP, around, weighed_at
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import (
    kept_at,
    led,
    luma,
    maps,
    missed,
    numbers,
    relit,
    sampled,
    tile_places,
    whole_luma,
)
from server.media.pictures.told import Told

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

_MOST_TILES, _LEAST_TILES = 220, 12
_BETTERED, _STILL_PX = 8, 0.02
"""The way is bettered at most so often, and until no part of the picture moves by more."""
_KERNELS = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_LANCZOS4)
_NEAR = 2.5
"""Times what is enough, beyond which whole colours bring nothing near: mixed they left 2.1."""
_JUST_WHOLE = 1e-3  # shades: what is whole already stays so


def shades_aslant(first: Stored, second: Stored, way: Matrix, enough: float) -> float | None:
    """By how many shades the second strays from a mixture of the first, laid over it by `way`.

    The way leads from the second file's pixels to the first's, within a pixel or so; neither may be
    much finer than the other. None where too little tells. What strays by `enough` or less is not
    looked at further.
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
        shift, moved = missed(ours, theirs, telling, places, second.size, aslant=True)
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
    shades = None if told is None else told.shades(second.steps)
    if shades is None or not enough < shades <= _NEAR * enough:
        return shades
    for each in _whole(first.colours, led(places, way)):
        if shades <= enough:
            break
        ours, telling = relit(each, kept, theirs)
        told = Told.of(
            numbers(ours[:, 1:-1, 1:-1]), wanted, telling, second, drawing=0.0, evenly=True
        )
        if told is not None:
            shades = min(shades, told.shades(second.steps))
    return shades


def _whole(colours: npt.NDArray[np.uint8], there: Matrix) -> Iterator[Floats]:
    """The colours that programs put there which turn pictures, each made whole alone.

    Pillow leaves off what is beyond whole shades: of quiet walls that takes as much as a new photo
    would, and no mixture knows of it. OpenCV takes the nearest.
    """
    exact = colours.astype(np.float32)
    for kernel in (PLAINEST, SHARP):
        yield np.floor(weighed_at(exact, there, kernel).clip(0, 255) + _JUST_WHOLE)
    for known in (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4):
        found = cv2.remap(exact, *maps(there), known, borderMode=cv2.BORDER_REPLICATE)
        yield np.rint(found.clip(0, 255)).reshape(*there.shape[:-1], 3)
