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
from server.media.pictures.fitted import Fitted, fitted, level, mixed
from server.media.pictures.images import rendition
from server.media.pictures.jpeg_between import by_way_of_jpeg
from server.media.pictures.old_steps import apart, on_steps
from server.media.pictures.overlay import TILTED_ON_STEPS
from server.media.pictures.rounded_between import shades_between, steps_between
from server.media.pictures.scene import Scene
from server.media.pictures.soft_between import by_way_of_blur
from server.media.pictures.stored import Stored, stored
from server.media.pictures.tiles import (
    Laid,
    coarser,
    file_ways,
    laid_ways,
    led,
    likely_ways,
    numbers,
    shown_whole,
    step_of,
)
from server.media.pictures.told import Told
from server.media.pictures.webp_between import by_way_of_webp

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
Colours = npt.NDArray[np.uint8]

_MOST_TILES = 220
_LEAST_TILES = 12
_DRAWING = 0.03  # of a square's drawing goes astray when pixels are mixed anew
FINER = 1.15  # pixels of the first to one of the second, from which on it is shrunk
_KERNELS = (Image.Resampling.LANCZOS, Image.Resampling.BILINEAR, Image.Resampling.BOX)
_MIXED_MOST, _BY_SHRINKING, _FINEST_MORE = 0.47, 0.45, 0.05
"""Shades, beside rounding to whole ones, that a mixture of the first's pixels may leave: copies
left 0.1 to 0.4, quiet sensors on a tripod 0.57 and more, 0.40 when shrunk to 1/1.7. So it is
divided by that power of the shrinking; files of quality 97 and more hide their numbers a little."""
_UNMIXED_OF, _MIXED_OF = {1: 0.2, 2: 0.25, 3: 0.4}, {1: 0.28, 2: 0.35}
_ASLANT_OF = {1: 0.35, 2: 0.44}
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
_SURELY_ASLANT, _ASLANT = 0.8, 0.68
"""Of what a level mixture may leave, so much may one that is turned or slanted: copies left 0.24 to
0.85, quiet sensors from a mark on the ground 1.03 and more. Told as a share of what passes for such
frames however little the old file's steps tell."""
_UNTOLD = 0.9
"""What no mixture tells of such a frame strays at least so far: only old steps let it pass. Told by
looser ways alone, two photos by quiet sensors from a mark strayed by 0.47 and 0.61."""
_BESIDE_PX = 2.0  # at the corners, within which the whole of a picture lies on the whole
_HOPELESS = 12.0
"""What strays so far is explained by nothing that lies between: copies sent twice reached 3, by way
of WebP 7.4."""
_FINEST_STEP = 1.5  # of files of quality 97 and more
_MIXED = 0.35  # shades more that a copy may stray then: everybody shrinks in another way
_SAME_SIZE_PX, _WHOLE_PX = 0.3, 0.15
"""Pixels at the corners within which two pictures are of one size, and within which the one is
moved by whole pixels: nobody who copies without resizing moves by a part of one."""
_SURELY = 0.85  # of the most a copy may stray: nothing else need be tried
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
        """`way` leads from the later to the earlier one, see `unexplained`."""
        ways = file_ways(before, after, way)
        lying = [
            (*there, better)
            for guess, better in likely_ways(ways, after.size)
            if (there := level(before, after, guess)) is not None
        ]
        framed = bool(lying) and shown_whole(before.size, after.size, ways[0]) is not None
        return cls(before, after, way, ways, lying, framed, scene)


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
    if not uncut or found.strayed is None or not 1 < found.strayed <= _HOPELESS:
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
            if found.strayed <= _SURELY:
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
        return Explained(_told_level(pair, mixing=not made, coarsely=not chosen))
    step = step_of(pair.ways[0])
    return _best(
        _foretold(pair.before, pair.after, pair.ways, None if kernel is None else (step, kernel))
        for kernel in (_KERNELS if step > FINER else (None,))
    )


def _most_mixed(second: Stored, way: Matrix) -> float:
    most = _MIXED_MOST * float(max(1.0, step_of(way)) ** -_BY_SHRINKING)
    return most + (_FINEST_MORE if second.steps[0, 0] < _FINEST_STEP else 0.0)


def _most_of(first: Stored, most: dict[int, float]) -> float:
    """What may be left at most, by how finely the first was rounded."""
    return most.get(round(float(first.steps[0, 0])), math.inf) if first.known else math.inf


def _beside_itself(way: Matrix, colours: Colours, second: Stored) -> bool:
    """Whether the whole picture lies a part of a pixel beside the whole of the other.

    Nobody who copies moves it so: what was only resized lies edge on edge.
    """
    (width, height), (wide, tall) = second.size, colours.shape[1::-1]
    edges = np.array([(-0.5, -0.5), (width - 0.5, height - 0.5)])
    off = led(edges, way) - np.array([(-0.5, -0.5), (wide - 0.5, tall - 0.5)])
    coarse = max(1.0, step_of(way))
    near = np.abs(off).max() < _BESIDE_PX * coarse
    return bool(near and np.abs(off.mean(axis=0)).max() > _WHOLE_PX * coarse)


def _told_level(pair: Pair, *, mixing: bool, coarsely: bool) -> float | None:
    """How far the second strays from the first's pixels, mixed or not, lying as one of these."""
    second = pair.after
    hidden = mixing and step_of(pair.ways[0]) >= _ENLARGED
    unmixed, of_mixed = (
        _most_of(pair.before, most) if hidden else math.inf for most in (_UNMIXED_OF, _MIXED_OF)
    )
    strays = []
    for colours, way, better in pair.lying:
        found = fitted(colours, second, way, most=_MOST_TILES, least=_LEAST_TILES, better=better)
        if found is None or (better and _beside_itself(found.way, colours, second)):
            continue
        most = _most_mixed(second, found.way)
        coarse = max(0.0, float(second.steps[0, 0]) - _COARSE) if coarsely else 0.0
        plain = (min(most, unmixed) + _BY_COARSE * coarse) * (1.0 if mixing else _AS_MADE)
        tries = [(each, plain) for each in found.unmixed]
        tries += [(each, min(most, of_mixed)) for each in found.mixed if mixing]
        for ours, let in tries:
            if (told := _told(ours, found, pair)) is not None:
                strays.append(told.shades(second.steps) / let)
        if min(strays, default=9.0) <= _SURELY:
            break
        if mixing and coarsely and 1 < min(strays, default=0.0) <= _HOPELESS:
            for shades, was_mixed in _twice(found, pair):
                strays.append(shades / min(most, of_mixed if was_mixed else unmixed))
                if strays[-1] <= _SURELY:
                    return strays[-1]
    return min(strays, default=None)


def _told(ours: Floats, found: Fitted, pair: Pair) -> Told | None:
    telling, inner = found.telling, None
    if pair.scene is not None:
        own, inner = pair.scene.squares(found.places, pair.after)
        telling = telling & own
    return Told.of(ours, found.theirs, telling, pair.after, drawing=0.0, evenly=True, inner=inner)


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


def _aslant(pair: Pair) -> list[float]:
    """How far the second strays from a mixture of the first that was turned or slanted.

    Nothing where the two lie level, infinitely far where no mixture tells.
    """
    if pair.lying:
        return []
    way = pair.ways[-1]
    most = min(_most_mixed(pair.after, way), _most_of(pair.before, _ASLANT_OF))
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
    laid = laid_ways(colours, second, ways, most=_MOST_TILES, least=_LEAST_TILES)
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
    return bool(np.abs(middle - np.rint(middle)).max() > _WHOLE_PX)
