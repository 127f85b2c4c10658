"""Look for what limits a board's hours and no look has found: faint writing where limits stand.

Blur takes small writing from the network that marks where text stands, while the large times beside
it stay plain: 周日不营业 above them is passed over, and the week is told without it. The network
marks such rows faintly. What it does is read; what cannot be read hides the week.
"""

import math
from collections.abc import Callable, Iterator, Sequence

from server.media.reading.again import (
    MIDDLING,
    WIDE_ROUND,
    Picture,
    Read,
    box_round,
    in_full_light,
    unsmeared,
)
from server.media.reading.colours import apart
from server.media.reading.cut_outs import moved
from server.media.reading.grounds import marked
from server.media.reading.merging import unseen
from server.media.reading.smear import DOUBTS
from server.media.reading.strangers import DARK, look_of
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import (
    LEGIBLE,
    board_hours,
    hours_anchor,
    speaks_of_hours,
    where_limits_stand,
)
from server.policy.signs.lines import HIDDEN, Glyph, Line, Point, Quad, hull, plain_line

Faint = Callable[[Pixels, int, float], list[Quad]]
"""Where in a picture shrunken to a long side text may stand, with at least this chance."""

_SIDES = ((640, 0.2), (448, 0.2), (320, 0.25))
_SMALL = 1.2
"""Of the times' height: larger writing is found at a larger side than the last one."""
_LEAST, _NEAR, _ASIDE = 0.3, 2.0, 3.0
_SIGNS = 1.5
"""Shorter than so many of its heights it is a speck; a row's end may lie as bare."""
_STAIN = 2.0
"""Of its heights a place must be longer if nothing of it looks Chinese."""
_OTHER_GROUND, _OTHER_SHADE = 0.05, 70.0
_SURE, _AGAINST = 0.9, 0.75
"""So surely must a row be read in one picture, and not so surely otherwise in another."""
_FEWEST = 2  # characters: less is read of any stain
_TELEPHONE = 7  # digits
_UNREAD = "\ufffd"


def overlooked(picture: Pixels, lines: Sequence[Line], faint: Faint, read: Read) -> list[Line]:
    """The lines, marked, with the rows that were overlooked; as they are if they tell no week.

    A row that may limit the hours and cannot be read surely comes as characters that are `HIDDEN`,
    with which the lines tell no week.
    """
    lines = list(lines)
    own = [line for line in lines if not line.beside]
    anchor = hours_anchor(own)
    if anchor is None or not board_hours(lines):
        return lines
    box = box_round(picture, own, WIDE_ROUND)
    lit = in_full_light(picture, box)
    doubtful = [line for line in own if _is_vague(line, own, anchor)]
    faintly = _faintly(lit, lines, anchor, faint)
    faintly = [place for place in faintly if _on_our_ground(picture, place, anchor)]
    places = [*faintly, *_bare_ends(own), *doubtful]
    if not places:
        return lines
    pictures = [lit, *unsmeared(picture, anchor, box, [DOUBTS[MIDDLING]])]
    found = _read(places, pictures, read)
    kept = [line for line in lines if line not in doubtful or line.quad not in found]
    return marked(picture, [*kept, *found.values()]) if found else lines


def _faintly(lit: Picture, lines: Sequence[Line], anchor: Line, faint: Faint) -> list[Line]:
    """Places without a line where writing shows faintly and a limit may stand."""
    own = [line for line in lines if not line.beside]
    found: list[Line] = []
    for side, least in _SIDES:
        places = [plain_line("", moved(q, lit.back)) for q in faint(lit.seen, side, least)]
        for place in unseen([*lines, *found], places):
            long = math.dist(place.quad[0], place.quad[1])
            small = place.glyph_px <= _SMALL * anchor.glyph_px or side > _SIDES[-1][0]
            if not small or long < _SIGNS * place.glyph_px or _holds(place, lines):
                continue
            if _may_limit_at(place, own, anchor):
                found.append(place)
    return found


def _holds(place: Line, lines: Sequence[Line]) -> bool:
    """Whether a place lies round lines that were found: it is a row of theirs in one piece."""
    left, top, right, below = hull([place.quad])
    return any(left < x < right and top < y < below for x, y in (line.middle for line in lines))


def _bare_ends(own: Sequence[Line]) -> Iterator[Line]:
    """The ends of rows with times of whose boxes no character takes any part."""
    for line in own:
        if line.vertical or not speaks_of_hours(line.text):
            continue
        long = math.dist(line.quad[0], line.quad[1])
        half = 0.5 / max(1, len(line.glyphs))
        first, last = line.glyphs[0].at, line.glyphs[-1].at
        if first * long > _SIGNS * line.glyph_px:
            yield plain_line("", _stretch(line.quad, 0.0, max(0.0, first - half)))
        if (1 - last) * long > _SIGNS * line.glyph_px:
            yield plain_line("", _stretch(line.quad, min(1.0, last + half), 1.0))


def _stretch(quad: Quad, start: float, end: float) -> Quad:
    """Of a row's quad what lies between two shares of its length."""
    left, right, low_right, low_left = quad

    def at(one: Point, other: Point, share: float) -> Point:
        return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])

    return (
        at(left, right, start), at(left, right, end),
        at(low_left, low_right, end), at(low_left, low_right, start),
    )  # fmt: skip


def _is_vague(line: Line, own: Sequence[Line], anchor: Line) -> bool:
    """Whether a line is letters of who knows what, hardly read, where a limit may stand: TOHO."""
    text = line.text
    if line is anchor or line.confidence >= LEGIBLE or speaks_of_hours(text):
        return False
    if any(sign > "\u2e7f" for sign in text) or len(line.glyphs) < _FEWEST:
        return False
    if sum(sign.isdigit() for sign in text) >= _TELEPHONE:
        return False
    others = [one for one in own if one is not line]
    return any(sign.isalpha() for sign in text) and _may_limit_at(line, others, anchor)


def _may_limit_at(place: Line, own: Sequence[Line], anchor: Line) -> bool:
    """Whether a place is where a limit of the times would stand, close to the board's own rows."""
    if place.glyph_px < _LEAST * anchor.glyph_px:
        return False
    if where_limits_stand(place, anchor):
        return any(_off(place, line) < _NEAR * anchor.glyph_px for line in own)
    return any(_is_aside(place, line) for line in own if speaks_of_hours(line.text))


def _off(one: Line, other: Line) -> float:
    left, top, right, below = hull([one.quad])
    left2, top2, right2, below2 = hull([other.quad])
    return max(left - right2, left2 - right, top - below2, top2 - below, 0.0)


def _is_aside(place: Line, line: Line) -> bool:
    """Whether a place lies in the row of a line, not far off."""
    corner, right, _, below = line.quad
    tall = math.dist(corner, below) or 1.0
    long = math.dist(corner, right) or 1.0
    x, y = place.middle[0] - line.middle[0], place.middle[1] - line.middle[1]
    along = (x * (right[0] - corner[0]) + y * (right[1] - corner[1])) / long
    down = (x * (below[0] - corner[0]) + y * (below[1] - corner[1])) / tall
    half = math.dist(place.quad[0], place.quad[1]) / 2
    return abs(down) < tall / 2 and abs(along) - long / 2 - half < _ASIDE * tall


def _read(places: Sequence[Line], pictures: Sequence[Picture], read: Read) -> dict[Quad, Line]:
    """What stands in places, by their quads: surely read, or hidden; none where nothing does."""
    seen: dict[Quad, list[Line]] = {place.quad: [] for place in places}
    for one in pictures:
        quads = {moved(quad, one.into): quad for quad in seen}
        for line in read(one.seen, list(quads)):
            seen[quads[line.quad]].append(line._replace(quad=quads[line.quad]))
    told = {place.quad: _made_out(place, seen[place.quad]) for place in places}
    return {quad: line for quad, line in told.items() if line is not None}


def _made_out(place: Line, seen: Sequence[Line]) -> Line | None:
    """One reading of a place, if one is sure and none speaks against it; None of a bare place."""
    best = max(seen, key=lambda line: line.confidence, default=None)
    if not any(_is_written(line) for line in [*seen, place]):
        return None
    if best is not None and best.confidence >= _SURE and len(best.glyphs) >= _FEWEST:
        against = [one for one in seen if one.text != best.text and one.confidence >= _AGAINST]
        if not against:
            return best
    return place._replace(glyphs=tuple(Glyph(_UNREAD, HIDDEN, at) for at in (0.2, 0.5, 0.8)))


def _is_written(line: Line) -> bool:
    """Whether what was read of a place is more than what is read of a stain."""
    if any(sign > "\u2e7f" for sign in line.text):
        return len(line.glyphs) >= _FEWEST
    signs = sum(sign.isalnum() for sign in line.text)
    return signs >= _FEWEST and math.dist(line.quad[0], line.quad[1]) > _STAIN * line.glyph_px


def _on_our_ground(picture: Pixels, place: Line, anchor: Line) -> bool:
    own, other = look_of(picture, anchor), look_of(picture, place)
    shades = abs(own.ground.mean() - other.ground.mean())
    return bool(apart(own.ground, other.ground, DARK) < _OTHER_GROUND and shades < _OTHER_SHADE)
