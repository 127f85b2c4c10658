"""A house's windows beside a board, which the network takes for writing: 田五田田, 田开 开."""

import re

from server.policy.signs.lines import Glyph, Line

_ROW = re.compile("[日目口回品曰五平用]*田[田日目口回品曰五平用]*")
_DOUBTED, _THOUGHT_OF = 0.85, 0.1


def may_be_windows(line: Line) -> bool:
    """Whether a line that the network doubts is made of the signs that windows are taken for."""
    return (
        line.confidence < _DOUBTED and _ROW.fullmatch("".join(map(_sign, line.glyphs))) is not None
    )


def _sign(glyph: Glyph) -> str:
    """A doubtful 开 as 田 where the network thought of that as well."""
    hardly = glyph.text == "开" and glyph.probability < _DOUBTED
    return "田" if hardly and glyph.chance("田") >= _THOUGHT_OF else glyph.text
