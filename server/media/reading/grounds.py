"""Which lines are none of an hours board's own, and which the picture's edge cuts."""

from collections.abc import Sequence

from server.media.reading.edges import is_cut_unread
from server.media.reading.strangers import is_anothers, is_parted, look_of
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import hours_anchor, looks_like_hours, on_board
from server.policy.signs.lines import Line, hull

_EDGE = 0.15
"""Of the height of the writing, which the network marks a little too high."""


def marked(picture: Pixels, lines: Sequence[Line]) -> list[Line]:
    """The lines, marked where they stand beside the board or reach the picture's edge."""
    lines = [
        line._replace(beside=False, parted=False, cut=bool(_sides(picture, line))) for line in lines
    ]
    anchor = hours_anchor(lines)
    if anchor is None:
        return lines
    own = look_of(picture, anchor)
    found = []
    for line in lines:
        other = look_of(picture, line)
        parted = is_parted(picture, own, other, lines)
        found.append(line._replace(beside=is_anothers(own, other, parted=parted), parted=parted))
    board = on_board([line for line in found if not line.beside])
    if is_cut_unread(picture, found, board, own):
        # All of them: a title among them hides nothing.
        found = [line._replace(cut=True) if looks_like_hours(line.text) else line for line in found]
    return found


def _sides(picture: Pixels, line: Line) -> set[int]:
    """Which edges of the picture a line reaches: left, top, right, below."""
    left, top, right, below = hull([line.quad])
    height, width = picture.shape[:2]
    apart = (left, top, width - right, height - below)
    return {side for side, space in enumerate(apart) if space < _EDGE * line.glyph_px}
