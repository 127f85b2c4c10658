"""Whether something stands right before a name: what it hides may be the name's first character.

南张庵村 with a pole before its 南 is 张庵村 to any reader, and that may be another station.
"""

import numpy as np

from server.media.reading.crossed import SIDE, TALL, laid_level, off_ground, rows
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line

_MIDDLE = (0.15, 0.85)  # of a line's height; a frame runs above and below
_NOT_PLAIN = 0.1
"""The share of a character's place that has to differ from the ground."""
_PLACE = (0.8, 0.2)  # of a character before the first one: beyond it stands the board's edge


def preceded(picture: Pixels, line: Line) -> Line:
    """The line, marked where the place of one more character before it is not plain ground."""
    _, flat, long = laid_level(picture, line.quad, vertical=line.vertical)
    first = int(SIDE * TALL)
    pitch = min(SIDE * TALL, long / max(1, len(line.glyphs)))
    off, need = off_ground(flat, slice(first, int(first + long)))
    start, end = (int(first - share * pitch) for share in _PLACE)
    place = off[rows(_MIDDLE), start:end]
    share = float((np.linalg.norm(place, axis=2) >= need).mean()) if place.size else 0.0
    return line._replace(preceded=share >= _NOT_PLAIN)
