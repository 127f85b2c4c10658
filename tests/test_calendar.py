"""Days, months and moments as people write them."""

from datetime import UTC, date, datetime

from server.calendar import (
    beijing_day,
    day_text,
    first_of_month,
    full_day_text,
    full_month_text,
    moment_text,
    month_of,
    month_text,
    next_month,
    weekday_text,
)

LATE_EVENING_IN_UTC = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


def test_the_day_of_a_moment_is_beijings() -> None:
    assert beijing_day(LATE_EVENING_IN_UTC) == date(2026, 11, 23)
    assert moment_text(LATE_EVENING_IN_UTC) == "2026-11-23 00:30"


def test_days_and_months_are_written_as_people_write_them() -> None:
    day = date(2026, 7, 3)

    assert full_day_text(day) == "2026年7月3日"
    assert day_text(day) == "7月3日"
    assert day_text(day, beside=date(2026, 1, 1)) == "7月3日"
    assert day_text(day, beside=date(2027, 1, 1)) == "2026年7月3日"
    assert weekday_text(day) == "周五"
    assert (month_of(day), month_text("2026-07")) == ("2026-07", "7月")
    assert full_month_text(day) == "2026年7月"


def test_months_begin_on_the_first_and_december_is_followed_by_january() -> None:
    assert first_of_month(date(2023, 12, 31)) == date(2023, 12, 1)
    assert next_month(date(2023, 12, 1)) == date(2024, 1, 1)
    assert next_month(date(2023, 1, 1)) == date(2023, 2, 1)
