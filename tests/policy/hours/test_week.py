"""A week as the register keeps it, and when two weeks are the same."""

import pytest

from server.policy.hours import parse_hours, read_week, same_week, stored, week_of


def same(one: str, other: str) -> bool:
    return same_week(read_week(one), read_week(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8:00-18:00，周日休息", "周一至周六 8:00-18:00"),
        ("8:00-12:00，12:00-18:00", "8:00-18:00"),
        ("8:00-18:00（午休12:00-14:00）", "8:00-12:00，14:00-18:00"),
        (
            "夏季5-10月 8:00-19:00；冬季11-4月 8:00-18:00",
            "5月至10月 8:00-19:00；11月至4月 8:00-18:00",
        ),
        ("夏季 8:00-18:00；冬季 8:00-18:00", "8:00-18:00"),
        ("8:00-18:00，节假日照常", "8:00-18:00"),
        ("每天 8:00-18:00，逢集 8:00-18:00", "8:00-18:00"),
    ],
)
def test_two_ways_to_say_one_week_are_the_same(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8:00-18:00，周日休息", "8:00-18:00"),
        ("8:00-18:00（午休12:00-14:00）", "8:00-18:00"),
        ("夏季 8:00-19:00；冬季 8:00-18:00", "8:00-18:00"),
        ("夏季 8:00-19:00；冬季 8:00-18:00", "夏季5-10月 8:00-19:00；冬季11-4月 8:00-18:00"),
        ("夏季5-10月 8:00-19:00；冬季11-4月 8:00-18:00", "夏季4-9月 8:00-19:00；冬季10-3月 8:00-18:00"),
        ("8:00-18:00，节假日休息", "8:00-18:00"),
        ("8:00-18:00，节假日休息", "8:00-18:00，春节休息"),
        ("逢三、六、九 8:00-18:00", "8:00-18:00"),
        ("逢三、六、九 8:00-18:00", "农历逢三、六、九 8:00-18:00"),
        ("逢三、六、九 8:00-18:00，春节休息", "逢三、六、九 8:00-18:00"),
        ("8:00-18:00，电话预约", "8:00-18:00"),
        ("10:00-次日2:00", "10:00-24:00"),
        ("单号 8:00-18:00", "单日 8:00-18:00"),
    ],
)  # fmt: skip
def test_weeks_that_differ_in_any_part_are_not_the_same(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    "says",
    [
        "周一、三、五 8:00-12:00，14:00-18:00；周六 9:00-次日1:00",
        "夏季 周一至周五 8:00-19:00；冬季 周一至周六 9:00-17:00；节假日休息",
        "7:00-19:00(4月-10月) 8:00-18:00(11月-3月)",
        "夏季 逢集 7:00-19:00；冬季 逢集 8:00-18:00",
        "夏季每天 8:00-18:00；冬季每天休息",
        "农历初一、十五 8:00-12:00；单号 8:00-18:00；双日休息",
        "8:00-18:00，周日电话预约，农忙休息，法定节假日照常",
    ],
)
def test_what_is_kept_is_the_whole_week_and_equal_weeks_are_kept_alike(says: str) -> None:
    kept = parse_hours(says)

    assert stored(week_of(kept)) == kept
    assert same_week(week_of(kept), read_week(says))


def test_seasons_are_kept_as_the_year_goes_whichever_was_written_first() -> None:
    assert parse_hours("冬季11-4月 9:00-17:00；夏季5-10月 8:00-19:00") == parse_hours(
        "夏季5-10月 8:00-19:00；冬季11-4月 9:00-17:00"
    )
