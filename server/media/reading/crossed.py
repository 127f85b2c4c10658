"""Find what is stretched or stands before writing: a wire, a rope, a pole that crosses a line.

Such a thing goes straight on above and below the line, in one colour, and is narrow; no stroke of a
character does. A digit behind it may look like another one, surely (C0028 behind a pole like
C0023), so what is crossed is not believed as it stands.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from server.media.reading.text_models import Pixels
from server.policy.signs.lines import DOUBTFUL, HIDDEN, Glyph, Line, Quad
from server.policy.signs.number import NumberRead, best_number, beyond_doubt

THIN = 0.16
"""Of a line's height: what is wider hides too much of a digit to be taken away and read again."""
HIDES = 0.4
"""Behind something so wide two characters may look like one: 三张 like 长."""
_RIGHT_BEHIND = 0.1  # of a line's height beyond what hides, a character's middle

TALL = 28  # pixels of a line's quad, in which digits fill about half
_BEYOND = 0.3  # of it that is looked at above and below
SIDE = 1.0  # and before and behind
_SLANTS = np.tan(np.radians(np.arange(-54, 55, 3)))
_OUTER = ((-0.24, -0.12), (-0.12, 0.0), (0.0, 0.11), (0.89, 1.0), (1.0, 1.12), (1.12, 1.24))
_INNER = tuple((0.11 + 0.13 * step, 0.24 + 0.13 * step) for step in range(6))
_OF_INK, _OF_NOISE, _LEAST_INK = 0.16, 3.0, 6.0
_WHOLE = 0.4  # of its own contrast ends a crossing thing to the sides
_WIDEST = 0.9
_MIDDLE = TALL * (_BEYOND + 0.5)
_BLURRED = 1.0  # pixels beyond its edge that it may still change
_TIMES, _ROOM, _PAINT = 3, 12, 5  # of a line painted over: larger, pixels about it, their reach
SHADED = 0.3
"""Of a line's height: what is narrower, and has writing inside, may be two wires or a branch."""
LIT = THIN
"""Down to so little it is shade or a fold all the same where it is the ground in another light."""
_GOES_ON, _LIVELY, _SAME_WAY, _FEW = 0.45, 0.2, 0.8, 8
_LIVELY_LIT, _HUE, _LIGHT, _EVEN = 0.3, 0.99, (0.5, 1.7), 0.5

Read = Callable[[Pixels, list[Quad]], list[Line]]
Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


class Crossing(NamedTuple):
    """A narrow thing across a line: `at` is where (0 to 1 along it), `width` a share of its height.

    `corners` are the strip of the picture that it hides.
    """

    at: float
    width: float
    corners: Matrix


def crossing(
    picture: Pixels,
    quad: Quad,
    *,
    vertical: bool = False,
    behind: float = 0.0,
    until: float = math.inf,
) -> Crossing | None:
    """The plainest thing that crosses a line of writing, None where nothing does.

    What ends before `behind` (0 to 1 along it), or begins after `until`, is passed over.
    """
    way, flat, long = laid_level(picture, quad, vertical=vertical)
    high, wide = flat.shape[:2]
    within = slice(int(SIDE * TALL), int(SIDE * TALL + long))
    off, need = off_ground(flat, within)
    seen = np.linalg.norm(off, axis=2)
    edges = [flat[rows(each)].reshape(-1, 3) for each in ((-0.1, 0.1), (0.9, 1.1))]
    ground = np.asarray(np.median(np.concatenate(edges), axis=0), np.float32)
    marked = [seen[rows(each)].mean(axis=0) >= need for each in _OUTER]
    if not all(each.any() for each in marked):
        return None
    slants = _likely_slants(marked, within)
    free = np.zeros(wide, bool)
    free[within] = True
    while (found := _plainest(off, slants, free, need)) is not None:
        start, end = found.start, found.end
        width = (end - start + 1) / TALL
        if start == 0 or end == wide - 1 or width > _WIDEST:  # a shadow's edge, the board's end
            return None
        last = (end + abs(found.slant) * TALL / 2 + _BLURRED - within.start) / long
        first = (start - abs(found.slant) * TALL / 4 - within.start) / long  # digits fill half
        touches = last >= behind and first <= until
        if touches and (width < LIT or not _is_shade(off, found, within, ground)):
            break
        free[start : end + 1] = False  # a wire may cross elsewhere
    else:
        return None
    left, right, above, below = start - 0.7, end + 0.7, -6.0, high + 6.0
    ends = [(left, above), (right, above), (right, below), (left, below)]
    back = cv2.invertAffineTransform(way)
    strip = np.array([(edge + found.slant * (y - _MIDDLE), y) for edge, y in ends])
    corners = np.asarray(strip @ back[:, :2].T + back[:, 2], np.float64)
    return Crossing(((start + end) / 2 - within.start) / long, width, corners)


class _Stripe(NamedTuple):
    """What may cross: its slant, and its first and last pixel at the line's middle."""

    slant: float
    start: int
    end: int


def _plainest(
    off: Floats, slants: list[float], free: npt.NDArray[np.bool_], need: float
) -> _Stripe | None:
    """The plainest stripe through a `free` place that tells as much as is needed."""
    best, found = 0.0, None
    for slant in slants:
        laid = _leant(off, slant)
        outer = np.stack([laid[rows(each)].mean(axis=0) for each in _OUTER])
        colour = np.median(outer, axis=0)
        colour /= np.linalg.norm(colour, axis=1, keepdims=True) + 1e-6
        plain = (outer * colour).sum(axis=2).min(axis=0)
        plain[~free] = 0
        if plain.max() <= max(best, need):
            continue
        inner = np.stack([laid[rows(each)].mean(axis=0) for each in _INNER])
        # One of the bands between may be lost on ink of another colour.
        plain = np.minimum(plain, 1.3 * np.sort((inner * colour).sum(axis=2), axis=0)[1])
        x = int(plain.argmax())
        if plain[x] > best:
            best = float(plain[x])
            across = np.median(outer @ colour[x], axis=0)
            found = _Stripe(slant, *_reach(across > _WHOLE * across[x], x))
    return found if best >= need else None


def _leant(off: Floats, slant: float) -> Floats:
    """A strip with what leans so standing upright; the line's middle stays where it is."""
    high, wide = off.shape[:2]
    down = np.repeat(np.arange(high, dtype=np.float32)[:, None], wide, axis=1)
    along = (np.arange(wide) + slant * (down - _MIDDLE)).astype(np.float32)
    laid = cv2.remap(off, along, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.float32)


def _is_shade(off: Floats, found: _Stripe, within: slice, ground: Floats) -> bool:
    """Whether the writing goes on inside a stripe: shade, a fold or rust, and nothing before it.

    Its ink lies as far from the stripe as from the ground beside, and the same way; bark and leaves
    are as lively above and below the line as on it.
    """
    laid = _leant(off, found.slant)
    bare = np.concatenate([laid[rows(each)] for each in _OUTER])
    own = np.median(bare, axis=0)
    written = laid[rows((0.25, 0.75))] - own
    far = np.linalg.norm(written, axis=2)
    aside = max(1, (found.end - found.start) // 4)  # the edges are half the ground's
    inside = slice(found.start + aside, found.end + 1 - aside)
    lit = _is_lit(own[found.start : found.end + 1], own[inside], ground)
    if not lit and found.end - found.start + 1 < SHADED * TALL:
        return False
    beside = np.zeros(off.shape[1], bool)
    beside[within] = True
    beside[max(0, found.start - 2) : found.end + 3] = False
    if beside.sum() < _FEW:
        return False
    ink, inks = (float(np.percentile(each, 90)) for each in (far[:, beside], far[:, inside]))
    lively = float(np.percentile(np.abs(bare[:, inside] - own[inside]).max(axis=2), 90))
    ways = [
        np.median(written[:, each][far[:, each] >= least], axis=0)
        for each, least in ((beside, ink), (inside, inks))
    ]
    same = float(ways[0] @ ways[1]) / (float(np.prod([np.linalg.norm(way) for way in ways])) + 1e-6)
    most = _LIVELY_LIT if lit else _LIVELY
    return inks >= _GOES_ON * ink and lively <= most * ink and same >= _SAME_WAY


def _is_lit(own: Floats, inside: Floats, ground: Floats) -> bool:
    """Whether a stripe is the ground in another light: of its hue everywhere, and all across."""
    seen = ground + own
    lengths = np.linalg.norm(seen, axis=1) * np.linalg.norm(ground)
    hue = float((seen @ ground / (lengths + 1e-6)).min())  # nor does a wire stand inside
    light = float(np.linalg.norm(ground + inside.mean(axis=0))) / max(
        1.0, float(np.linalg.norm(ground))
    )
    across = inside @ inside.mean(axis=0)
    even = bool(across.min() >= _EVEN * across.max())  # not so between two wires
    return even and hue >= _HUE and _LIGHT[0] <= light <= _LIGHT[1]


def taken_away(picture: Pixels, found: Crossing) -> Pixels:
    """The picture with what crosses painted over from both sides; only about the line."""
    low = np.maximum(np.floor(found.corners.min(axis=0)).astype(int) - 6, 0)
    high = np.ceil(found.corners.max(axis=0)).astype(int) + 6
    part = np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]])
    hidden = np.zeros(part.shape[:2], np.uint8)
    cv2.fillPoly(hidden, [np.rint((found.corners - low) * 16).astype(np.int32)], 255, shift=4)
    made = picture.copy()
    made[low[1] : high[1], low[0] : high[0]] = cv2.inpaint(part, hidden, 3, cv2.INPAINT_TELEA)
    return made


def taken_away_large(picture: Pixels, quad: Quad, found: Crossing) -> tuple[Pixels, Quad]:
    """A line three times as large with what crosses it painted over, and its corners there.

    Where a wire is as wide as a stroke, the paint of single pixels takes a stroke's end with it.
    """
    corners = np.asarray(quad, np.float64)
    all_ = np.concatenate([found.corners, corners])
    low = np.maximum(np.floor(all_.min(axis=0)).astype(int) - _ROOM, 0)
    high = np.ceil(all_.max(axis=0)).astype(int) + _ROOM
    part = picture[low[1] : high[1], low[0] : high[0]]
    size = (part.shape[1] * _TIMES, part.shape[0] * _TIMES)
    large = cv2.resize(part, size, interpolation=cv2.INTER_LANCZOS4)
    strip, placed = ((each - low + 0.5) * _TIMES - 0.5 for each in (found.corners, corners))
    hidden = np.zeros(large.shape[:2], np.uint8)
    cv2.fillPoly(hidden, [np.rint(strip * 16).astype(np.int32)], 255, shift=4)
    made = np.asarray(cv2.inpaint(large, hidden, _PAINT, cv2.INPAINT_TELEA), np.uint8)
    first, second, third, fourth = ((float(x), float(y)) for x, y in placed)
    return made, (first, second, third, fourth)


def is_same_without(read: Read, picture: Pixels, number: NumberRead, found: Crossing) -> bool:
    """Whether a number is read again beyond doubt once what crosses it is painted over.

    As it stands, or else enlarged where the former look read nothing else.
    """
    small = best_number(read(taken_away(picture, found), [number.quad]))
    if small is not None and (small.text != number.text or beyond_doubt(small)):
        return small.text == number.text
    made, quad = taken_away_large(picture, number.quad, found)
    large = best_number(read(made, [quad]))
    return large is not None and large.text == number.text and beyond_doubt(large)


def doubted(picture: Pixels, line: Line) -> Line:
    """A line whose characters are no surer than `DOUBTFUL` where something crosses them.

    Those right behind something wide say nothing at all.
    """
    found = crossing(picture, line.quad, vertical=line.vertical)
    if found is None:
        return line
    size = line.glyph_px / max(1.0, _length(line))
    reach = (0.5 + found.width / 2) * size + 0.01
    behind = (_RIGHT_BEHIND + found.width / 2) * size if found.width >= HIDES else -1.0

    def seen(glyph: Glyph) -> Glyph:
        away = abs(glyph.at - found.at)
        if away <= behind:  # nor may what else it may be speak in its place
            return glyph._replace(probability=HIDDEN, others=())
        most = DOUBTFUL if away <= reach else 1.0
        return glyph._replace(probability=min(glyph.probability, most))

    return line._replace(glyphs=tuple(map(seen, line.glyphs)))


def _length(line: Line) -> float:
    start, end = (line.quad[0], line.quad[3]) if line.vertical else line.quad[:2]
    return float(np.linalg.norm(np.subtract(end, start)))


def laid_level(picture: Pixels, quad: Quad, *, vertical: bool) -> tuple[Matrix, Pixels, float]:
    """A line with what is round it, laid level at one height; the way there, and its length."""
    corners = np.asarray(quad, np.float64)[[0, 3, 2, 1] if vertical else [0, 1, 2, 3]]
    along = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    down = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    tall = max(1.0, float(np.linalg.norm(down)))
    ahead = along / max(1.0, float(np.linalg.norm(along)))
    long = float(np.linalg.norm(along)) * TALL / tall
    size = (int(long + 2 * SIDE * TALL), int(TALL * (1 + 2 * _BEYOND)))
    origin = corners[0] - ahead * SIDE * tall - _BEYOND * down
    here = np.array(
        [origin, origin + ahead * size[0] * tall / TALL, origin + down * size[1] / TALL],
        np.float32,
    )
    there = np.array([(0, 0), (size[0], 0), (0, size[1])], np.float32)
    way = np.asarray(cv2.getAffineTransform(here, there), np.float64)
    flat = cv2.warpAffine(
        picture, way, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return way, np.asarray(flat, np.uint8), long


def _likely_slants(marked: list[npt.NDArray[np.bool_]], within: slice) -> list[float]:
    """The slants at which marks of all bands stand behind each other anywhere in the line."""
    wider = np.stack([np.convolve(each, np.ones(3), "same") > 0 for each in marked])
    middles = np.array([(start + end) / 2 - 0.5 for start, end in _OUTER])
    away = _SLANTS[:, None, None] * TALL * middles[:, None]
    columns = np.rint(np.arange(len(marked[0])) + away).astype(int)
    met = wider[np.arange(len(_OUTER))[:, None], columns.clip(0, len(marked[0]) - 1)].all(axis=1)
    return [float(slant) for slant, at in zip(_SLANTS, met, strict=True) if at[within].any()]


def rows(band: tuple[float, float]) -> slice:
    """The pixels of a strip laid level between two shares of its line: 0 its top, 1 its foot."""
    start, end = (round(TALL * (_BEYOND + share)) for share in band)
    return slice(start, end)


def off_ground(
    flat: Pixels, within: slice, about: slice = slice(None), beyond: float = 0.1
) -> tuple[Floats, float]:
    """By how much each pixel differs from the ground, and how much tells: of the ink, of specks.

    The ink is what stands `within`; the ground is taken from the columns `about`, at the line's
    edges and so far `beyond` them.
    """
    soft = cv2.GaussianBlur(flat, (0, 0), 0.6).astype(np.float32)
    above, below = (
        np.median(soft[rows(band), about].reshape(-1, 3), axis=0)
        for band in ((-beyond, 0.1), (0.9, 1 + beyond))
    )
    share = ((np.arange(len(flat)) / TALL - _BEYOND).clip(0, 1))[:, None, None]
    off = np.asarray(soft - (above * (1 - share) + below * share), np.float32)
    written = np.linalg.norm(off[rows((0.25, 0.75)), within], axis=2)
    ink = max(_LEAST_INK, float(np.percentile(written, 90)))
    specks = np.concatenate([off[rows(band), about].ravel() for band in _OUTER[1:-1]])
    return off, max(_OF_INK * ink, _OF_NOISE * 1.48 * float(np.median(np.abs(specks))))


def _reach(on: npt.NDArray[np.bool_], at: int) -> tuple[int, int]:
    """The first and last of the run of true ones round a place."""
    off = np.flatnonzero(~on)
    before, behind = off[off < at], off[off > at]
    return (int(before[-1]) + 1 if len(before) else 0), (
        int(behind[0]) - 1 if len(behind) else len(on) - 1
    )
