"""Times right behind a board's title, above days with times of their own."""

import pytest

from server.policy.signs.hours_board import hours_in


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("营业时间10:00-22:00\n周五周六10:00-24:00", [5, 6]),
        ("营业时间：8:00-18:00\n周六、周日 9:00-17:00", [6, 7]),
        ("营业时间\n8:00-18:00\n周六日 9:00-17:00", [6, 7]),
    ],
)
def test_times_right_behind_the_title_are_those_of_the_days_that_no_row_names(
    text: str, rest: list[int]
) -> None:
    (usual, _, _), (days, _, _) = hours_in(text).as_json()
    assert days == rest
    assert usual == [day for day in range(1, 8) if day not in rest]


@pytest.mark.parametrize(
    "text",
    [
        "8:00-18:00\n周六、周日 9:00-17:00",
        "营业时间\n8:00-18:00\n周五、周六 9:00-17:00",  # 周一至周三 may have stood before them
        "营业时间8:00-18:00\n周六 9:00-17:00",  # 周六、周日
    ],
)
def test_of_times_whose_days_may_be_lost_no_week_is_made(text: str) -> None:
    assert not hours_in(text)
