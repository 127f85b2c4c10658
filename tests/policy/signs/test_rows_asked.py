"""A whole request is passed over though single signs of it are in doubt, unless one may shut."""

import pytest

from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Line
from tools.read_boards import laid_out

HOURS = "营业时间：8:00-18:00"
REQUEST = "重件请喊人帮忙抬，店小路窄"


def with_doubt(row: str, sign: str, *others: tuple[str, float]) -> list[Line]:
    """A board of which one sign of a row may as well be another."""
    *above, line = laid_out(["清溪村便民小卖部", HOURS, row])
    place = line.text.index(sign)
    glyph = line.glyphs[place]._replace(probability=0.8, others=others)
    return [
        *above,
        line._replace(glyphs=(*line.glyphs[:place], glyph, *line.glyphs[place + 1 :])),
    ]


def test_a_request_is_passed_over_whatever_else_a_sign_may_be() -> None:
    board = with_doubt(REQUEST, "抬", ("拾", 0.15))

    assert board_hours(board).aside == (REQUEST,)


@pytest.mark.parametrize("shuts", ["休", "停", "不"])
def test_a_sign_that_may_shut_leaves_it_unread(shuts: str) -> None:
    assert not board_hours(with_doubt(REQUEST, "抬", (shuts, 0.15)))
