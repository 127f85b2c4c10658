"""Read a name's line once more, longer: the finder of lines cuts it short behind a drop or dust.

The network that marks where text stands passes over a pale first character, and what is left is
a name as well: 和平村 behind a drop is 平村. In a strip that takes in the place before it the one
that reads sees it plainly.
"""

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from server.media.reading.before import preceded
from server.media.reading.cut_outs import full_light
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Glyph, Line, Quad, hull
from server.policy.signs.parts import WORDINGS, pitch_of, sign_parts
from server.policy.signs.text import is_chinese, plain_glyphs

MOST = 4
"""So many characters are sought; a place's name has seldom more."""
SURE, EACH = 0.85, 0.5
"""So sure a character must be in the mean of four looks, and in each of them; all agree."""
_FURTHER = (1.0, 1.9)
"""Pitches before the first character's own place: half of the next one would be read as who
knows what (番 of 潘)."""
_ROOM, _LETTER = 0.62, 0.75  # of a letter, before its middle; of a line's height
_NEAREST, _FURTHEST = 0.6, 1.6  # pitches from one character to the next
_SOFT, _SHARPENED = 0.04, 1.0  # of a strip's height; how much more of what is finer
_IN_THE_WAY = 0.3  # of a line's height

Read = Callable[[Pixels, list[Quad]], list[Line]]


def lengthened(picture: Pixels, lines: Sequence[Line], read: Read) -> list[Line]:
    """The lines; the one in which the name begins with what stands before it, if that is plain.

    Nothing is looked for where the ground before it is bare (`preceded`).
    """
    parts = sign_parts(lines)
    first = _begins_in(lines, parts.name_quads, parts.place)
    if first is None:
        return list(lines)
    longer = first
    for _ in range(MOST):
        if not preceded(picture, longer).preceded:
            break
        more = _one_more(picture, longer, [line for line in lines if line is not first], read)
        if more is None:
            break
        longer = more
    return [longer if line is first else line for line in lines]


def _begins_in(lines: Sequence[Line], quads: Sequence[Quad], place: str) -> Line | None:
    """The line in which the place begins; without a place, the one with the words for the kind."""
    named = [line for line in lines if line.quad in quads]
    if not place:
        own = set("".join(WORDINGS.values()))
        named = [line for line in named if own & set(line.text)]
    ahead = [line for line in named if place[:1] in _text(line)]
    return min(ahead, key=lambda line: (line.middle[1], line.middle[0]), default=None)


def _text(line: Line) -> str:
    return "".join(glyph.text for glyph in plain_glyphs(line.glyphs))


def _one_more(picture: Pixels, line: Line, others: Sequence[Line], read: Read) -> Line | None:
    """The line with one more character before it; None where none is plain."""
    long = _length(line)
    letter = _LETTER * line.glyph_px
    pitch = max(letter, pitch_of(plain_glyphs(line.glyphs)) * long)
    first = line.glyphs[0].at * long
    found: list[Glyph] = []
    for way in _FURTHER:
        start = (first - way * pitch - _ROOM * letter) / long
        if start >= 0 or _stands_there(_part(line, start, 0.0), others):
            return None
        quad = _part(line, start, 1.0)
        for seen in _looks(picture, quad):
            glyph = _before(seen, read, start, first / long, pitch / long)
            if glyph is None or (found and glyph.text != found[0].text):
                return None
            found.append(glyph)
    sure = [glyph.probability for glyph in found]
    if sum(sure) / len(sure) < SURE or min(sure) < EACH:
        return None
    at = sum(glyph.at for glyph in found) / len(found)
    return _with(line, found[0]._replace(at=at, probability=min(sure)), letter / long)


def _before(
    seen: tuple[Pixels, Quad], read: Read, start: float, first: float, pitch: float
) -> Glyph | None:
    """What a longer strip shows right before the line's first character, and where along it."""
    shown = next(iter(read(seen[0], [seen[1]])), None)
    if shown is None:
        return None
    placed = [
        glyph._replace(at=start + glyph.at * (1 - start), others=()) for glyph in shown.glyphs
    ]
    ahead = [glyph for glyph in placed if glyph.at < first - _NEAREST * pitch]
    nearest = max(ahead, key=lambda glyph: glyph.at, default=None)
    if nearest is None or not is_chinese(nearest.text) or first - nearest.at > _FURTHEST * pitch:
        return None
    return nearest


def _looks(picture: Pixels, quad: Quad) -> Iterator[tuple[Pixels, Quad]]:
    """A strip as it is; and in full light, sharpened."""
    left, top, right, low = hull([quad])
    x, y = max(0, int(left) - 2), max(0, int(top) - 2)
    part = np.ascontiguousarray(picture[y : int(low) + 3, x : int(right) + 3])
    if not part.size:
        return
    first, second, third, fourth = ((a - x, b - y) for a, b in quad)
    there = (first, second, third, fourth)
    yield part, there
    lit = full_light(part)
    soft = cv2.GaussianBlur(lit, (0, 0), max(0.8, _SOFT * (low - top)))
    yield np.asarray(cv2.addWeighted(lit, 1 + _SHARPENED, soft, -_SHARPENED, 0), np.uint8), there


def _stands_there(place: Quad, others: Sequence[Line]) -> bool:
    """Whether another line was found where the strip would be longer."""
    left, top, right, low = hull([place])
    for line in others:
        left2, top2, right2, low2 = hull([line.quad])
        across, down = min(right, right2) - max(left, left2), min(low, low2) - max(top, top2)
        least = _IN_THE_WAY * min(low - top, right - left)
        if across > 0 and down > least:
            return True
    return False


def _part(line: Line, start: float, end: float) -> Quad:
    """A stretch of a line, in shares of its length; before it, start is below 0."""
    one, two, three, four = line.quad
    if line.vertical:
        two, four = four, two

    def at(
        here: tuple[float, float], there: tuple[float, float], share: float
    ) -> tuple[float, float]:
        return here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])

    made = at(one, two, start), at(one, two, end), at(four, three, end), at(four, three, start)
    return (made[0], made[3], made[2], made[1]) if line.vertical else made


def _with(line: Line, glyph: Glyph, letter: float) -> Line:
    start = min(0.0, glyph.at - _ROOM * letter)
    glyphs = tuple(
        one._replace(at=round((one.at - start) / (1 - start), 4)) for one in (glyph, *line.glyphs)
    )
    return line._replace(glyphs=glyphs, quad=_part(line, start, 1.0))


def _length(line: Line) -> float:
    one, two, _, four = line.quad
    return max(1.0, float(np.hypot(*np.subtract(four if line.vertical else two, one))))
