"""The yearly notices of days off, against an independent calendar, and what is not held."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from server.policy.document import StandardError
from server.policy.standard.standards import STANDARDS_FOLDER
from server.policy.standard.working_days import WorkingDays, working_days_in

HELD = working_days_in(STANDARDS_FOLDER)
YEARS = range(2021, 2027)


def test_every_day_of_the_years_held_is_as_an_independent_calendar_says() -> None:
    day, wrong = date(2021, 1, 1), []
    while day < date(2026, 12, 28):
        if (HELD.why_off(day) == "") is not chinese_calendar.is_workday(day):
            wrong.append(day)
        day += timedelta(1)

    assert sorted(HELD.years) == list(YEARS)
    assert wrong == []


def test_every_year_names_its_notice() -> None:
    for year, one in HELD.years.items():
        assert one.title == f"国务院办公厅关于{year}年部分节假日安排的通知"
        assert one.number.startswith(f"国办发明电〔{year - 1}〕")


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2023-05-21", "星期日"),
        ("2023-05-22", ""),
        ("2023-05-03", "劳动节放假"),
        ("2023-05-06", ""),  # a Saturday worked
        ("2022-12-31", "元旦放假"),  # by the notice for 2023
        ("2024-02-09", ""),  # 除夕 2024: rest was only recommended
        ("2027-01-01", None),
        ("2026-12-28", None),  # the notice for 2027 may still move it
        ("2020-12-25", None),
    ],
)
def test_a_day_is_off_for_a_reason_or_worked_or_unknown(day: str, why: str | None) -> None:
    assert HELD.why_off(date.fromisoformat(day)) == why


def test_the_next_working_day_may_be_a_saturday_and_ends_where_nothing_is_known() -> None:
    assert HELD.next_worked(date(2023, 9, 30)) == date(2023, 10, 7)
    assert HELD.next_worked(date(2023, 10, 7)) == date(2023, 10, 7)
    unknown = HELD.next_worked(date(2027, 1, 1))
    assert (unknown, HELD.year_missing(unknown)) == (date(2027, 1, 1), 2027)
    assert WorkingDays().year_missing(date(2023, 5, 1)) == 2023


GOOD = """\
year: 2030
source: {title: 通知, number: 国办发明电〔2029〕1号, issued_on: 2029-11-01}
days_off:
  - {name: 元旦, from: 2029-12-30, until: 2030-01-01}
working_weekends: [2030-01-05]
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2030-01-05", "2030-01-07", "第5行：2030-01-07本来就上班"),
        ("2030-01-05", "2029-12-30", "第5行：2029-12-30本来就上班，或者正在放假"),
        ("until: 2030-01-01", "until: 2029-12-29", "第4行：“元旦”的日期前后颠倒"),
        ("from: 2029-12-30", "from: 2029-10-01", "第4行：“元旦”的日期前后颠倒，或不在2030年"),
        ("number: 国办发明电〔2029〕1号, ", "", "第2行：“source”缺少“number”"),
        ("days_off", "days", "第3行：不认识“days”"),
    ],
)
def test_a_year_that_cannot_be_is_refused_by_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    (tmp_path / "2030-holidays.yaml").write_text(GOOD.replace(old, new), "utf-8")

    with pytest.raises(StandardError, match=sentence):
        working_days_in(tmp_path)


def test_a_year_held_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2030-holidays.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "again-holidays.yaml").write_text(GOOD, "utf-8")

    with pytest.raises(StandardError, match=r"2030年的放假安排与 2030-holidays\.yaml 重复"):
        working_days_in(tmp_path)
