"""Find expected words in a run of glyphs, with the fewest misses."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.policy.signs.lines import Glyph
from server.policy.signs.text import BREAK, GAP, may_stand_for, slightly

SEAMS = frozenset((BREAK, GAP))


@dataclass(frozen=True, slots=True)
class Fit:
    """Where expected characters stand in a run: the run's index for each, None for one not there.

    `cost` counts the misses; `start` and `end` bound the part of the run that was used.
    """

    cost: float
    taken: tuple[int | None, ...]
    start: int
    end: int


def closest(words: str, run: Sequence[Glyph]) -> Fit:
    """The place in `run` where `words` stand with the fewest misses.

    A character that is likely something else counts 1, one that may well be right 0.3; seams
    between lines cost nothing.
    """
    table = [[0.0] * (len(run) + 1)]
    for row, wanted in enumerate(words, 1):
        line = [float(row)]
        above = table[-1]
        for column, glyph in enumerate(run, 1):
            line.append(
                min(
                    above[column - 1] + miss(wanted, glyph),
                    above[column] + 1.0,
                    line[column - 1] + extra(glyph),
                )
            )
        table.append(line)
    end = min(range(len(run) + 1), key=lambda column: table[-1][column])
    row, column = len(words), end
    taken: list[int | None] = [None] * len(words)
    while row > 0 and column > 0:
        here = table[row][column]
        glyph, left_out = run[column - 1], here == table[row][column - 1] + extra(run[column - 1])
        if (
            left_out
            and column > 1
            and run[column - 2].text in SEAMS
            and glyph.text != words[row - 1]
        ):
            column -= 1  # at the head of a row it is no slip of the network for the last one above
        elif here == table[row - 1][column - 1] + miss(words[row - 1], run[column - 1]):
            row, column = row - 1, column - 1
            taken[row] = column
        elif here == table[row - 1][column] + 1.0:
            row -= 1
        else:
            column -= 1
    return Fit(table[-1][end], tuple(taken), column, end)


def miss(wanted: str, glyph: Glyph) -> float:
    """What it costs to take `glyph` for `wanted`: nothing, a little when it may be, else 1."""
    if glyph.text == wanted:
        return 0.0
    if glyph.text in SEAMS:
        return 1.5
    chance = glyph.chance(wanted)
    likely = chance >= 0.1 or may_stand_for(glyph, wanted)
    return 0.3 if likely or (chance > 0 and slightly(glyph, wanted)) else 1.0


def extra(glyph: Glyph) -> float:
    """What it costs to leave `glyph` out."""
    return 0.0 if glyph.text in SEAMS else 0.8
