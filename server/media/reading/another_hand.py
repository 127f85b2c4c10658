"""Writing of another hand beside a name: a short piece in other colours than the name's own.

拆 sprayed before a name, or another shop's board in its row, is read as a part of it.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line, Point, Quad
from server.policy.signs.parts import WORDINGS

_LONGEST = 4  # characters of such a piece; what is longer is no part of a name anyway
_FEWEST = 3  # characters that tell a name's own colours
_OTHER_GROUND, _OTHER_INK = 0.12, 0.16
"""Of chromaticities, which no shadow changes."""
_TELLS = 45.0  # shades between ground and ink, without which nobody sees which is the lighter
_STEPS, _INKED = 15, 0.85
_REACH, _AS_HIGH, _ASIDE, _ASLANT = 3.0, 2.2, 0.6, 0.12
_OWN = frozenset("".join(WORDINGS.values()) + "村乡镇")
"""Of a name's own words nothing is of another hand, whatever the light makes of it."""

Colours = npt.NDArray[np.float64]


def apart(picture: Pixels, lines: Sequence[Line], named: Sequence[Quad]) -> list[Line]:
    """The lines, marked where they stand in a row of the name and are of another hand."""
    names = [
        line for line in lines if line.quad in named and len(line.glyphs) >= _FEWEST and _own(line)
    ]
    return [
        line._replace(beside=True)
        if not _own(line) and any(_of_another_hand(picture, line, name) for name in names)
        else line
        for line in lines
    ]


def _own(line: Line) -> bool:
    return any(glyph.text in _OWN for glyph in line.glyphs)


def _of_another_hand(picture: Pixels, piece: Line, name: Line) -> bool:
    """Whether each character of a short piece differs from each character of the name."""
    if len(piece.glyphs) > _LONGEST or not _in_its_row(piece, name):
        return False
    own = [_colours(picture, quad) for quad in _characters(name)]
    return all(_differ(_colours(picture, quad), one) for quad in _characters(piece) for one in own)


def _in_its_row(piece: Line, name: Line) -> bool:
    lower, higher = sorted((piece.glyph_px, name.glyph_px))
    near = min(_away(one, other) for one in piece.quad for other in name.quad)
    across, down = (abs(one - other) for one, other in zip(piece.middle, name.middle, strict=True))
    aside, along = (across, down) if name.vertical else (down, across)
    return (
        near < _REACH * name.glyph_px
        and higher < _AS_HIGH * lower
        and aside < _ASIDE * higher + _ASLANT * along
    )


def _away(one: Point, other: Point) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _characters(line: Line) -> list[Quad]:
    """Where each character stands: halfway to its neighbours."""
    at = [glyph.at for glyph in line.glyphs]
    ends = [0.0, *((one + other) / 2 for one, other in pairwise(at)), 1.0]
    top_left, top_right, low_right, low_left = line.quad
    if line.vertical:
        return [
            (
                _on(top_left, low_left, start),
                _on(top_right, low_right, start),
                _on(top_right, low_right, end),
                _on(top_left, low_left, end),
            )
            for start, end in pairwise(ends)
        ]
    return [
        (
            _on(top_left, top_right, start),
            _on(top_left, top_right, end),
            _on(low_left, low_right, end),
            _on(low_left, low_right, start),
        )
        for start, end in pairwise(ends)
    ]


def _on(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _colours(picture: Pixels, quad: Quad) -> Colours:
    """The ground, which lies above and below a character, and the ink, furthest from it."""
    first, second, third, fourth = np.array(quad, np.float64)
    steps = np.linspace(0.03, 0.97, _STEPS)
    across, down = steps[None, :, None], steps[:, None, None]
    above, below = first + (second - first) * across, fourth + (third - fourth) * across
    points = (above + (below - above) * down).round().astype(int)
    height, width = picture.shape[:2]
    x, y = points[..., 0].clip(0, width - 1), points[..., 1].clip(0, height - 1)
    found = picture[y, x].astype(np.float64)
    ground = np.median(np.concatenate([found[:2], found[-2:]]).reshape(-1, 3), axis=0)
    far = np.abs(found - ground).sum(axis=2)
    return np.stack([ground, np.median(found[far >= np.quantile(far, _INKED)], axis=0)])


def _differ(one: Colours, other: Colours) -> bool:
    """Whether grounds or inks are of other colours, or light on dark beside dark on light."""
    lighter, others = (float(colours[1].mean() - colours[0].mean()) for colours in (one, other))
    turned = lighter * others < 0 and min(abs(lighter), abs(others)) > _TELLS
    return (
        turned
        or _chromaticities(one[0], other[0]) > _OTHER_GROUND
        or _chromaticities(one[1], other[1]) > _OTHER_INK
    )


def _chromaticities(one: Colours, other: Colours) -> float:
    shares = [(colour + 12) / (colour + 12).sum() for colour in (one, other)]
    return float(np.linalg.norm(shares[0] - shares[1]))
