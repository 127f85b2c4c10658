"""Weigh whether a row may limit hours, by the characters that it is made of and their neighbours.

What limits hours says who is away, what happens, when and on what condition; names, goods and
requests do not. `tools/weigh_rows.py` learns the weights from lists of both: what a row weighs as a
whole, and what its heaviest stretch does, for a limit beside a long name is a limit. A character
that is in none of those lists weighs nothing, so a row that nobody knows is not passed over.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

WEIGHTS = Path(__file__).with_name("weights.txt")
TENTHS = 10


class Weighing(NamedTuple):
    """The tenths that each gram weighs, and what is added to a row's and to a stretch's."""

    grams: Mapping[str, int]
    row: int
    stretch: int


def steps(row: str) -> Iterator[list[str]]:
    """For each of a row's characters, and for its end, the grams that end there.

    They are the character, it with the one and the two before it, and it with the second before it
    whatever stands between; `^` and `$` are the row's beginning and its end.
    """
    framed = f"^{row}$"
    for at in range(1, len(framed)):
        ending = [framed[at - 1 : at + 1]]
        if at < len(framed) - 1:
            ending.append(framed[at])
        if at > 1:
            ending += [framed[at - 2 : at + 1], f"{framed[at - 2]}_{framed[at]}"]
        yield ending


@cache
def weighing() -> Weighing:
    """What was learnt; read when it is first asked for."""
    added, *lines = WEIGHTS.read_text("utf-8").splitlines()[1:]
    row, stretch = map(int, added.split(" "))
    told = (line.split(" ") for line in lines)
    grams = {gram: int(tenths) for tenths, *made_of in told for gram in made_of}
    return Weighing(grams, row, stretch)


def weight(row: str) -> float:
    """How likely a row without marks limits hours: its log odds, above nought more than not."""
    grams, added, _ = weighing()
    return (sum(grams.get(gram, 0) for step in steps(row) for gram in step) + added) / TENTHS


def heaviest(row: str) -> float:
    """How likely a stretch of a row does: the log odds of the one that is most like a limit.

    Two rows read as one are as light as both together: 欢迎新老顾客光临周日休息.
    """
    grams, _, added = weighing()
    most = so_far = 0
    for step in steps(row):
        so_far = max(0, so_far + sum(grams.get(gram, 0) for gram in step))
        most = max(most, so_far)
    return (most + added) / TENTHS


def known_of(row: str) -> int:
    """How many of a row's characters are told of by some list, alone or with their neighbours."""
    grams = weighing().grams
    return sum(any(gram in grams for gram in step) for step in islice(steps(row), len(row)))
