"""Where telephone numbers stand in a photo, so that a copy for others can hide them."""

import re
from collections.abc import Iterable, Sequence

from server.policy.masking import number_spans
from server.policy.signs.lines import Line, Quad, rows
from server.policy.signs.number import part_of

_LIKE_DIGITS = str.maketrans("OoQＯIlｌ|ＩB", "0000111118")
_OPEN, _MINUTES = r"(?:[01]?\d|2[0-4])", "[0-5][05]"
_DASH = "[-‐-―−－]"
_TIMES = re.compile(  # 400-820-8820 is none
    rf"(?<!\d)(?<!\d{_DASH}){_OPEN}[:：.]?{_MINUTES} ?(?:{_DASH}|[~～至到]) ?"
    rf"{_OPEN}[:：.]?{_MINUTES}(?!\d|{_DASH}\d)"
)
_LONG_WAY = 4.0
"""Pieces of a row so many heights apart are not one number."""


def telephone_quads(lines: Sequence[Line]) -> list[Quad]:
    """The corners of whatever may be a telephone number: seven digits and more, however spaced.

    Letters that look like digits count as such. Times and the station's own code are none. A
    number of which pieces stand beside each other in one row is found too.
    """
    found = [quad for line in lines for quad in _in_line(line)]
    for row in rows(lines):
        for pieces in _runs(row):
            if len(pieces) > 1 and _spans(" ".join(line.text for line in pieces)):
                found += [line.quad for line in pieces if re.search(r"\d", _folded(line.text))]
    return list(dict.fromkeys(found))


def _in_line(line: Line) -> Iterable[Quad]:
    # A glyph may be of several characters, or of none in other writing: count by glyphs.
    text, owner = "", []
    for n, glyph in enumerate(line.glyphs):
        text += glyph.text
        owner += [n] * len(glyph.text)
    for start, end in _spans(text):
        yield part_of(line, line.glyphs[owner[start] : owner[end - 1] + 1])


def _spans(text: str) -> list[tuple[int, int]]:
    folded = _folded(text)
    without_times = _TIMES.sub(lambda found: "时" * len(found[0]), folded)
    return number_spans(without_times)


def _folded(text: str) -> str:
    return text.translate(_LIKE_DIGITS)


def _runs(row: Sequence[Line]) -> Iterable[list[Line]]:
    """Pieces of a row that stand near each other, from left to right."""
    run: list[Line] = []
    for line in row:
        if run and line.quad[0][0] - run[-1].quad[1][0] > _LONG_WAY * line.glyph_px:
            yield run
            run = []
        run.append(line)
    if run:
        yield run
