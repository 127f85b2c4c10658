"""Rows close above or below a board's times that stand on another ground: a note stuck over it.

They are not taken for the board's; but 看孙子去了 on a slip of paper limits its hours all the same.
"""

from collections.abc import Sequence

from server.policy.signs.hours_board import LEGIBLE, hours_anchor, is_title, where_limits_stand
from server.policy.signs.lines import Line
from server.policy.signs.text import is_chinese

_SHORTEST = 3


def close_by(lines: Sequence[Line]) -> tuple[str, ...]:
    """What such rows say, as far as it was clearly read, is Chinese, and is no title or name."""
    anchor = hours_anchor([line for line in lines if not line.beside])
    if anchor is None:
        return ()
    return tuple(
        line.text
        for line in lines
        if line.beside
        and line.confidence >= LEGIBLE
        and sum(map(is_chinese, line.text)) >= _SHORTEST
        and where_limits_stand(line, anchor)
        and not is_title(line)
    )
