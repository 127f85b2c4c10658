"""Writing that the picture's edge cuts and that nobody read: slices of a row, on any ground.

A limit may hang above or below a board (周日休息), and of what the edge leaves of it no line is
found. Its strokes show all the same: narrow, in one ink, close together, on one plain ground, and
not far from the edge they end.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from server.media.reading.colours import apart
from server.media.reading.strangers import DARK, Floats, Look
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line, hull

Span = tuple[int, int]
Bits = npt.NDArray[np.bool_]

_RIM, _ROW_OFF, _STRIP_OFF = 3, 2.0, 3.2
_SAME_COLOUR, _DARKER = 0.035, 40.0
_INKED, _FEW, _MANY = 0.4, 0.03, 0.6
_EVEN, _EVEN_SHARE, _EVENLY, _TWO_SIDED = 12.0, 0.12, 0.65, 0.2
_EDGE = 0.1
"""Of the height of writing: no further a letter's own edge or shadow lies from it."""
_WALL, _THREE, _LEFT = 0.8, 3, 0.7
"""Wider, or fewer, they are what shows beside a board that leans, or a frame."""
_AT_EDGE, _ASIDE = 0.15, 1.0
"""A line so near the edge was read and says for itself; so far beside the board one may begin."""
_SHRUNK = 20
_BELIEVED, _WHOLE, _FEWEST, _NEAR = 0.97, 0.7, 2, 1.5
"""What was read of slices is not, if it stands so many rows off."""
_SIZES = (1.0, 0.45)
"""Of the board's writing: strips are often smaller."""
_DEPTHS = (0.0, 0.06, 0.14, 0.25)
_ROUND, _STROKE, _GAP, _STROKES, _SHORTEST = 1.6, 0.45, 1.0, 4, 1.5
_APART, _FEWEST_GAPS, _MANY_GAPS = 0.4, 3, 5
_STEPS_FEW, _STEPS_MANY = (0.8, 0.06), (0.5, 0.15)
"""Joints of bricks and tiles come at so even steps, wider than the strokes of a character do."""
_MANY_STROKES, _BARE = 8, 2.2
"""Fewer strokes are twigs where the ground behind them goes on further than a strip's would."""
_FEWEST_FAINT, _CLEARLY = 6, 15.0
"""In the dark fewer are grain."""
_FAINT, _CLEAR, _OF_OURS = 12.0, 35.0, 0.3
_ONE_INK, _ALIKE, _PLAIN = 30.0, 0.7, 0.85
_VISIBLE, _AS_OURS = 40.0, 0.5
_MARGIN, _QUIET, _NOISE = 0.4, 10.0, 0.6
_DEEP, _ENDED, _STEP = 1.5, 0.97, 0.05


class _Side(NamedTuple):
    """The picture as seen from its upper or lower edge, as wide as the board and a little more."""

    band: Pixels
    space: float
    """How far off the board's first row is."""
    tall: float
    aside: Span
    """How much of it lies beside the board, on either hand."""
    read: Sequence[Span]
    """Where lines that were read stand close to the edge."""

    shrunk_by: int = 1

    def row(self, depth: int) -> Floats:
        """A row of pixels so deep in the picture, with the next ones against noise."""
        found: Floats = self.band[depth : depth + _RIM].astype(np.float64).mean(axis=0)
        if self.shrunk_by == 1:
            return found
        whole = len(found) // self.shrunk_by * self.shrunk_by
        shrunk: Floats = found[:whole].reshape(-1, self.shrunk_by, 3).mean(axis=1)
        return shrunk

    def shrunk(self, size: int) -> "_Side":
        """The same for writing so high, each row shrunken until that is _SHRUNK of its pixels."""
        by = max(1, round(size / _SHRUNK))
        read = [(start // by, end // by) for start, end in self.read]
        return self._replace(tall=size / by, read=read, shrunk_by=by)

    def unread(self) -> Bits:
        """Where the board is and no line was read."""
        free = np.ones(self.band.shape[1], np.bool_)
        free[: self.aside[0]] = free[len(free) - self.aside[1] :] = False
        for start, end in self.read:
            free[max(0, start) : max(0, end)] = False
        return free


class _Wanted(NamedTuple):
    """How plain the ground must be, and how far the ink must lie from it."""

    noise: float
    visible: float
    ours: Floats
    """The board's own ground, on which a row of its own may stand."""


def is_cut_unread(picture: Pixels, lines: Sequence[Line], board: Sequence[Line], own: Look) -> bool:
    """Whether the upper or the lower edge leaves bits of writing near a board that nobody read.

    `own` is the line with the board's times, `board` are all of its lines.
    """
    contrast = float(np.abs(own.ground - own.ink).mean())
    return any(_misread(line, board, own.line, picture.shape[0]) for line in lines) or any(
        _inked(side, own, contrast) or _is_written(side, own, contrast)
        for side in _sides(picture, lines, board, own.line)
    )


def _sides(
    picture: Pixels, lines: Sequence[Line], board: Sequence[Line], anchor: Line
) -> Iterator[_Side]:
    height, width = picture.shape[:2]
    left, _, right, _ = hull([line.quad for line in board])
    for band, upper in ((picture, True), (picture[::-1], False)):
        off = {line.quad: _off(line, height, upper=upper) for line in [*lines, *board]}
        nearest = min(board, key=lambda line: off[line.quad])
        tall = max(anchor.glyph_px, nearest.glyph_px)
        start = max(0, round(left - _ASIDE * tall))
        end = min(width, round(right + _ASIDE * tall))
        if off[nearest.quad] > _STRIP_OFF * tall or end - start < tall:
            continue
        at_edge = [line for line in lines if off[line.quad] < _AT_EDGE * line.glyph_px]
        boxes = [hull([line.quad]) for line in at_edge if _is_believed(line, anchor)]
        read = [(round(box[0]) - start, round(box[2]) - start) for box in boxes]
        aside = max(0, round(left) - start), max(0, end - round(right))
        yield _Side(band[:, start:end], off[nearest.quad], tall, aside, read)


def _misread(line: Line, board: Sequence[Line], anchor: Line, height: int) -> bool:
    """Whether a line above or below the board is read of slices: 今日盘点 as 今口舟占.

    Not what stands as far off as another board would.
    """
    if line in board or _is_believed(line, anchor) or len(line.glyphs) < _FEWEST:
        return False
    left, top, right, below = hull([line.quad])
    left2, top2, right2, below2 = hull([one.quad for one in board])
    reaches = min(top, height - below) < _AT_EDGE * line.glyph_px
    over = min(right, right2) - max(left, left2) > (right - left) / 2
    return reaches and over and max(top - below2, top2 - below) < _NEAR * anchor.glyph_px


def _is_believed(line: Line, anchor: Line) -> bool:
    """Whether a line at the edge was read for what it is: slices are low, and read in doubt."""
    return line.confidence >= _BELIEVED or line.glyph_px >= _WHOLE * anchor.glyph_px


def _off(line: Line, height: int, *, upper: bool) -> float:
    box = hull([line.quad])
    return box[1] if upper else height - box[3]


def _inked(side: _Side, own: Look, contrast: float) -> bool:
    """Whether on the board's own ground a few marks reach the edge, however far apart."""
    row = side.row(0)[side.unread()]
    if not len(row) or side.space > _ROW_OFF * side.tall or contrast <= _DARKER:
        return False
    ground = np.median(row, axis=0)
    same = (
        apart(ground, own.ground, DARK) < _SAME_COLOUR and abs(ground - own.ground).mean() < _DARKER
    )
    away = np.abs(row - ground).mean(axis=1)
    bare = away[away <= _INKED * contrast]
    if (bare < max(_EVEN, _EVEN_SHARE * contrast)).mean() < _EVENLY:
        return False  # leaves, stones: no board has such a ground
    inked = away > _INKED * contrast
    lighter = (row - ground).mean(axis=1) > 0
    share = lighter[inked].mean() if inked.any() else 0.0
    if _TWO_SIDED < share < 1 - _TWO_SIDED and not _outlined(inked, lighter, side.tall):
        return False  # a wall's own shades: writing is lighter than its ground, or darker
    marks = _runs(inked)
    narrow = [end - start for start, end in marks if end - start < _WALL * side.tall]
    few = same and len(narrow) >= _THREE and _FEW < sum(narrow) / len(row) < _MANY
    return bool(few and not _goes_on(side, ground, _INKED * contrast))


def _outlined(inked: Bits, lighter: Bits, tall: float) -> bool:
    """Whether most lighter marks have a darker one close by: letters with an edge or a shadow."""
    light, dark = _runs(inked & lighter), _runs(inked & ~lighter)
    edged = [
        any(start - end2 < _EDGE * tall and start2 - end < _EDGE * tall for start2, end2 in dark)
        for start, end in light
    ]
    return 2 * sum(edged) > len(edged)


def _goes_on(side: _Side, ground: Floats, shade: float) -> bool:
    """Whether what lies along the edge is as much further in: stripes of shade, no writing."""
    deep = range(0, int(min(_DEEP * side.tall, side.space - _RIM)), max(1, int(_STEP * side.tall)))
    inked = [
        float((np.abs(side.row(depth)[side.unread()] - ground).mean(axis=1) > shade).mean())
        for depth in deep
    ]
    return len(inked) > _STROKES and min(inked) > _LEFT * inked[0]


def _is_written(side: _Side, own: Look, contrast: float) -> bool:
    """Whether slices of a row of writing lie along the edge, be it on a strip of its own."""
    tall, ours = own.line.glyph_px, own.ground
    sizes = {round(size * height) for size in _SIZES for height in (tall, side.tall)}
    shades = sorted({_CLEAR, min(_CLEAR, max(_FAINT, _OF_OURS * contrast))})
    visible = min(_VISIBLE, _AS_OURS * contrast)
    for size in sizes:
        shrunk = side.shrunk(size)
        for depth in {int(share * tall) for share in _DEPTHS}:
            if depth + _RIM >= side.space:
                continue
            row = shrunk.row(depth)
            away = np.abs(row - _round_about(row, int(_ROUND * shrunk.tall))).mean(axis=1)
            for shade in shades:
                wanted = _Wanted(max(_QUIET, _NOISE * shade), visible, ours)
                chains = _chains(away > shade, shrunk.tall)
                if any(_is_slice(shrunk, row, strokes, wanted) for strokes in chains):
                    return True
    return False


def _unread(side: _Side, strokes: Sequence[Span]) -> bool:
    first, last = strokes[0][0], strokes[-1][1]
    taken = sum(max(0, min(last, end) - max(first, start)) for start, end in side.read)
    return taken <= (last - first) / 2


def _round_about(row: Floats, reach: int) -> Floats:
    """The median of what is so near each place."""
    shades = row.round().astype(np.uint8)[None]
    found: Floats = cv2.medianBlur(shades, reach | 1)[0].astype(np.float64)
    return found


def _runs(marks: Bits) -> list[Span]:
    """From where to where marks follow one another."""
    turns = np.flatnonzero(np.diff(np.concatenate([[0], marks.astype(int), [0]]))).tolist()
    return list(zip(turns[::2], turns[1::2], strict=True))


def _chains(other: Bits, size: float) -> list[list[Span]]:
    """Narrow strokes that stand out of what is round about them, those close together in one."""
    chains: list[list[Span]] = []
    for start, end in _runs(other):
        if end - start > _STROKE * size:
            continue
        if not chains or start - chains[-1][-1][1] > _GAP * size:
            chains.append([])
        chains[-1].append((start, end))
    return [
        chain
        for chain in chains
        if len(chain) >= _STROKES and chain[-1][1] - chain[0][0] >= _SHORTEST * size
    ]


def _is_slice(side: _Side, row: Floats, strokes: Sequence[Span], wanted: _Wanted) -> bool:
    """Whether strokes are of one ink on one plain ground, and end not far from the edge."""
    margin = int(_MARGIN * side.tall)
    first, last = max(0, strokes[0][0] - margin), min(len(row), strokes[-1][1] + margin)
    bare = np.ones(len(row), np.bool_)
    for start, end in strokes:
        bare[max(0, start - 1) : end + 1] = False
    between = row[first:last][bare[first:last]]
    if len(between) < _STROKES or not _unread(side, strokes) or _is_even(strokes, side.tall):
        return False
    inks = np.stack([row[start:end].mean(axis=0) for start, end in strokes])
    ink, ground = np.median(inks, axis=0), np.median(between, axis=0)
    stretch = slice(first, last)
    if len(strokes) < _FEWEST_FAINT and wanted.visible < _CLEARLY:
        return False
    if (
        len(strokes) < _MANY_STROKES
        and np.abs(ground - wanted.ours).mean() > _DARKER
        and _lies_bare(side, stretch, ground, wanted.noise)
    ):
        return False
    return bool(
        np.abs(ink - ground).mean() >= wanted.visible
        and (np.abs(inks - ink).mean(axis=1) < _ONE_INK).mean() >= _ALIKE
        and (np.abs(between - ground).mean(axis=1) < wanted.noise).mean() >= _PLAIN
        and _ends(side, stretch, wanted.noise)
    )


def _is_even(strokes: Sequence[Span], tall: float) -> bool:
    """Whether strokes follow each other at one step, or at two in turn, as joints of a wall do."""
    gaps = np.diff([(start + end) / 2 for start, end in strokes])
    for turns in (1, 2):
        if len(gaps) >= max(_FEWEST_GAPS, 2 * turns):
            period = float(gaps.mean()) * turns
            uneven = float(np.abs(gaps[turns:] - gaps[:-turns]).max())
            least, most = _STEPS_MANY if len(gaps) >= _MANY_GAPS else _STEPS_FEW
            far = gaps.min() >= _APART * tall and period >= least * tall
            if far and uneven <= max(1.0, most * period):
                return True
    return False


def _ends(side: _Side, stretch: slice, noise: float) -> bool:
    """Whether it reaches the edge, and plain ground follows: what goes on is a pole."""
    tall = side.tall * side.shrunk_by
    deep = range(0, int(min(_DEEP * tall, side.space - _RIM)), max(1, int(_STEP * tall)))
    return _plain(side, 0, stretch, noise) <= _ENDED and any(
        _plain(side, depth, stretch, noise) > _ENDED for depth in deep[1:]
    )


def _lies_bare(side: _Side, stretch: slice, ground: Floats, noise: float) -> bool:
    """Whether the strokes' ground goes on far behind them: a wall, the sky, no strip."""
    tall = side.tall * side.shrunk_by
    far = int(_BARE * tall)
    if far > side.space - _RIM:
        return False
    deep = range(0, far, max(1, int(_STEP * tall)))
    middles = (np.median(side.row(depth)[stretch], axis=0) for depth in deep)
    return all(np.abs(middle - ground).mean() < noise for middle in middles)


def _plain(side: _Side, depth: int, stretch: slice, noise: float) -> float:
    """How much of a stretch so deep in the picture is of one colour."""
    part = side.row(depth)[stretch]
    return float((np.abs(part - np.median(part, axis=0)).mean(axis=1) < noise).mean())
