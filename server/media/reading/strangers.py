"""How unlike a board's own rows a line looks: by its ground, ink, slope and size.

A board's own rows are alike in all four, and no wall shows between them.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.media.reading.colours import apart
from server.media.reading.text_models import Pixels
from server.policy.signs.beside import Says, says
from server.policy.signs.hours_board import where_limits_stand
from server.policy.signs.lines import Line, Quad, hull, slope

_OTHER_COLOUR = 0.07
"""Of chromaticities, which no shadow changes."""
_OTHER_TINT, _OTHER_INK = 0.03, 0.115
"""Not alone, but beside another sign of another hand; of 135 own rows four, and six, lay as far."""
_DARKER = 40.0
"""White on dark beside dark on white: so far apart in their shades."""
_ASKEW, _FAR_ASKEW = math.radians(3.5), math.radians(5)
_LARGER, _MUCH_LARGER, _SMALLER = 1.6, 2.2, 0.45
_ENOUGH, _MANY_SIGNS = 2, 3
_THIRD_COLOUR, _THIRD_SHADE, _THICK = 0.05, 30.0, 0.2
"""A wall between two boards differs from both so far, and is so many heights thick."""
_LEAST_WAY, _STEPS, _FEWEST_STEPS, _MOST_STEPS, _WAYS = 0.3, 8, 12, 120, 9
_ALIKE_COLOUR, _ALIKE_INK, _ALIKE_TURN, _ALIKE_SIZE = 0.05, 0.15, math.radians(2), 1.25
_ROUND_WRITING = 0.15
"""Of the height: so far about a line its ink may reach."""
_POINTS, _INNER = 24, 4
DARK = 8.0
_INK_SHARE = 0.85

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]


class Look(NamedTuple):
    """A line with the colours of its ground and its ink."""

    line: Line
    ground: Floats
    ink: Floats

    @property
    def dark_on_light(self) -> bool:
        """Whether its ink is darker than its ground."""
        return bool(self.ground.mean() > self.ink.mean())


def look_of(picture: Pixels, line: Line) -> Look:
    """How a line looks in the picture."""
    return Look(line, *_colours(picture, line.quad))


def is_anothers(own: Look, other: Look, *, parted: bool) -> bool:
    """Whether a line is none of the board's with the times: the more it may say, the stranger.

    `parted` as `is_parted` says.
    """
    said = says(other.line, own.line)
    if said is Says.HOURS:
        return False
    turned = own.dark_on_light is not other.dark_on_light
    tint = apart(own.ground, other.ground, DARK)
    shades = abs(own.ground.mean() - other.ground.mean()) > _DARKER
    another = bool(tint > _OTHER_COLOUR or (turned and shades))
    turn, size = _turn(own.line, other.line), other.line.glyph_px / own.line.glyph_px
    if said is Says.GARBLED:
        close = where_limits_stand(other.line, own.line, close=True)
        coloured = tint > _OTHER_COLOUR and not close
        return another and (coloured or turn > _FAR_ASKEW or size > _LARGER)
    telling = [tint > _OTHER_TINT, turned, turn > _ASKEW]
    signs = sum(telling) + (apart(own.ink, other.ink, DARK) > _OTHER_INK)
    signs += not _SMALLER <= size <= _MUCH_LARGER
    if parted or signs >= _MANY_SIGNS:
        return True
    if said is Says.NAME and other.line.cut:
        return another and signs >= _ENOUGH  # more of its words may have stood there
    # Large and in red beside black is how a board's own title stands.
    return another or (said is Says.NOTHING and signs >= _ENOUGH and any(telling))


def is_parted(picture: Pixels, own: Look, other: Look, lines: Sequence[Line]) -> bool:
    """Whether a wall shows between a line and the times, and it looks like another's in any way.

    In any: glare between two rows of one board shows as a third colour as well. What is written in
    between, of all `lines`, is no wall.
    """
    if own.line is other.line:
        return False
    size = other.line.glyph_px / own.line.glyph_px
    alike = (
        apart(own.ground, other.ground, DARK) < _ALIKE_COLOUR
        and apart(own.ink, other.ink, DARK) < _ALIKE_INK
        and own.dark_on_light is other.dark_on_light
        and _turn(own.line, other.line) < _ALIKE_TURN
        and 1 / _ALIKE_SIZE < size < _ALIKE_SIZE
    )
    if alike:
        return False
    written = [hull([line.quad]) for line in lines if line not in (own.line, other.line)]
    return _third_between(picture, own, other, written)


def _turn(line: Line, anchor: Line) -> float:
    """By how many radians a line leans against another; a single character leans anyhow."""
    if line.vertical or anchor.vertical:
        return 0.0 if line.vertical is anchor.vertical else math.pi / 2
    return abs(slope([line]) - slope([anchor])) if len(line.glyphs) > 1 else 0.0


def _third_between(picture: Pixels, own: Look, other: Look, written: Sequence[Box]) -> bool:
    """Whether between two lines a third ground shows, as the wall does between two boards.

    Along several ways from one to the other, of which the middle colour is taken: writing in
    between covers less than half of them.
    """
    first, second = own.line, other.line
    left, top, right, below = hull([first.quad])
    left2, top2, right2, below2 = hull([second.quad])
    tall = min(first.glyph_px, second.glyph_px)
    start_x, end_x = _nearest(left, right, left2, right2)
    start_y, end_y = _nearest(top, below, top2, below2)
    long = math.dist((start_x, start_y), (end_x, end_y))
    if long < _LEAST_WAY * tall:
        return False
    along = np.array([end_x - start_x, end_y - start_y]) / long
    count = int(min(_MOST_STEPS, max(_FEWEST_STEPS, _STEPS * long / tall)))
    steps = np.linspace(0, long, count)[:, None] * along + (start_x, start_y)
    aside = np.array([-along[1], along[0]]) * tall
    ways = [_at(picture, steps + share * aside) for share in np.linspace(-1, 1, _WAYS)]
    run = longest = 0
    for place, colour in zip(steps, np.median(np.stack(ways), axis=0), strict=True):
        third = all(_differs(colour, known) for known in (own.ground, other.ground))
        run = run + 1 if third and not _is_in(place, aside, written) else 0
        longest = max(longest, run)
    return bool(longest * long / count >= _THICK * tall)


def _is_in(place: Floats, reach: Floats, boxes: Sequence[Box]) -> bool:
    """Whether one of the boxes is at a place, or aside of it within what the ways cover."""
    x, y = place
    wide, high = np.abs(reach) + _ROUND_WRITING * float(np.abs(reach).max())
    return any(
        left - wide <= x <= right + wide and top - high <= y <= below + high
        for left, top, right, below in boxes
    )


def _differs(colour: Floats, known: Floats) -> bool:
    shade = abs(colour.mean() - known.mean())
    return bool(shade > _THIRD_SHADE or apart(colour, known, DARK) > _THIRD_COLOUR)


def _nearest(first: float, last: float, first2: float, last2: float) -> tuple[float, float]:
    """Where the way from one stretch to another begins and ends; their middle where they meet."""
    if first2 > last:
        return last, first2
    if first > last2:
        return first, last2
    middle = (max(first, first2) + min(last, last2)) / 2
    return middle, middle


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
