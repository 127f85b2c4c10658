"""Tell whether a photo still lies on the steps to which an older file was rounded.

JPEG rounds every square of 8 × 8 pixels to multiples of its own steps. Whoever changes such a file
(cuts, slants, resizes it, shoots it from a screen) works on rounded numbers: lay his picture back
over the squares of the old file, and its numbers still gather round those multiples. A new photo
knows nothing of them: between two steps its numbers fall as evenly as anywhere, however alike the
two scenes are and whatever their noise.
"""

import math

import numpy as np
import numpy.typing as npt

from server.media.pictures.stored import Stored
from server.media.pictures.tiles import TILE, Floats, Matrix, led

_APART_PX = 1.5
"""The newer file's own squares must lie so far from the old one's, along both sides: it was rounded
as well, and where the squares of both are the same, its own steps look like the old one's."""
_LEAST_NUMBERS = 200
_LEAST_STEPS = 1.5
_USUAL = 4.0  # square shades that a number moves until it is seen again: fine steps weigh less
_TOLD = tuple((row, column) for row in range(5) for column in range(5) if 0 < row + column <= 4)


def on_steps(numbers: Floats, telling: npt.NDArray[np.bool_], old: Stored) -> float | None:
    """How surely the newer photo lies on the older one's steps, in standard deviations.

    What only looks alike measures 0 ± 1 or less. `numbers` are those of the newer photo, laid over
    the old one's squares (tiles × squares × 8 × 8); `telling` says at which squares to look. None
    where nothing tells.
    """
    if float(old.steps.max()) <= 1:
        return None
    total = spread = 0.0
    count = 0
    for row, column in _TOLD:
        step = float(old.steps[row, column])
        steps = numbers[..., row, column] / step
        # Chosen by the newer photo alone, in whole steps: small numbers are the more frequent, and
        # what falls off ever more slowly has more at a step's ends than at its middle. Chosen by
        # what the old one keeps, noisy honest photos measured up to 85.
        cosines = np.cos(2 * math.pi * steps[telling & (np.abs(steps) > _LEAST_STEPS)])
        weight = math.exp(-2 * math.pi**2 * _USUAL / step**2)
        total += weight * float(cosines.sum())
        spread += weight**2 * len(cosines) / 2
        count += len(cosines)
    return total / math.sqrt(spread) if count >= _LEAST_NUMBERS else None


def apart(places: Floats, way: Matrix, new: Stored) -> npt.NDArray[np.bool_]:
    """Which squares of the old file's tiles do not begin near one of the newer file's own.

    `places` are the old one's pixels (see `tile_places`), `way` leads from them to the new one's.
    """
    starts = places[:, 1:-1:8, 1:-1:8].reshape(-1, 2).astype(np.float64) - 0.5
    there = (led(starts, way) + 0.5) / new.square
    away = np.abs(there - np.rint(there)) * new.square
    return np.asarray((away >= _APART_PX).all(axis=-1).reshape(-1, (TILE // 8) ** 2), np.bool_)
