"""Boards whose doubtful characters may be others, rows read twice, and what says no more than call."""

from typing import Any

import pytest

from server.policy.hours import stored, week_of
from server.policy.signs.hours_board import board_hours, hours_in
from server.policy.signs.hours_compared import compare_hours
from server.policy.signs.lines import Line, said_once
from server.policy.signs.placed import Outcome
from tests.policy.signs.written import at

WEEK = [1, 2, 3, 4, 5, 6, 7]
ALL_DAY = [[WEEK, "08:30", "18:00"]]


def in_doubt(line: Line, place: int, sure: float, **others: float) -> Line:
    """A line of which one character may be others."""
    glyphs = list(line.glyphs)
    glyphs[place] = glyphs[place]._replace(probability=sure, others=tuple(others.items()))
    return line._replace(glyphs=tuple(glyphs))


def test_a_doubtful_character_is_read_as_what_makes_sense_of_its_row() -> None:
    title = in_doubt(at("农家书星开放时间", 0, 0), 3, 0.56, 屋=0.37, 厘=0.05)
    saturday = in_doubt(at("朋六8:30-12:00", 0, 60), 0, 0.47, 周=0.42, 月=0.02)
    times = at("周一至周五8:30-18:00", 0, 30)
    assert board_hours([title, at("8:30-18:00", 0, 30)]).as_json() == ALL_DAY
    assert board_hours([title, times, saturday]).as_json() == [
        [WEEK[:5], "08:30", "18:00"],
        [[6], "08:30", "12:00"],
    ]


@pytest.mark.parametrize(
    "title",
    [
        at("村里书星开放时间", 0, 0),  # nothing else is possible
        in_doubt(at("村里书星开放时间", 0, 0), 3, 0.97, 屋=0.02),  # it is sure
        in_doubt(at("农家书星开放时间", 0, 0), 3, 0.9, 屋=0.03),  # hardly possible
        in_doubt(at("周一至周王", 0, 0), 4, 0.78, 五=0.10, 三=0.05),  # two weeks are
        in_doubt(at("营业至晚上b点", 0, 0), 5, 0.5, **{"8": 0.3}),  # any digit is
        in_doubt(at("营业至凹点半", 0, 0), 3, 0.44, 门=0.3, 四=0.06),  # 17点半, and any number is
    ],
)
def test_it_is_not_where_that_is_a_guess(title: Line) -> None:
    assert not board_hours([title, at("8:30-18:00", 0, 30)])


def test_a_board_is_unread_where_a_digit_of_its_times_is_a_guess() -> None:
    times = at("8:00-18:00", 0, 0)
    assert not board_hours([in_doubt(times, 0, 0.52, 话=0.38, S=0.05)])
    assert not board_hours([in_doubt(times, 0, 0.36, **{"0": 0.25, "9": 0.19})])
    assert board_hours([in_doubt(times, 0, 0.57, **{"&": 0.4})])
    assert board_hours([in_doubt(times, 0, 0.52, **{"6": 0.1})])
    assert not board_hours([in_doubt(at("早7点半-晚7点", 0, 0), 6, 0.78, **{"9": 0.17})])
    assert not board_hours([in_doubt(times, 0, 0.52, 门=0.08, **{"0": 0.09, "2": 0.06, "1": 0.05})])


def test_a_dash_behind_a_weekdays_first_character_may_be_the_first_day() -> None:
    monday = in_doubt(at("周——周五", 0, 0), 1, 0.7, 一=0.27)
    assert board_hours([monday, at("8:30-18:00", 0, 30)]).as_json() == [
        [WEEK[:5], "08:30", "18:00"]
    ]
    assert not board_hours(
        [in_doubt(at("周大——周五", 0, 0), 1, 0.7, 六=0.27), at("8:30-18:00", 0, 30)]
    )


def doubted(line: Line, probability: float = 0.4) -> Line:
    """The same line, its characters read so surely."""
    return line._replace(
        glyphs=tuple(glyph._replace(probability=probability) for glyph in line.glyphs)
    )


def test_a_slice_of_a_line_that_is_read_beside_it_is_left_out() -> None:
    whole = at("金穗粮油", 0, 0, 80)
    flat = ((10.0, 50.0), (310.0, 50.0), (310.0, 78.0), (10.0, 78.0))
    sliced = doubted(at("金悦概", 0, 0)._replace(quad=flat))
    assert said_once([sliced, whole]) == [whole]
    surely, small = doubted(sliced, 1.0), doubted(at("周日除外", 10, 50, 28))
    lower = ((10.0, 70.0), (310.0, 70.0), (310.0, 98.0), (10.0, 98.0))
    below = sliced._replace(quad=lower)
    for kept in (surely, small, below):
        assert said_once([kept, whole]) == [kept, whole]


def test_what_a_longer_line_says_at_the_same_place_is_said_once() -> None:
    whole, part = at("节假日正常营业", 0, 0), at("节假日", 2, 3)
    elsewhere = at("营业", 0, 0)
    assert said_once([part, whole]) == [whole]
    assert said_once([elsewhere, whole]) == [elsewhere, whole]
    upright, piece = at("每周二休息", 0, 0, vertical=True), at("休息", 0, 60, vertical=True)
    assert said_once([upright, piece]) == [upright]
    assert board_hours([part, whole, at("8:30-18:00", 0, 30)])


@pytest.mark.parametrize(
    ("board", "rules"),
    [
        ("早九点一晚元点", [[WEEK, "09:00", "18:00"]]),
        ("早上7:00免上20:00", [[WEEK, "07:00", "20:00"]]),
        ("每天7:00-19:30 中4不休", [[WEEK, "07:00", "19:30"]]),
        ("8:30-18:00\n电C213000130300", ALL_DAY),
        ("韵达 申通 极兔 8:30-18:00", ALL_DAY),
        ("8:30-18:00\n寄件请提前打电话", ALL_DAY),
        ("8:30-18:00\n随到随开", ALL_DAY),
        ("8:30-18:00\n请随手关门", ALL_DAY),
        ("便民店\n8:30-18:00\n假一赔十", ALL_DAY),
        ("24小时便民服务", [[WEEK, "00:00", "24:00"]]),
        ("全天营业夜间按铃", [[WEEK, "00:00", "24:00"]]),
        (
            "8:00-17:00（午餐时间12:00-13:00）",
            [[WEEK, "08:00", "12:00"], [WEEK, "13:00", "17:00"]],
        ),
        (
            "逢一逢六赶集\n集日 6:00-15:00\n平日 8:30-18:00",
            [*ALL_DAY, [[], "06:00", "15:00", {"days": "market", "of": [1, 6]}]],
        ),
        (
            "节假日正常营业\n8:30-18:00",
            [*ALL_DAY, [[], "", "", {"days": "holidays", "usual": True}]],
        ),
        ("周一至周五正常营业\n8:30-18:00", [[WEEK[:5], "08:30", "18:00"]]),
        ("8:30-18:00\n订货：0855-2234567", ALL_DAY),
        ("邮件收发室8:30-18:00", ALL_DAY),
        ("药店8:30-18:00", ALL_DAY),
        ("物流货运\n8:30-18:00", ALL_DAY),
        ("奶茶 小吃\n8:30-18:00", ALL_DAY),
        (
            "日常 8:30-18:00\n集日 6:00-15:00",
            [*ALL_DAY, [[], "06:00", "15:00", {"days": "market"}]],
        ),
        (
            "逢四逢九赶集 6:00-15:00\n不赶集 8:30-18:00",
            [*ALL_DAY, [[], "06:00", "15:00", {"days": "market", "of": [4, 9]}]],
        ),
        ("中国移动 8:30-18:00", []),
        ("超市8:00-22:00快递9:00-18:00", []),
        ("送货 9:00-17:00", []),
        ("取件请提前打电话\n8:30-18:00", []),
        ("8:00-20:00 午餐时间11:00-13:00", []),
        ("逢集正常营业\n8:30-18:00", [[[], "08:30", "18:00", {"days": "market"}]]),
    ],
)
def test_what_boards_of_further_provinces_say(board: str, rules: list[Any]) -> None:
    assert hours_in(board).as_json() == (stored(week_of(rules)) if rules else [])


@pytest.mark.parametrize("says", ["电话预约取件", "仅限电话预约", "取件前请打电话 13700002222"])
def test_a_board_that_only_says_to_call_is_quoted(says: str) -> None:
    read = board_hours([at(says, 0, 0), at("15900001111", 0, 30)])
    compared = compare_hours(read, ALL_DAY)
    assert not read
    assert compared.outcome is Outcome.UNREADABLE
    assert f"牌上只读到“{says}”" in compared.why
    assert not board_hours([at("周日电话预约", 0, 0)]).words
