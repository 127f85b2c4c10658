"""Read a board of hours in the dark, where the first look finds no line with times.

Spread over the whole scale and a little softened, for the dark is mostly noise, the photo shows
what it holds. What one such look tells counts if a closer one tells the same week.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from server.media.reading.cut_outs import full_light
from server.media.reading.grounds import marked
from server.media.reading.text_models import Pixels
from server.policy.hours import same_week
from server.policy.signs.hours_board import board_hours, hours_anchor
from server.policy.signs.lines import Line

_DARK = 45.0
"""Mean shade, of 255; the quality hint says *dark* below 35."""
_SOFT = 1.2
"""Pixels: less than the strokes of the smallest writing that is read."""

Look = Callable[[Pixels], list[Line]]


def board_in_the_dark(
    picture: Pixels, lines: Sequence[Line], look: Look, closer: Callable[[Pixels, Line], list[Line]]
) -> list[Line]:
    """The lines that tell a week, found in a dark picture; [] where it is not dark or nothing does.

    `lines` are those of the first look; `closer` looks at the board round one.
    """
    if hours_anchor(lines) is not None or picture.mean() >= _DARK:
        return []
    lit = full_light(np.asarray(cv2.GaussianBlur(picture, (0, 0), _SOFT), np.uint8))
    found = marked(lit, look(lit))
    anchor, told = hours_anchor(found), board_hours(found)
    if anchor is None or told.week is None:
        return []
    again = board_hours(marked(lit, closer(lit, anchor))).week
    return found if again is not None and same_week(told.week, again) else []
