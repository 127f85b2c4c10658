"""What a machine read in a photo, line by line, and how such lines are put back in order."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.policy.hours.vocabulary import GAP

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


DOUBTFUL = 0.3
"""How sure a character in doubt may be at most: neither clear, nor a digit of a legible number."""
HIDDEN = 0.0
"""The probability of a character of which too much is hidden: it may be two, and says nothing."""

_BARE = 3.0
"""Something may have stood where so many heights are bare within a row."""
_SLICE, _FLAT, _MOST = 0.75, 1.3, 0.85
"""A slice of a line: its share of the height, how wide for that its characters, how much inside."""


class Glyph(NamedTuple):
    """One character as read: its probability, and what else it may be, the likeliest first.

    `at` is where it stands along its line, from 0 to 1.
    """

    text: str
    probability: float
    at: float
    others: tuple[tuple[str, float], ...] = ()
    foreign: bool = False
    """In a line with a name, beside it and in other colours: of another hand, as it looks."""

    def chance(self, characters: str) -> float:
        """How probable it is that this glyph is one of `characters`."""
        chance = self.probability if self.text in characters else 0.0
        return chance + sum(chance for text, chance in self.others if text in characters)


class Line(NamedTuple):
    """A line of text: corners clockwise from the top left as one reads it, in pixels."""

    glyphs: tuple[Glyph, ...]
    quad: Quad
    vertical: bool = False
    """Written from top to bottom, one character below the other."""
    beside: bool = False
    """On another ground than a board's times, and of no word on hours: not on the board.

    Or in a row of a sign's name, and in other colours: of another hand."""
    cut: bool = False
    """The picture's edge goes through it or close by: more may have stood there."""
    preceded: bool = False
    """Of a name: right before it stands something that may hide its first character."""

    parted: bool = False
    """A third ground lies between it and a board's times, as between two boards."""

    @property
    def text(self) -> str:
        """The likeliest reading."""
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def confidence(self) -> float:
        """Mean probability of the characters, from 0 to 1."""
        if not self.glyphs:
            return 0.0
        return sum(glyph.probability for glyph in self.glyphs) / len(self.glyphs)

    @property
    def unread(self) -> bool:
        """Whether something is written there of which not one character could be read."""
        return bool(self.glyphs) and self.confidence <= HIDDEN

    @property
    def glyph_px(self) -> float:
        """About how high its characters stand in the picture."""
        top_left, top_right, bottom_right, bottom_left = self.quad
        across = math.dist(top_left, top_right) + math.dist(bottom_left, bottom_right)
        down = math.dist(top_left, bottom_left) + math.dist(top_right, bottom_right)
        return (across if self.vertical else down) / 2

    @property
    def middle(self) -> Point:
        """The centre of its four corners."""
        return (sum(x for x, _ in self.quad) / 4, sum(y for _, y in self.quad) / 4)


def plain_line(text: str, quad: Quad = ((0, 0), (100, 0), (100, 20), (0, 20))) -> Line:
    """A line as if it had been read without a doubt; for typed text and tests."""
    step = 1 / max(1, len(text))
    return Line(
        tuple(Glyph(character, 1.0, (n + 0.5) * step) for n, character in enumerate(text)), quad
    )


def hull(quads: Iterable[Quad]) -> tuple[float, float, float, float]:
    """The upright rectangle round all quads: left, top, right, bottom."""
    points = [point for quad in quads for point in quad]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def slope(lines: Sequence[Line]) -> float:
    """By how many radians the writing leans, over all level lines; longer ones count for more."""
    leaning = [
        (math.dist(line.quad[0], line.quad[1]), _angle(line)) for line in lines if not line.vertical
    ]
    weight = sum(length for length, _ in leaning)
    return sum(length * angle for length, angle in leaning) / weight if weight else 0.0


def rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Level lines grouped into rows, from top to bottom and in each from left to right.

    Two pieces share a row when their middles, after the common lean is taken out, are less than
    half a character apart.
    """
    level = [line for line in lines if not line.vertical]
    lean = slope(level)
    cosine, sine = math.cos(-lean), math.sin(-lean)

    def straightened(line: Line) -> Point:
        x, y = line.middle
        return x * cosine - y * sine, x * sine + y * cosine

    found: list[list[Line]] = []
    for line in sorted(level, key=lambda line: straightened(line)[1]):
        height = straightened(line)[1]
        if found:
            last = found[-1][-1]
            near = 0.5 * min(last.glyph_px, line.glyph_px)
            if abs(straightened(last)[1] - height) < near:
                found[-1].append(line)
                continue
        found.append([line])
    return [sorted(row, key=lambda line: straightened(line)[0]) for row in found]


def said_once(lines: Sequence[Line]) -> list[Line]:
    """Without lines that only say what a longer one says at that very place.

    Stripes of shade part a row for one look, and another reads it whole; or one finds a slice of
    it, and reads what is left of its characters.
    """
    return [
        line
        for line in lines
        if not any(_holds(other, line) or _is_slice(line, other) for other in lines)
    ]


def own_lines(lines: Sequence[Line]) -> list[Line]:
    """The lines that are not beside, nor only say what one that is says at that very place."""
    beside = [line for line in lines if line.beside]
    return [
        line for line in lines if not (line.beside or any(_holds(other, line) for other in beside))
    ]


def _is_slice(line: Line, whole: Line) -> bool:
    """Whether a line is less surely read, lies in a whole one, and its characters are cut flat.

    Writing is about as high as it is wide, so small writing in a large row's box is no slice.
    """
    if line.vertical or whole.vertical or not line.confidence < whole.confidence:
        return False
    pitch = math.dist(line.quad[0], line.quad[1]) / max(1, len(line.glyphs))
    if line.glyph_px > _SLICE * whole.glyph_px or pitch < _FLAT * line.glyph_px:
        return False
    x, y = line.middle
    inner = ((x + _MOST * (a - x), y + _MOST * (b - y)) for a, b in line.quad)
    return all(_stands_in(point, whole.quad) for point in inner)


def _stands_in(point: Point, quad: Quad) -> bool:
    """Whether a point lies within four corners that go round clockwise."""
    corners = zip(quad, (*quad[1:], quad[0]), strict=True)
    return all(
        (x1 - x0) * (point[1] - y0) >= (y1 - y0) * (point[0] - x0) for (x0, y0), (x1, y1) in corners
    )


def _holds(whole: Line, part: Line) -> bool:
    start = whole.text.find(part.text)
    if start < 0 or len(part.glyphs) >= len(whole.glyphs) or whole.vertical != part.vertical:
        return False
    stands = [glyph.at for glyph in whole.glyphs[start : start + len(part.glyphs)]]
    along = sum(stands) / max(1, len(stands))
    top_left, top_right, bottom_right, bottom_left = whole.quad
    ends = (top_left, top_right, bottom_left, bottom_right)
    if whole.vertical:
        ends = (top_left, bottom_left, top_right, bottom_right)
    place = (
        ((ends[0][n] + ends[2][n]) * (1 - along) + (ends[1][n] + ends[3][n]) * along) / 2
        for n in (0, 1)
    )
    return math.dist(tuple(place), part.middle) < whole.glyph_px / 2


def columns(lines: Sequence[Line]) -> list[Line]:
    """Upright lines from right to left, as old signs are read."""
    return sorted((line for line in lines if line.vertical), key=lambda line: -line.middle[0])


def in_order(lines: Sequence[Line]) -> list[Line]:
    """As one reads them: rows from the top, then columns from the right."""
    return [line for row in rows(lines) for line in row] + columns(lines)


def row_text(row: Sequence[Line]) -> str:
    """A row's pieces in one text, with a mark where much is bare between two of them."""
    text = ""
    for place, line in enumerate(row):
        if place:
            between = hull([line.quad])[0] - hull([row[place - 1].quad])[2]
            text += GAP if between > _BARE * min(line.glyph_px, row[place - 1].glyph_px) else " "
        text += written(line)
    return text


def written(line: Line) -> str:
    """A line's text, with a mark where much is bare between two of its characters."""
    corners = line.quad
    long = math.dist(corners[0], corners[3] if line.vertical else corners[1])
    text, before = "", None
    for glyph in line.glyphs:
        if before is not None and (glyph.at - before) * long > _BARE * line.glyph_px:
            text += GAP
        text, before = text + glyph.text, glyph.at
    return text


def _angle(line: Line) -> float:
    (x0, y0), (x1, y1), _, _ = line.quad
    return math.atan2(y1 - y0, x1 - x0)
