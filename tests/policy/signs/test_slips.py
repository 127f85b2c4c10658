"""What the network misreads on boards of hours, one slip a case."""

import pytest

from server.policy.signs.hours_board import hours_in

WEEK = [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("8:00-18:00\n周六曰休息", [[WEEK[:5], "08:00", "18:00"]]),
        ("8:00至，16:30", [[WEEK, "08:00", "16:30"]]),
        ("8:10至.20:30", [[WEEK, "08:10", "20:30"]]),
        ("营业时间:每大9点至19点", [[WEEK, "09:00", "19:00"]]),
        ("八点开门 二十点美门", [[WEEK, "08:00", "20:00"]]),
        ("8:00-18:00\n周目休息", [[[1, 2, 3, 4, 5, 6], "08:00", "18:00"]]),
        ("07:30417:30", [[WEEK, "07:30", "17:30"]]),
        ("用一至用五 8:00-18:00", [[WEEK[:5], "08:00", "18:00"]]),
        ("早8点一晚了点", [[WEEK, "08:00", "19:00"]]),
        (
            "周一至周五 8:00-17:00\n周元.日 8:30-16:00",
            [[WEEK[:5], "08:00", "17:00"], [WEEK[5:], "08:30", "16:00"]],
        ),
        ("8:00-18:00\n周六.周日休息", [[WEEK[:5], "08:00", "18:00"]]),
        ("周一至周六.周日休息 8:00-18:00", [[WEEK[:6], "08:00", "18:00"]]),
        ("上午830-12:00\n下T14:00-17:30", [[WEEK, "08:30", "12:00"], [WEEK, "14:00", "17:30"]]),
    ],
)
def test_a_slip_that_no_other_word_can_be_meant_by_is_put_right(
    text: str, hours: list[list[object]]
) -> None:
    assert hours_in(text).as_json() == hours


@pytest.mark.parametrize("text", ["8:00至.6:30", "8:00至，6:30", "10:00-.2:00"])
def test_before_an_hour_of_one_digit_a_thin_one_may_be_lost(text: str) -> None:
    assert not hours_in(text)
