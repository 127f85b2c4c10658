"""Two looks at one picture in one list of lines, where they do not tell different things."""

import math
from collections.abc import Sequence

from server.policy.hours import same_week
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Glyph, Line, Point, hull
from server.policy.signs.parts import sign_parts
from server.policy.signs.placed import CLEAR

_BESIDE, _AS_HIGH = 0.5, 1.6
_LOWER, _AS_LONG = 0.87, 0.8
_CERTAIN, _RIVAL = 0.99, 0.1


def merged(better: Sequence[Line], other: Sequence[Line]) -> list[Line]:
    """All of the first look, and of the second what stands where the first saw nothing."""
    return [*better, *unseen(better, other)]


def unseen(seen: Sequence[Line], other: Sequence[Line]) -> list[Line]:
    """What of a second look stands where the first saw nothing."""
    boxes = [hull([line.quad]) for line in seen]

    def free(line: Line) -> bool:
        x, y = line.middle
        return not any(
            left <= x <= right and top <= y <= below for left, top, right, below in boxes
        )

    return [line for line in other if free(line)]


def untorn(closer: Sequence[Line], other: Sequence[Line], torn: Sequence[Line]) -> list[Line]:
    """A closer look's lines but for those of rows that it shows in part, and another one whole.

    `torn` are its lines at the sides of what was cut out for it. A row goes on there if the other
    look has it as one line that is longer by half a height, or as long and higher: of 营 the lower
    half is 宫.
    """
    rows_whole = [
        hull([line.quad])
        for line in other
        if any(_goes_on(line, piece) or _is_sliced(piece, line) for piece in torn)
    ]
    return [
        line for line in closer if not any(_is_within(line.middle, whole) for whole in rows_whole)
    ]


def _goes_on(whole: Line, piece: Line) -> bool:
    """Whether a level line holds a piece of its row, is about as high, and goes on beside it."""
    if whole.vertical or piece.vertical:
        return False
    share = whole.glyph_px / max(1.0, piece.glyph_px)
    longer = _long(whole) > _long(piece) + _BESIDE * whole.glyph_px
    within = _is_within(piece.middle, hull([whole.quad]))
    return 1 / _AS_HIGH < share < _AS_HIGH and longer and within


def _is_sliced(piece: Line, whole: Line) -> bool:
    """Whether a level line is as long as a whole one that it lies in, and lower."""
    if whole.vertical or piece.vertical:
        return False
    lower = piece.glyph_px < _LOWER * whole.glyph_px
    as_long = _AS_LONG < _long(piece) / max(1.0, _long(whole)) < 1 / _AS_LONG
    return lower and as_long and _is_within(piece.middle, hull([whole.quad]))


def _long(line: Line) -> float:
    return math.dist(line.quad[0], line.quad[1])


def _is_within(point: Point, box: tuple[float, float, float, float]) -> bool:
    left, top, right, below = box
    return left <= point[0] <= right and top <= point[1] <= below


def still_doubted(closer: Sequence[Line], before: Sequence[Line]) -> list[Line]:
    """A closer look's lines, with the doubts of an earlier one about digits that it hardly clears.

    What looks like a 7 a little larger does so for the same reason: only a digit that is now as
    good as certain, or that stands in a row read otherwise, is believed alone.
    """
    return [_doubted_as(line, before) for line in closer]


def _doubted_as(line: Line, before: Sequence[Line]) -> Line:
    box = hull([line.quad])
    for earlier in before:
        if len(earlier.glyphs) == len(line.glyphs) and _is_within(earlier.middle, box):
            pairs = zip(line.glyphs, earlier.glyphs, strict=True)
            return line._replace(glyphs=tuple(_less_sure(one, other) for one, other in pairs))
    return line


def _less_sure(glyph: Glyph, earlier: Glyph) -> Glyph:
    """A digit as an earlier look doubted it for another one, unless it is as good as certain."""
    if not glyph.text.isdigit() or glyph.probability >= _CERTAIN:
        return glyph
    if earlier.text == glyph.text:
        rival = any(text.isdigit() and chance >= _RIVAL for text, chance in earlier.others)
        return earlier if rival and earlier.probability < glyph.probability else glyph
    if not earlier.text.isdigit():
        return glyph
    others = [other for other in glyph.others if other[0] != earlier.text]
    return glyph._replace(others=((earlier.text, earlier.probability), *others))


def is_torn(closer: Sequence[Line], both: Sequence[Line]) -> bool:
    """Whether a piece of a row that the closer look read whole came in beside it and changed it."""
    alone, together = board_hours(closer).week, board_hours(both).week
    if alone is None or together is None or same_week(alone, together):
        return False
    tops = [hull([line.quad])[1::2] for line in closer]
    return any(
        top < line.middle[1] < low for line in both if line not in closer for top, low in tops
    )


def first_named(*looks: list[Line]) -> list[Line]:
    """The first look with a name; of another only a name of which the first has the end."""
    found = [(look, sign_parts(look)) for look in looks]
    having = [(look, parts) for look, parts in found if parts.name]
    if not having:
        return max(found, key=lambda one: (one[1].level is not None, one[1].confidence))[0]
    first, kept = having[0]
    for look, parts in having[1:]:
        whole = parts.level is kept.level and parts.place.endswith(kept.place)
        added = parts.place_glyphs[: -len(kept.place)]
        if whole and added and min(glyph.probability for glyph in added) >= CLEAR:
            return look
    return first
