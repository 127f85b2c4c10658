"""Lay one photo over the tiles of another: where they lie, in whose light, and what JPEG keeps."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.stored import Stored, shares

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

TILE = 32  # four squares of JPEG; looked at in one piece, of light that may differ a little
_NEARLY_PX = 1.5  # so near to a simpler way, that one is tried first
_SURELY_PX = 0.2  # so near, it needs no other
_SHOWN = 0.985  # of a side what is shown whole takes at most: hands zoom so little as well
_BLACK, _WHITE = 3.5, 251.5
_OF_PIXELS, _OF_PIXELS_ASLANT = 3, 2  # one of so many has a say in how the two lie
COSINES = np.array(
    [
        [
            math.sqrt((1 if row == 0 else 2) / 8) * math.cos(math.pi * row * (2 * column + 1) / 16)
            for column in range(8)
        ]
        for row in range(8)
    ],
    np.float32,
)
"""Of JPEG: what a square of eight by eight is multiplied with from both sides."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The first picture over tiles of the second, in the second's light.

    `ours` has a pixel more round each tile than `theirs`; `telling` says which of its 16 squares
    can tell anything; `way` leads from the second file's pixels to the first's, and `places` are
    the second's.
    """

    ours: Floats
    theirs: Floats
    telling: npt.NDArray[np.bool_]
    way: Matrix
    places: Floats

    @property
    def mixed(self) -> bool:
        """Whether pixels had to be mixed anew, because they do not lie on each other."""
        return not np.array_equal(self.way, np.rint(self.way))


def file_ways(first: Stored, second: Stored, way: Matrix) -> list[Matrix]:
    """From the second file's pixels to the first's: edge on edge if that is near, and as found."""
    framed = nearly(way, np.rint(way), shares(*second.upright_size))
    ways = []
    for guess in (way,) if framed is None else (framed, way):
        pixels = first.upright @ np.linalg.inv(shares(*first.upright_size)) @ guess
        ways.append(pixels @ shares(*second.upright_size) @ np.linalg.inv(second.upright))
    shown = None if framed is not None else shown_whole(first.size, second.size, ways[-1])
    return ways if shown is None else [shown, *ways]


def shown_whole(size: tuple[int, int], screen: tuple[int, int], way: Matrix) -> Matrix | None:
    """The way if the second shows the whole first within itself, from one whole pixel to another.

    So do borders, and telephones' screens: how large, no picture tells to a tenth of a pixel.
    """
    width, height = size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    back = np.asarray(np.linalg.inv(way), np.float64)
    there = led(corners - 0.5, back) + 0.5
    ends = np.rint(np.sort(there, axis=0).reshape(2, 2, 2).mean(axis=1))
    whole = np.where(there < ends.mean(axis=0), ends[0], ends[1])
    within = (ends[0] >= 0).all() and (ends[1] <= screen).all()
    beside = (ends[1] - ends[0] <= _SHOWN * np.array(screen)).any()
    if not (within and beside) or np.abs(there - whole).max() >= _NEARLY_PX:
        return None
    return np.asarray(
        cv2.getPerspectiveTransform(
            (whole - 0.5).astype(np.float32), (corners - 0.5).astype(np.float32)
        ),
        np.float64,
    )


def step_of(way: Matrix) -> float:
    """How many pixels of the first go to one of the second, along a side."""
    return math.sqrt(abs(float(np.linalg.det(way[:2, :2]))))


def coarser(
    first: Stored, ways: list[Matrix], step: float, kernel: Image.Resampling
) -> tuple[npt.NDArray[np.uint8], list[Matrix]]:
    """The first picture shrunk by so much, and the ways to it."""
    colours = shrunk(first.colours, step, kernel)
    to_coarse = np.linalg.inv(shares(*colours.shape[1::-1])) @ shares(*first.size)
    return colours, [np.asarray(to_coarse @ way, np.float64) for way in ways]


def laid_ways(
    colours: npt.NDArray[np.uint8], second: Stored, ways: list[Matrix], *, most: int, least: int
) -> Iterator[Laid]:
    """The first picture's colours laid over the second in each likely way, the likeliest first.

    `most` and `least` are of tiles; where fewer can tell there is nothing.
    """
    places = tile_places(second.size, colours, ways[-1], most)
    if len(places) < least:
        return
    kept = kept_at(second, places)
    theirs = luma(kept)  # the bars of what lies aslant were measured so
    for guess, refined in likely_ways(ways, second.size):
        way, laid = guess, None
        for left in (2, 1, 0) if refined else (0,):
            ours, telling = relit(sampled(colours, way, places), kept, theirs)
            laid = None
            if telling.sum() < 16 * least:
                break
            if left:
                way = way @ missed(ours, theirs, telling, places, second.size)[0]
            laid = Laid(ours, theirs, telling, way, places)
        if laid is None:
            continue
        if laid.mixed:
            laid = replace(laid, ours=as_sharp(laid.ours, theirs, laid.telling))
        yield laid


def likely_ways(ways: list[Matrix], size: tuple[int, int]) -> list[tuple[Matrix, bool]]:
    """The ways a copy may lie, the likeliest first, and whether each is to be bettered.

    A copy that was only cut lies by whole pixels, one that was only resized edge on edge.
    """
    way = ways[-1] / ways[-1][2, 2]
    whole = np.eye(3)
    whole[:2, :2] = np.rint(way[:2, :2])
    middle = np.array([[(size[0] - 1) / 2, (size[1] - 1) / 2]])
    whole[:2, 2] = np.rint(led(middle, way) - led(middle, whole))[0]
    cut = nearly(way, whole, np.eye(3), size) if abs(np.linalg.det(whole)) == 1 else None
    exact = [] if cut is None else [cut]
    exact += [framed for framed in ways[:-1] if cut is None or not np.allclose(framed, cut)]
    sure = any(nearly(way, each, np.eye(3), size, _SURELY_PX) is not None for each in exact)
    return [*((each, False) for each in exact), *([] if sure else [(way, True)])]


def nearly(
    way: Matrix,
    simple: Matrix,
    scale: Matrix,
    size: tuple[int, int] | None = None,
    within: float = _NEARLY_PX,
) -> Matrix | None:
    """The simpler way if it leads the corners to nearly the same places."""
    width, height = size or (round(1 / scale[0, 0]), round(1 / scale[1, 1]))
    corners = led(
        np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)]), scale
    )
    away = (led(corners, way) - led(corners, simple)) / np.diag(scale)[:2]
    return simple if np.linalg.norm(away, axis=1).max() < within else None


def shrunk(
    colours: npt.NDArray[np.uint8], step: float, kernel: Image.Resampling
) -> npt.NDArray[np.uint8]:
    """The picture with so many times fewer pixels along each side."""
    height, width = colours.shape[:2]
    size = (max(1, round(width / step)), max(1, round(height / step)))
    return np.asarray(Image.fromarray(colours).resize(size, kernel))


def tile_places(
    size: tuple[int, int], colours: npt.NDArray[np.uint8], way: Matrix, most: int
) -> Floats:
    """Pixels of the second picture to look at, tile by tile: tiles × rows × columns × (x, y)."""
    across, down = (np.arange(0, side - TILE + 1, TILE) for side in size)
    starts = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    corners = starts[:, None, :] + np.array([(0, 0), (TILE, 0), (TILE, TILE), (0, TILE)])
    there = led(corners.astype(np.float64), way)
    room = np.array([colours.shape[1], colours.shape[0]]) - 3
    starts = starts[((there >= 2) & (there <= room)).all(axis=(1, 2))]
    if len(starts) > most:
        starts = starts[np.linspace(0, len(starts) - 1, most).astype(int)]
    rows, columns = np.mgrid[-1 : TILE + 1, -1 : TILE + 1]
    within = np.stack([columns, rows], axis=-1)
    return np.asarray(starts[:, None, None, :] + within, np.float32)


def led(points: npt.NDArray[Any], way: Matrix) -> Matrix:
    """Where a way leads points, the last axis being (x, y)."""
    if not points.size:  # a picture narrower than a tile has none, which OpenCV takes for a fault
        return points.astype(np.float64)
    flat = cv2.perspectiveTransform(points.reshape(1, -1, 2).astype(np.float64), way)
    return np.asarray(flat, np.float64).reshape(points.shape)


def maps(places: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """The places as OpenCV wants them: rows of x and of y."""
    rows = places.reshape(-1, places.shape[2], 2).astype(np.float32)
    return np.ascontiguousarray(rows[..., 0]), np.ascontiguousarray(rows[..., 1])


def kept_at(second: Stored, places: Floats) -> npt.NDArray[np.uint8]:
    """The second's colours at its own places, which have a pixel more round each tile."""
    kept = cv2.remap(second.colours, *maps(places[:, 1:-1, 1:-1]), cv2.INTER_NEAREST)
    return np.asarray(kept.reshape(-1, TILE, TILE, 3), np.uint8)


def luma(colours: npt.NDArray[Any]) -> Floats:
    """How bright colours are, as JPEG counts it: shades of 255."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(colours.astype(np.float32) @ weights, np.float32)


def whole_luma(colours: npt.NDArray[Any]) -> Floats:
    """The same in whole shades, as they go into a file and come out of it.

    Colours were made whole after them: told from these, a plain wall lies beside its own file by
    the same part of a shade all over, which is as much as quiet sensors differ by.
    """
    return np.asarray(np.rint(luma(colours)), np.float32)


def sampled(colours: npt.NDArray[np.uint8], way: Matrix, places: Floats) -> Floats:
    """The first picture's colours where the second's tiles lie."""
    found = cv2.remap(
        colours.astype(np.float32), *maps(led(places, way)), cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(found, np.float32).reshape(*places.shape[:3], 3)


def relit(
    laid: Floats, kept: npt.NDArray[np.uint8], theirs: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The first picture in the second's light, by one rule for all; which squares can tell.

    Burnt-out squares tell nothing, nor do those under a stamp. `kept` are the second's colours:
    a blue that brightening cut off is still far from white, and goes by no rule.
    """
    telling = unburnt(squares(laid[:, 1:-1, 1:-1])) & unburnt(squares(kept))
    shown = squares(theirs)
    if not telling.any():
        return luma(laid), telling
    traits = _traits(laid)
    means = squares(traits[:, 1:-1, 1:-1]).mean(axis=(2, 3))
    wanted = shown.mean(axis=(2, 3))
    rule = _rule(means[telling].astype(np.float64), wanted[telling].astype(np.float64))
    lit = np.asarray(traits @ rule.astype(np.float32), np.float32), luma(laid)
    strays = [np.abs(squares(each[:, 1:-1, 1:-1]) - shown).mean(axis=(2, 3)) for each in lit]
    # Whoever left the light as it was is nearest by no rule; a stamp's dark strip bends any.
    ours, away = min(
        zip(lit, strays, strict=True), key=lambda each: float(np.median(each[1][telling]))
    )
    telling &= away <= max(2.0, 3 * float(np.median(away[telling])))
    return ours, telling


def relit_alone(
    laid: Floats, kept: npt.NDArray[np.uint8], telling: npt.NDArray[np.bool_]
) -> Floats:
    """The first picture's shades where each of its colours was made brighter alone, and whole."""
    mine, shown = (squares(each).mean(axis=(2, 3))[telling] for each in (laid, kept))
    lit = np.empty_like(laid)
    for colour in range(3):
        powers = np.stack([np.ones(len(mine)), mine[:, colour] / 128 - 1], axis=-1)
        start, slope = _rule(powers.astype(np.float64), shown[:, colour].astype(np.float64))
        lit[..., colour] = np.rint(start + slope * (laid[..., colour] / 128 - 1))
    return whole_luma(lit.clip(0, 255))


def unburnt(cut: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which squares (… × rows × columns × colours) have nothing that was cut off at black or white.

    What was cut off there is no longer what the file keeps.
    """
    sides = (-3, -2, -1)
    return np.asarray((cut.min(axis=sides) > _BLACK) & (cut.max(axis=sides) < _WHITE), np.bool_)


def _traits(colours: Floats) -> Floats:
    """What the light of a changed picture may depend on."""
    grey = luma(colours) / 128 - 1
    red, blue = colours[..., 0] / 128 - 1 - grey, colours[..., 2] / 128 - 1 - grey
    parts = (np.ones_like(grey), grey, grey**2, grey**3, red, blue, red * grey, blue * grey)
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


def missed(
    ours: Floats,
    theirs: Floats,
    telling: npt.NDArray[np.bool_],
    places: Floats,
    size: tuple[int, int],
    *,
    aslant: bool = False,
) -> tuple[Matrix, float]:
    """How the second's pixels have to be moved for the two to lie on each other still better.

    Beside it, by how many pixels that moves the picture anywhere, at most. What may lie `aslant`
    is led by eight numbers instead of six.
    """
    rise = ours[:, 1:-1, 2:] - ours[:, 1:-1, :-2], ours[:, 2:, 1:-1] - ours[:, :-2, 1:-1]
    picked = np.flatnonzero(seen_of(telling))[:: _OF_PIXELS_ASLANT if aslant else _OF_PIXELS]
    middle = np.array(size) / 2
    x, y = (
        (places[:, 1:-1, 1:-1, axis].ravel()[picked] - middle[axis]) / size[0] for axis in (0, 1)
    )
    right, down = (part.ravel()[picked] / 2 for part in rise)
    parts = [right, right * x, right * y, down, down * x, down * y]
    if aslant:
        far = right * x + down * y
        parts += [far * x, far * y]
    moving = len(parts)
    columns = np.stack([*parts, edge_of(ours).ravel()[picked]], axis=1).astype(np.float64)
    left = (theirs - ours[:, 1:-1, 1:-1]).ravel()[picked]
    heavy = columns / np.maximum(np.abs(left), 1.0)[:, None]
    found = np.linalg.solve(heavy.T @ columns + 1e-3 * np.eye(moving + 1), heavy.T @ left)[:moving]
    unit = np.array([[1 / size[0], 0, -middle[0] / size[0]], [0, 1 / size[0], -middle[1] / size[0]],
                     [0, 0, 1]])  # fmt: skip
    shift = np.eye(3)
    shift[0] += np.array([found[1], found[2], found[0]]) / size[0]
    shift[1] += np.array([found[4], found[5], found[3]]) / size[0]
    shift[2, :2] -= np.append(found, (0, 0))[6:8] / size[0]
    return np.linalg.inv(unit) @ shift @ unit, float(np.abs(found).max())


def seen_of(telling: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which pixels of the tiles lie in squares that tell something."""
    return np.asarray(np.kron(telling.reshape(-1, 4, 4), np.ones((1, 8, 8), bool)), np.bool_)


def edge_of(ours: Floats) -> Floats:
    """What sharpening would add."""
    inner = ours[:, 1:-1, 1:-1]
    around = ours[:, 1:-1, 2:] + ours[:, 1:-1, :-2] + ours[:, 2:, 1:-1] + ours[:, :-2, 1:-1]
    return np.asarray(around - 4 * inner, np.float32)


def as_sharp(ours: Floats, theirs: Floats, telling: npt.NDArray[np.bool_]) -> Floats:
    """The first picture as sharp as the second: every way to shrink leaves another sharpness."""
    edge = edge_of(ours)
    seen = seen_of(telling)
    left, adds = (theirs - ours[:, 1:-1, 1:-1])[seen], edge[seen]
    weights = 1 / np.maximum(np.abs(left), 1.0)
    share = float((weights * left * adds).sum() / ((weights * adds * adds).sum() + 1e-3))
    sharpened = ours.copy()
    sharpened[:, 1:-1, 1:-1] += share * edge
    return sharpened


def squares(cut: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Tiles cut into their 16 squares: tiles × squares × 8 × 8 (× what each pixel has)."""
    parted = cut.reshape(len(cut), 4, 8, 4, 8, *cut.shape[3:]).swapaxes(2, 3)
    return parted.reshape(len(cut), 16, 8, 8, *cut.shape[3:])


def numbers(cut: Floats) -> Floats:
    """What JPEG keeps of each square, before it is rounded."""
    return np.asarray(COSINES @ (squares(cut) - 128) @ COSINES.T, np.float32)
