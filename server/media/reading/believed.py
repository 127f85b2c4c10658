"""A sign's lines as far as they can be believed: crossed, cut short, or of another hand."""

from collections.abc import Sequence

from server.media.reading.another_hand import told_apart
from server.media.reading.before import preceded
from server.media.reading.crossed import doubted
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line
from server.policy.signs.number import numbers_in
from server.policy.signs.parts import sign_parts


def as_believed(picture: Pixels, lines: Sequence[Line]) -> list[Line]:
    """The same lines, less sure of the name and the number where something crosses them.

    What another hand wrote beside the name is marked, and where more may stand before it.
    """
    named = sign_parts(lines).name_quads
    lines = told_apart(picture, lines)
    return [
        preceded(picture, doubted(picture, line))
        if line.quad in named
        else doubted(picture, line)
        if numbers_in([line])
        else line
        for line in lines
    ]
