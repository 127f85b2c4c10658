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
_LETTER = 0.75  # of a line's height is a character
_FROM = 0.12  # of a character before the first one's ink
"""Up to the middle of the character that would come before: the board's edge stands further off,
and whatever hides only its further half leaves the nearer one to be seen."""
_ABOUT = 1.5  # characters from the first on, whose ground and light the place before it has
_BURNT = 253
"""So bright that no ink shows any more."""


def preceded(picture: Pixels, line: Line) -> Line:
    """The line, marked where the place of one more character before it is not plain ground.

    The ground is the first character's own: further on the light may be another.
    """
    _, flat, long = laid_level(picture, line.quad, vertical=line.vertical)
    first, letter = SIDE * TALL, _LETTER * TALL
    centres = [glyph.at * long for glyph in line.glyphs]
    pitch = max(letter, centres[1] - centres[0] if len(centres) > 1 else letter)
    ink = first + centres[0] - letter / 2
    about = slice(int(first), int(first + min(long, _ABOUT * pitch)))
    off, need = off_ground(flat, about, about, 0.0)
    place = slice(max(0, round(ink - pitch + letter / 2)), max(1, round(ink - _FROM * letter)))
    share = float((np.linalg.norm(off[rows(_MIDDLE), place], axis=2) >= need).mean())
    burnt = float((flat[rows(_MIDDLE), place].min(axis=2) >= _BURNT).mean())
    return line._replace(preceded=share >= _NOT_PLAIN or burnt > 0.5)
