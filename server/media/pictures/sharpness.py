"""How sharp a picture is: its finest detail, and whether edges along one way are all smeared."""

import numpy as np
import numpy.typing as npt

_WIDE = 5  # pixels to either side over which an edge's whole step is taken
_STEP = 40  # shades of 255 from which it is an edge worth judging
_LEAST_EDGES = 150
_BEST = 100  # steep edges must there be: shadows and clouds have many that are soft by nature
_EVERY = 2  # every second row or column is enough
_WAYS = ((0, 1), (1, 0), (1, 1), (1, -1))

Shades = npt.NDArray[np.int16]


def detail(shades: Shades) -> float:
    """Variance of the Laplacian; 0 for pictures too narrow to have one."""
    if min(shades.shape) < 3:
        return 0.0
    around = shades[:-2, 1:-1] + shades[2:, 1:-1] + shades[1:-1, :-2] + shades[1:-1, 2:]
    return float((around - 4 * shades[1:-1, 1:-1]).var(dtype=np.float32))


def steepness(shades: Shades) -> float:
    """How steep the best edges are along the most smeared of four ways; 9 when none can tell.

    Steepness is the share of an edge's whole step that lies between two neighbouring pixels: 1 for
    a sharp edge, more for a thin line, little for one that was smeared over many pixels. A hand
    that moves smears all edges along its way and leaves the others sharp. Ways with hardly any
    edges are left out.
    """
    found = (_steepness(shades, *way) for way in _WAYS)
    return min((steep for steep in found if steep is not None), default=9.0)


def _steepness(shades: Shades, down: int, across: int) -> float | None:
    reach = 2 * _WIDE
    height, width = shades.shape
    if min(height, width) <= 2 * reach:
        return None
    top, left = (reach if down else 0), (reach if across else 0)
    rows, columns = (1 if down and not across else _EVERY), (1 if across and not down else _EVERY)

    def at(steps: int) -> Shades:
        y, x = top + steps * down, left + steps * across
        return shades[y : y + height - 2 * top : rows, x : x + width - 2 * left : columns]

    whole = np.abs(at(_WIDE) - at(-_WIDE))
    # What is no edge, most of a picture, is looked at no further: that saves half the time.
    found = np.flatnonzero(whole >= _STEP)
    down_by, across_by = np.divmod(found, whole.shape[1])
    here = (top + rows * down_by) * width + left + columns * across_by
    onward = down * width + across
    flat = shades.reshape(-1)
    before, one, other, after = (flat[here + steps * onward] for steps in (-1, 0, 1, 2))
    step = np.abs(other - one)
    # The pixel where the edge is: its step is the largest among its neighbours' on the way.
    edges = (step >= np.abs(after - other)) & (step >= np.abs(one - before))
    if edges.sum() < _LEAST_EDGES:
        return None
    return float(np.partition((step / whole.reshape(-1)[found])[edges], -_BEST)[-_BEST])
