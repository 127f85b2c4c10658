"""How far two colours lie apart, whatever light falls on them."""

import numpy as np
import numpy.typing as npt

Colour = npt.NDArray[np.float64]


def apart(one: Colour, other: Colour, dark: float) -> float:
    """How far their shares of blue, green and red differ; in the dark, below `dark`, hardly."""
    shares = [(colour + dark) / (colour + dark).sum() for colour in (one, other)]
    return float(np.linalg.norm(shares[0] - shares[1]))
