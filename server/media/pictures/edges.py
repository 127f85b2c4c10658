"""What is left of a picture without plain bars round it: a border, or a telephone's screen shot."""

from typing import Any

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]

_ALIKE = 5.0
"""Shades of 255: a bar is of one shade, a sky or a wall is not."""
_PLAIN = 0.85
"""Of a bar's row so much is of its shade; the rest may be a clock or a battery."""
_MOST = 0.4
_THINNEST = 0.008


def inside_bars(grey: npt.NDArray[Any]) -> Box | None:
    """Left, top, right and bottom of what is inside plain bars; None where there are none.

    A bar begins at the edge and ends with a step; what only fades, as a sky does, is no bar.
    """
    top, below = _bars(grey)
    left, right = _bars(grey[top : grey.shape[0] - below].T)
    if not (top or below or left or right):
        return None
    return left, top, grey.shape[1] - right, grey.shape[0] - below


def _bars(grey: npt.NDArray[Any]) -> tuple[int, int]:
    """How many rows above and below are a bar."""
    return _bar(grey), _bar(grey[::-1])


def _bar(grey: npt.NDArray[Any]) -> int:
    shade = float(np.median(grey[0]))
    plain = (np.abs(grey.astype(np.float32) - shade) <= _ALIKE).mean(axis=1) >= _PLAIN
    most = int(_MOST * len(grey))
    ends = np.flatnonzero(~plain[: most + 1])
    rows = int(ends[0]) if len(ends) else 0
    # The clock of a telephone stands within its bar: go on where the bar goes on below it.
    while rows and rows < most:
        again = np.flatnonzero(plain[rows : rows + _gap(len(grey))])
        if not len(again) or not plain[rows + int(again[0]) :][:3].all():
            break
        ends = np.flatnonzero(~plain[rows + int(again[0]) : most + 1])
        if not len(ends):
            return 0
        rows += int(again[0]) + int(ends[0])
    return rows if rows >= max(2, _THINNEST * len(grey)) else 0


def _gap(tall: int) -> int:
    return max(2, round(0.05 * tall))
