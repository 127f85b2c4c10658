"""Whether strokes on a pad look like a written name; a dot, a tick or a line does not.

Ours, measured on names from 丁一 on, written stroke by stroke and joined (tests/signatures.py);
`miniapp/core/strokes.js` says the same on the phone, before anything is sent.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, dist, pi

Stroke = Sequence[Sequence[float]]

FEWEST_STROKES = 3  # 丁一
SHORTEST_STROKE = 12  # in a box of 600 x 200; below it is a dot
LEAST_INK = 150
JOINED_INK = 250  # a name in one or two strokes
JOINED_TURNS = 12.0  # radians in all; a circle turns 6.3, a trembling line some 6
STEP = 16  # what is nearer together is the trembling of a hand


def looks_signed(strokes: Sequence[Stroke]) -> bool:
    """Whether strokes of [x, y], moved into a box of 600 x 200, could be somebody's name."""
    lengths = [sum(dist(here, there) for here, there in pairwise(one)) for one in strokes]
    ink = sum(lengths)
    if sum(length >= SHORTEST_STROKE for length in lengths) >= FEWEST_STROKES:
        return ink >= LEAST_INK
    return ink >= JOINED_INK and sum(map(_turning, strokes)) >= JOINED_TURNS


def _turning(stroke: Stroke) -> float:
    """How far the pen turned in all, in radians."""
    points = list(stroke[:1])
    for point in stroke[1:]:
        if dist(point, points[-1]) >= STEP:
            points.append(point)
    turned = 0.0
    for first, second, third in zip(points, points[1:], points[2:], strict=False):
        angle = atan2(third[1] - second[1], third[0] - second[0])
        before = atan2(second[1] - first[1], second[0] - first[0])
        turned += abs((angle - before + pi) % (2 * pi) - pi)
    return turned
