"""Look again at the rows of a hours board that stays unread: in other light, and unsmeared.

Small writing under the times is lost by blur, a digit by noise, a stroke by glare, and as a limit
may stand in any of them the board is unread. Its rows are read again in pictures of it in which
each of these is undone. Each picture tells a week by itself: rows of two are never mixed.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np

from server.media.reading.cut_outs import as_picture, full_light, moved, writing_within
from server.media.reading.smear import DOUBTS, cleared, likely_smears, longer
from server.media.reading.text_models import Pixels
from server.policy.hours import Week, same_week
from server.policy.signs.hours_board import board_hours, hours_anchor, looks_like_hours
from server.policy.signs.lines import Line, Point, Quad, hull, rows

NEEDED = 2
"""So many pictures must tell the week, and none another one."""
_SURE, _EACH = 0.95, 0.9
"""A row read so surely in one picture must go with what another tells."""
_ROUND = 0.6  # of the largest writing's height, about the board
_CLIP, _TILES = 3.0, (4, 4)
_SOFT, _SOFTER = 1.2, 2.0  # pixels
_JOINED = 3.5
"""Heights that may lie between two pieces of one row."""
_LEAST_PX = 16

Read = Callable[[Pixels, list[Quad]], list[Line]]
Way = Callable[[Point], Point]


class _Told(NamedTuple):
    """The lines as one picture shows them, and the week that they tell."""

    lines: list[Line]
    week: Week | None


def looked_again(picture: Pixels, lines: Sequence[Line], read: Read) -> list[Line] | None:
    """The lines as one of the pictures shows them, if several tell the week; None otherwise.

    `lines` are those of an unread board, marked; the others beside it are given back with them.
    """
    own = [line for line in lines if not line.beside]
    anchor = hours_anchor(own)
    if anchor is None or any(
        (line.parted or line.cut) and looks_like_hours(line.text) for line in own
    ):
        return None
    told = [
        _Told(seen, board_hours(seen).week)
        for strips in (own, _joined(own))
        if strips
        for seen in _read_again(picture, strips, anchor, read)
    ]
    telling = [one for one in told if one.week is not None]
    if len(telling) < NEEDED or not all(_agree(telling[0], one) for one in telling):
        return None
    found = [one for one in telling if not _spoken_against(one, own, told)]
    if not found:
        return None
    best = max(found, key=lambda one: min(line.confidence for line in one.lines))
    return [*best.lines, *(line for line in lines if line.beside)]


def _agree(one: _Told, other: _Told) -> bool:
    return bool(one.week and other.week and same_week(one.week, other.week))


def _spoken_against(telling: _Told, own: Sequence[Line], told: Sequence[_Told]) -> bool:
    """Whether with a row as it is surely read elsewhere the lines would tell no such week."""
    everywhere = [line for lines in (own, *(one.lines for one in told)) for line in lines]
    for place, line in enumerate(telling.lines):
        surely = {
            other.text: other
            for other in everywhere
            if other.quad == line.quad and other.text != line.text and _is_sure(other, line)
        }
        for other in surely.values():
            instead = [*telling.lines[:place], other, *telling.lines[place + 1 :]]
            if not _agree(telling, _Told(instead, board_hours(instead).week)):
                return True
    return False


def _is_sure(other: Line, line: Line) -> bool:
    """Whether another reading of a row is sure, be it in each of its characters or more so."""
    least = min((glyph.probability for glyph in other.glyphs), default=0.0)
    return other.confidence >= _SURE and (least >= _EACH or other.confidence > line.confidence)


def _read_again(
    picture: Pixels, strips: Sequence[Line], anchor: Line, read: Read
) -> Iterator[list[Line]]:
    """The lines as each of the pictures shows them; what shows nothing there stays as it was."""
    for seen, into in _pictures(picture, strips, anchor):
        quads = [moved(line.quad, into) for line in strips]
        found = {line.quad: line.glyphs for line in read(seen, quads)}
        yield [
            line._replace(glyphs=found.get(quad, line.glyphs))
            for line, quad in zip(strips, quads, strict=True)
        ]


def _joined(lines: Sequence[Line]) -> list[Line]:
    """The lines with the pieces of each row in one strip; [] where no row is in pieces."""
    strips: list[list[Line]] = []
    for row in rows(lines):
        strips.append(row[:1])
        for before, line in pairwise(row):
            bare = hull([line.quad])[0] - hull([before.quad])[2]
            if bare < _JOINED * min(before.glyph_px, line.glyph_px):
                strips[-1].append(line)
            else:
                strips.append([line])
    if all(len(strip) == 1 for strip in strips):
        return []
    upright = [line for line in lines if line.vertical]
    return [*(_one_strip(strip) for strip in strips), *upright]


def _one_strip(pieces: Sequence[Line]) -> Line:
    first, last = pieces[0].quad, pieces[-1].quad
    longest = max(pieces, key=lambda line: len(line.glyphs))
    return longest._replace(
        quad=(first[0], last[1], last[2], first[3]),
        cut=any(line.cut for line in pieces),
        parted=any(line.parted for line in pieces),
    )


def _pictures(picture: Pixels, lines: Sequence[Line], anchor: Line) -> Iterator[tuple[Pixels, Way]]:
    """The board in other light, then without its smear, with the way into each of them."""
    height, width = picture.shape[:2]
    room = _ROUND * max(line.glyph_px for line in lines)
    x0, y0, x1, y1 = hull([line.quad for line in lines])
    left, top = max(0, int(x0 - room)), max(0, int(y0 - room))
    right, low = min(width, int(x1 + room)), min(height, int(y1 + room))
    part = picture[top:low, left:right]
    if min(part.shape[:2]) < _LEAST_PX:
        return

    def into(point: Point) -> Point:
        return point[0] - left, point[1] - top

    for seen in _in_other_light(part):
        yield seen, into
    writing = writing_within(picture, anchor, (left, top, right, low))
    smear = likely_smears(writing.name)[0].smear
    for shades in cleared(writing.shades, [smear, longer(smear)], DOUBTS):
        yield as_picture(shades), writing.into


def _in_other_light(part: Pixels) -> Iterator[Pixels]:
    yield full_light(part)
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)
    yield _coloured(cv2.createCLAHE(_CLIP, _TILES).apply(grey))
    for channel in range(3):
        yield _coloured(full_light(np.ascontiguousarray(part[:, :, channel])))
    yield np.asarray(cv2.GaussianBlur(part, (0, 0), _SOFT), np.uint8)
    yield full_light(np.asarray(cv2.GaussianBlur(part, (0, 0), _SOFTER), np.uint8))


def _coloured(grey: object) -> Pixels:
    return np.asarray(cv2.cvtColor(np.asarray(grey, np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)
