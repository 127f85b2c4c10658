"""Tell how much more than saving again lies between two photos that lie exactly on each other.

JPEG keeps of every square of 8 × 8 pixels the nearest multiples of its own steps, so a copy can be
foretold: lay the first photo over the second, change its light as the second's was changed, and
every number that the second file keeps must be the nearest one. A new photo of the same thing has
specks of its own and misses some of them, however alike the two look.
"""

import math
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.stored import Stored, shares, stored

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

_TILE = 32  # four squares of JPEG; looked at in one piece, of light that may differ a little
_MOST_TILES = 220
_LEAST_TILES = 12
_LEAST_TOLD = 400  # numbers of the file that say something
_NEARLY_PX = 1.5  # so near to a simpler way, that one is tried first
_SURELY_PX = 0.2  # so near, it needs no other
_SHADES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.1, 2.5, 3, 3.7, 5, 7, 10)
_DRAWING = 0.03  # of a square's drawing goes astray when pixels are mixed anew
_FINER = 1.15  # pixels of the first to one of the second, from which on it is shrunk
_KERNELS = (Image.Resampling.LANCZOS, Image.Resampling.BILINEAR, Image.Resampling.BOX)
_MIXED = 0.35  # shades more that a copy may stray then: everybody shrinks in another way
_EXACT = 1.2  # times as much, where no pixel had to be mixed: room for one more saving in between
_FRAMED = 1.9
"""Shades that a copy may stray whose every corner lies on a corner: sent twice through chat it
measured 1.8; honest photos from tripods and holders began at 2.1, whatever their files' quality."""
_STRAY = 0.03  # of the numbers may be anything
_LOW = ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0), (2, 2),
        (1, 3), (3, 1))  # fmt: skip
_COSINES = np.array(
    [
        [
            math.sqrt((1 if row == 0 else 2) / 8) * math.cos(math.pi * row * (2 * column + 1) / 16)
            for column in range(8)
        ]
        for row in range(8)
    ],
    np.float32,
)


def strayed(one: bytes, other: bytes, way: Matrix, *, uncut: bool = False) -> float | None:
    """How far the one stray from the other saved again, whichever was first; copies up to 1.

    `way` (3 × 3) leads from the other to the one, see `unexplained`; `uncut` says that every
    corner lies on a corner. None where nothing tells.
    """
    first, second = stored(one), stored(other)
    tries = [(first, second, way), (second, first, np.asarray(np.linalg.inv(way), np.float64))]
    if first.steps[0, 0] > second.steps[0, 0]:  # the more it was rounded, the later, as a rule
        tries.reverse()
    return _least(
        unexplained(before, after, between, uncut=uncut) for before, after, between in tries
    )


def _least(strays: Iterable[float | None]) -> float | None:
    """The least of them, asked for one by one until one is a copy's; None where none tells."""
    found = []
    for share in strays:
        if share is not None:
            found.append(share)
            if share <= 1:
                break
    return min(found, default=None)


def unexplained(first: Stored, second: Stored, way: Matrix, *, uncut: bool = False) -> float | None:
    """How far `second` strays from `first` saved again; copies up to 1, None where nothing tells.

    `way` (3 × 3) leads from the second to the first, upright, in shares of width and height (see
    `shares`), within a pixel or so; it may mirror.
    """
    guesses = []
    framed = _nearly(way, np.rint(way), shares(*second.upright_size))
    for guess in (way,) if framed is None else (framed, way):
        pixels = first.upright @ np.linalg.inv(shares(*first.upright_size)) @ guess
        guesses.append(pixels @ shares(*second.upright_size) @ np.linalg.inv(second.upright))
    step = math.sqrt(abs(float(np.linalg.det(guesses[0][:2, :2]))))
    return _least(
        _in_file(first, second, guesses, (step, kernel) if kernel is not None else None, uncut)
        for kernel in (_KERNELS if step > _FINER else (None,))
    )


def _in_file(
    first: Stored,
    second: Stored,
    ways: list[Matrix],
    shrink: tuple[float, Image.Resampling] | None,
    uncut: bool,  # noqa: FBT001 - passed on
) -> float | None:
    """The same, by ways that lead from the one file's pixels to the other's."""
    colours = first.colours
    if shrink is not None:
        colours = _shrunk(colours, *shrink)
        to_coarse = np.linalg.inv(shares(*colours.shape[1::-1])) @ shares(*first.size)
        ways = [np.asarray(to_coarse @ way, np.float64) for way in ways]
    places = _tiles(*second.size, colours, ways[-1])
    if len(places) < _LEAST_TILES:
        return None
    kept = cv2.remap(second.colours, *_maps(places[:, 1:-1, 1:-1]), cv2.INTER_NEAREST)
    theirs = _luma(kept).reshape(-1, _TILE, _TILE)
    return _least(
        _left_over(colours, second, way, places, theirs, refined=refined, uncut=uncut)
        for way, refined in _guesses(ways, second.size)
    )


def _guesses(ways: list[Matrix], size: tuple[int, int]) -> list[tuple[Matrix, bool]]:
    """The ways a copy may lie, the likeliest first, and whether each is to be bettered.

    A copy that was only cut lies by whole pixels, one that was only resized edge on edge.
    """
    way = ways[-1] / ways[-1][2, 2]
    whole = np.eye(3)
    whole[:2, :2] = np.rint(way[:2, :2])
    middle = np.array([[(size[0] - 1) / 2, (size[1] - 1) / 2]])
    whole[:2, 2] = np.rint(_led(middle, way) - _led(middle, whole))[0]
    cut = _nearly(way, whole, np.eye(3), size) if abs(np.linalg.det(whole)) == 1 else None
    exact = [] if cut is None else [cut]
    exact += [framed for framed in ways[:-1] if cut is None or not np.allclose(framed, cut)]
    sure = any(_nearly(way, each, np.eye(3), size, _SURELY_PX) is not None for each in exact)
    return [*((each, False) for each in exact), *([] if sure else [(way, True)])]


def _nearly(
    way: Matrix,
    simple: Matrix,
    scale: Matrix,
    size: tuple[int, int] | None = None,
    within: float = _NEARLY_PX,
) -> Matrix | None:
    """The simpler way if it leads the corners to nearly the same places."""
    width, height = size or (round(1 / scale[0, 0]), round(1 / scale[1, 1]))
    corners = _led(
        np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)]), scale
    )
    away = (_led(corners, way) - _led(corners, simple)) / np.diag(scale)[:2]
    return simple if np.linalg.norm(away, axis=1).max() < within else None


def _left_over(
    colours: npt.NDArray[np.uint8],
    second: Stored,
    way: Matrix,
    places: Floats,
    theirs: Floats,
    *,
    refined: bool,
    uncut: bool,
) -> float | None:
    for left in (2, 1, 0) if refined else (0,):
        ours, telling = _relit(_sampled(colours, way, places), theirs)
        if telling.sum() < 16 * _LEAST_TILES:
            return None
        if left:
            way = way @ _missed(ours, theirs, telling, places, second.size)
    mixed = not np.array_equal(way, np.rint(way))
    if mixed:
        ours = _as_sharp(ours, theirs, telling)
    drawing = _DRAWING if mixed else 0.0
    mine, kept = _numbers(ours[:, 1:-1, 1:-1]), _numbers(theirs)
    shades = _strayed(mine, kept, telling, second, drawing=drawing)
    most = second.astray + _MIXED if mixed else _EXACT * second.astray
    most = max(most, _FRAMED) if uncut else most
    return None if shades is None else shades / most


def _shrunk(
    colours: npt.NDArray[np.uint8], step: float, kernel: Image.Resampling
) -> npt.NDArray[np.uint8]:
    height, width = colours.shape[:2]
    size = (max(1, round(width / step)), max(1, round(height / step)))
    return np.asarray(Image.fromarray(colours).resize(size, kernel))


def _tiles(width: int, height: int, colours: npt.NDArray[np.uint8], way: Matrix) -> Floats:
    """Pixels of the second picture to look at, tile by tile: tiles × rows × columns × (x, y)."""
    starts = np.stack(
        np.meshgrid(
            np.arange(0, width - _TILE + 1, _TILE), np.arange(0, height - _TILE + 1, _TILE)
        ),
        axis=-1,
    ).reshape(-1, 2)
    corners = starts[:, None, :] + np.array([(0, 0), (_TILE, 0), (_TILE, _TILE), (0, _TILE)])
    there = _led(corners.astype(np.float64), way)
    room = np.array([colours.shape[1], colours.shape[0]]) - 3
    starts = starts[((there >= 2) & (there <= room)).all(axis=(1, 2))]
    if len(starts) > _MOST_TILES:
        starts = starts[np.linspace(0, len(starts) - 1, _MOST_TILES).astype(int)]
    rows, columns = np.mgrid[-1 : _TILE + 1, -1 : _TILE + 1]
    within = np.stack([columns, rows], axis=-1)
    return np.asarray(starts[:, None, None, :] + within, np.float32)


def _led(points: npt.NDArray[Any], way: Matrix) -> Matrix:
    flat = cv2.perspectiveTransform(points.reshape(1, -1, 2).astype(np.float64), way)
    return np.asarray(flat, np.float64).reshape(points.shape)


def _maps(places: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    rows = places.reshape(-1, places.shape[2], 2).astype(np.float32)
    return np.ascontiguousarray(rows[..., 0]), np.ascontiguousarray(rows[..., 1])


def _luma(colours: npt.NDArray[Any]) -> Floats:
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(colours.astype(np.float32) @ weights, np.float32)


def _sampled(colours: npt.NDArray[np.uint8], way: Matrix, places: Floats) -> Floats:
    """The first picture's colours where the second's tiles lie."""
    found = cv2.remap(
        colours.astype(np.float32), *_maps(_led(places, way)), cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(found, np.float32).reshape(*places.shape[:3], 3)


def _relit(laid: Floats, theirs: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The first picture in the second's light, by one rule for all; which squares can tell.

    Burnt-out squares tell nothing, nor do those under a stamp.
    """
    mine = _squares(laid[:, 1:-1, 1:-1].min(axis=-1)), _squares(laid[:, 1:-1, 1:-1].max(axis=-1))
    shown = _squares(theirs)
    telling = (
        (mine[0].min(axis=(2, 3)) > 3)
        & (mine[1].max(axis=(2, 3)) < 252)
        & (shown.min(axis=(2, 3)) > 4)
        & (shown.max(axis=(2, 3)) < 251)
    )
    if not telling.any():
        return _luma(laid), telling
    traits = _traits(laid)
    means = _squares(traits[:, 1:-1, 1:-1]).mean(axis=(2, 3))
    wanted = shown.mean(axis=(2, 3))
    rule = _rule(means[telling].astype(np.float64), wanted[telling].astype(np.float64))
    ours = np.asarray(traits @ rule.astype(np.float32), np.float32)
    away = np.abs(_squares(ours[:, 1:-1, 1:-1]) - shown).mean(axis=(2, 3))
    telling &= away <= max(2.0, 3 * float(np.median(away[telling])))
    return ours, telling


def _traits(colours: Floats) -> Floats:
    """What the light of a changed picture may depend on."""
    luma = _luma(colours) / 128 - 1
    red, blue = colours[..., 0] / 128 - 1 - luma, colours[..., 2] / 128 - 1 - luma
    parts = (np.ones_like(luma), luma, luma**2, luma**3, red, blue, red * luma, blue * luma)
    return np.stack(parts, axis=-1)


def _rule(traits: Matrix, wanted: Matrix) -> Matrix:
    """The rule by which most squares go."""
    weights = np.ones(len(wanted))
    rule: Matrix = np.zeros(traits.shape[1])
    for _ in range(6):
        heavy = traits * weights[:, None]
        rule[:] = np.linalg.solve(
            heavy.T @ traits + 1e-6 * np.eye(traits.shape[1]), heavy.T @ wanted
        )
        weights = 1 / np.maximum(np.abs(wanted - traits @ rule), 0.5)
    return rule


def _missed(
    ours: Floats,
    theirs: Floats,
    telling: npt.NDArray[np.bool_],
    places: Floats,
    size: tuple[int, int],
) -> Matrix:
    """How the second's pixels have to be moved for the two to lie on each other still better."""
    rise = ours[:, 1:-1, 2:] - ours[:, 1:-1, :-2], ours[:, 2:, 1:-1] - ours[:, :-2, 1:-1]
    seen = np.kron(telling.reshape(-1, 4, 4), np.ones((1, 8, 8), bool))
    picked = np.flatnonzero(seen)[::3]
    x, y = (
        places[:, 1:-1, 1:-1, axis].ravel()[picked] / size[axis] - np.float32(0.5)
        for axis in (0, 1)
    )
    right, down = (part.ravel()[picked] / 2 for part in rise)
    sharp = _edge(ours).ravel()[picked]
    left = (theirs - ours[:, 1:-1, 1:-1]).ravel()[picked]
    parts = (right, right * x, right * y, down, down * x, down * y, sharp)
    columns = np.stack(parts, axis=1).astype(np.float64)
    heavy = columns / np.maximum(np.abs(left), 1.0)[:, None]
    found = np.linalg.solve(heavy.T @ columns + 1e-3 * np.eye(7), heavy.T @ left)
    width, height = size
    shift = np.eye(3)
    for row, (start, along, across) in enumerate((found[:3], found[3:6])):
        shift[row] += (along / width, across / height, start - (along + across) / 2)
    return shift


def _edge(ours: Floats) -> Floats:
    """What sharpening would add."""
    inner = ours[:, 1:-1, 1:-1]
    around = ours[:, 1:-1, 2:] + ours[:, 1:-1, :-2] + ours[:, 2:, 1:-1] + ours[:, :-2, 1:-1]
    return np.asarray(around - 4 * inner, np.float32)


def _as_sharp(ours: Floats, theirs: Floats, telling: npt.NDArray[np.bool_]) -> Floats:
    """The first picture as sharp as the second: every way to shrink leaves another sharpness."""
    edge = _edge(ours)
    seen = np.kron(telling.reshape(-1, 4, 4), np.ones((1, 8, 8), bool))
    left, adds = (theirs - ours[:, 1:-1, 1:-1])[seen], edge[seen]
    weights = 1 / np.maximum(np.abs(left), 1.0)
    share = float((weights * left * adds).sum() / ((weights * adds * adds).sum() + 1e-3))
    sharpened = ours.copy()
    sharpened[:, 1:-1, 1:-1] += share * edge
    return sharpened


def _squares(tiles: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Tiles cut into their 16 squares: tiles × squares × 8 × 8 (× what each pixel has)."""
    cut = tiles.reshape(len(tiles), 4, 8, 4, 8, *tiles.shape[3:]).swapaxes(2, 3)
    return cut.reshape(len(tiles), 16, 8, 8, *tiles.shape[3:])


def _numbers(tiles: Floats) -> Floats:
    """What JPEG keeps of each square, before it is rounded."""
    return np.asarray(_COSINES @ (_squares(tiles) - 128) @ _COSINES.T, np.float32)


def _strayed(
    ours: Floats,
    theirs: Floats,
    telling: npt.NDArray[np.bool_],
    file: Stored,
    *,
    drawing: float,
) -> float | None:
    """The likeliest deviation between what was foretold and what the file says.

    A number of nought in both says little, for all small ones are rounded to it.
    """
    drawn = np.sqrt(np.maximum((ours**2).sum(axis=(2, 3)) - ours[..., 0, 0] ** 2, 0))
    plain = telling & (drawn <= np.percentile(drawn[telling], 95 if drawing == 0 else 70))
    off, steps, spare = [], [], []
    for row, column in _LOW:
        foretold, step = ours[..., row, column], float(file.steps[row, column])
        kept = np.rint(theirs[..., row, column] / step)
        if row == column == 0:  # the light of a place may differ a little
            count = plain.sum(axis=1, keepdims=True)
            told = plain & (count >= 4)
            light = np.where(plain, kept * step - foretold, 0).sum(axis=1, keepdims=True)
            foretold = foretold + light / np.maximum(count, 1)
        else:
            told = plain & ((np.abs(foretold) > step / 2) | (kept != 0))
        off.append((kept * step - foretold)[told])
        steps.append(np.full(len(off[-1]), step, np.float32))
        spare.append((drawing * drawn[told]) ** 2 + file.loose**2)
    away, step_of, known = (np.concatenate(part) for part in (off, steps, spare))
    if len(away) < _LEAST_TOLD:
        return None
    chances = [
        np.log((1 - _STRAY) * _within(away, step_of, np.sqrt(shades**2 + known))
               + _STRAY * np.minimum(1, step_of / 60)).sum()
        for shades in _SHADES
    ]  # fmt: skip
    return float(_SHADES[int(np.argmax(chances))])


def _within(away: Floats, step: Floats, deviation: Floats) -> Floats:
    """The chance that a number so far away is still rounded to what was kept."""
    high, low = (np.tanh(0.8 * (away + side * step / 2) / deviation) for side in (1, -1))
    return np.asarray((high - low) / 2, np.float32)
