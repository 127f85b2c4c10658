"""Foretell a resized copy to the last shade, as usual programs make it.

A mixture of pixels knows nothing of each colour's being made whole: of quiet walls and of strong
colours that takes as much as a new photo would. So what no mixture explains is also made again as
browsers and telephones (Skia), Java, OpenCV and Pillow resize, tile by tile, and the nearest told.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.media.pictures.resampled import (
    AREA,
    IN_SIXTEENTHS,
    NARROW,
    WIDE,
    Kernel,
    halved,
    weighed_lines,
)
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import kept_at, numbers, whole_luma

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
Colours = npt.NDArray[np.uint8]

_ASKED = 24
"""Tiles by which the nearest is chosen."""
_HALVED = 2.0
"""Pixels to one, from which on Skia halves a picture first."""
_JUST_WHOLE = 1e-3  # shades: what is whole already stays so


class _Way(NamedTuple):
    """`whole` makes a shade whole; `at_each` does so after each line, too; `halved` first."""

    kernel: Kernel
    whole: Callable[[Floats], Floats]
    at_each: bool = False
    halved: bool = False


def _left_off(shades: Floats) -> Floats:
    return np.asarray(np.floor(shades + np.float32(_JUST_WHOLE)), np.float32)


_WAYS = (
    _Way(IN_SIXTEENTHS, _left_off),
    _Way(AREA, np.rint),
    *(_Way(kernel, np.rint) for kernel in NARROW),
    *(_Way(kernel, np.rint, at_each=True) for kernel in WIDE),
)
_MUCH_SHRUNK = (_Way(IN_SIXTEENTHS, _left_off, halved=True), *_WAYS[1:])


def in_whole_colours(colours: Colours, way: Matrix, places: Floats, second: Stored) -> Floats:
    """What JPEG keeps of the second's tiles (see `numbers`), as the nearest program resizes them.

    `colours` and `way` are as `fitted.level` says, `places` as `tiles.tile_places`; the light must
    not have been changed. The nearest lies least outside of what the second keeps: coarse steps
    take away what is finely drawn, and seem to speak for the softest.
    """
    exact, to_half = colours.astype(np.float32), way
    half = exact
    if much := float(way[0, 0]) >= _HALVED:
        half, to_half = halved(exact, way)
        half = np.floor(half + np.float32(0.5))
    across, down = places[:, 0, 1:-1, 0], places[:, 1:-1, 0, 1]
    some = np.linspace(0, len(places) - 1, min(_ASKED, len(places))).astype(int)
    theirs = numbers(whole_luma(kept_at(second, places[some])))
    kept = np.rint(theirs / second.steps) * second.steps

    def made(each: _Way, tiles: npt.NDArray[np.intp] | slice) -> Floats:
        picture, there = (half, to_half) if each.halved else (exact, way)
        return numbers(_resized(picture, there, (across[tiles], down[tiles]), each))

    def away(each: _Way) -> float:
        beyond = np.maximum(np.abs(made(each, some) - kept) - second.steps / 2, 0)
        beyond[..., 0, 0] = 0  # the light of a place may differ a little
        return float(np.mean(beyond**2))

    return made(min(_MUCH_SHRUNK if much else _WAYS, key=away), slice(None))


def _resized(picture: Floats, way: Matrix, lines: tuple[Floats, Floats], how: _Way) -> Floats:
    columns, rows = weighed_lines(way, *lines, how.kernel, picture.shape)
    patch = picture[rows[0][:, :, None], columns[0][:, None, :]].transpose(3, 0, 1, 2)
    wide = patch @ columns[1].transpose(0, 2, 1)
    made = rows[1] @ (np.rint(wide.clip(0, 255)) if how.at_each else wide)
    return whole_luma(np.moveaxis(how.whole(made.clip(0, 255)), 0, -1))
