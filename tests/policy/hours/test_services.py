"""Hours of two services on one board, and days that run over Sunday."""

import pytest

from server.errors import Invalid
from server.policy.hours import parse_hours, same_week, week_of
from server.policy.signs.hours_board import hours_in


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("门店 8:00-12:00 快递 14:00-18:00", "14:00-18:00"),
        ("超市 7:00-22:00\n快递 9:00-18:00", "9:00-18:00"),
        ("快递9:00-18:00 药店8:00-20:00", "9:00-18:00"),
        ("快递：周一至周五 8:30-18:00\n超市：每天 7:00-22:00", "周一至周五 8:30-18:00"),
        (
            "超市 7:00-22:00\n快递 9:00-18:00（周日休息）",
            "周一至周六 9:00-18:00，周日休息",
        ),
        ("诊所：上午8:00-12:00 下午2:30-6:00\n快递：9:00-18:00", "9:00-18:00"),
        ("超市24小时营业 快递8:00-18:00", "8:00-18:00"),
        ("周五至周一 8:00-18:00", "周一、周五、周六、周日 8:00-18:00"),
        (
            "周日至周四 8:00-20:00\n周五、周六 8:00-22:00",
            "周一至周四、周日 8:00-20:00\n周五、周六 8:00-22:00",
        ),
    ],
)
def test_the_hours_of_the_parcels_count(text: str, same: str) -> None:
    meant = week_of(parse_hours(same))
    assert same_week(week_of(parse_hours(text)), meant)
    read = hours_in(text).week
    assert read is not None
    assert same_week(read, meant)


@pytest.mark.parametrize(
    "text",
    [
        "门店 8:00-12:00 超市 14:00-18:00",  # neither is the parcels'
        "8:00-12:00 快递 14:00-18:00",  # whose are the first?
        "门店：8:00-12:00\n快递：14:00-18:00\n周日休息",  # of both, or of one?
        "银行 9:00-16:30 邮政 8:30-17:30",
        "取件 8:00-12:00 寄件 14:00-18:00",
        "周二至周一 8:00-18:00",
    ],
)
def test_hours_of_two_services_are_never_joined(text: str) -> None:
    with pytest.raises(Invalid):
        parse_hours(text)
    assert hours_in(text).week is None
