"""How far two colours lie apart, whatever light falls on them."""

import numpy as np
import numpy.typing as npt

Colour = npt.NDArray[np.float64]


def shares(colours: Colour, dark: float) -> Colour:
    """Of blue, green and red; in the dark, below `dark`, all are nearly the same."""
    lifted = colours + dark
    return np.asarray(lifted / lifted.sum(axis=-1, keepdims=True), np.float64)


def apart(one: Colour, other: Colour, dark: float) -> float:
    """How far their shares differ."""
    return float(np.linalg.norm(shares(one, dark) - shares(other, dark)))
