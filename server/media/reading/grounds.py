"""Which lines are none of an hours board's own, and which the picture's edge cuts."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from server.media.reading.strangers import Floats, apart, is_anothers, is_parted, look_of
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import hours_anchor
from server.policy.signs.lines import Line, hull

_SAME_COLOUR, _DARKER = 0.035, 40.0
_EDGE = 0.15
"""Of the height of the writing, which the network marks a little too high."""
_RIM, _ROW_OFF, _STRIP_OFF = 3, 2.0, 2.25
_INKED, _FEW, _MANY = 0.4, 0.03, 0.6
_ROUND, _STROKE_SHADE, _STROKE, _STROKES = 1.6, 35.0, 0.3, 7
_ONE_INK, _ALIKE, _CLOSE = 25.0, 0.7, 1.4


def marked(picture: Pixels, lines: Sequence[Line]) -> list[Line]:
    """The lines, marked where they stand beside the board or reach the picture's edge."""
    lines = [
        line._replace(beside=False, parted=False, cut=bool(_sides(picture, line))) for line in lines
    ]
    anchor = hours_anchor(lines)
    if anchor is None:
        return lines
    own = look_of(picture, anchor)
    sides = _sides_with_ink(picture, anchor, own.ground, own.ink)
    reached = {side for line in lines if line.cut for side in _sides(picture, line)}
    if sides - reached:
        lines = [line._replace(cut=True) if line is anchor else line for line in lines]
    found = []
    for line in lines:
        other = look_of(picture, line)
        parted = is_parted(picture, own, other)
        found.append(line._replace(beside=is_anothers(own, other, parted=parted), parted=parted))
    return found


def _sides(picture: Pixels, line: Line) -> set[int]:
    """Which edges of the picture a line reaches: left, top, right, below."""
    left, top, right, below = hull([line.quad])
    height, width = picture.shape[:2]
    apart = (left, top, width - right, height - below)
    return {side for side, space in enumerate(apart) if space < _EDGE * line.glyph_px}


def _sides_with_ink(picture: Pixels, anchor: Line, ground: Floats, ink: Floats) -> set[int]:
    """Where a row off, on any ground, the edge leaves bits of writing that nobody read."""
    left, top, right, below = (round(at) for at in hull([anchor.quad]))
    height = picture.shape[0]
    across = slice(max(0, left), right)
    edges = {1: (top, picture[:_RIM, across]), 3: (height - below, picture[-_RIM:, across])}
    contrast = float(np.abs(ground - ink).mean())
    found = set()
    for side, (space, edge) in edges.items():
        rows_off = space / anchor.glyph_px
        if not edge.size or rows_off > _STRIP_OFF:
            continue
        row = edge.astype(np.float64).mean(axis=0)
        own = np.median(row, axis=0)
        same = apart(own, ground) < _SAME_COLOUR and abs(own - ground).mean() < _DARKER
        marks = float((np.abs(row - own).mean(axis=1) > _INKED * contrast).mean())
        board = same and contrast > _DARKER and _FEW < marks < _MANY and rows_off <= _ROW_OFF
        if board or _is_written(row, anchor.glyph_px):
            found.add(side)
    return found


def _is_written(row: Floats, tall: float) -> bool:
    """Whether a row of pixels goes through writing, be it on a strip of its own.

    Then it meets many strokes: narrow, in one ink, and close to one another. Leaves and bricks are
    not all three.
    """
    reach = int(_ROUND * tall) | 1
    padded = np.pad(row, ((reach // 2, reach // 2), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach, axis=0)
    other = np.abs(row - np.median(windows, axis=2)).mean(axis=1) > _STROKE_SHADE
    turns = np.flatnonzero(np.diff(np.concatenate([[0], other.astype(int), [0]])))
    strokes = [
        (start, end)
        for start, end in zip(turns[::2], turns[1::2], strict=True)
        if 1 < end - start <= _STROKE * tall
    ]
    if len(strokes) < _STROKES:
        return False
    inks = np.stack([row[start:end].mean(axis=0) for start, end in strokes])
    alike = np.abs(inks - np.median(inks, axis=0)).mean(axis=1) < _ONE_INK
    kept = [one for one, same in zip(strokes, alike, strict=True) if same]
    wide = max(later[0] - earlier[1] for earlier, later in pairwise(kept)) if len(kept) > 1 else 0
    return len(kept) >= max(_STROKES, _ALIKE * len(strokes)) and wide < _CLOSE * tall
