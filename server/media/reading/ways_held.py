"""Lay a photo the right way round: one that stood on its head, or that a front camera mirrored."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import looks_like_hours
from server.policy.signs.lines import Line, Quad
from server.policy.signs.number import is_labelled
from server.policy.signs.parts import sign_parts
from server.policy.signs.text import is_chinese

LEGIBLE_ROW, ROW_LETTERS = 0.9, 3
EITHER_WAY = frozenset("营业间早中日口田由甲申曲山土士工干千王非回品林木本大天小合全金舍宫富喜古吉")
"""A mirror leaves these nearly as they are: a row of them may stand in a mirrored photo."""


class WayHeld(NamedTuple):
    """How a photo may have been held; `signs` tell whether across and down run backwards."""

    signs: tuple[int, int]

    def laid(self, picture: Pixels) -> Pixels:
        """The picture the right way round."""
        across, down = self.signs
        return np.ascontiguousarray(picture[::down, ::across])

    def moved(self, quad: Quad, picture: Pixels) -> Quad:
        """The same corners in the same order in the picture laid the other way, there and back."""
        height, width = picture.shape[:2]

        def way(point: tuple[float, float]) -> tuple[float, float]:
            x, y = point
            across, down = self.signs
            return (width - x if across < 0 else x), (height - y if down < 0 else y)

        first, second, third, fourth = map(way, quad)
        return first, second, third, fourth

    def found(self, quad: Quad, picture: Pixels) -> Quad:
        """A quad found in the picture as taken, its corners from the top left in the laid one."""
        first, second, third, fourth = self.moved(quad, picture)
        if self.signs == (-1, -1):
            return third, fourth, first, second
        return second, first, fourth, third


ON_ITS_HEAD, MIRRORED = WayHeld((-1, -1)), WayHeld((-1, 1))


def put_back(lines: Sequence[Line], way: WayHeld, picture: Pixels) -> list[Line]:
    """Lines read in the laid picture, placed in the picture as taken."""
    return [line._replace(quad=way.moved(line.quad, picture)) for line in lines]


def reads_upright(lines: Sequence[Line]) -> bool:
    """Whether any row of Chinese was surely read: upside down or mirrored none is."""
    sure = (line for line in lines if line.confidence >= LEGIBLE_ROW)
    return _speaks(lines) or any(
        sum(is_chinese(each.text) and each.text not in EITHER_WAY for each in line.glyphs)
        >= ROW_LETTERS
        for line in sure
    )


def _speaks(lines: Sequence[Line]) -> bool:
    """Whether the words for a kind of station are there, or of hours or a number in Chinese."""
    return sign_parts(lines).level is not None or any(
        line.confidence >= LEGIBLE_ROW
        and (looks_like_hours(line.text) or is_labelled(line))
        and any(is_chinese(glyph.text) for glyph in line.glyphs)
        for line in lines
    )
