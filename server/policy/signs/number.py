"""Find the sign code (XZ0001, C0001) in what was read, and say how sure that is.

附件3 gives the form: XZ for township stations, C for village points, four digits behind. Knowing
the form helps reading: of all a glyph may be, only what fits its place is weighed.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.policy.signs.lines import Glyph, Line, Quad, hull
from server.policy.signs.text import plain, plain_glyphs

DIGITS = 4
SURE = 0.80
"""The least certain digit must be this probable among the ten, or the number counts as unread."""
LEGIBLE = 0.75
"""Mean probability that the glyphs are what the form asks for at all."""

BEYOND_DOUBT = (0.93, 0.80)
"""How sure and how legible a number must be that no second look bears out."""
CLEAR_CUT = (0.99, 0.90)
"""So sure that the closer looks need no smear undone to bear them out."""
CLEARINGS_NEEDED = 2
_PIECE_OF_CODE = re.compile("[A-Z0-9]{2}")
_LARGER = 2.0
"""Of the height of a name's characters: so high are a road's numbers, never a sign's own."""

# Letters that the network gives for digits (their shapes, not their sounds).
_LOOKS_LIKE = {"0": "0OQD", "1": "1IL", "2": "2Z", "3": "3", "4": "4", "5": "5S", "6": "6",
               "7": "7", "8": "8B", "9": "9"}  # fmt: skip
_PREFIXES = (("XZ", ("X", "Z27")), ("C", ("CG",)))
_LEAST_C = 0.02
"""A G counts for a C where the network held C for possible: G4212 is a motorway.
So does a 0 or an O right behind 编号 or 标牌号."""
_LABELS = ("编号", "编码", "牌号", "点号", "识码")
_NO = ("NO", "N0", "ND", "NQ")
"""NO. as it is read; any other letter right before the prefix says that it is none."""


class NumberRead(NamedTuple):
    """A sign code found in a line; `sure` is the weakest digit's share among the ten digits."""

    text: str
    sure: float
    legible: float
    quad: Quad

    @property
    def certain(self) -> bool:
        """Good enough to be held against the register."""
        return self.sure >= SURE and self.legible >= LEGIBLE


def numbers_in(lines: Iterable[Line]) -> list[NumberRead]:
    """All places that look like a sign code, the most certain first, each code once."""
    found = sorted(
        (number for line in lines for number in _numbers_in(line)),
        key=lambda number: (number.certain, number.sure * number.legible),
        reverse=True,
    )
    once: dict[str, NumberRead] = {}
    for number in found:
        once.setdefault(number.text, number)
    return list(once.values())


def best_number(
    lines: Iterable[Line], level_prefix: str | None = None, beside: Sequence[Quad] = ()
) -> NumberRead | None:
    """The code on the sign; `level_prefix` (XZ or C) settles it when the wording says the level.

    `beside` is where the name stands: of several codes, the nearest to it is the sign's, and one
    that is far larger than the name (G4212 on a road sign) is none.
    """
    found = [
        number for number in numbers_in(lines) if number.certain and not _far_larger(number, beside)
    ]
    fitting = [number for number in found if prefix_of(number.text) == level_prefix] or found
    if beside and len(fitting) > 1:
        box = hull(beside)
        return min(fitting, key=lambda number: _away(number.quad, box))
    return next(iter(fitting), None)


def plain_number(
    lines: Iterable[Line], level_prefix: str | None = None, beside: Sequence[Quad] = ()
) -> NumberRead | None:
    """The code on the sign if it needs no closer look; less sure ones do (`PictureReader`)."""
    found = best_number(lines, level_prefix, beside)
    return found if beyond_doubt(found) else None


def _far_larger(number: NumberRead, beside: Sequence[Quad]) -> bool:
    """Whether a number is written much larger than the name, by the shorter sides of both."""
    return bool(beside) and _short(number.quad) > _LARGER * max(map(_short, beside))


def _short(quad: Quad) -> float:
    first, second, third, fourth = quad
    across = math.dist(first, second) + math.dist(third, fourth)
    return min(across, math.dist(second, third) + math.dist(fourth, first)) / 2


def _away(quad: Quad, box: tuple[float, float, float, float]) -> float:
    """How far the middle of a quad is from a box."""
    x, y = (sum(side) / 4 for side in zip(*quad, strict=True))
    left, top, right, low = box
    return math.dist((x, y), (min(max(x, left), right), min(max(y, top), low)))


def agreed(first: NumberRead | None, second: NumberRead | None) -> NumberRead | None:
    """One number from two looks at one sign; when they differ, the clearly surer one or none.

    Two looks that agree are surer than either: both would have to be wrong in the same way.
    """
    if first is None or second is None:
        return first or second
    if first.text == second.text:
        better = max(first, second, key=lambda n: n.sure * n.legible)
        both = 1 - (1 - first.sure) * (1 - second.sure)
        return better._replace(sure=round(both, 4), legible=max(first.legible, second.legible))
    weaker, surer = sorted((first, second), key=lambda n: n.sure * n.legible)
    return surer if surer.sure > 0.97 and weaker.sure < 0.8 else None


def borne_out(
    number: NumberRead | None, looks: Iterable[list[Line]], level: str | None, beside: Quad
) -> NumberRead | None:
    """What a number and further looks agree on; no look is taken once that is beyond doubt."""
    found: list[Line] = []
    both = number
    for lines in looks:
        found += lines
        both = agreed(number, best_number(found, level, [beside]))
        if beyond_doubt(both):
            break
    return both


def voted(reads: Sequence[NumberRead | None]) -> NumberRead | None:
    """One number from several clearings of one smeared picture; None unless they bear it out.

    Two must have read it for certain, one of them beyond doubt, and none may hold another for
    certain. Clearings share their mistakes, so however many agree, that alone makes none surer.
    """
    by_text: dict[str, list[NumberRead]] = {}
    for number in reads:
        if number is not None:
            by_text.setdefault(number.text, []).append(number)
    most = max(by_text.values(), key=lambda same: (len(same), _weight(same)), default=[])
    against = [number for same in by_text.values() if same is not most for number in same]
    if sum(number.certain for number in most) < CLEARINGS_NEEDED or any(
        number.certain for number in against
    ):
        return None
    best = max(most, key=lambda number: number.sure * number.legible)
    return best if beyond_doubt(best) else None


def is_vain(number: NumberRead | None, reads: Sequence[NumberRead | None], left: int) -> bool:
    """Whether `voted` gives no number of these clearings, whatever so many more would read.

    `number` is what the looks before them gave.
    """
    certain = [read.text for read in reads if read is not None and read.certain]
    if len(set(certain)) > 1:
        return True
    before = number is not None and number.certain
    return len(certain) + before + left < CLEARINGS_NEEDED


def may_hold_code(lines: Iterable[Line]) -> bool:
    """Whether two letters or digits stand side by side anywhere: so much a smear leaves of a code.

    What was C0134 may be read as Cmx, and what was C0009 as BRER.
    """
    return any(_PIECE_OF_CODE.search(plain(line.text)) for line in lines)


def beyond_doubt(number: NumberRead | None, bar: tuple[float, float] = BEYOND_DOUBT) -> bool:
    """Sure enough without a second look: a moved or much changed picture has false digits too."""
    return number is not None and number.sure >= bar[0] and number.legible >= bar[1]


def _weight(same: Sequence[NumberRead]) -> float:
    return sum(number.sure * number.legible for number in same)


def of_level(found: Sequence[NumberRead], level: str | None) -> NumberRead | None:
    """The clearest number, of the level that the wording says if there is one."""
    fitting = [number for number in found if level is None or prefix_of(number.text) == level]
    return next(iter(fitting), None)


def prefix_of(code: str) -> str:
    """XZ or C."""
    return "XZ" if code.startswith("XZ") else "C"


def prefix_share(code: str) -> float:
    """How much of a code's length its letters take."""
    return (len(code) - DIGITS) / len(code)


def normal_number(text: str) -> str:
    """A code as the register writes it: "c7" → C0007; what has another form stays as it is."""
    parts = re.fullmatch(r"(XZ|C)0*(\d{1,4})", plain(text))
    return f"{parts[1]}{int(parts[2]):04}" if parts else text


def _numbers_in(line: Line) -> Iterable[NumberRead]:
    glyphs = plain_glyphs(line.glyphs)
    for start in range(len(glyphs)):
        for prefix, shapes in _PREFIXES:
            length = len(shapes) + DIGITS
            window = glyphs[start : start + length]
            if len(window) < length or not _stands_alone(glyphs, start, length, prefix):
                continue
            likely = prefix == "C" and _labelled(glyphs[:start])
            number = _read(window, prefix, ("CG0O",) if likely else shapes)
            if number is not None:
                text, sure, legible = number
                yield NumberRead(text, sure, legible, part_of(line, window))
    yield from _without_its_x(line, glyphs[-DIGITS - 1 :], glyphs[: -DIGITS - 1])


def _without_its_x(
    line: Line, window: Sequence[Glyph], before: Sequence[Glyph]
) -> Iterable[NumberRead]:
    """The code at a line's end whose X is behind something: no other has a Z behind 编号."""
    if len(window) > DIGITS and window[0].text == "Z" and _labelled(before):
        number = _read(window, "XZ", ("Z",))
        if number is not None:
            text, sure, legible = number
            quad = part_of(line, window, ahead=1)
            yield NumberRead(text, sure, legible, quad)


def is_labelled(line: Line) -> bool:
    """Whether a line holds a code for certain, and 编号 before it."""
    number = next(iter(numbers_in([line])), None)
    text = plain(line.text)
    return number is not None and number.certain and any(label in text for label in _LABELS)


def _labelled(before: Sequence[Glyph]) -> bool:
    return "".join(glyph.text for glyph in before[-2:]) in _LABELS


def _stands_alone(glyphs: Sequence[Glyph], start: int, length: int, prefix: str) -> bool:
    """No fifth digit behind, and no other letter right before the prefix (NO. and 号 may stand)."""
    if start + length < len(glyphs) and glyphs[start + length].text in "0123456789":
        return False
    before = "".join(glyph.text for glyph in glyphs[max(0, start - 2) : start])
    if prefix == "C" and before.endswith(("X", "Z")):
        return False
    return not before or before.endswith(_NO) or not before[-1].isascii()


def _read(
    window: Sequence[Glyph], prefix: str, shapes: tuple[str, ...]
) -> tuple[str, float, float] | None:
    """The code in a window of glyphs; None when its prefix is not there."""
    if any(
        glyph.chance(shape) < 0.3
        for glyph, shape in zip(window[: len(shapes)], shapes, strict=True)
    ):
        return None
    if prefix == "C" and window[0].chance("C") < _LEAST_C:
        return None
    code, sure, mass = prefix, 1.0, []
    for glyph in window[len(shapes) :]:
        chances = {digit: glyph.chance(looks) for digit, looks in _LOOKS_LIKE.items()}
        total = sum(chances.values())
        if total < 0.1:
            return None
        digit = max(chances, key=lambda digit: chances[digit])
        code += digit
        sure = min(sure, chances[digit] / total)
        mass.append(min(1.0, total))
    legible = math.exp(sum(math.log(share) for share in mass) / len(mass))
    return code, round(sure, 4), round(legible, 4)


def part_of(line: Line, window: Sequence[Glyph], ahead: int = 0) -> Quad:
    """The corners of a part of a line, half a character beyond its first and last glyph.

    So many characters ahead of the first belong to it that were not read.
    """
    pitch = (window[-1].at - window[0].at) / max(1, len(window) - 1)
    start = max(0.0, window[0].at - (0.5 + ahead) * pitch)
    end = min(1.0, window[-1].at + pitch / 2)
    top_left, top_right, bottom_right, bottom_left = line.quad

    def between(
        one: tuple[float, float], other: tuple[float, float], share: float
    ) -> tuple[float, float]:
        return (
            round(one[0] + (other[0] - one[0]) * share, 1),
            round(one[1] + (other[1] - one[1]) * share, 1),
        )

    if line.vertical:
        return (
            between(top_left, bottom_left, start), between(top_right, bottom_right, start),
            between(top_right, bottom_right, end), between(top_left, bottom_left, end),
        )  # fmt: skip
    return (
        between(top_left, top_right, start), between(top_left, top_right, end),
        between(bottom_left, bottom_right, end), between(bottom_left, bottom_right, start),
    )  # fmt: skip
