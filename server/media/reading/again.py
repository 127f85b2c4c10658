"""Look again at the rows of a hours board that stays unread: in other light, and unsmeared.

Small writing under the times is lost by blur, a digit by noise, a stroke by glare, and as a limit
may stand in any of them the board is unread. Its rows are read again in pictures of it in which
each of these is undone. Each picture tells a week by itself: rows of two are never mixed.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import cv2
import numpy as np

from server.media.reading.cut_outs import full_light, in_grey, moved, writing_within
from server.media.reading.grounds import marked
from server.media.reading.merging import merged, still_doubted, unseen
from server.media.reading.smear import DOUBTS, cleared, likely_smears, longer
from server.media.reading.text_models import Pixels
from server.policy.hours import Week, same_week
from server.policy.signs.hours_board import (
    board_hours,
    edge_hides,
    hours_anchor,
    looks_like_hours,
    where_limits_stand,
)
from server.policy.signs.lines import Line, Point, Quad, hull, plain_line, rows

NEEDED = 2
"""So many pictures must tell the week, and none another one."""
_SURE, _EACH = 0.95, 0.9
"""A row read so surely in one picture must go with what another tells."""
_LEGIBLE = 0.75
"""Of a row's characters: letters of who knows what are passed over on a board, not here."""
_SPECK = 2  # characters
_ROUND, WIDE_ROUND = 0.6, 3.0
"""Of the largest writing's height, about the rows; the wider where others may stand unseen."""
_FEW_SIGNS = 1.5
_CLIP, _TILES = 3.0, (4, 4)
_SOFT, _SOFTER = 1.2, 2.0  # pixels
MIDDLING = 1
"""Which of the doubts leaves ripples and detail in balance."""
_JOINED = 3.5
"""Heights that may lie between two pieces of one row."""
_SAME, _AS_LONG = 0.5, 0.85

Find = Callable[[Pixels], list[Quad]]
Read = Callable[[Pixels, list[Quad]], list[Line]]
Way = Callable[[Point], Point]
Box = tuple[int, int, int, int]


class Picture(NamedTuple):
    """The board in other light or without its smear, with the ways into it and back.

    `kept` is BGR, or of one shade a pixel, in a third of the room.
    """

    kept: Pixels
    into: Way
    back: Way
    nth: int = 0

    @property
    def seen(self) -> Pixels:
        """The picture in BGR, as the networks take it."""
        return self.kept if self.kept.ndim > 2 else _coloured(self.kept)


class _Told(NamedTuple):
    """The lines as one picture shows them, the week that they tell, and which picture it is."""

    lines: list[Line]
    week: Week | None
    by: int = -1


def looked_again(
    picture: Pixels, lines: Sequence[Line], find: Find, read: Read
) -> list[Line] | None:
    """The lines as one of the pictures shows them, if several tell the week; None otherwise.

    `lines` are those of an unread board, marked; the others beside it are given back with them.
    Where its rows as they were found tell nothing, they are found anew in what is unsmeared.
    """
    own = [line for line in lines if not line.beside]
    anchor = hours_anchor(own)
    if anchor is None or edge_hides(own):
        return None
    if any(line.parted and looks_like_hours(line.text) for line in own):
        return None
    box = box_round(picture, own, _ROUND)
    clear = [one._replace(nth=nth) for nth, one in enumerate(unsmeared(picture, anchor, box))]
    pictures = chain(_in_other_light(picture, box, len(clear)), clear)
    told = _told_by_each([strips for strips in (own, _joined(own)) if strips], pictures, read)
    found = _settled(own, told)
    if found is None and not _at_odds(told):
        for strips in _anew(picture, own, clear, find, read):
            told += _told_by_each([strips], clear, read)
            if _at_odds(told):
                return None
        found = _settled(own, told)
    if found is None or _hides_a_row(picture, [*found, *lines], find):
        return None
    return merged(found, [line for line in lines if line.beside])


def _hides_a_row(picture: Pixels, lines: Sequence[Line], find: Find) -> bool:
    """Whether writing where limits stand shows once unsmeared that no look had found at all."""
    own = [line for line in lines if not line.beside]
    anchor = hours_anchor(own)
    if anchor is None:
        return True
    wide = box_round(picture, own, WIDE_ROUND)
    return any(
        math.dist(row.quad[0], row.quad[1]) > _FEW_SIGNS * row.glyph_px
        and where_limits_stand(row, anchor)
        for one in unsmeared(picture, anchor, wide, [DOUBTS[MIDDLING]])
        for row in unseen(lines, _places(one, find))
    )


def _places(one: Picture, find: Find) -> list[Line]:
    """Where writing is found in a picture of the board, placed in the photo; nothing is read."""
    return [plain_line("", moved(quad, one.back)) for quad in find(one.seen)]


def _settled(own: Sequence[Line], told: Sequence[_Told]) -> list[Line] | None:
    """The lines of the clearest picture that tells the week, if enough do and nothing else."""
    telling = [one for one in told if one.week is not None]
    pictures = {one.by for one in telling}  # found in two ways, it is one picture still
    if len(pictures) < NEEDED or _at_odds(telling):
        return None
    found = [one for one in telling if not _spoken_against(one, own, told)]
    best = max(found, key=lambda one: min(line.confidence for line in one.lines), default=None)
    return None if best is None else best.lines


def _told_by_each(
    each: Sequence[Sequence[Line]], pictures: Iterable[Picture], read: Read
) -> list[_Told]:
    """What the pictures, one at a time, tell of each kind of strips; until two weeks are told."""
    told: list[list[_Told]] = [[] for _ in each]
    for one in pictures:
        for strips, by_strips in zip(each, told, strict=True):
            by_strips.append(_told(strips, one, read))
        del one  # before the next is made
        if _at_odds(list(chain(*told))):
            break
    return list(chain(*told))


def _at_odds(told: Sequence[_Told]) -> bool:
    """Whether two weeks are told: then nothing that is read further settles it."""
    telling = [one for one in told if one.week is not None]
    return not all(_agree(telling[0], one) for one in telling)


def _told(strips: Sequence[Line], one: Picture, read: Read) -> _Told:
    """What one picture tells; nothing where a row that may limit hours is hardly read in it."""
    seen = still_doubted(_shown(strips, one, read), strips)
    anchor = hours_anchor(seen)
    if anchor is None:
        return _Told(seen, None, one.nth)
    hardly = [
        line
        for line, before in zip(seen, strips, strict=True)
        if len(before.glyphs) > _SPECK and not before.beside
        if line.confidence < _LEGIBLE or (_is_chinese(before) and not _is_chinese(line))
    ]
    hidden = any(where_limits_stand(line, anchor) for line in hardly)
    return _Told(seen, None if hidden else board_hours(seen).week, one.nth)


def _is_chinese(line: Line) -> bool:
    return any(sign > "\u2e7f" for sign in line.text)


def _shown(strips: Sequence[Line], one: Picture, read: Read) -> list[Line]:
    """The lines as a picture shows them; what shows nothing there stays as it was."""
    quads = [moved(line.quad, one.into) for line in strips]
    found = {line.quad: line.glyphs for line in read(one.seen, quads)}
    return [
        line._replace(glyphs=found.get(quad, line.glyphs))
        for line, quad in zip(strips, quads, strict=True)
    ]


def _anew(
    picture: Pixels, own: Sequence[Line], clear: Sequence[Picture], find: Find, read: Read
) -> Iterator[list[Line]]:
    """The board's lines as they are found in two of the unsmeared pictures, marked.

    What is not found there stays as it was first found.
    """
    for one in clear[MIDDLING :: len(DOUBTS)]:  # of either length
        shown = [line for line in _shown(_places(one, find), one, read) if line.glyphs]
        strips = marked(picture, merged(shown, own))
        if shown and not edge_hides(strips):
            yield strips


def _agree(one: _Told, other: _Told) -> bool:
    return bool(one.week and other.week and same_week(one.week, other.week))


def _spoken_against(telling: _Told, own: Sequence[Line], told: Sequence[_Told]) -> bool:
    """Whether with a row as it is surely read elsewhere the lines would tell no such week."""
    everywhere = [line for lines in (own, *(one.lines for one in told)) for line in lines]
    for place, line in enumerate(telling.lines):
        surely = {
            other.text: other
            for other in everywhere
            if _at_one_place(other, line) and other.text != line.text and _is_sure(other, line)
        }
        for other in surely.values():
            instead = [*telling.lines[:place], other, *telling.lines[place + 1 :]]
            if not _agree(telling, _Told(instead, board_hours(instead).week)):
                return True
    return False


def _at_one_place(one: Line, other: Line) -> bool:
    """Whether two lines are the same row, however each of them was found: no piece of it."""
    if one.quad == other.quad:
        return True
    long, long_too = (math.dist(line.quad[0], line.quad[1]) for line in (one, other))
    near = math.dist(one.middle, other.middle) < _SAME * min(one.glyph_px, other.glyph_px)
    return near and min(long, long_too) > _AS_LONG * max(long, long_too)


def _is_sure(other: Line, line: Line) -> bool:
    """Whether another reading of a row is sure, be it in each of its characters or more so."""
    least = min((glyph.probability for glyph in other.glyphs), default=0.0)
    return other.confidence >= _SURE and (least >= _EACH or other.confidence > line.confidence)


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


def box_round(picture: Pixels, lines: Sequence[Line], share: float) -> Box:
    """What lies round the lines: left, top, right, below."""
    height, width = picture.shape[:2]
    room = share * max(line.glyph_px for line in lines)
    left, top, right, low = hull([line.quad for line in lines])
    return (
        min(width - 1, max(0, int(left - room))),
        min(height - 1, max(0, int(top - room))),
        max(1, min(width, int(right + room))),
        max(1, min(height, int(low + room))),
    )


def unsmeared(
    picture: Pixels, anchor: Line, box: Box, doubts: Sequence[float] = DOUBTS
) -> Iterator[Picture]:
    """The board without the smear that the row with most times shows, in two for each doubt."""
    writing = writing_within(picture, anchor, box)
    smear = likely_smears(writing.name)[0].smear
    for shades in cleared(writing.shades, [smear, longer(smear)], doubts):
        yield Picture(in_grey(shades), writing.into, writing.back)


def _in_other_light(picture: Pixels, box: Box, nth: int) -> Iterator[Picture]:
    """The board in full light, in one colour after the other, evened, and softened."""
    plain = in_full_light(picture, box)
    yield plain._replace(nth=nth)
    plain = plain._replace(kept=plain.kept[:0].copy())  # the ways alone
    left, top, right, low = box
    for kept in _lit(picture[top:low, left:right]):
        nth += 1
        yield plain._replace(kept=kept, nth=nth)


def _lit(part: Pixels) -> Iterator[Pixels]:
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)
    yield np.asarray(cv2.createCLAHE(_CLIP, _TILES).apply(grey), np.uint8)
    del grey
    for channel in range(3):
        yield full_light(np.ascontiguousarray(part[:, :, channel]))
    yield np.asarray(cv2.GaussianBlur(part, (0, 0), _SOFT), np.uint8)
    yield full_light(np.asarray(cv2.GaussianBlur(part, (0, 0), _SOFTER), np.uint8))


def in_full_light(picture: Pixels, box: Box) -> Picture:
    """What lies within these sides, with the light spread over the whole scale."""
    left, top, right, low = box

    def into(point: Point) -> Point:
        return point[0] - left, point[1] - top

    def back(point: Point) -> Point:
        return point[0] + left, point[1] + top

    return Picture(full_light(picture[top:low, left:right]), into, back)


def _coloured(grey: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
