"""What stands on business-hours boards, as people write it and as the machine reads it."""

from typing import Any

import pytest

from server.policy.hours import parse_hours
from server.policy.signs.hours_board import (
    board_hours,
    compare_hours,
    hours_in,
    looks_like_hours,
    open_at,
)
from server.policy.signs.lines import plain_line
from server.policy.signs.match import Outcome

WEEK = [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("board", "rules"),
    [
        ("营业时间 8：30—20：00", [[WEEK, "08:30", "20:00"]]),
        ("上午8:00-下午6:00", [[WEEK, "08:00", "18:00"]]),
        ("早8点至晚6点", [[WEEK, "08:00", "18:00"]]),
        ("早八点半到晚六点半", [[WEEK, "08:30", "18:30"]]),
        ("8点到6点", [[WEEK, "08:00", "18:00"]]),
        ("8-18点", [[WEEK, "08:00", "18:00"]]),
        ("0800-1800", [[WEEK, "08:00", "18:00"]]),
        ("9时30分~十八点三十分", [[WEEK, "09:30", "18:30"]]),
        ("8.00-18.00", [[WEEK, "08:00", "18:00"]]),
        ("AM8:00-PM6:00", [[WEEK, "08:00", "18:00"]]),
        ("24小时营业", [[WEEK, "00:00", "24:00"]]),
        ("00:00-24:00", [[WEEK, "00:00", "24:00"]]),
        ("營業時間：上午７：３０～晚上９：００", [[WEEK, "07:30", "21:00"]]),
        ("上午8:00-11:30\n下午2:00-6:00", [[WEEK, "08:00", "11:30"], [WEEK, "14:00", "18:00"]]),
        ("周一至周五\n7:30—17:30", [[[1, 2, 3, 4, 5], "07:30", "17:30"]]),
        ("8:00-18:00（周一至周五）", [[[1, 2, 3, 4, 5], "08:00", "18:00"]]),
        (
            "周一至周五 7:00至20:00\n周六、周日 9:00至17:00",
            [[[1, 2, 3, 4, 5], "07:00", "20:00"], [[6, 7], "09:00", "17:00"]],
        ),
        ("8:00-18:00\n周日休息", [[[1, 2, 3, 4, 5, 6], "08:00", "18:00"]]),
        ("周一至周日 8:00-18:00\n联系电话 13800001234", [[WEEK, "08:00", "18:00"]]),
    ],
)
def test_boards_are_read_into_weekly_times(board: str, rules: list[Any]) -> None:
    assert hours_in(board).as_json() == rules


@pytest.mark.parametrize(
    ("read", "rules"),
    [
        ("早8:00一晚6点半", [[WEEK, "08:00", "18:30"]]),
        ("周一一周六\n9：00到21：00", [[[1, 2, 3, 4, 5, 6], "09:00", "21:00"]]),
        ("O8:3O-l8:00", [[WEEK, "08:30", "18:00"]]),
        ("8:00 18:00", [[WEEK, "08:00", "18:00"]]),
        ("07:30--18: 30", [[WEEK, "07:30", "18:30"]]),
        ("上午7:30-晚上7:00 OPEN", [[WEEK, "07:30", "19:00"]]),
    ],
)
def test_the_machines_usual_slips_are_understood(read: str, rules: list[Any]) -> None:
    assert hours_in(read).as_json() == rules


def test_seasons_are_kept_apart() -> None:
    board = hours_in("夏季 7:30-20:00\n冬季 8:30-18:00")
    assert board.rules == []
    assert board.as_json() == [
        [WEEK, "07:30", "20:00", "summer"],
        [WEEK, "08:30", "18:00", "winter"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "西庄村快递便民服务点 C0007",
        "投诉电话：12305",
        "2023年4月11日",
        "",
        "下午2:30-5:00",
        "18:00-8:00",
        "1:00-7:00",
        "周五 8:30-21:00",
    ],
)
def test_what_makes_no_whole_day_is_not_guessed(text: str) -> None:
    assert not hours_in(text)


def test_two_times_on_tilted_boards_are_put_in_rows() -> None:
    left = plain_line("8:00", ((0, 0), (60, 0), (60, 20), (0, 20)))
    right = plain_line("18:00", ((100, 4), (170, 4), (170, 24), (100, 24)))
    assert board_hours([right, left]).as_json() == [[WEEK, "08:00", "18:00"]]


def test_the_board_is_held_against_the_declared_hours_in_chinese() -> None:
    declared = parse_hours("周一至周日 8:30-18:00")
    assert compare_hours(hours_in("8：30—18：00"), declared).outcome is Outcome.MATCHES
    differs = compare_hours(hours_in("9：00—18：00"), declared)
    assert differs.outcome is Outcome.DIFFERS
    assert differs.why == (
        "营业时间牌上读到的是“周一至周日 09:00–18:00”，登记的是“周一至周日 08:30–18:00”。"
    )
    assert compare_hours(hours_in("欢迎光临"), declared).outcome is Outcome.UNREADABLE


def test_a_board_by_season_matches_when_one_season_does() -> None:
    board = hours_in("夏季 7:30-20:00\n冬季 8:30-18:00")
    assert compare_hours(board, parse_hours("8:30-18:00")).outcome is Outcome.MATCHES


def test_a_check_in_is_held_against_the_board_with_some_leeway() -> None:
    rules = hours_in("周一至周五 8:00-18:00").rules
    assert open_at(rules, 1, "07:20")
    assert not open_at(rules, 1, "05:00")
    assert not open_at(rules, 6, "10:00")


def test_only_lines_with_times_ask_for_a_closer_look() -> None:
    assert looks_like_hours("营业时间")
    assert looks_like_hours("8:00")
    assert not looks_like_hours("西庄村快递便民服务点")
