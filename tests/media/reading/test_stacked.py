"""Columns of digits that the text map shows one by one are read whole."""

import numpy as np
import pytest

from server.media.reading.stacked import columns_whole
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Glyph, Line, Quad
from tests.policy.signs.written import at

PICTURE: Pixels = np.zeros((10, 10, 3), np.uint8)
TITLE = at("便民服务点", 300, 100, 40, vertical=True)
PIECES = [
    at("8", 200, 100, 40)._replace(vertical=True),
    at("0", 200, 180, 40)._replace(vertical=True),
    at("0", 200, 220, 40)._replace(vertical=True),
]


def read_as(text: str, *, bare: int = -1) -> tuple[list[Quad], list[Line]]:
    """What the network is asked, and what it makes of a strip that is longer than its writing."""
    places = [n + (1 if 0 <= bare <= n else 0) for n in range(len(text))]
    step = 1 / (places[-1] + 4)
    quad: Quad = ((200, 80), (240, 80), (240, 600), (200, 600))
    glyphs = tuple(Glyph(text[n], 1.0, (at + 1.5) * step) for n, at in enumerate(places))
    return [], [Line(glyphs, quad, vertical=True)]


def whole(text: str, lines: list[Line], *, bare: int = -1) -> tuple[list[Quad], list[Line]]:
    asked, answer = read_as(text, bare=bare)

    def read(_picture: Pixels, quads: list[Quad]) -> list[Line]:
        asked.extend(quads)
        return answer

    return asked, columns_whole(PICTURE, lines, read)


@pytest.mark.parametrize(
    ("text", "bare", "said"),
    [
        ("8:00117:00", -1, "8:00-17:00"),  # the dash is upright
        ("8:0017:00", 4, "8:00-17:00"),  # it is lost, and leaves its place
    ],
)
def test_a_column_in_pieces_is_read_as_one(text: str, bare: int, said: str) -> None:
    asked, lines = whole(text, [TITLE, *PIECES], bare=bare)
    assert [line.text for line in lines] == ["便民服务点", said]
    assert board_hours(lines).as_json() == [[[1, 2, 3, 4, 5, 6, 7], "08:00", "17:00"]]
    top_left, _, foot, _ = asked[0]
    assert top_left == pytest.approx((197, 100))
    assert foot == pytest.approx((243, 260))


def test_what_may_be_two_things_is_left_in_pieces() -> None:
    lines = [TITLE, *PIECES]
    assert whole("2:0016:00", lines)[1] == lines  # 2:00-6:00?
    assert whole("三8:00-17:00", lines)[1] == lines  # 一, 二 and 三 lie on their side
    assert whole("高", lines)[1] == lines  # it has less than the pieces had


def test_nothing_is_asked_where_a_week_is_told_or_no_column_stands() -> None:
    told = [TITLE, at("8:00-17:00", 100, 700, 40)]
    for lines in (told, PIECES):
        asked, left = whole("8:00117:00", lines)
        assert (asked, left) == ([], lines)
