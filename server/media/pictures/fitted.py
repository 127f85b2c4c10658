"""Foretell a level copy by the mixture of usual kernels that made it.

A copy that was shrunk, enlarged, blurred or sharpened is a fixed mixture of the first file's own
pixels, specks and rounding among them: once the mixture is found, rounding to whole shades is all
that remains. Two honest photos keep the specks and the rounding of both, whatever is mixed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.media.pictures.resampled import (
    IN_SIXTEENTHS,
    OTHERS,
    PLAINEST,
    SOFT,
    around,
    halved,
    resampled,
)
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import (
    kept_at,
    led,
    luma,
    missed,
    numbers,
    relit,
    relit_alone,
    shown_whole,
    tile_places,
    whole_luma,
)
from server.media.pictures.told import FORETOLD, LOW, Mask, drawing_of

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
Colours = npt.NDArray[np.uint8]
_Lain = tuple[Floats, Floats, Mask]

_ROUNDS = (True, True, False, False, False)
_WITHIN = 0.1  # so much is what lies where it should held at its place
_BETTERED = 2
_LEVEL_PX = 1.0
"""By so much may a corner leave the level frame: the mixtures are along rows and columns."""
_WHOLE = 1e-6
_BESIDE_PX, _ASKEW_PX = 0.1, 0.4
"""Pixels by which the middle of a copy, and its corners, may seem to lie beside what it was made
of, where the way was not found but leads pixels onto pixels or edges onto edges: copies measured
0.04 and 0.22. Smooth walls hide from all else that somebody moved by a part of a pixel."""
_PLAIN_SHARE = 95  # percent of the squares, those with the least drawing
_HELD = 1e-3  # holds what no number speaks for at nought


class Fitted(NamedTuple):
    """The numbers of the first picture, mixed and unmixed, and of the second.

    Unmixed are pixels that lie on pixels: also with shades made whole, and with each colour made
    whole alone. So programs change light, and a plain wall is then astray by the same part of a
    shade all over. Nothing is unmixed where pixels lie beside each other. `adds` are the numbers of
    which a mixture takes shares, `places` the second's pixels (see `tile_places`).
    """

    mixed: Sequence[Floats]
    unmixed: Sequence[Floats]
    theirs: Floats
    telling: Mask
    way: Matrix
    adds: Sequence[Floats]
    places: Floats


def level(first: Stored, second: Stored, way: Matrix) -> tuple[Colours, Matrix] | None:
    """The first's colours turned as the second lies, and the level way to them; None if aslant."""
    colours, way = first.colours, way / way[2, 2]
    if abs(way[0, 0]) < abs(way[0, 1]):
        colours, way = colours.transpose(1, 0, 2), way[[1, 0, 2]]
    for axis in (0, 1):
        if way[axis, axis] < 0:
            colours = colours[:, ::-1] if axis == 0 else colours[::-1]
            way = way.copy()
            way[axis] = (colours.shape[1 - axis] - 1) * way[2] - way[axis]
    flat = np.diag([way[0, 0], way[1, 1], 1.0])
    width, height = second.size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    off = led(corners, way) - led(corners, flat)
    flat[:2, 2] = off.mean(axis=0)
    if np.abs(off - flat[:2, 2]).max() > _LEVEL_PX * max(1.0, flat[0, 0]):
        return None
    return np.ascontiguousarray(colours), flat


def fitted(
    colours: Colours, second: Stored, way: Matrix, *, most: int, least: int, better: bool
) -> Fitted | None:
    """The first picture mixed as the second was, as well as may be.

    None where too little tells, or what should lie exactly does not.
    `colours` and `way` are as `level` says, `most` and `least` of tiles. Where it is `better` so,
    the way is first made to lie as exactly as may be.
    """
    places = tile_places(second.size, colours, way, most)
    if len(places) < least:
        return None
    over = _Over(colours, second, places)
    found = over.bettered(way, least) if better else over.exactly(way, least)
    if found is None:
        return None
    way, (laid, ours, telling) = found
    across, down = over.lines
    plain, wanted = luma(laid), numbers(over.theirs)
    grey, inner = luma(colours), plain[:, 1:-1, 1:-1]
    whole = np.abs(way - np.rint(way)).max() <= _WHOLE
    adds = [
        resampled(grey, way, across[:, 1:-1], down[:, 1:-1], kernel) - inner
        for kernel in (SOFT if whole else (*SOFT, *OTHERS))
    ]
    adds += around(plain)
    if not whole and way[0, 0] > 1.05:
        half, to_half = halved(grey, way)
        adds.append(resampled(half, to_half, across[:, 1:-1], down[:, 1:-1], IN_SIXTEENTHS) - inner)
    mine = numbers(ours[:, 1:-1, 1:-1])
    parts = [numbers(each) for each in adds]
    nearest = mixed(mine, wanted, telling, parts, second)
    if not whole:
        return Fitted([mine, nearest], [], wanted, telling, way, parts, places)
    lit = np.rint(ours[:, 1:-1, 1:-1]), relit_alone(laid[:, 1:-1, 1:-1], over.kept, telling)
    return Fitted([nearest], [mine, *map(numbers, lit)], wanted, telling, way, parts, places)


class _Over:
    """The first's colours, to be laid over tiles of the second by one way or another."""

    def __init__(self, colours: Colours, second: Stored, places: Floats) -> None:
        self._size, self._second, self._places = colours.shape[1::-1], second.size, places
        self._shades = [colours[..., each].astype(np.float32) for each in range(3)]
        self.kept = kept_at(second, places)
        self.theirs = whole_luma(self.kept)
        self.lines = places[:, 0, :, 0], places[:, :, 0, 1]

    def bettered(self, way: Matrix, least: int) -> tuple[Matrix, _Lain] | None:
        """A better way, and the first laid by it."""
        for _ in range(_BETTERED):
            lain = self._lain(way, least)
            if lain is None:
                return None
            way = way @ _levelled(self._moved(lain), self._second)
        lain = self._lain(way, least)
        return None if lain is None else (way, lain)

    def exactly(self, way: Matrix, least: int) -> tuple[Matrix, _Lain] | None:
        """The way, if the two lie on each other so, and the first laid by it.

        On a screen the picture may end a pixel beyond where it first seemed to.
        """
        lain = self._lain(way, least)
        if lain is None or not _beside(self._moved(lain), self._second):
            return None if lain is None else (way, lain)
        if shown_whole(self._size, self._second, way) is None:
            return None
        better = self.bettered(way, least)
        found = None if better is None else shown_whole(self._size, self._second, better[0])
        if found is None or np.allclose(found, way):
            return None
        lain = self._lain(found, least)
        if lain is None or _beside(self._moved(lain), self._second):
            return None
        return found, lain

    def _lain(self, way: Matrix, least: int) -> _Lain | None:
        """Also what it would be in the second's light, and which squares can tell."""
        laid = np.stack([resampled(each, way, *self.lines, PLAINEST) for each in self._shades], -1)
        ours, telling = relit(laid, self.kept, self.theirs)
        return None if telling.sum() < 16 * least else (laid, ours, telling)

    def _moved(self, lain: _Lain) -> Matrix:
        _, ours, telling = lain
        return missed(ours, self.theirs, telling, self._places, self._second)[0]


def _beside(moved: Matrix, size: tuple[int, int]) -> bool:
    """Whether what should lie exactly would have to be moved to do so."""
    width, height = size
    points = np.array([(width / 2, height / 2), (0, 0), (width, 0), (width, height), (0, height)])
    off = np.abs(led(points, moved) - points).max(axis=-1)
    return bool(off[0] > _BESIDE_PX or off.max() > _ASKEW_PX)


def _levelled(way: Matrix, size: tuple[int, int]) -> Matrix:
    """A way without what turns, the middle of the picture led as before."""
    flat = np.diag([way[0, 0], way[1, 1], 1.0])
    flat[0, 2] = way[0, 2] + way[0, 1] * size[1] / 2
    flat[1, 2] = way[1, 2] + way[1, 0] * size[0] / 2
    return flat


def mixed(
    ours: Floats,
    theirs: Floats,
    telling: Mask,
    adds: Sequence[Floats],
    second: Stored,
    *,
    between: Floats | None = None,
) -> Floats:
    """The numbers of the first picture with so much of each addition as brings them nearest.

    First by numbers so large that rounding them is mere noise, then by how far all of them lie
    outside of what is rounded to the number kept, also by steps `between` where they are known.
    """
    for large in _ROUNDS:
        _, plain = drawing_of(ours, telling, _PLAIN_SHARE)
        columns, left = [], []
        for which, (row, column) in enumerate(LOW[1:], 1):
            step = float(second.steps[row, column])
            foretold, kept = ours[..., row, column] / step, np.rint(theirs[..., row, column] / step)
            before = 0.0 if between is None else float(between[which]) / step
            told = plain & (np.abs(foretold) > (max(1.0, before) if large else FORETOLD))
            parts = [add[..., row, column][told] / step for add in adds]
            columns.append(np.stack([*parts, foretold[told]], axis=-1))
            low, high = (edge - foretold[told] for edge in _rounded_from(kept[told], before))
            left.append((low + high) / 2 if large else np.maximum(low, 0) + np.minimum(high, 0))
        told_by, wanted = (np.concatenate(each).astype(np.float64) for each in (columns, left))
        weights = 1 / np.maximum(np.abs(wanted), 0.5)
        if not large:
            weights[wanted == 0] *= _WITHIN
        heavy = told_by * weights[:, None]
        shares = np.linalg.solve(
            heavy.T @ told_by + _HELD * np.eye(told_by.shape[1]), heavy.T @ wanted
        ).astype(np.float32)
        ours = ours + sum((share * add for share, add in zip(shares, (*adds, ours), strict=True)))
    return np.asarray(ours, np.float32)


def _rounded_from(kept: Floats, before: float) -> tuple[Floats, Floats]:
    """From where to where all is rounded to what is kept, of a step of one and one `before` it."""
    if not before:
        return kept - np.float32(0.5), kept + np.float32(0.5)
    least, most = np.ceil((kept - 0.5) / before), np.floor((kept + 0.5) / before)
    none = least > most  # what no step before leads to was moved by colours that were made whole
    least[none] = most[none] = np.rint(kept / before)[none]
    return np.asarray((least - 0.5) * before), np.asarray((most + 0.5) * before)
