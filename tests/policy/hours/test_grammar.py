"""How people write opening hours: the cases in tests/cases/hours, for typed text and for boards."""

from typing import Any

import pytest
import yaml

from server.errors import Invalid
from server.policy.hours import hours_lines, hours_text, parse_hours
from server.policy.signs.hours_board import hours_in
from server.settings import ROOT

CASES = ROOT / "tests" / "cases" / "hours"
READ = yaml.safe_load((CASES / "read.yaml").read_text("utf-8"))
REFUSED = yaml.safe_load((CASES / "refused.yaml").read_text("utf-8"))
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def on_board(says: str) -> str:
    """What a machine makes of it, `unread` where it makes nothing of it."""
    found = hours_in(says)
    return hours_text(found.as_json()) if found else "unread"


@pytest.mark.parametrize("case", READ, ids=lambda case: case["says"])
def test_hours_are_read_as_villages_write_them(case: dict[str, str]) -> None:
    hours = parse_hours(case["says"])

    assert hours_text(hours) == case["hours"]
    assert parse_hours(hours_text(hours)) == hours
    assert on_board(case["says"]) == case.get("board", case["hours"])


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["says"])
def test_hours_that_are_not_understood_are_refused_in_words(case: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_hours(case["says"])

    assert refused.value.code == "hours-unreadable"
    assert refused.value.message.startswith(case["why"])
    assert "，请" in refused.value.message or "下午六点请写18:00" in refused.value.message
    assert on_board(case["says"]) == case.get("board", "unread")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", []),
        ("8:30-18:00", [[EVERY_DAY, "08:30", "18:00"]]),
        (
            "周一至周五8:00-18:00，周六 9:00-11:00 14:00-16:00",
            [[[1, 2, 3, 4, 5], "08:00", "18:00"], [[6], "09:00", "11:00"], [[6], "14:00", "16:00"]],
        ),
        ("24小时", [[EVERY_DAY, "00:00", "24:00"]]),
        ("10:00-次日凌晨2:00", [[EVERY_DAY, "10:00", "26:00"]]),
        (
            "夏季5-10月 7:30-19:30；冬季11-4月 8:30-17:30",
            [
                [
                    EVERY_DAY,
                    "08:30",
                    "17:30",
                    {"season": "winter", "first": "11-01", "last": "04-30"},
                ],
                [
                    EVERY_DAY,
                    "07:30",
                    "19:30",
                    {"season": "summer", "first": "05-01", "last": "10-31"},
                ],
            ][::-1],
        ),
        ("逢三、六、九 8:00-16:00", [[[], "08:00", "16:00", {"days": "market", "of": [3, 6, 9]}]]),
        (
            "8:00-18:00，春节休息，周日电话预约",
            [
                [[1, 2, 3, 4, 5, 6], "08:00", "18:00"],
                [[7], "", "", {"appointment": True}],
                [[], "", "", {"days": "holidays", "name": "春节"}],
            ],
        ),
        (
            "8:00-18:00，法定节假日照常",
            [
                [EVERY_DAY, "08:00", "18:00"],
                [[], "", "", {"days": "holidays", "name": "法定节假日", "usual": True}],
            ],
        ),
    ],
)
def test_the_register_keeps_a_plain_week_as_ever_and_says_more_only_where_there_is_more(
    typed: str, kept: list[Any]
) -> None:
    assert parse_hours(typed) == kept


def test_what_is_refused_is_quoted_and_shown_how_to_be_written() -> None:
    with pytest.raises(Invalid) as refused:
        parse_hours("周一至周五 8:00-18:00（雨天除外），逢会那天关门")

    assert refused.value.message == (
        "营业时间里的“雨天除外”“逢会那天关门”看不懂，"
        "请照“周一至周五 8:30-18:00；周六 9:00-12:00”或“24小时”这样写。"
    )
    assert refused.value.details["words"] == "雨天除外、逢会那天关门"


@pytest.mark.parametrize(
    ("hours", "lines"),
    [
        ([[[1, 2], "08:00", "12:00"], [[1, 2], "14:00", "18:00"]], ("周一、周二 08:00–12:00，14:00–18:00",)),
        # As the register may have kept it before there was one grammar.
        ([[[3], "08:00", "18:00"], [[1, 2], "09:00", "17:00"]], ("周三 08:00–18:00", "周一、周二 09:00–17:00")),
        ([], ()),
    ],
)  # fmt: skip
def test_what_the_register_kept_before_is_printed_as_before(
    hours: list[Any], lines: tuple[str, ...]
) -> None:
    assert hours_lines(hours) == lines
