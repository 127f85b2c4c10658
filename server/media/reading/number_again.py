"""Read a number once more that no look has told: its own strip, enlarged, in many ways.

Small digits in the name's own tall line, a code whose end a drop took from the line, a look that
is a little less sure than it must be: where all that can be read of the strip is one code, and
most of the ways show it, it is that one.
"""

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from server.media.reading.cut_outs import moved
from server.media.reading.steady import cut_out, large_looks, looks
from server.media.reading.text_models import Pixels, is_upright
from server.policy.signs.lines import Glyph, Line, Quad, hull
from server.policy.signs.number import (
    NumberRead,
    best_number,
    beyond_doubt,
    numbers_in,
    prefix_of,
)
from server.policy.signs.parts import PREFIXES, sign_parts
from server.policy.signs.text import plain_glyphs

NEEDED, MISSED = 16, 6
"""Of 22 ways of looking so many must read the code beyond doubt, and none another for certain. Of
1,230 hard signs without a number 14 at most showed a wrong one so where nothing crossed it."""
_EMPTY = 3
"""Nor is a strip looked at further in which so many looks at first show no code at all: none of
110 such strips had one in more than three of seven."""
_NEAR = 4.0
"""Heights of the name's characters, from the name to the middle of a line that may hold a code."""
_PLACES = 2  # where a number may stand are looked at in a photo
_LIKE_DIGITS = frozenset("0123456789OQDILSBZXCG")
_FEWEST, _LONGEST, _MOST = 3, 5, 7
"""Digits of what may be a code that is cut short or has one sign too many; with its letters."""
_BEFORE, _BEHIND = 1.1, 1.3  # pitches of a digit
_TALL = 2.4  # of a digit's pitch is a line of digits high
_DIGIT_PX, _MOST_ENLARGED = 44, 4.0

Find = Callable[[Pixels], list[Quad]]
Read = Callable[[Pixels, list[Quad]], list[Line]]


def number_again(
    picture: Pixels, lines: Sequence[Line], find: Find, read: Read
) -> NumberRead | None:
    """The one code that most ways of looking at one place near the name show; else None.

    It has to be of the name's level, and none of the lines may tell another one.
    """
    parts = sign_parts(lines)
    if parts.level is None:
        return None
    told = {number.text for number in numbers_in(lines)}
    for place in _places(lines, parts.name_quads)[:_PLACES]:
        for strip in _strips(picture, place, find):
            number = _agreed_on(picture, strip, read)
            if number is not None:
                fits = prefix_of(number.text) == PREFIXES[parts.level]
                return number if fits and told <= {number.text} else None
    return None


def _agreed_on(picture: Pixels, strip: Quad, read: Read) -> NumberRead | None:
    """The code that most of 22 looks at a strip read; they end once it cannot be."""
    part, corners = cut_out(picture, strip)
    if not part.size:
        return None
    upright, found, missed = is_upright(strip), list[NumberRead](), 0
    for way in (looks, large_looks):
        for shown, quads in way(part, corners, upright=upright):
            for quad in quads:
                number = best_number(read(shown, [quad]))
                if number is not None:
                    found.append(number)
                missed += not beyond_doubt(number)
                if missed == _EMPTY and not found:
                    return None
                if missed > MISSED or len({one.text for one in found}) > 1:
                    return None
    best = max(found, key=lambda one: one.sure * one.legible)
    return best._replace(quad=strip)


def _places(lines: Sequence[Line], named: Sequence[Quad]) -> list[Quad]:
    """Where a code may stand near the name, with room for a sign more at either end.

    The likeliest comes first.
    """
    left, top, right, low = hull(named)
    near = _NEAR * max(line.glyph_px for line in lines if line.quad in named)
    found: list[tuple[int, float, Quad]] = []
    for line in lines:
        x, y = line.middle
        if max(left - x, x - right, top - y, y - low) > near:
            continue
        for run in _runs(plain_glyphs(line.glyphs)):
            digits = sum(glyph.text.isdigit() for glyph in run)
            if digits < _FEWEST or len(run) > _MOST or digits > _LONGEST:
                continue
            pitch = (run[-1].at - run[0].at) / (len(run) - 1)
            if pitch <= 0:
                continue
            sure = sum(glyph.probability for glyph in run) / len(run)
            start, end = run[0].at - (_BEFORE + 0.5) * pitch, run[-1].at + _BEHIND * pitch
            found.append((min(digits, 4), sure, _trimmed(line, start, end, pitch)))
    found.sort(key=lambda one: (-one[0], -one[1]))
    return [quad for *_, quad in found]


def _runs(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    run: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text in _LIKE_DIGITS:
            run.append(glyph)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _trimmed(line: Line, start: float, end: float, pitch: float) -> Quad:
    """A stretch of a line, no taller about its middle than digits of that pitch are."""
    one, two, three, four = (np.asarray(corner) for corner in line.quad)
    if line.vertical:
        two, four = four, two
    along, down = (two - one + three - four) / 2, (four - one + three - two) / 2
    tall = min(1.0, _TALL * pitch * float(np.linalg.norm(along)) / max(1.0, line.glyph_px))
    top, low = one + (0.5 - tall / 2) * down, one + (0.5 + tall / 2) * down
    made = [top + start * along, top + end * along, low + end * along, low + start * along]
    if line.vertical:
        made = [made[0], made[3], made[2], made[1]]
    first, second, third, fourth = ((float(x), float(y)) for x, y in made)
    return first, second, third, fourth


def _strips(picture: Pixels, place: Quad, find: Find) -> Iterator[Quad]:
    """A place itself, and as the line finder finds it there enlarged."""
    yield place
    left, top, right, low = hull([place])
    tall = min(low - top, right - left)
    x, y = max(0, int(left - tall)), max(0, int(top - tall))
    part = np.ascontiguousarray(picture[y : int(low + tall), x : int(right + tall)])
    if not part.size:
        return
    scale = min(_MOST_ENLARGED, max(1.0, 1.5 * _DIGIT_PX / tall))
    large = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    middle = (left + right) / 2, (top + low) / 2

    def back(point: tuple[float, float]) -> tuple[float, float]:
        return point[0] / scale + x, point[1] / scale + y

    for quad in find(np.asarray(large, np.uint8)):
        there = moved(quad, back)
        left2, top2, right2, low2 = hull([there])
        if left2 < middle[0] < right2 and top2 < middle[1] < low2:
            yield there
