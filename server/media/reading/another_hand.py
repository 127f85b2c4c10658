"""Writing of another hand beside a name: a short piece in other colours than the name's own.

拆 sprayed before a name, or another shop's board in its row, is read as a part of it, be it found
apart from it or in one line with it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np

from server.media.reading.colours import Colour, shares
from server.media.reading.crossed import SIDE, TALL, laid_level, rows
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line, Point
from server.policy.signs.parts import WORDINGS, sign_parts

_LONGEST, _LONGEST_WITHIN = 8, 6  # characters of such a piece, apart from the name or in its line
_FEWEST, _FEWEST_IN_ROW = 4, 2  # letters that tell a name's own colours, and of these in the row
_OTHER_GROUND, _OTHER_INK = 0.12, 0.16
"""Of chromaticities, which no shadow changes; between each two letters."""
_GROUND, _INK, _SLIGHT_GROUND, _SLIGHT_INK = 0.07, 0.1, 0.03, 0.045
_SPREADS = 3.0
"""Less tells where the name's own letters differ so many times less among themselves, and slight
differences where ground and ink both show them, or size, gap or height does."""
_SMALLER, _LARGER, _GAP, _OFF_ROW = 0.8, 1.25, 0.12, 0.1
_TURN, _FAINT = 0.25, 25.0
"""Radians between the ways from ground to ink, which thin strokes change no more than light does;
in fewer shades than that there is none."""
_PALER, _ONE_COLOUR, _LIGHT = 0.4, 0.02, 3.0
"""Of the contrast of the name's letters: few strokes. Between ground and ink, and how many times
lighter: what is so near the ground's colour may be light that falls on it."""
_TELLS = 45.0  # shades between ground and ink, without which nobody sees which is the lighter
_DARK = 12.0
_INKED, _EDGE, _HALF, _SPECK = 0.85, 3, 0.5, 0.05
_REACH, _AS_HIGH, _ASIDE, _ASLANT = 3.0, 2.2, 0.6, 0.12
_KIND = frozenset("".join(WORDINGS.values()))
_ENDINGS = frozenset("村乡镇")
"""Of a name's own words nothing is of another hand, whatever the light makes of it."""


class Letter(NamedTuple):
    """How a character looks; from where to where its ink reaches, in heights of its line."""

    ground: Colour
    ink: Colour
    start: float
    end: float
    size: float
    middle: float


def told_apart(picture: Pixels, lines: Sequence[Line]) -> list[Line]:
    """The lines, marked where they stand in a row of the name and are of another hand.

    A line that holds the name too is told how many characters at its ends are.
    """
    named = sign_parts(lines).name_quads
    names = {line: _letters(picture, line) for line in lines if line.quad in named and _own(line)}

    def marked(line: Line) -> Line:
        if line in names:
            more = [
                letter
                for name, letters in names.items()
                if name is not line
                for letter, glyph in zip(letters, name.glyphs, strict=True)
                if glyph.text in _KIND
            ]
            return _ends_marked(line, names[line], more)
        near = [name for name in names if _in_its_row(line, name)]
        if not near or _own(line) or len(line.glyphs) > _LONGEST:
            return line
        own = [letter for letters in names.values() for letter in letters]
        foreign = _foreign(_letters(picture, line), [], own)
        if not foreign:
            return line
        glyphs = tuple(glyph._replace(foreign=True) for glyph in line.glyphs)
        return line._replace(glyphs=glyphs, beside=True)

    return [marked(line) for line in lines]


def _own(line: Line) -> bool:
    return any(glyph.text in _KIND | _ENDINGS for glyph in line.glyphs)


def _ends_marked(line: Line, letters: list[Letter], more: list[Letter]) -> Line:
    """A line with a name, and which characters before and behind it are of another hand.

    The longest such piece: all of it looks otherwise, so each part of it does.
    """
    text, most = line.text, min(_LONGEST_WITHIN, len(letters) - _FEWEST_IN_ROW)
    cuts = range(most, 0, -1)
    heads = (
        n for n in cuts if _may_be_foreign(text[:n]) and _foreign(letters[:n], letters[n:], more)
    )
    tails = (
        n for n in cuts if _may_be_foreign(text[-n:]) and _foreign(letters[-n:], letters[:-n], more)
    )
    head, tail = next(heads, 0), next(tails, 0)
    if not head and not tail:
        return line
    glyphs = tuple(
        glyph._replace(foreign=not head <= at < len(letters) - tail)
        for at, glyph in enumerate(line.glyphs)
    )
    return line._replace(glyphs=glyphs)


def _may_be_foreign(text: str) -> bool:
    return not (set(text) & _KIND or set(text) <= _ENDINGS)


def _foreign(piece: list[Letter], row: list[Letter], more: list[Letter]) -> bool:
    """Whether a piece looks otherwise than the name's letters, in its row and elsewhere."""
    own = [*row, *more]
    if len(own) < _FEWEST:
        return False
    there, here = _colours(piece), _colours(own)
    ground, usual_ground, least_ground = _differ(there[:, 0], here[:, 0])
    ink, usual_ink, least_ink = _differ(there[:, 1], here[:, 1])
    inked = len(piece) > 1 or _is_inked(there, here)
    if least_ground > _OTHER_GROUND or (inked and least_ink > _OTHER_INK):
        return True
    if inked and _turned(there, here):
        return True
    telling_ground = ground > _SPREADS * usual_ground
    telling_ink = inked and ink > _SPREADS * usual_ink
    if (telling_ground and ground > _GROUND) or (telling_ink and ink > _INK):
        return True
    slight = (telling_ground and ground > _SLIGHT_GROUND, telling_ink and ink > _SLIGHT_INK)
    return all(slight) or (any(slight) and len(row) > 1 and _set_otherwise(piece, row))


def _colours(letters: list[Letter]) -> Colour:
    """Of each letter, its ground and its ink."""
    return np.array([letter[:2] for letter in letters])


def _is_inked(piece: Colour, own: Colour) -> bool:
    """Whether what stands out in each letter is ink; of several letters it is no chance."""
    contrasts, usual = (np.linalg.norm(each[:, 1] - each[:, 0], axis=1) for each in (piece, own))
    if contrasts.min() < _PALER * np.median(usual):
        return False
    ground, ink = piece[:, 0], piece[:, 1]
    alike = np.linalg.norm(shares(ground, _DARK) - shares(ink, _DARK), axis=1) < _ONE_COLOUR
    lighter = (ink.sum(axis=1) + _DARK) / (ground.sum(axis=1) + _DARK)
    lit = (lighter < _LIGHT) & (lighter > 1)
    return not bool((alike & lit).any())


def _turned(piece: Colour, own: Colour) -> bool:
    """Whether its ink leads away from its ground in another way than the name's letters' does.

    Light on dark beside dark on light, or to another colour.
    """
    others, owns = (colours[:, 1] - colours[:, 0] for colours in (piece, own))
    lighter, own_lighter = others.mean(axis=1), owns.mean(axis=1)
    for sign in (1, -1):
        if (sign * lighter).min() > _TELLS and (-sign * own_lighter).min() > _TELLS:
            return True
    far, own_far = np.linalg.norm(others, axis=1), np.linalg.norm(owns, axis=1)
    if far.min() <= _FAINT or (own_far > _FAINT).sum() < _FEWEST:
        return False
    ways, own_ways = others / far[:, None], (owns / (own_far[:, None] + 1e-6))[own_far > _FAINT]
    usual = np.median(own_ways, axis=0)
    usual /= np.linalg.norm(usual) + 1e-6
    angles, own_angles = (np.arccos((each @ usual).clip(-1, 1)) for each in (ways, own_ways))
    return bool(angles.min() > max(_TURN, _SPREADS * float(np.sort(own_angles)[-2])))


def _set_otherwise(piece: list[Letter], row: list[Letter]) -> bool:
    """Whether it is of another size, off the row, or further from it than its letters are."""
    size = float(np.median([x.size for x in piece]) / np.median([x.size for x in row]))
    off = abs(np.mean([x.middle for x in piece]) - np.mean([x.middle for x in row]))
    gap = max(row[0].start - piece[-1].end, piece[0].start - row[-1].end)
    usual = max(later.start - earlier.end for earlier, later in pairwise(row))
    return bool(not _SMALLER < size < _LARGER or off > _OFF_ROW or gap > usual + _GAP)


def _differ(piece: Colour, own: Colour) -> tuple[float, float, float]:
    """From the name's usual colour: the least of the piece's, all but one of its own's.

    And the least between any two.
    """
    usual = shares(np.median(own, axis=0), _DARK)
    others, owns = shares(piece, _DARK), shares(own, _DARK)
    least = np.linalg.norm(others - usual, axis=1).min()
    spread = np.sort(np.linalg.norm(owns - usual, axis=1))[-2]
    between = np.linalg.norm(others[:, None] - owns[None], axis=2).min()
    return float(least), float(spread), float(between)


def _in_its_row(piece: Line, name: Line) -> bool:
    lower, higher = sorted((piece.glyph_px, name.glyph_px))
    near = min(_away(one, other) for one in piece.quad for other in name.quad)
    across, down = (abs(one - other) for one, other in zip(piece.middle, name.middle, strict=True))
    aside, along = (across, down) if name.vertical else (down, across)
    return (
        near < _REACH * name.glyph_px
        and higher < _AS_HIGH * lower
        and aside < _ASIDE * higher + _ASLANT * along
    )


def _away(one: Point, other: Point) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _letters(picture: Pixels, line: Line) -> list[Letter]:
    """How each character of a line looks, halfway to its neighbours."""
    _, flat, long = laid_level(picture, line.quad, vertical=line.vertical)
    level = cv2.GaussianBlur(flat, (0, 0), 0.6)[rows((0, 1))].astype(np.float64)
    return list(_looks(level, long, [glyph.at for glyph in line.glyphs]))


def _looks(level: Colour, long: float, at: Sequence[float]) -> Iterator[Letter]:
    ends = [0.0, *((one + other) / 2 for one, other in pairwise(at)), 1.0]
    for first, last in pairwise(round(SIDE * TALL + end * long) for end in ends):
        cell = level[:, first : max(last, first + 2)]
        ground = np.median(np.concatenate([cell[:_EDGE], cell[-_EDGE:]]).reshape(-1, 3), axis=0)
        far = np.abs(cell - ground).sum(axis=2)
        ink = np.median(cell[far >= np.quantile(far, _INKED)], axis=0)
        on = far > _HALF * np.abs(ink - ground).sum()
        y, x = (np.flatnonzero(on.mean(axis=axis) > _SPECK) for axis in (1, 0))
        top, low = (y[0], y[-1] + 1) if len(y) else (0, TALL)
        left, right = (x[0], x[-1] + 1) if len(x) else (0, cell.shape[1])
        yield Letter(
            ground,
            ink,
            (first + left) / TALL,
            (first + right) / TALL,
            max(low - top, right - left) / TALL,
            (top + low) / 2 / TALL,
        )
