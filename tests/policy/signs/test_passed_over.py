"""What stands round a board and limits no hours, though a machine reads it in part."""

import pytest

from server.policy.signs.hours_board import board_hours
from tests.policy.signs.written import at

WEEK = [1, 2, 3, 4, 5, 6, 7]


def test_windows_of_the_house_behind_are_no_writing() -> None:
    """A row of windows is read as 田五田田, in doubt; close to the times it may be another row."""
    times = at("8:00-18:00", 100, 300)

    def windows(top: float, sure: float, text: str = "日田五田") -> bool:
        line = at(text, 100, top)
        glyphs = tuple(glyph._replace(probability=sure) for glyph in line.glyphs)
        return bool(board_hours([line._replace(glyphs=glyphs, cut=True), times]))

    assert windows(0, 0.7)
    assert not windows(270, 0.7)
    assert not windows(0, 0.95)
    assert not windows(0, 0.7, "周日休息")


@pytest.mark.parametrize("row", ["老钟代销店", "门口禁止停车", "电话1775.775722"])
def test_a_shop_that_sells_for_others_a_door_and_a_telephone_behind_a_pole_limit_nothing(
    row: str,
) -> None:
    rows = [at(row, 100, 270), at("8:00-18:00", 100, 300)]
    assert board_hours(rows).as_json() == [[WEEK, "08:00", "18:00"]]


@pytest.mark.parametrize(
    "row", ["家里没人就打电话 15845207731", "人不在请打电话", "过时不候 13834567812"]
)
def test_whom_to_call_should_nobody_be_there_is_told(row: str) -> None:
    read = board_hours([at("8:00-18:00", 100, 300), at(row, 100, 330)])
    assert read.as_json() == [[WEEK, "08:00", "18:00"]]
    assert read.aside == (row,)


@pytest.mark.parametrize(
    "row", ["电话 15845207731", "站长：李老师 158 4520 7731", "有事打15845207731"]
)
def test_whose_a_telephone_is_need_not_be(row: str) -> None:
    read = board_hours([at("8:00-18:00", 100, 300), at(row, 100, 330)])
    assert (read.as_json(), read.aside) == ([[WEEK, "08:00", "18:00"]], ())
