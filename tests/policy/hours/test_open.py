"""Whether a station is open: yes, no, or nobody can tell from here."""

from datetime import date, datetime

import pytest

from server.policy.hours import open_at, open_on, read_week, still_opens

WEDNESDAY, SUNDAY = date(2023, 7, 12), date(2023, 7, 16)
AUTUMN_SUNDAY, NATIONAL_DAY = date(2023, 11, 12), date(2023, 10, 1)


@pytest.mark.parametrize(
    ("says", "on", "answer"),
    [
        ("8:00-18:00", WEDNESDAY, True),
        ("8:00-18:00，周三休息", WEDNESDAY, False),
        ("夏季5-10月 8:00-19:00；冬季11-4月 周一至周六 9:00-17:00", None, None),
        ("夏季5-10月 每天 8:00-19:00；冬季11-4月 周一至周六 9:00-17:00", SUNDAY, True),
        ("夏季5-10月 每天 8:00-19:00；冬季11-4月 周一至周六 9:00-17:00", AUTUMN_SUNDAY, False),
        ("夏季 每天 8:00-19:00；冬季 周一至周六 9:00-17:00", SUNDAY, None),
        ("夏季 每天 8:00-19:00；冬季 周一至周六 9:00-17:00", WEDNESDAY, True),
        ("逢三、六、九 8:00-16:00", WEDNESDAY, None),
        ("平时 8:00-17:00，逢集 7:00-18:00", WEDNESDAY, True),
        ("8:00-17:00，逢集休息", WEDNESDAY, None),
        ("初一、十五 8:00-17:00", WEDNESDAY, None),
        ("单号 8:00-17:00", WEDNESDAY, False),
        ("双号 8:00-17:00", WEDNESDAY, True),
        ("单日 8:00-17:00", WEDNESDAY, None),
        ("农忙 6:00-20:00，农闲 8:00-17:00", WEDNESDAY, None),
        ("8:00-17:00，节假日休息", WEDNESDAY, True),
        ("8:00-17:00，节假日休息", NATIONAL_DAY, None),
        ("8:00-17:00，春节休息", NATIONAL_DAY, True),
        ("8:00-17:00，春节休息", date(2023, 1, 22), None),
        ("8:00-17:00，节假日照常", NATIONAL_DAY, True),
        ("8:00-17:00，除夕至正月初五休息", date(2023, 1, 19), True),
        ("8:00-17:00，除夕至正月初五休息", date(2023, 1, 21), None),
        ("8:00-17:00，除夕至正月初五休息", date(2023, 2, 24), None),
        ("8:00-17:00，除夕至正月初五休息", date(2023, 2, 25), True),
        ("8:00-17:00，腊月二十至正月初五休息", date(2023, 1, 10), None),
        ("8:00-17:00，腊月二十至正月初五休息", date(2023, 1, 9), True),
        ("8:00-18:00\n冬季（11月-2月）休息", WEDNESDAY, True),
        ("8:00-18:00\n冬季（11月-2月）休息", date(2023, 2, 28), False),
        ("周一至周五 8:00-17:00，节假日休息", NATIONAL_DAY, False),
        ("8:00-17:00，周日电话预约", SUNDAY, None),
        ("8:00-17:00，电话预约", SUNDAY, None),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_decided_is_unknown_and_never_closed(
    says: str,
    on: date | None,
    answer: bool | None,  # noqa: FBT001
) -> None:
    if on is not None:
        assert open_on(read_week(says), on) is answer


def test_the_yearly_notices_tell_which_days_are_holidays() -> None:
    off = {
        date(2023, 5, 1): "劳动节",
        date(2023, 10, 1): "中秋节、国庆节",
        date(2023, 1, 22): "春节",
    }

    def opens(says: str, on: date) -> bool | None:
        return open_on(read_week(says), on, lambda day: off.get(day, ""))

    assert opens("8:00-18:00，节假日休息", date(2023, 5, 1)) is False
    assert opens("8:00-18:00，五一休息", date(2023, 5, 1)) is False
    assert opens("8:00-18:00，国庆休息", date(2023, 10, 1)) is False
    assert opens("8:00-18:00，国庆休息", date(2023, 5, 1)) is True
    assert opens("8:00-18:00，节假日休息", date(2023, 5, 6)) is True
    assert opens("8:00-18:00，春节休息", date(2023, 1, 22)) is False
    # Which of the notice's days are 初一 to 初三 no notice tells.
    assert opens("8:00-18:00，春节初一至初三休息", date(2023, 1, 22)) is None
    # A village's New Year is longer than the notice's.
    assert opens("8:00-18:00，春节休息", date(2023, 1, 30)) is None


@pytest.mark.parametrize(
    ("says", "clock", "answer"),
    [
        ("8:00-18:00", "07:20", True),
        ("8:00-18:00", "05:00", False),
        ("8:00-11:00，15:00-18:00", "13:00", False),
        ("周一至周二 8:00-18:00", "10:00", False),
        ("10:00-次日2:00", "01:30", True),
        ("10:00-次日2:00，周二休息", "01:30", False),
        ("10:00-次日2:00，周二休息", "23:30", True),
        ("夏季 8:00-18:00；冬季 10:00-17:00", "10:00", True),
        ("夏季 8:00-18:00；冬季 10:00-17:00", "08:00", None),
        ("逢集 8:00-18:00", "10:00", None),
        ("平时 9:00-17:00，逢集 6:00-18:00", "10:00", True),
        ("平时 9:00-17:00，逢集 6:00-18:00", "06:10", None),
        ("平时 9:00-17:00，逢集 6:00-18:00", "03:00", False),
    ],
)
def test_a_moment_is_held_against_the_hours_with_some_leeway(
    says: str,
    clock: str,
    answer: bool | None,  # noqa: FBT001
) -> None:
    at = datetime.fromisoformat(f"{WEDNESDAY}T{clock}")

    assert open_at(read_week(says), at) is answer


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        ("8:00-14:00", False),
        ("8:00-18:00", True),
        ("18:00-次日2:00", True),
        ("周四至周日 8:00-18:00", False),
        ("逢集 8:00-18:00", None),
        ("逢集 8:00-14:00", False),
    ],
)
def test_at_half_past_two_a_station_has_closed_only_where_it_surely_has(
    says: str,
    answer: bool | None,  # noqa: FBT001
) -> None:
    assert still_opens(read_week(says), datetime(2023, 7, 12, 14, 30)) is answer
