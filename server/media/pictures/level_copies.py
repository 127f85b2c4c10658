"""Hold a level copy against the first photo: mixed, made again in whole colours, rounded twice."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.media.pictures.fitted import Fitted, fitted, level, mixed
from server.media.pictures.rounded_between import shades_between, steps_between
from server.media.pictures.scene import Scene
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import (
    file_ways,
    led,
    likely_ways,
    shown_whole,
    step_of,
)
from server.media.pictures.told import Told
from server.media.pictures.whole_colours import in_whole_colours

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
Colours = npt.NDArray[np.uint8]

MOST_TILES = 220
LEAST_TILES = 12
_MIXED_MOST, _BY_SHRINKING, _FINEST_MORE = 0.47, 0.45, 0.05
"""Shades, beside rounding to whole ones, that a mixture of the first's pixels may leave: copies
left 0.1 to 0.4, quiet sensors on a tripod 0.57 and more, 0.40 when shrunk to 1/1.7. So it is
divided by that power of the shrinking; files of quality 97 and more hide their numbers a little."""
_FINEST_STEP = 1.5  # of files of quality 97 and more
_UNMIXED_OF, _MIXED_OF = {1: 0.2, 2: 0.25, 3: 0.4}, {1: 0.28, 2: 0.35}
ASLANT_OF = {1: 0.35, 2: 0.44}
"""And no more than this by the first step of the first file (1 from quality 96 on, 2 from 93, 3
from 90). What tells a new photo of a thing that stood still is that nobody rounded it to those
steps, and fine ones tell little: photos without specks left 0.22, 0.29 and 0.43 unmixed, copies
0.11 to 0.2; mixed 0.31 and 0.37, copies 0.28; aslant 0.34 and 0.4, copies 0.29 as a rule."""
_ENLARGED = 0.95
"""Pixels of the first to one of the second, below which that tells enough: 0.6, copies 0.37."""
_COARSE, _BY_COARSE = 10, 0.012
"""From this first step on (quality 70), copies may leave so much more for each, if no pixel was
mixed or blurred: they left 0.66 at quality 30; honest pairs 0.56 and more at 60, 0.78 at 50 and 40.
Whatever is chosen to come near gets nothing: little tells there, and a blur left 0.66."""
_AS_MADE = 1.6
"""Times as much may what was made so that its quality showed itself: a stamp or what was cut off
makes plain walls stray by 0.78 at quality 50."""
_BESIDE_PX = 2.0  # at the corners, within which the whole of a picture lies on the whole
WHOLE_PX = 0.15
"""Pixels at the corners within which one is moved by whole pixels: nobody who copies without
resizing moves by a part of one."""
HOPELESS = 12.0
"""What strays so far is explained by nothing that lies between: copies sent twice reached 3, by way
of WebP 7.4."""
SURELY = 0.85  # of the most a copy may stray: nothing else need be tried


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files, and the ways from the later one's pixels to the earlier one's.

    `lying` are those ways that are level, each with the first's colours turned as the second lies,
    and whether it is to be bettered. `framed`, the later one shows the whole of the earlier within
    itself, as telephones' screens do: how their own corners lie says nothing.
    """

    before: Stored
    after: Stored
    way: Matrix
    ways: list[Matrix]
    lying: list[tuple[Colours, Matrix, bool]]
    framed: bool
    scene: Scene | None = None

    @classmethod
    def of(cls, before: Stored, after: Stored, way: Matrix, scene: Scene | None = None) -> "Pair":
        """`way` leads from the later to the earlier one, see `resaved.unexplained`."""
        ways = file_ways(before, after, way)
        lying = [
            (*there, better)
            for guess, better in likely_ways(ways, after.size)
            if (there := level(before, after, guess)) is not None
        ]
        framed = bool(lying) and shown_whole(before.size, after.size, ways[0]) is not None
        return cls(before, after, way, ways, lying, framed, scene)


def most_mixed(second: Stored, way: Matrix) -> float:
    """How many shades a mixture may leave at most."""
    most = _MIXED_MOST * float(max(1.0, step_of(way)) ** -_BY_SHRINKING)
    return most + (_FINEST_MORE if second.steps[0, 0] < _FINEST_STEP else 0.0)


def most_of(first: Stored, most: dict[int, float]) -> float:
    """What may be left at most, by how finely the first was rounded."""
    return most.get(round(float(first.steps[0, 0])), math.inf) if first.known else math.inf


def told_level(pair: Pair, *, mixing: bool, coarsely: bool) -> float | None:
    """How far the second strays from the first's pixels, mixed or not, lying as one of these."""
    second = pair.after
    hidden = mixing and step_of(pair.ways[0]) >= _ENLARGED
    unmixed, of_mixed = (
        most_of(pair.before, most) if hidden else math.inf for most in (_UNMIXED_OF, _MIXED_OF)
    )
    strays = []
    for colours, way, better in pair.lying:
        found = fitted(colours, second, way, most=MOST_TILES, least=LEAST_TILES, better=better)
        if found is None or (better and _beside_itself(found.way, colours, second)):
            continue
        most = most_mixed(second, found.way)
        coarse = max(0.0, float(second.steps[0, 0]) - _COARSE) if coarsely else 0.0
        plain = (min(most, unmixed) + _BY_COARSE * coarse) * (1.0 if mixing else _AS_MADE)
        tries = [(each, plain) for each in found.unmixed]
        tries += [(each, min(most, of_mixed)) for each in found.mixed if mixing]
        for ours, let in tries:
            if (told := _told(ours, found, pair)) is not None:
                strays.append(told.shades(second.steps) / let)
        if min(strays, default=9.0) <= SURELY:
            break
        if mixing and coarsely and 1 < min(strays, default=0.0) <= HOPELESS:
            exact = None if better or found.unmixed else colours
            for shades, was_mixed in _further(exact, found, pair):
                strays.append(shades / min(most, of_mixed if was_mixed else unmixed))
                if strays[-1] <= SURELY:
                    return strays[-1]
    return min(strays, default=None)


def _beside_itself(way: Matrix, colours: Colours, second: Stored) -> bool:
    """Whether the whole picture lies a part of a pixel beside the whole of the other.

    Nobody who copies moves it so: what was only resized lies edge on edge.
    """
    (width, height), (wide, tall) = second.size, colours.shape[1::-1]
    edges = np.array([(-0.5, -0.5), (width - 0.5, height - 0.5)])
    off = led(edges, way) - np.array([(-0.5, -0.5), (wide - 0.5, tall - 0.5)])
    coarse = max(1.0, step_of(way))
    near = np.abs(off).max() < _BESIDE_PX * coarse
    return bool(near and np.abs(off.mean(axis=0)).max() > WHOLE_PX * coarse)


def _told(ours: Floats, found: Fitted, pair: Pair) -> Told | None:
    telling, inner = found.telling, None
    if pair.scene is not None:
        own, inner = pair.scene.squares(found.places, pair.after)
        telling = telling & own
    return Told.of(ours, found.theirs, telling, pair.after, drawing=0.0, evenly=True, inner=inner)


def _further(exact: Colours | None, found: Fitted, pair: Pair) -> Iterator[tuple[float, bool]]:
    """By how many shades the second strays from more than a mixture, and whether any was mixed.

    The `exact` colours are given where the first was resized, and by a way that is known.
    """
    if exact is not None:
        yield from ((shades, True) for shades in _made_again(exact, found, pair))
    yield from _twice(found, pair)


def _made_again(colours: Colours, found: Fitted, pair: Pair) -> Iterator[float]:
    """By how many shades the second strays from the first as resized, saved once and twice."""
    second = pair.after
    ours = in_whole_colours(colours, found.way, found.places, second)
    if (told := _told(ours, found, pair)) is None:
        return
    yield told.shades(second.steps)
    if (between := steps_between(told, second.steps)) is not None:
        yield shades_between(told, second.steps, between)


def _twice(found: Fitted, pair: Pair) -> Iterator[tuple[float, bool]]:
    """By how many shades the second strays from what was rounded twice, and whether it was mixed.

    Nothing if no steps show themselves. The mixture is found anew once they are known.
    """
    second = pair.after
    for ours in found.unmixed:
        told = _told(ours, found, pair)
        between = None if told is None else steps_between(told, second.steps)
        if told is not None and between is not None:
            yield shades_between(told, second.steps, between), False
    ours = found.mixed[-1]
    for again in (False, True, True):
        if again and between is not None:
            ours = mixed(ours, found.theirs, found.telling, found.adds, second, between=between)
        told = _told(ours, found, pair)
        between = None if told is None else steps_between(told, second.steps)
        if told is None or between is None:
            return
        if again:
            yield shades_between(told, second.steps, between), True
