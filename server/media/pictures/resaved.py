"""Tell how much more than saving again lies between two photos that lie exactly on each other.

JPEG keeps of every square of 8 × 8 pixels the nearest multiples of its own steps, so a copy can be
foretold: lay the first photo over the second, change its light as the second's was changed, and
every number that the second file keeps must be the nearest one. A new photo of the same thing has
specks of its own and misses some of them, however alike the two look.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.jpeg_between import by_way_of_jpeg
from server.media.pictures.old_steps import apart, on_steps
from server.media.pictures.stored import Stored, stored
from server.media.pictures.tiles import Laid, coarser, file_ways, laid_ways, led, numbers, step_of
from server.media.pictures.webp_between import by_way_of_webp

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

_MOST_TILES = 220
_LEAST_TILES = 12
_LEAST_TOLD = 400  # numbers of the file that say something
_SHADES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.1, 2.5, 3, 3.7, 5, 7, 10)
_DRAWING = 0.03  # of a square's drawing goes astray when pixels are mixed anew
FINER = 1.15  # pixels of the first to one of the second, from which on it is shrunk
_KERNELS = (Image.Resampling.LANCZOS, Image.Resampling.BILINEAR, Image.Resampling.BOX)
_MIXED = 0.35  # shades more that a copy may stray then: everybody shrinks in another way
_EXACT = 1.2  # times as much, where no pixel had to be mixed: room for one more saving in between
_FRAMED, _COARSE = 1.9, 9.0
"""Shades that a copy may stray whose every corner lies on a corner, if its file's first step is so
coarse (quality 72 and below): honest photos in exact holders strayed by 2.5 and more there, by 2.1
at 75, but by 1.8 at 85 and 1.1 at 95."""
_PLAIN, _FINEST = 1.6, 5.0
"""And whose specks are plainly the same, up to quality 85: the blurred and brightened."""
_SAME_SIZE_PX, _WHOLE_PX = 0.3, 0.15
"""Pixels at the corners within which two pictures are of one size, and within which the one is
moved by whole pixels: nobody who copies without resizing moves by a part of one."""
_SURELY = 0.85  # of the most a copy may stray: nothing else need be tried
_BY_WEBP = 1.25
"""Times as much as any copy may stray what went by way of WebP: copies reached 1.16 of it, honest
photos began at 2.4."""
_SHRUNK, _LEAST_OF_SHRUNK = 1.5, 0.4
"""The power of the shrinking by which all this is divided, and the least that is left: shrinking
averages the specks that honest photos differ by. One shrunk to a half strayed by 0.5 shades at
quality 88, copies by 0.3."""
_STRAY = 0.03  # of the numbers may be anything
_LOW = ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0), (2, 2),
        (1, 3), (3, 1))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained:
    """How far two photos are one and the same, saved again.

    `strayed`: by how much the one strays from that, as a share of the most that copies do.
    `on_steps`: how surely the one lies on the steps to which the other was rounded, in standard
    deviations (see `old_steps`). Each None where nothing tells.
    """

    strayed: float | None
    on_steps: float | None = None


def explained(
    one: bytes,
    other: bytes,
    way: Matrix,
    *,
    uncut: bool = False,
    plain: bool = False,
    closely: bool = True,
) -> Explained:
    """How well saving again explains the two, whichever was first.

    `way` (3 × 3) leads from the other to the one, see `unexplained`; `uncut` says that every
    corner lies on a corner, `plain` that the specks are the same. Not `closely`, no saving in
    between is looked for and no old steps are told.
    """
    first, second = stored(one), stored(other)
    tries = [(first, second, way), (second, first, np.asarray(np.linalg.inv(way), np.float64))]
    if first.steps[0, 0] > second.steps[0, 0]:  # the more it was rounded, the later, as a rule
        tries.reverse()
    found = _best(
        unexplained(before, after, between, uncut=uncut, plain=plain)
        for before, after, between in tries
    )
    if not closely:
        return Explained(found.strayed)
    if not uncut or found.strayed is None or found.strayed <= 1:
        return found
    twice = _best(
        unexplained(made, after, edge_on_edge(between))
        for before, after, between in tries
        for made in by_way_of_jpeg(before, after)
    )
    if twice.strayed is not None and twice.strayed <= 1:
        return Explained(twice.strayed, found.on_steps)
    webp = _best(
        unexplained(made, after, between)
        for before, after, between in tries
        for made in by_way_of_webp(before, after)
    )
    strays = [found.strayed, *([] if webp.strayed is None else [webp.strayed / _BY_WEBP])]
    return Explained(min(strays), found.on_steps)


def edge_on_edge(way: Matrix) -> Matrix:
    """A way that is nearly so, as one that leads corners exactly onto corners."""
    return np.asarray(np.rint(way), np.float64)


def _best(tries: Iterable[Explained]) -> Explained:
    """What speaks most for a copy, tried one by one until one explains all."""
    strays, sure = [], []
    for found in tries:
        if found.on_steps is not None:
            sure.append(found.on_steps)
        if found.strayed is not None:
            strays.append(found.strayed)
            if found.strayed <= _SURELY:
                break
    return Explained(min(strays, default=None), max(sure, default=None))


def unexplained(
    first: Stored, second: Stored, way: Matrix, *, uncut: bool = False, plain: bool = False
) -> Explained:
    """How far `second` strays from `first` saved again, or `first` lies on its steps.

    `way` (3 × 3) leads from the second to the first, upright, in shares of width and height (see
    `shares`), within a pixel or so; it may mirror.
    """
    ways = file_ways(first, second, way)
    step = step_of(ways[0])
    coarse = float(second.steps[0, 0]) if uncut else 0.0
    least = _FRAMED if coarse >= _COARSE else _PLAIN if plain and coarse >= _FINEST else 0.0
    return _best(
        _foretold(first, second, ways, (step, kernel) if kernel is not None else None, least)
        for kernel in (_KERNELS if step > FINER else (None,))
    )


def _foretold(
    first: Stored,
    second: Stored,
    ways: list[Matrix],
    shrink: tuple[float, Image.Resampling] | None,
    least: float,
) -> Explained:
    """The same, by ways that lead from the one file's pixels to the other's.

    `least` is how many shades the second may stray in any case.
    """
    colours, found = first.colours, ways[-1]
    if shrink is not None:
        colours, ways = coarser(first, ways, *shrink)
    less = 1.0 if shrink is None else max(shrink[0] ** -_SHRUNK, _LEAST_OF_SHRUNK)
    laid = laid_ways(colours, second, ways, most=_MOST_TILES, least=_LEAST_TILES)
    return _best(_left_over(each, first, second, found, (least, less)) for each in laid)


def _left_over(
    laid: Laid, first: Stored, second: Stored, way: Matrix, bar: tuple[float, float]
) -> Explained:
    """`bar` is the least that it may stray, and by what that and all else is multiplied."""
    least, less = bar
    if laid.mixed and first.square == second.square == 8 and _moved_by_a_part(laid.way, second):
        return Explained(None)
    mine, kept = numbers(laid.ours[:, 1:-1, 1:-1]), numbers(laid.theirs)
    most = second.astray + _MIXED if laid.mixed else _EXACT * second.astray
    told = _Told.of(mine, kept, laid.telling, second, drawing=_DRAWING if laid.mixed else 0.0)
    if told is None:
        return Explained(None)
    share = told.shades(second.steps) / (less * max(most, least))
    sure = on_steps(mine, laid.telling & apart(laid.places, way, first), second)
    return Explained(share, sure)


def _moved_by_a_part(way: Matrix, second: Stored) -> bool:
    """Whether one picture is as large and level as the other, but moved by a part of a pixel."""
    width, height = second.size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    level = way[:2, :2] / way[2, 2]
    moved = led(corners, way) - corners @ np.rint(level).T
    if np.ptp(moved, axis=0).max() > _SAME_SIZE_PX:
        return False
    middle = moved.mean(axis=0)
    return bool(np.abs(middle - np.rint(middle)).max() > _WHOLE_PX)


@dataclass(frozen=True, slots=True)
class _Told:
    """What was foretold, and the multiple that was kept, of each number that tells.

    `which` is its place in `_LOW`, `known` the square shades that it may stray in any case.
    """

    foretold: Floats
    kept: Floats
    which: npt.NDArray[np.intp]
    known: Floats

    @classmethod
    def of(
        cls,
        ours: Floats,
        theirs: Floats,
        telling: npt.NDArray[np.bool_],
        file: Stored,
        *,
        drawing: float,
    ) -> "_Told | None":
        """A number of nought in both says little, for all small ones are rounded to it."""
        drawn = np.sqrt(np.maximum((ours**2).sum(axis=(2, 3)) - ours[..., 0, 0] ** 2, 0))
        plain = telling & (drawn <= np.percentile(drawn[telling], 95 if drawing == 0 else 70))
        parts = []
        for which, (row, column) in enumerate(_LOW):
            foretold, step = ours[..., row, column], float(file.steps[row, column])
            kept = np.rint(theirs[..., row, column] / step)
            if row == column == 0:  # the light of a place may differ a little
                count = plain.sum(axis=1, keepdims=True)
                told = plain & (count >= 4)
                light = np.where(plain, kept * step - foretold, 0).sum(axis=1, keepdims=True)
                foretold = foretold + light / np.maximum(count, 1)
            else:
                told = plain & ((np.abs(foretold) > step / 2) | (kept != 0))
            known = (drawing * drawn[told]) ** 2 + file.loose**2
            parts.append((foretold[told], kept[told], np.full(len(known), which), known))
        foretold, kept, place, known = (np.concatenate(part) for part in zip(*parts, strict=True))
        return cls(foretold, kept, place, known) if len(known) >= _LEAST_TOLD else None

    def shades(self, steps: Floats) -> float:
        """The likeliest deviation between what was foretold and what the file says."""
        step = steps[tuple(np.transpose(_LOW))][self.which]
        low, high = (self.kept - 0.5) * step, (self.kept + 0.5) * step
        chances = [
            np.log((1 - _STRAY) * _between(low - self.foretold, high - self.foretold,
                                           np.sqrt(shades**2 + self.known))
                   + _STRAY * np.minimum(1, step / 60)).sum()
            for shades in _SHADES
        ]  # fmt: skip
        return float(_SHADES[int(np.argmax(chances))])


def _between(low: Floats, high: Floats, deviation: Floats) -> Floats:
    """The chance that what is foretold to be nought lies between the two."""
    return np.asarray((np.tanh(0.8 * high / deviation) - np.tanh(0.8 * low / deviation)) / 2)
