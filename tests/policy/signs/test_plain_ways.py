"""Boards as standard village boards say them; of a blind set, 2 December 2026, typed."""

import pytest

from server.policy.signs.hours_board import board_hours, board_text
from server.policy.signs.lines import Line, plain_line


def board(*rows: str) -> list[Line]:
    """Rows of one board, one below the other."""
    return [
        plain_line(row, ((0, 40 * n), (30 * len(row), 40 * n), (30 * len(row), 40 * n + 30), (0, 40 * n + 30)))
        for n, row in enumerate(rows)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["接待时间", "8:30至18:40"], "周一至周日 08:30–18:40"),
        (["每天 9:30~17:20", "除大年初一外全年开门"], "周一至周日 09:30–17:20；春节（正月初一） 休息"),
        (["一天二十四小时都在"], "周一至周日 24小时"),
        (["韵达快递", "廿四小时不打烊"], "周一至周日 24小时"),
        (["7:30 至 18:30", "中午十二点半到十三点歇晌"], "周一至周日 07:30–12:30，13:00–18:30"),
        (["08:00 至 17:30", "12:00 至 14:30 午休不办业务"], "周一至周日 08:00–12:00，14:30–17:30"),
        (["星期一至星期六：07:00-17:20", "星期日打电话就来"], "周一至周六 07:00–17:20；周日 电话预约"),
        (["8:00-18:00", "风雨无阻 天天开门"], "周一至周日 08:00–18:00"),
        (["8:00-18:00", "业务电话 135 8701 2329"], "周一至周日 08:00–18:00"),
        (["8:00-18:00", "请出示身份证寄件"], "周一至周日 08:00–18:00"),
        (["8:00-18:00", "莱岛免喜妈妈驿站"], "周一至周日 08:00–18:00"),
    ],
)  # fmt: skip
def test_a_plain_way_is_understood(rows: list[str], told: str) -> None:
    found = board_hours(board(*rows))
    assert found
    assert board_text(found) == told


@pytest.mark.parametrize(
    "row",
    ["打电话就来", "歇晌", "除周日外全年开门", "业务电话 135", "风雨无阻才开门", "收件停了"],
)
def test_what_is_nearly_said_so_leaves_the_board_unread_or_understood(row: str) -> None:
    found = board_hours(board("8:00-18:00", row))
    assert not found or board_text(found) != "周一至周日 08:00–18:00"
