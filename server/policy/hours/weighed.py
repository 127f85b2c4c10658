"""Weigh whether a row may limit hours, by the characters and pairs of them that it is made of.

What limits hours says who is away, what happens, when and on what condition; names, goods and
requests do not. `tools/weigh_rows.py` learns the weights from lists of both. A character that is in
none of them weighs nothing, so a row that nobody knows is not passed over.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("weights.txt")
TENTHS = 10


def grams(row: str) -> frozenset[str]:
    """A row's characters and pairs of them, its beginning and its end marked."""
    framed = f"^{row}$"
    return frozenset(row) | {framed[at : at + 2] for at in range(len(framed) - 1)}


@cache
def weighing() -> tuple[Mapping[str, int], int]:
    """The tenths that each gram weighs, and what a row of none of them weighs."""
    bias, *lines = WEIGHTS.read_text("utf-8").splitlines()[1:]
    told = (line.split(" ") for line in lines)
    return {gram: int(tenths) for tenths, *made_of in told for gram in made_of}, int(bias)


def weight(row: str) -> float:
    """How likely a row without marks limits hours: its log odds, above nought more than not."""
    weights, bias = weighing()
    return (sum(weights.get(gram, 0) for gram in grams(row)) + bias) / TENTHS


def heaviest(row: str) -> float:
    """What the stretch of a row weighs that is most like a limit; nought where none is.

    Two rows read as one are as light as both together: 欢迎新老顾客光临周日休息.
    """
    weights, _ = weighing()
    framed = f"^{row}$"
    most = so_far = 0
    for at, sign in enumerate(framed[1:], 1):
        so_far = max(0, so_far + weights.get(sign, 0) + weights.get(framed[at - 1 : at + 1], 0))
        most = max(most, so_far)
    return most / TENTHS
