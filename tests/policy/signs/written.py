"""Lines of writing at a place, as the reader would give them."""

from server.policy.signs.lines import Line, plain_line
from server.policy.signs.match import match_sign
from server.policy.signs.placed import Outcome

NAME = "西庄村快递便民服务点"


def at(text: str, left: float, top: float, height: float = 20, *, vertical: bool = False) -> Line:
    """A line of plain writing at a place; characters are as wide as high."""
    along = height * len(text)
    right, bottom = (left + height, top + along) if vertical else (left + along, top + height)
    quad = ((left, top), (right, top), (right, bottom), (left, bottom))
    return plain_line(text, quad)._replace(vertical=vertical)


def name_outcome(lines: list[Line], name: str = NAME, **more: object) -> Outcome:
    """What comes of a sign with these lines, claimed by that name."""
    return match_sign(lines, names=[name], number=None, **more).name.outcome  # type: ignore[arg-type]
