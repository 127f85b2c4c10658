"""Read a column of digits whole, of which the text map shows single ones.

Digits below one another stand further apart than characters do, so each is found alone, and some
are not found at all. A strip over the column, as long as there is something to read, has them all.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Glyph, Line, Quad

Read = Callable[[Pixels, list[Quad]], list[Line]]
Floats = npt.NDArray[np.float64]

_LEAST = 3
"""A line with so many characters below one another tells how the columns lean."""
_PIECE, _SQUARE, _OF_WIDTH = 2, 1.5, (0.35, 1.5)
_ASIDE, _WIDER, _BLANK, _FURTHER, _MOST_TIMES = 0.6, 1.15, 1.4, 2.5, 4
_BARE = 1.55
"""A dash stands upright in a column: it is lost, and leaves its place bare, of so many steps."""
_DASH_AS_ONE = re.compile(r"\d:[0-5]\d(?=1(?:1\d|2[0-4]):[0-5]\d)")
_ONE_OR_DASH = re.compile(r"\d:[0-5]\d1\d:")
"""2:0016:00 may be 2:00-6:00."""


def columns_whole(picture: Pixels, lines: Sequence[Line], read: Read) -> list[Line]:
    """The lines, with columns in pieces read again as one; as they are where a week is told."""
    lines = list(lines)
    upright = [line for line in lines if line.vertical and len(line.glyphs) >= _LEAST]
    if not upright or board_hours(lines):
        return lines
    leads = max(upright, key=lambda line: _ends(line)[2])
    wide = leads.glyph_px
    top, foot, long = _ends(leads)
    down = (foot - top) / max(1.0, long)
    aside = np.array((-down[1], down[0]))
    pieces = [line for line in lines if line is leads or _is_piece(line, wide)]
    stacks: list[list[Line]] = []
    for line in sorted(pieces, key=lambda line: float(np.array(line.middle) @ aside)):
        off = float(np.array(line.middle) @ aside)
        if stacks and off - float(np.array(stacks[-1][-1].middle) @ aside) < _ASIDE * wide:
            stacks[-1].append(line)
        else:
            stacks.append([line])
    for stack in stacks:
        broken = len(stack) > 1 or any(sign.isdigit() for sign in stack[0].text)
        whole = _whole(picture, stack, down, wide, read) if broken else None
        if whole is not None and _has_all(whole, stack):
            lines = [line for line in lines if line not in stack] + [whole]
    return lines


def _is_piece(line: Line, wide: float) -> bool:
    least, most = (share * wide for share in _OF_WIDTH)
    xs, ys = ([corner[n] for corner in line.quad] for n in (0, 1))
    across, tall = max(xs) - min(xs), max(ys) - min(ys)
    alone = len(line.glyphs) <= _PIECE and across <= _SQUARE * max(wide, tall)
    return (line.vertical or alone) and least <= min(across, line.glyph_px) <= most


def _whole(
    picture: Pixels, stack: Sequence[Line], down: Floats, wide: float, read: Read
) -> Line | None:
    """One line over all pieces, made longer while its last character stands close to its end."""
    aside = np.array((-down[1], down[0]))
    corners = np.array([corner for line in stack for corner in line.quad])
    first, last = float((corners @ down).min()), float((corners @ down).max())
    middles = np.array([line.middle for line in stack])
    lean = np.polyfit(middles @ down, middles @ aside, 1 if len(stack) > _PIECE else 0)
    for _ in range(_MOST_TIMES):
        found = read(picture, [_strip(first, last, lean, down, _WIDER * wide / 2)])
        if not found:
            return None
        line, long = found[0], last - first
        begins, ended = line.glyphs[0].at * long, (1 - line.glyphs[-1].at) * long
        if begins >= _BLANK * wide / 2 and ended >= _BLANK * wide:
            return _with_dashes(line)
        last += _FURTHER * wide if ended < _BLANK * wide else 0
        first -= wide / 2 if begins < _BLANK * wide / 2 else 0
    return None


def _strip(first: float, last: float, lean: Floats, down: Floats, half: float) -> Quad:
    """The corners of a strip between two places down the column."""
    aside = np.array((-down[1], down[0]))
    ends = ((first, half), (first, -half), (last, -half), (last, half))
    left_top, right_top, right_foot, left_foot = (
        (float(x), float(y))
        for x, y in (at * down + (np.polyval(lean, at) + off) * aside for at, off in ends)
    )
    return left_top, right_top, right_foot, left_foot


def _ends(line: Line) -> tuple[Floats, Floats, float]:
    quad = np.array(line.quad)
    top, foot = quad[:2].mean(axis=0), quad[2:].mean(axis=0)
    return top, foot, float(np.linalg.norm(foot - top))


def _with_dashes(line: Line) -> Line | None:
    """A dash where its place is bare, or read as 1; None where that 1 may be a digit."""
    steps = np.diff([glyph.at for glyph in line.glyphs], prepend=line.glyphs[0].at)
    step = float(np.median(steps[1:])) if len(steps) > 1 else 1.0
    glyphs: list[Glyph] = []
    for glyph, before in zip(line.glyphs, steps, strict=True):
        if before > _BARE * step:
            glyphs.append(Glyph("-", glyph.probability, float(glyph.at - before / 2)))
        glyphs.append(glyph)
    text = unicodedata.normalize("NFKC", "".join(glyph.text for glyph in glyphs))
    if len(text) != len(glyphs) or _ONE_OR_DASH.search(text):
        return None
    for found in _DASH_AS_ONE.finditer(text):
        glyphs[found.end()] = glyphs[found.end()]._replace(text="-", others=())
    return line._replace(glyphs=tuple(glyphs))


def _has_all(whole: Line, stack: Sequence[Line]) -> bool:
    """Whether a line with digits has as much as its pieces had, and the same bars.

    一, 二 and 三 lie on their side in a column, and are taken for one another.
    """
    bars, before = (
        sorted(sign for line in lines for sign in line.text if sign in "一二三")
        for lines in ([whole], stack)
    )
    longer = len(whole.glyphs) >= sum(len(line.glyphs) for line in stack)
    return longer and bars == before and any(sign.isdigit() for sign in whole.text)
