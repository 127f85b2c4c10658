"""How a photo was held: lines read in it the other way round tell so by the order of their corners.

A line's corners go clockwise from where its reading begins. Where the photo stood on its head they
begin below on the right; in a mirrored one they go the other way round.
"""

from collections.abc import Callable, Sequence

from server.labelled import Labelled
from server.policy.signs.lines import Line, Quad

Way = Callable[[Quad], Quad]
_FEWEST_ON_SIDE = 2
_LEGIBLE_PX = 20
"""Of the tallest writing in the photo; a name lower than that has digits of 8 pixels beside it."""


class Held(Labelled):
    """How the telephone was held, with what to tell who took the photo."""

    UPRIGHT = "upright", "正着", "", ""
    TURNED = "turned", "倒着", "", "照片是倒着的。请把手机转正再拍一张。"
    ON_ITS_SIDE = "on_its_side", "横着", "", "照片是横着的。请把手机转正再拍一张。"
    MIRRORED = "mirrored", "照反了", "", "照片像是自拍镜头照反了。请换后置镜头再拍一张。"

    @property
    def advice(self) -> str:
        """What to do about it, "" when nothing is wrong."""
        return "" if self is Held.UPRIGHT else self.long


def advice(lines: Sequence[Line]) -> str:
    """What helps with a photo in which something was not made out; "" where nobody knows."""
    wrong = held(lines).advice
    tallest = max((line.glyph_px for line in lines if len(line.glyphs) > 1), default=_LEGIBLE_PX)
    return wrong or ("牌子在照片里太小了，请走近两步再拍一张。" if tallest < _LEGIBLE_PX else "")


def laid_wrong(lines: Sequence[Line]) -> str:
    """What helps where the lines' own order shows that the photo was upside down or mirrored.

    Not for one on its side: two columns look so when the number below them is what was lost.
    """
    way = held(lines)
    return way.advice if way in {Held.TURNED, Held.MIRRORED} else ""


def held(lines: Sequence[Line]) -> Held:
    """How a photo was held, by the lines that were read in it; upright when nothing tells.

    On its side every row stands on end, and there are several; a board of columns has its number
    below them.
    """
    for line in lines:
        (x0, y0), (x1, y1), _, (x3, y3) = line.quad
        if x1 < x0:
            round_ = (x1 - x0) * (y3 - y0) - (y1 - y0) * (x3 - x0)
            if round_ < 0:
                return Held.MIRRORED
            return Held.ON_ITS_SIDE if _on_side(lines) else Held.TURNED
    return Held.ON_ITS_SIDE if _on_side(lines) else Held.UPRIGHT


def as_read(lines: Sequence[Line]) -> tuple[Sequence[Line], Way]:
    """The lines as if the photo had been held rightly, and the way of a quad back into it."""
    signs = {Held.MIRRORED: (-1, 1)}.get(held(lines))
    if signs is None and any(line.quad[1][0] < line.quad[0][0] for line in lines):
        signs = (-1, -1)
    if signs is None:
        return lines, lambda quad: quad
    across, down = signs

    def back(quad: Quad) -> Quad:
        first, second, third, fourth = ((x * across, y * down) for x, y in quad)
        return first, second, third, fourth

    return [line._replace(quad=back(line.quad)) for line in lines], back


def _on_side(lines: Sequence[Line]) -> bool:
    long = [line for line in lines if len(line.glyphs) > 2]
    return len(long) >= _FEWEST_ON_SIDE and all(line.vertical for line in long)
