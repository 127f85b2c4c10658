"""Find what is stretched or stands before writing: a wire, a rope, a pole that crosses a line.

Such a thing goes straight on above and below the line, in one colour, and is narrow; no stroke of a
character does. A digit behind it may look like another one, surely (C0028 behind a pole like
C0023), so what is crossed is not believed as it stands.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from server.media.reading.text_models import Pixels
from server.policy.signs.lines import DOUBTFUL, HIDDEN, Glyph, Line, Quad

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

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


class Crossing(NamedTuple):
    """A narrow thing across a line: `at` is where (0 to 1 along it), `width` a share of its height.

    `corners` are the strip of the picture that it hides.
    """

    at: float
    width: float
    corners: Matrix


def crossing(picture: Pixels, quad: Quad, *, vertical: bool = False) -> Crossing | None:
    """The plainest thing that crosses a line of writing, None where nothing does."""
    way, flat, long = laid_level(picture, quad, vertical=vertical)
    high, wide = flat.shape[:2]
    first, last, middle = int(SIDE * TALL), int(SIDE * TALL + long), TALL * (_BEYOND + 0.5)
    off, need = off_ground(flat, slice(first, last))
    seen = np.linalg.norm(off, axis=2)
    marked = [seen[rows(each)].mean(axis=0) >= need for each in _OUTER]
    if not all(each.any() for each in marked):
        return None
    down = np.repeat(np.arange(high, dtype=np.float32)[:, None], wide, axis=1)
    best, x, slant, across = 0.0, 0, 0.0, np.zeros(wide, np.float32)
    for lean in _likely_slants(marked, slice(first, last)):
        along = (np.arange(wide) + lean * (down - middle)).astype(np.float32)
        laid = cv2.remap(off, along, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        outer = np.stack([laid[rows(each)].mean(axis=0) for each in _OUTER])
        colour = np.median(outer, axis=0)
        colour /= np.linalg.norm(colour, axis=1, keepdims=True) + 1e-6
        plain = (outer * colour).sum(axis=2).min(axis=0)
        plain[:first] = plain[last:] = 0
        if plain.max() <= max(best, need):
            continue
        inner = np.stack([laid[rows(each)].mean(axis=0) for each in _INNER])
        # One of the bands between may be lost on ink of another colour.
        plain = np.minimum(plain, 1.3 * np.sort((inner * colour).sum(axis=2), axis=0)[1])
        at = int(plain.argmax())
        if plain[at] > best:
            best, x, slant = float(plain[at]), at, lean
            across = np.median(outer @ colour[at], axis=0)
    if best < need:
        return None
    start, end = _reach(across > _WHOLE * across[x], x)
    width = (end - start + 1) / TALL
    if start == 0 or end == wide - 1 or width > _WIDEST:  # a shadow's edge, the board's end
        return None
    left, right, above, below = start - 0.7, end + 0.7, -6.0, high + 6.0
    ends = [(left, above), (right, above), (right, below), (left, below)]
    back = cv2.invertAffineTransform(way)
    strip = np.array([(edge + slant * (y - middle), y) for edge, y in ends])
    corners = np.asarray(strip @ back[:, :2].T + back[:, 2], np.float64)
    return Crossing(((start + end) / 2 - first) / long, width, corners)


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
    columns = np.arange(len(marked[0]))
    wider = [np.convolve(each, np.ones(3), "same") > 0 for each in marked]
    likely = []
    for slant in _SLANTS:
        met = np.ones(len(columns), bool)
        for each, (start, end) in zip(wider, _OUTER, strict=True):
            away = slant * TALL * ((start + end) / 2 - 0.5)
            met &= each[np.rint(columns + away).astype(int).clip(0, len(columns) - 1)]
        if met[within].any():
            likely.append(float(slant))
    return likely


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
