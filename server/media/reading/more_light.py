"""A whole photo in other light, for a sign of which the first looks found no name.

In haze and at dusk the writing of a board differs from it by a few shades, against the light the
whole board is dark; the network that finds lines passes it over.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from server.media.reading.cut_outs import full_light, light_left
from server.media.reading.text_models import Pixels

LEAST, MOST = 2.0, 8.0
"""By how much the shades can be spread. A photo that fills more than half of the scale gains
nothing but another chance to be misread; one of under 32 shades has too few for a fine stroke (王
was read as 工 at 12)."""
_STEEPEST, _SQUARES = 3.0, (8, 8)
"""Of light evened square by square: by how much it is spread at most, and the squares."""


def in_other_light(picture: Pixels) -> Iterator[Pixels]:
    """The picture (BGR) spread over all shades, if it has few; and with its light made even."""
    left = light_left(picture)
    if left > MOST:
        return
    if left >= LEAST:
        yield full_light(picture)
    yield _evened(picture)


def _evened(picture: Pixels) -> Pixels:
    """Each part of the picture in light of its own; the colours stay."""
    shades = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    shades[..., 0] = cv2.createCLAHE(_STEEPEST, _SQUARES).apply(shades[..., 0])
    return np.asarray(cv2.cvtColor(shades, cv2.COLOR_LAB2BGR), np.uint8)
