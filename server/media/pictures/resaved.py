"""Tell how much more than saving again lies between two photos that lie exactly on each other.

JPEG keeps of every square of 8 × 8 pixels the nearest multiples of its own steps, so a copy can be
foretold: lay the first photo over the second, change its light as the second's was changed, and
every number that the second file keeps must be the nearest one. A new photo of the same thing has
specks of its own and misses some of them, however alike the two look.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.admission import SHOWN_SIDE
from server.media.pictures.aslant import shades_aslant
from server.media.pictures.images import rendition
from server.media.pictures.jpeg_between import by_way_of_jpeg
from server.media.pictures.level_copies import (
    ASLANT_OF,
    HOPELESS,
    LEAST_TILES,
    MOST_TILES,
    SURELY,
    WHOLE_PX,
    Pair,
    most_mixed,
    most_of,
    told_level,
)
from server.media.pictures.old_steps import apart, on_steps
from server.media.pictures.overlay import TILTED_ON_STEPS
from server.media.pictures.scene import Scene
from server.media.pictures.soft_between import by_way_of_blur
from server.media.pictures.stored import Stored, stored
from server.media.pictures.tiles import (
    Laid,
    coarser,
    laid_ways,
    led,
    numbers,
    step_of,
)
from server.media.pictures.told import Told
from server.media.pictures.webp_between import by_way_of_webp

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

_DRAWING = 0.03  # of a square's drawing goes astray when pixels are mixed anew
FINER = 1.15  # pixels of the first to one of the second, from which on it is shrunk
_KERNELS = (Image.Resampling.LANCZOS, Image.Resampling.BILINEAR, Image.Resampling.BOX)
_SURELY_ASLANT, _ASLANT = 0.8, 0.68
"""Of what a level mixture may leave, so much may one that is turned or slanted: copies left 0.24 to
0.85, quiet sensors from a mark on the ground 1.03 and more. Told as a share of what passes for such
frames however little the old file's steps tell."""
_UNTOLD = 0.9
"""What no mixture tells of such a frame strays at least so far: only old steps let it pass. Told by
looser ways alone, two photos by quiet sensors from a mark strayed by 0.47 and 0.61."""
_SAME_SIZE_PX = 0.3  # at the corners, within which two pictures are of one size
_MIXED = 0.35  # shades more that a copy may stray then: everybody shrinks in another way
_SHRUNK, _LEAST_OF_SHRUNK = 1.5, 0.4
"""The power of the shrinking by which all this is divided, and the least that is left: shrinking
averages the specks that honest photos differ by. One shrunk to a half strayed by 0.5 shades at
quality 88, copies by 0.3."""


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
    scene: Scene | None = None,
    uncut: bool = False,
    closely: bool = True,
    in_order: bool = False,
) -> Explained:
    """How well saving again explains the two, whichever was first.

    `in_order`, a way by WebP is looked for only from the other to the one, or to that which still
    is WebP, for that takes longest.

    `way` (3 × 3) leads from the other to the one, see `unexplained`; `scene` is what both show of
    one, of the other; `uncut` says that every corner lies on a corner. Not `closely`, nothing in
    between is looked for and no old steps are told.
    """
    first, second = stored(one), stored(other)
    back = np.asarray(np.linalg.inv(way), np.float64)
    from_there = None if scene is None else scene.turned(first.upright_size, back)
    tries = [Pair.of(first, second, way, scene), Pair.of(second, first, back, from_there)]
    if first.steps[0, 0] > second.steps[0, 0]:  # the more it was rounded, the later, as a rule
        tries.reverse()
    aslant: list[float] = []
    for each in () if any(each.framed for each in tries) else tries:
        aslant += _aslant(each)
        if min(aslant, default=1.0) <= _SURELY_ASLANT:
            return Explained(_ASLANT * min(aslant))
    found = _best(_unexplained(each) for each in tries)
    stepped = found.on_steps is not None and found.on_steps >= TILTED_ON_STEPS
    if aslant and found.strayed is not None and not stepped:
        told = [share for share in aslant if share != math.inf]
        found = Explained(max(found.strayed, min(told, default=_UNTOLD)), found.on_steps)
    if not closely:
        return Explained(found.strayed)
    if not uncut or found.strayed is None or not 1 < found.strayed <= HOPELESS:
        return found
    twice = _best(_between(tries))
    if twice.strayed is not None and twice.strayed <= 1:
        return Explained(twice.strayed, found.on_steps)
    shown = _best(_as_shown(one if each.before is first else other, each) for each in tries)
    if shown.strayed is not None and shown.strayed <= 1:
        return Explained(shown.strayed, found.on_steps)
    newer = second if first.known and not second.known else first
    webp = _best(
        unexplained(made, each.after, each.way, made=True, scene=each.scene)
        for each in tries
        if each.after is newer or not in_order
        for made in by_way_of_webp(each.before, each.after)
    )
    strays = [each.strayed for each in (found, webp) if each.strayed is not None]
    return Explained(min(strays), found.on_steps)


def _between(tries: Iterable[Pair]) -> Iterator[Explained]:
    """How far the later files stray from the earlier blurred, or saved another time before."""
    for each in tries:
        level_way = edge_on_edge(each.way)
        if (blurred := by_way_of_blur(each.before, each.after)) is not None:
            yield unexplained(blurred, each.after, level_way, chosen=True, scene=each.scene)
        for saved in by_way_of_jpeg(each.before, each.after):
            yield unexplained(saved, each.after, level_way, made=True, scene=each.scene)


def _as_shown(content: bytes, pair: Pair) -> Explained:
    """How far a smaller file strays from the picture that this house shows of the larger.

    Whoever saves that picture here and sends it by chat has shrunk again what was saved between.
    """
    if max(pair.after.size) >= min(max(pair.before.size), SHOWN_SIDE):
        return Explained(None)
    shown = stored(rendition(content, SHOWN_SIDE))
    return unexplained(shown, pair.after, pair.way, scene=pair.scene)


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
            if found.strayed <= SURELY:
                break
    return Explained(min(strays, default=None), max(sure, default=None))


def unexplained(
    first: Stored,
    second: Stored,
    way: Matrix,
    *,
    made: bool = False,
    chosen: bool = False,
    scene: Scene | None = None,
) -> Explained:
    """How far `second` strays from `first` saved again, or `first` lies on its steps.

    `way` (3 × 3) leads from the second to the first, upright, in shares of width and height (see
    `shares`), within a pixel or so; it may mirror. What was `made` so that its quality showed
    itself is what lay between to the last shade, or is not: no mixture of it tells anything. What
    was `chosen` among many as the nearest gets nothing more for a coarse file.
    """
    return _unexplained(Pair.of(first, second, way, scene), made=made, chosen=chosen)


def _unexplained(pair: Pair, *, made: bool = False, chosen: bool = False) -> Explained:
    if pair.lying:
        return Explained(told_level(pair, mixing=not made, coarsely=not chosen))
    step = step_of(pair.ways[0])
    return _best(
        _foretold(pair.before, pair.after, pair.ways, None if kernel is None else (step, kernel))
        for kernel in (_KERNELS if step > FINER else (None,))
    )


def _aslant(pair: Pair) -> list[float]:
    """How far the second strays from a mixture of the first that was turned or slanted.

    Nothing where the two lie level, infinitely far where no mixture tells.
    """
    if pair.lying:
        return []
    way = pair.ways[-1]
    most = min(most_mixed(pair.after, way), most_of(pair.before, ASLANT_OF))
    shades = None
    if step_of(way) <= FINER:
        shades = shades_aslant(pair.before, pair.after, way, _SURELY_ASLANT * most)
    return [math.inf if shades is None else shades / most]


def _foretold(
    first: Stored,
    second: Stored,
    ways: list[Matrix],
    shrink: tuple[float, Image.Resampling] | None,
) -> Explained:
    """The same, by ways that lead from the one file's pixels to the other's."""
    colours, found = first.colours, ways[-1]
    if shrink is not None:
        colours, ways = coarser(first, ways, *shrink)
    less = 1.0 if shrink is None else max(shrink[0] ** -_SHRUNK, _LEAST_OF_SHRUNK)
    laid = laid_ways(colours, second, ways, most=MOST_TILES, least=LEAST_TILES)
    return _best(_left_over(each, first, second, found, less) for each in laid)


def _left_over(laid: Laid, first: Stored, second: Stored, way: Matrix, less: float) -> Explained:
    """`less` is by what the most that it may stray is multiplied."""
    if laid.mixed and first.square == second.square == 8 and _moved_by_a_part(laid.way, second):
        return Explained(None)
    mine, kept = numbers(laid.ours[:, 1:-1, 1:-1]), numbers(laid.theirs)
    most = second.astray + _MIXED
    told = Told.of(mine, kept, laid.telling, second, drawing=_DRAWING if laid.mixed else 0.0)
    if told is None:
        return Explained(None)
    share = told.shades(second.steps) / (less * most)
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
    return bool(np.abs(middle - np.rint(middle)).max() > WHOLE_PX)
