"""What is left of a picture without plain bars round it: a border, or a telephone's screen shot."""

from typing import Any

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]

_ALIKE = 5.0
"""Shades of 255: a bar is of one shade, a sky or a wall is not."""
_PLAIN = 0.85
"""Of a bar's row so much is of its shade; the rest may be an edge of a button."""
_MOST = 0.45
_THINNEST = 0.008
_WRITTEN = 0.08
"""Of the height what stands on a bar may take in one piece: a clock, a row of small pictures."""
_AGAIN = 3
"""Rows that must be plain before the bar goes on: between the strokes of a clock one may be."""


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
    """How many rows from the first are a bar, whatever is written on it.

    The clock of a telephone stands within its bar, and words and small pictures below it: the bar
    goes on wherever it is plain again soon.
    """
    shade, most = float(np.median(grey[0])), int(_MOST * len(grey))
    plain = (np.abs(grey[: most + 1].astype(np.float32) - shade) <= _ALIKE).mean(axis=1) >= _PLAIN
    turns = np.flatnonzero(np.diff(plain, prepend=False, append=False)).reshape(-1, 2).tolist()
    written, rows = max(2, round(_WRITTEN * len(grey))), 0
    for start, end in turns:
        if start - rows > (written if rows else 0):
            break
        if not rows or end - start >= _AGAIN:
            rows = end
    return rows if max(2, _THINNEST * len(grey)) <= rows <= most else 0
