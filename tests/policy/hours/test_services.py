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
        ("快递柜24小时自助取件 柜台8:00-18:00", "8:00-18:00"),
        ("24小时自助快递柜\n人工服务时间 8:00-18:00", "8:00-18:00"),
        ("快递柜 7:00-22:00\n快递服务 8:00-18:00", "8:00-18:00"),
        ("便民服务大厅：周一至周五8:30-17:30\n快递：周一至周日8:00-19:00", "8:00-19:00"),
        ("快递\n8:00-18:00\n超市\n7:00-22:00", "8:00-18:00"),
        ("快递：8:00-19:00\n卫生室：周日休息", "8:00-19:00"),
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
        "快递电话 13800138000\n超市 7:00-22:00",
        "快递 周日休息\n超市 7:00-22:00",  # whose are the times?
        "快递 全天\n超市 7:00-22:00",  # round the clock, or as long as the shop?
        "快递8:00-12:00 超市7:00-22:00 下午14:00-18:00",  # whose afternoon?
        "快递柜：24小时\n超市：7:00-22:00",
        "药店 8:00-21:00 柜台 9:00-18:00",
        "超市\n快递\n7:00-22:00\n8:00-18:00",
        "非快递 8:00-18:00",
        "拒收快递 8:00-18:00",
    ],
)
def test_hours_of_two_services_are_never_joined(text: str) -> None:
    with pytest.raises(Invalid):
        parse_hours(text)
    assert hours_in(text).week is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("早班8:00-12:00 晚班14:00-18:00", "8:00-12:00 14:00-18:00"),
        ("早班 8:00-12:00 中班 12:00-16:00 晚班 16:00-20:00", "8:00-20:00"),
        ("早班8:00-12:00\n晚班下午2:00-6:00\n周日休息", "周一至周六 8:00-12:00 14:00-18:00"),
        ("周1-5开门8:00关门18:00", "周一至周五 8:00-18:00"),
        ("开门8:00 关门12:00 开门14:00 关门18:00", "8:00-12:00 14:00-18:00"),
    ],
)
def test_shifts_of_one_service_are_of_one_day(text: str, same: str) -> None:
    meant = week_of(parse_hours(same))
    assert same_week(week_of(parse_hours(text)), meant)
    assert (read := hours_in(text).week)
    assert same_week(read, meant)


@pytest.mark.parametrize(
    "text",
    [
        "早班8:00-12:00",
        "晚班14:00-18:00",
        "早班李红8:00-12:00 晚班张强14:00-18:00",
        "夜班22:00-6:00 早班8:00-12:00",
        "早班8点-12点 晚班2点-6点",
        "早班8:00-12:00 晚班轮休",
    ],
)
def test_a_shift_alone_or_somebodys_is_not_the_stations(text: str) -> None:
    with pytest.raises(Invalid):
        parse_hours(text)
    assert hours_in(text).week is None


def test_the_weekend_in_brackets_behind_its_times_is_when_it_is_open() -> None:
    assert parse_hours("8:00-18:00（周六、周日）") == [[[6, 7], "08:00", "18:00"]]
    for unclear in ("8:00-18:00（双休日）", "8:00-18:00（周日）", "8:00-18:00 周六、周日"):
        with pytest.raises(Invalid):  # 休息 may have been left out
            parse_hours(unclear)
    assert hours_in("8:00-18:00（周六、周日）").week is None
