"""Two looks at one picture in one list of lines, where they do not tell different things."""

from collections.abc import Sequence

from server.policy.hours import same_week
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Line, hull


def merged(better: Sequence[Line], other: Sequence[Line]) -> list[Line]:
    """All of the first look, and of the second what stands where the first saw nothing."""
    return [*better, *unseen(better, other)]


def unseen(seen: Sequence[Line], other: Sequence[Line]) -> list[Line]:
    """What of a second look stands where the first saw nothing."""
    boxes = [hull([line.quad]) for line in seen]

    def free(line: Line) -> bool:
        x, y = line.middle
        return not any(
            left <= x <= right and top <= y <= below for left, top, right, below in boxes
        )

    return [line for line in other if free(line)]


def is_torn(closer: Sequence[Line], both: Sequence[Line]) -> bool:
    """Whether a piece of a row that the closer look read whole came in beside it and changed it."""
    alone, together = board_hours(closer).week, board_hours(both).week
    if alone is None or together is None or same_week(alone, together):
        return False
    tops = [hull([line.quad])[1::2] for line in closer]
    return any(
        top < line.middle[1] < low for line in both if line not in closer for top, low in tops
    )
