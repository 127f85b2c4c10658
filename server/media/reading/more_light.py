"""A whole photo in full light, for a sign of which the first looks found no name.

In haze and at dusk the writing of a board differs from it by a few shades, and the network that
finds lines passes it over.
"""

from server.media.reading.cut_outs import full_light, light_left
from server.media.reading.text_models import Pixels

LEAST, MOST = 2.0, 8.0
"""By how much the shades can be spread. A photo that fills more than half of the scale gains
nothing but another chance to be misread; one of under 32 shades has too few for a fine stroke (王
was read as 工 at 12)."""


def in_full_light(picture: Pixels) -> Pixels | None:
    """The picture (BGR) spread over all shades; None where that is of no use."""
    if not LEAST <= light_left(picture) <= MOST:
        return None
    return full_light(picture)
