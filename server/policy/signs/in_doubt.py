"""Read a board's doubtful characters as what else the network took for possible.

农家书星 with 屋 as its second choice is 农家书屋: of a row that nobody understands, each other
reading is tried, and counts when all that can be understood tell one and the same week. Numbers
are never put in, as digits or characters: any can be understood (17点半 read as 凹点半, maybe 四).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

from server.policy.hours import Week, same_week
from server.policy.signs.lines import Line

_CLEAR, _LIKELY, _POSSIBLE = 0.95, 0.05, 0.01
_MOST_CHANGED, _MOST_TRIED = 2, 60
"""Who changes more of a row writes his own; and each reading takes about a millisecond."""

_NUMBERS = "零一二三四五六七八九十百千两半双单廿卅"
_DASHES, _WEEKDAY = "-－—–", "周週期拜"

Change = tuple[int, int, str, float]
"""Which line, which character of it, what it may be, and how likely."""


def read_in_doubt(
    lines: Sequence[Line],
    unknown: Callable[[Line], bool],
    tells: Callable[[list[Line]], Week | None],
) -> Week | None:
    """The one week that the lines tell with some characters read otherwise; None without one.

    `unknown` says of which lines a word was not understood, and `tells` what week lines tell.
    """
    found: list[tuple[Week, bool]] = []
    for tried, changes in enumerate(_ways(lines, unknown)):
        if tried >= _MOST_TRIED:
            return None
        week = tells(_changed(lines, changes))
        if week is not None:
            found.append((week, all(chance >= _LIKELY for *_, chance in changes)))
    if not any(likely for _, likely in found):
        return None
    first = found[0][0]
    return first if all(same_week(first, week) for week, _ in found) else None


def _ways(lines: Sequence[Line], unknown: Callable[[Line], bool]) -> Iterator[tuple[Change, ...]]:
    """Every choice of one or two characters of each line, and of what they may be."""
    open_to: dict[tuple[int, int], list[Change]] = {}
    for number, line in enumerate(lines):
        for place, glyph in enumerate(line.glyphs if unknown(line) else ()):
            others = [
                (number, place, text, chance)
                for text, chance in glyph.others
                if chance >= _POSSIBLE and glyph.probability < _CLEAR and _may_be(line, place, text)
            ]
            if others:
                open_to[number, place] = others
    for many in range(1, 2 * _MOST_CHANGED + 1):
        for places in combinations(open_to, many):
            in_lines = [number for number, _ in places]
            if all(in_lines.count(number) <= _MOST_CHANGED for number in in_lines):
                yield from product(*(open_to[place] for place in places))


def _may_be(line: Line, place: int, text: str) -> bool:
    """Whether another reading of a character is a word, or the 一 of 周一 read as a dash."""
    if text == "一" and line.glyphs[place].text in _DASHES:
        return place > 0 and line.glyphs[place - 1].text in _WEEKDAY
    return "一" <= text <= "龥" and text not in _NUMBERS


def _changed(lines: Sequence[Line], changes: Sequence[Change]) -> list[Line]:
    changed = list(lines)
    for number, place, text, _ in changes:
        glyphs = list(changed[number].glyphs)
        glyphs[place] = glyphs[place]._replace(text=text)
        changed[number] = changed[number]._replace(glyphs=tuple(glyphs))
    return changed
