"""Which lines stand beside an hours board, on another ground, and which the picture's edge cuts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import hours_anchor, may_be_beside
from server.policy.signs.lines import Line, Quad, hull

_OTHER_COLOUR = 0.07
"""Of chromaticities, which no shadow changes."""
_DARKER = 40.0
"""White on dark beside dark on white: so far apart in their shades."""
_EDGE = 0.15
"""Of the height of the writing, which the network marks a little too high."""
_RIM, _ROW_OFF = 3, 2.0
_INKED, _FEW, _MANY = 0.4, 0.03, 0.6
_POINTS, _INNER = 24, 4
_INK_SHARE = 0.85

Floats = npt.NDArray[np.float64]


def marked(picture: Pixels, lines: Sequence[Line]) -> list[Line]:
    """The lines, marked where they stand beside the board or reach the picture's edge."""
    lines = [line._replace(beside=False, cut=bool(_sides(picture, line))) for line in lines]
    anchor = hours_anchor(lines)
    if anchor is None:
        return lines
    ground, ink = _colours(picture, anchor.quad)
    sides = _sides_with_ink(picture, anchor, ground, ink)
    reached = {side for line in lines if line.cut for side in _sides(picture, line)}
    if sides - reached:
        at = lines.index(anchor)
        lines[at] = anchor = anchor._replace(cut=True)

    def elsewhere(line: Line) -> bool:
        other, its_ink = _colours(picture, line.quad)
        turned = (ground.mean() - ink.mean()) * (other.mean() - its_ink.mean()) < 0
        shades = abs(ground.mean() - other.mean()) > _DARKER
        return _apart(ground, other) > _OTHER_COLOUR or bool(turned and shades)

    return [line._replace(beside=may_be_beside(line, anchor) and elsewhere(line)) for line in lines]


def _sides(picture: Pixels, line: Line) -> set[int]:
    """Which edges of the picture a line reaches: left, top, right, below."""
    left, top, right, below = hull([line.quad])
    height, width = picture.shape[:2]
    apart = (left, top, width - right, height - below)
    return {side for side, space in enumerate(apart) if space < _EDGE * line.glyph_px}


def _sides_with_ink(picture: Pixels, anchor: Line, ground: Floats, ink: Floats) -> set[int]:
    """Whether a row off, on the times' own ground, the edge leaves bits of writing nobody read."""
    left, top, right, below = (round(at) for at in hull([anchor.quad]))
    height = picture.shape[0]
    across = slice(max(0, left), right)
    edges = {1: (top, picture[:_RIM, across]), 3: (height - below, picture[-_RIM:, across])}
    contrast = float(np.abs(ground - ink).mean())
    found = set()
    for side, (apart, edge) in edges.items():
        if not edge.size or apart > _ROW_OFF * anchor.glyph_px:
            continue
        row = edge.astype(np.float64).mean(axis=0)
        own = np.median(row, axis=0)
        same = _apart(own, ground) < _OTHER_COLOUR / 2 and abs(own - ground).mean() < _DARKER
        marks = float((np.abs(row - own).mean(axis=1) > _INKED * contrast).mean())
        if same and contrast > _DARKER and _FEW < marks < _MANY:
            found.add(side)
    return found


def _apart(one: Floats, other: Floats) -> float:
    """How far two colours lie apart, whatever light falls on them; in the dark not at all."""
    shares = [(colour + 8) / (colour + 8).sum() for colour in (one, other)]
    return float(np.linalg.norm(shares[0] - shares[1]))


def _colours(picture: Pixels, quad: Quad) -> tuple[Floats, Floats]:
    """The ground, which goes round the writing, and the ink, which is furthest from it."""
    corners = np.array(quad, dtype=np.float64)
    steps = np.linspace(0, 1, _POINTS)[:, None]
    top, right, below, left = (
        corners[n] + steps * (corners[(n + 1) % 4] - corners[n]) for n in range(4)
    )
    ground = np.median(_at(picture, np.concatenate([top, right, below, left])), axis=0)
    rows = [
        left[::-1][n] + steps * (right[n] - left[::-1][n]) for n in range(_INNER, _POINTS - _INNER)
    ]
    within = _at(picture, np.concatenate(rows))
    far = np.abs(within - ground).sum(axis=1)
    return ground, np.median(within[far >= np.quantile(far, _INK_SHARE)], axis=0)


def _at(picture: Pixels, points: Floats) -> Floats:
    height, width = picture.shape[:2]
    x = points[:, 0].round().astype(int).clip(0, width - 1)
    y = points[:, 1].round().astype(int).clip(0, height - 1)
    found: Floats = picture[y, x].astype(np.float64)
    return found
