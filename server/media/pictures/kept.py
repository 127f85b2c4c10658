"""Hold a picture against what a file keeps: by how far it lies outside of what was rounded to it.

How much two pictures differ is mostly how coarsely the later one was saved. A picture that was
really saved so lies inside of its steps, whatever they are.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from server.media.pictures.stored import Stored
from server.media.pictures.tiles import COSINES, unburnt, whole_luma

Floats = npt.NDArray[np.float32]
Colours = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]

_LOWEST = 4
_LOW_COSINES = np.ascontiguousarray(COSINES[:_LOWEST].T)


def outside(second: Stored, box: Box) -> Callable[[Colours], float]:
    """What tells by how many shades pictures of that part lie outside of what the file keeps.

    The part begins and ends with the file's squares of eight pixels. A file whose steps are not
    known keeps whole shades.
    """
    left, top, right, below = box
    steps = second.steps[:_LOWEST, :_LOWEST]
    part = second.colours[top:below, left:right]
    kept = np.rint(_lowest(part) / steps) * steps
    whole = unburnt(_squares(part))

    def away(colours: Colours) -> float:
        beyond = np.maximum(np.abs(_lowest(colours) - kept) - steps / 2, 0)
        return float(np.sqrt(np.mean(beyond[whole] ** 2))) if whole.any() else math.inf

    return away


def rounded_from(first: Colours, second: Stored) -> Callable[[Colours], float]:
    """What tells how far pictures lie from the first one, once rounded as the second file is."""
    steps = second.steps[:_LOWEST, :_LOWEST]
    numbers = _lowest(_cut(first))

    def away(colours: Colours) -> float:
        kept = np.rint(_lowest(_cut(colours)) / steps) * steps
        return float(np.sqrt(np.mean((kept - numbers) ** 2)))

    return away


def _cut(colours: Colours) -> Colours:
    """Without what is left over beside whole squares."""
    return colours[: colours.shape[0] // 8 * 8, : colours.shape[1] // 8 * 8]


def _squares(colours: Colours) -> Colours:
    rows, columns = colours.shape[0] // 8, colours.shape[1] // 8
    return colours.reshape(rows, 8, columns, 8, 3).swapaxes(1, 2)


def _lowest(colours: Colours) -> Floats:
    """The lowest numbers of each square of eight pixels."""
    rows, columns = colours.shape[0] // 8, colours.shape[1] // 8
    across = (whole_luma(colours) - 128).reshape(-1, 8) @ _LOW_COSINES
    down = across.reshape(rows, 8, columns, _LOWEST).transpose(0, 2, 3, 1) @ _LOW_COSINES
    return np.asarray(down.swapaxes(2, 3), np.float32)
