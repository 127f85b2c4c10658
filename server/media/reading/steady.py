"""Whether a number stays what it is when it is looked at a little differently.

What is really there is read again in a strip a little higher, taller, slanted, blurred or without
colour. What the network makes of specks, twigs or lamps that hardly show changes or is lost,
however sure it was of it once (docs/accuracy-signs.md, *Signs by another hand*).
"""

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from server.media.reading.cut_outs import full_light
from server.media.reading.text_models import Pixels, is_upright
from server.policy.signs.lines import DOUBTFUL, Line, Quad
from server.policy.signs.number import CLEAR_CUT, NumberRead, best_number, beyond_doubt, numbers_in

NEEDED = 7
"""Of eleven such looks so many must read it beyond doubt; of 317 right ones all but six had 8 and
more, five wrong ones 6 at most."""
LOOKS = 11
"""If fewer do and none reads another, all of as many looks at the strip three times as large must
read it for certain, and `NEEDED` beyond doubt: small writing is lost between a look's pixels."""
FAINT, ANOTHER = 0.25, 5
"""From so much of the ink's contrast on a stroke is drawn in full; if five of eight strips then
read another number and none the same, it is not steady (of 50 right ones two at most did)."""
CLEARINGS_STEADY = 4
"""In so many of six; of numbers that were unsteady before, right ones were so in four and more,
and two wrong ones in one and two."""
VERY_STEADY = 2 * LOOKS - 1
"""Or of two of them, where it is clear cut in both, all looks read it and all but one beyond doubt:
a smear that is long or dark leaves two or three strengths in which anything can be read. Of 20
such numbers all were right; a wrong one (XZ0204, long, read as XZ8294 in all six) had 10 and 8."""

Read = Callable[[Pixels, list[Quad]], list[Line]]
Corners = npt.NDArray[np.float64]
_TURNED = [0, 3, 2, 1]
"""A column of characters is read on its side: its left edge is the line's top."""
_ROUND = 1.3  # of the strip's height is cut out about it
_WIDER = 0.25  # of its height, before and behind: the line finder cuts small writing short
_ENLARGED, _MUCH_ENLARGED = 2, 3
_EDGES, _SHARPENED = 0.8, 0.8  # pixels of the photo; how much more of what is finer
_LEAST_BLUR, _BLUR = 0.6, 0.02  # pixels; of the height


def is_steady(read: Read, picture: Pixels, number: NumberRead) -> bool:
    """Whether most of the looks at a number's strip read the same, and none surely another."""
    part, corners = cut_out(picture, number.quad)
    if not part.size:  # read in what a cut-out made up beyond the edge
        return False
    upright = is_upright(number.quad)
    first = best_number(read(part, [_quad(corners, upright=upright)]))
    if is_plain(first, number):
        return True
    sure = 0
    for found in _each(read, looks(part, corners, upright=upright)):
        if found is not None and beyond_doubt(found):
            if found.text != number.text:
                return False
            sure += 1
    if sure < NEEDED and not _is_steady_large(read, part, corners, number):
        return False
    return not _is_another_in_full_ink(read, part, corners, number)


def _is_another_in_full_ink(read: Read, part: Pixels, corners: Corners, number: NumberRead) -> bool:
    """Whether most strips read another number once strokes that hardly show are as dark as others.

    A drop takes nearly all of a stroke, in every look alike: XZ0392 was XZ0292.
    """
    full = _in_full_ink(part, corners)
    others: list[str] = []
    for quad in _strips(corners, upright=is_upright(number.quad)):
        found = best_number(read(full, [quad]))
        if found is not None and beyond_doubt(found):
            if found.text == number.text:
                return False
            others.append(found.text)
    return any(others.count(text) >= ANOTHER for text in others)


def _in_full_ink(part: Pixels, corners: Corners) -> Pixels:
    """A strip in black and white between its ground and a quarter of the way to its ink."""
    low = np.floor(corners.min(axis=0)).astype(int).clip(0)
    high = np.ceil(corners.max(axis=0)).astype(int)
    strip = part[low[1] : high[1], low[0] : high[0]].reshape(-1, 3).astype(np.float32)
    ground = np.median(strip, axis=0)
    away = np.linalg.norm(strip - ground, axis=1)
    ink = (strip - ground)[away >= np.percentile(away, 90)].mean(axis=0)
    contrast = max(1.0, float(np.linalg.norm(ink)))
    shades = (part.astype(np.float32) - ground) @ (ink / (contrast**2 * FAINT))
    white = _pixels(255 * (1 - shades.clip(0, 1)))
    return _pixels(cv2.cvtColor(white, cv2.COLOR_GRAY2BGR))


def _is_steady_large(read: Read, part: Pixels, corners: Corners, number: NumberRead) -> bool:
    """Whether every look at the enlarged strip reads the number, and most beyond doubt."""
    sure = 0
    for found in _each(read, large_looks(part, corners, upright=is_upright(number.quad))):
        if found is None or found.text != number.text:
            return False
        sure += beyond_doubt(found)
    return sure >= NEEDED


def _each(read: Read, looks: Iterator[tuple[Pixels, list[Quad]]]) -> Iterator[NumberRead | None]:
    """The number of each look; each is read when it is asked for, for the first may tell."""
    for seen, quads in looks:
        for quad in quads:
            yield best_number(read(seen, [quad]))


def is_steady_cleared(
    read: Read, clear: Sequence[tuple[Pixels, NumberRead | None]], told: NumberRead
) -> bool:
    """Whether a number that only a smear hides is steady wherever that was undone.

    `clear` are the pictures in which it was undone, in six strengths, and the number in each.
    """
    steady, left = 0, len(clear)
    for picture, number in clear:
        if steady == CLEARINGS_STEADY or steady + left < CLEARINGS_STEADY:
            break
        left -= 1
        if number is not None and number.text == told.text and beyond_doubt(number):
            steady += is_steady(read, picture, number)
    return steady >= CLEARINGS_STEADY or _are_very_steady(read, clear, told)


def _are_very_steady(
    read: Read, clear: Sequence[tuple[Pixels, NumberRead | None]], told: NumberRead
) -> bool:
    """Whether two of these pictures show the number in whatever way they are looked at."""
    surest: list[int] = []
    for picture, number in clear:
        if number is not None and number.text == told.text and beyond_doubt(number, CLEAR_CUT):
            surest.append(_looks_beyond_doubt(read, picture, number))
    return len(surest) > 1 and sum(sorted(surest)[-2:]) >= VERY_STEADY


def _looks_beyond_doubt(read: Read, picture: Pixels, number: NumberRead) -> int:
    """How many of eleven looks at a strip read the number beyond doubt; none unless all read it."""
    part, corners = cut_out(picture, number.quad)
    sure = 0
    if part.size:
        for found in _each(read, looks(part, corners, upright=is_upright(number.quad))):
            if found is None or found.text != number.text:
                return 0
            sure += beyond_doubt(found)
    return sure


def is_plain(seen: NumberRead | None, number: NumberRead) -> bool:
    """Whether a plain look at the whole picture shows the number so surely that it is steady."""
    return seen is not None and seen.text == number.text and beyond_doubt(seen, CLEAR_CUT)


def unsteady(lines: Sequence[Line], number: NumberRead) -> list[Line]:
    """The same lines, in doubt of the digits wherever they tell this number."""
    return [
        line._replace(
            glyphs=tuple(
                glyph._replace(probability=min(glyph.probability, DOUBTFUL))
                for glyph in line.glyphs
            )
        )
        if any(one.text == number.text for one in numbers_in([line]))
        else line
        for line in lines
    ]


def looks(part: Pixels, corners: Corners, *, upright: bool) -> Iterator[tuple[Pixels, list[Quad]]]:
    """Pictures and the strips in them to be read: eleven in all."""
    strips = _strips(corners, upright=upright)
    yield part, strips
    soft = max(_LEAST_BLUR, _BLUR * float(np.linalg.norm(_down(corners))))
    yield _pixels(cv2.GaussianBlur(part, (0, 0), soft)), strips[:1]
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    yield _pixels(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)), strips[:1]
    large = _enlarged(part, _ENLARGED, cv2.INTER_CUBIC)
    yield full_light(large), _strips(corners * _ENLARGED, upright=upright)[:1]


def large_looks(
    part: Pixels, corners: Corners, *, upright: bool
) -> Iterator[tuple[Pixels, list[Quad]]]:
    """The same strips where small writing is enlarged with its edges kept: eleven in all."""
    large = _enlarged(part, _MUCH_ENLARGED, cv2.INTER_LANCZOS4)
    strips = _strips(corners * _MUCH_ENLARGED, upright=upright)
    yield large, strips
    soft = cv2.GaussianBlur(large, (0, 0), _EDGES * _MUCH_ENLARGED)
    yield _pixels(cv2.addWeighted(large, 1 + _SHARPENED, soft, -_SHARPENED, 0)), strips[:3]


def _enlarged(part: Pixels, times: int, way: int) -> Pixels:
    size = (part.shape[1] * times, part.shape[0] * times)
    return _pixels(cv2.resize(part, size, interpolation=way))


def _down(corners: Corners) -> Corners:
    return np.asarray((corners[[2, 3]] - corners[[0, 1]]).mean(axis=0), np.float64)


def _strips(corners: Corners, *, upright: bool) -> list[Quad]:
    """A strip, a little wider, and seven others: higher, lower, taller, flatter, slanted, wider."""
    top, low, before, behind = [0, 1], [2, 3], [0, 3], [1, 2]
    down = _down(corners)
    ahead = (corners[behind] - corners[before]).mean(axis=0)
    ahead *= np.linalg.norm(down) / max(1.0, float(np.linalg.norm(ahead)))
    wide = corners.copy()
    wide[before] -= _WIDER * ahead
    wide[behind] += _WIDER * ahead

    def with_(*moves: tuple[list[int], Corners]) -> Quad:
        made = wide.copy()
        for which, way in moves:
            made[which] += way
        return _quad(made, upright=upright)

    return [
        with_(),
        with_((top, -0.08 * down), (low, -0.08 * down)),
        with_((top, 0.08 * down), (low, 0.08 * down)),
        with_((top, -0.12 * down), (low, 0.12 * down)),
        with_((top, 0.06 * down), (low, -0.06 * down)),
        with_((top, 0.12 * ahead), (low, -0.12 * ahead)),
        with_((top, -0.12 * ahead), (low, 0.12 * ahead)),
        with_((before, -_WIDER * ahead), (behind, _WIDER * ahead)),
    ]


def cut_out(picture: Pixels, quad: Quad) -> tuple[Pixels, Corners]:
    """What is about a strip, and the strip's corners in it, clockwise from its top left."""
    corners = np.asarray(quad, np.float64)
    if is_upright(quad):
        corners = corners[_TURNED]
    room = _ROUND * float(np.linalg.norm(corners[3] - corners[0]))
    low = np.maximum(np.floor(corners.min(axis=0) - room), 0).astype(int)
    high = np.ceil(corners.max(axis=0) + room).astype(int)
    part = np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]])
    return part, corners - low


def _quad(corners: Corners, *, upright: bool) -> Quad:
    """Corners in the order in which lines have them."""
    kept = corners[_TURNED] if upright else corners
    first, second, third, fourth = ((float(x), float(y)) for x, y in kept)
    return first, second, third, fourth


def _pixels(made: object) -> Pixels:
    return np.asarray(made, np.uint8)
