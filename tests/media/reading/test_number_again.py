"""A number that no look told counts if most of many looks at its own strip read that one alone."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from server.media.reading.number_again import MISSED, number_again
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line, Quad, plain_line

PICTURE: Pixels = np.full((300, 500, 3), 90, np.uint8)


def at(text: str, left: float, top: float, wide: float, tall: float) -> Line:
    right, low = left + wide, top + tall
    return plain_line(text, ((left, top), (right, top), (right, low), (left, low)))


NAME = [at("张庵村", 150, 60, 150, 50), at("快递便民服务点", 150, 120, 200, 40)]
TORN = at("0207", 200, 180, 80, 24)
"""What the finder left of C0207."""


def reader(told: Callable[[int], str]) -> Callable[[Pixels, list[Quad]], list[Line]]:
    """Stands for the network: the n-th strip that it is shown is read as told."""
    shown = iter(range(1000))

    def read(picture: Pixels, quads: list[Quad]) -> list[Line]:
        del picture
        return [plain_line(told(next(shown)), quad) for quad in quads]

    return read


def nothing(picture: Pixels) -> list[Quad]:
    del picture
    return []


def again(lines: Sequence[Line], told: Callable[[int], str]) -> str | None:
    number = number_again(PICTURE, lines, nothing, reader(told))
    return number.text if number else None


def test_what_nearly_all_looks_read_is_the_number() -> None:
    assert again([*NAME, TORN], lambda _: "C0207") == "C0207"
    assert (
        again([*NAME, TORN], lambda n: "C0207" if n % 2 or n >= 2 * MISSED else "0207") == "C0207"
    )


def test_a_look_too_many_that_does_not_leaves_it_unread() -> None:
    assert again([*NAME, TORN], lambda n: "C0207" if n % 2 or n > 2 * MISSED else "0207") is None


def test_a_strip_that_shows_no_code_at_first_is_not_looked_at_further() -> None:
    shown: list[int] = []

    def told(n: int) -> str:
        shown.append(n)
        return "C0207" if n >= 3 else "0207"

    assert again([*NAME, TORN], told) is None
    assert shown == [0, 1, 2]
    assert again([*NAME, TORN], lambda n: "C0207" if n >= 2 else "0207") == "C0207"


@pytest.mark.parametrize("other", ["C0201", "XZ0207"])
def test_one_look_that_reads_another_leaves_it_unread(other: str) -> None:
    assert again([*NAME, TORN], lambda n: other if n == 9 else "C0207") is None


def test_it_is_of_the_names_level() -> None:
    assert again([*NAME, TORN], lambda _: "XZ0207") is None
    town = [at("南泉镇", 150, 60, 150, 50), at("快递综合服务站", 150, 120, 200, 40), TORN]
    assert again(town, lambda _: "XZ0207") == "XZ0207"


def test_nothing_is_looked_at_without_a_name_or_far_from_it() -> None:
    assert again([TORN], lambda _: "C0207") is None
    assert again([*NAME, at("0207", 200, 900, 80, 24)], lambda _: "C0207") is None
    assert again([*NAME, at("13900001111", 200, 180, 180, 24)], lambda _: "C0207") is None
