"""Part a mark of the text map that is no one line of writing.

A column whose number stands close below it makes one mark, like an L or a T upside down. The
rectangle round it is mostly bare, so neither would be read.
"""

from bisect import insort
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[Any]

_FULL = 0.72
"""A line of writing fills so much of the rectangle round it; of bent ones the most do."""
_BARER = 0.78
"""Of the rectangle's size that the two rectangles round its parts may have together."""
_WIDER, _PLAINLY = 1.3, 0.9
"""Of two pieces along the cut; of the size that the other way to cut leaves."""
_SMALLEST_PX = 8
_CUTS = 96
_DEEPEST = 2


def parts_of_mark(contour: Points, depth: int = 0) -> list[Points]:
    """The contour itself, or the outlines of the pieces that it is cut into, each fuller."""
    whole = _size_round(contour)
    left, top, width, height = cv2.boundingRect(contour)
    if depth == _DEEPEST or min(width, height) < _SMALLEST_PX:
        return [contour]
    if cv2.contourArea(contour) >= _FULL * whole:
        return [contour]
    shape = np.zeros((height, width), np.uint8)
    cv2.fillPoly(shape, [contour.reshape(-1, 2) - (left, top)], 1)
    across, along = _halves(_ends(shape)), _halves(_ends(shape.T)[:, :, ::-1])
    # Across the longer side where both will do: so the number stays whole.
    likely, other = (across, along) if height >= width else (along, across)
    size, halves = _best(likely, whole)
    if (least := _best(other, whole))[0] < _PLAINLY * size:
        size, halves = least
    if size > _BARER * whole:
        return [contour]
    return [
        part
        for half in halves
        for part in parts_of_mark(_outline(half) + np.array((left, top)), depth + 1)
    ]


def _ends(shape: Points) -> Points:
    """The first and the last point of the shape in each of its rows, as x and y."""
    y = np.arange(len(shape))
    first = shape.argmax(axis=1)
    last = shape.shape[1] - 1 - shape[:, ::-1].argmax(axis=1)
    return np.stack([np.stack([first, y], axis=1), np.stack([last, y], axis=1)], axis=1)


def _best(cuts: list[tuple[Points, Points]], whole: float) -> tuple[float, tuple[Points, ...]]:
    """The cut whose two rectangles are the smallest, and their size."""
    sizes = [(_size_round(first) + _size_round(second), (first, second)) for first, second in cuts]
    return min(sizes, key=lambda one: one[0], default=(2 * whole, ()))


def _halves(ends: Points) -> list[tuple[Points, Points]]:
    """The ends before and behind each of some cuts between a narrow and a wide piece.

    A bent banner's halves are about as wide as each other. Most of a piece's rows tell how wide it
    is: a column that leans reaches further than it is wide.
    """
    widths = np.abs(ends[:, 1] - ends[:, 0]).max(axis=1).tolist()
    before, behind = _medians(widths), _medians(widths[::-1])[::-1]
    step = max(1, len(ends) // _CUTS)
    return [
        (ends[:cut], ends[cut:])
        for cut in range(3, len(ends) - 2, step)
        if _differ(before[cut - 1] + 1, behind[cut] + 1)
    ]


def _differ(first: float, second: float) -> bool:
    """Whether one is wider than the other along the cut."""
    narrow, wide = sorted((first, second))
    return wide >= _WIDER * narrow


def _medians(numbers: list[int]) -> list[float]:
    """Of the first one, of the first two, and so on: what is in order need not be sorted anew."""
    ordered: list[int] = []
    found = []
    for number in numbers:
        insort(ordered, number)
        middle = len(ordered) // 2
        found.append((ordered[middle] + ordered[-middle - 1]) / 2)
    return found


def _outline(ends: Points) -> Points:
    """Once round: down the first ends, up the last ones."""
    return np.concatenate([ends[:, 0], ends[::-1, 1]]).astype(np.int32)


def _size_round(points: Points) -> float:
    width, height = cv2.minAreaRect(points.reshape(-1, 2).astype(np.float32))[1]
    return float((width + 1) * (height + 1))
