"""Days and months that offices write, and those that only look like one."""

from datetime import date

import pytest

from server.errors import Invalid
from server.policy.typed_days import month_from, read_day

TODAY, DAY = date(2026, 12, 1), date(2023, 5, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-01", "2023/5/1", "2023.5.1", "20230501", "2023年5月1日", "２０２３年５月１号",
        "2023—05—01", "2023–5–1", "2023－05－01", "2023。5。1", "2023、5、1", "2023-05-01 08:30",
        "2023/5/1 8:30:15", "2023-05-01T08:30:15.000", "2023-05-01 00:00:00", " 2023 - 5 - 1 ",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_spelling(text: str) -> None:
    assert read_day(text, "日期", latest=TODAY) == DAY


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2023-13-01", "没有这一天"), ("2023-02-30", "没有这一天"), ("2月30日", "没有写是哪一年"),
        ("23.5.1", "只写了两位"), ("23年5月1日", "只写了两位"), ("5/1/2023", "年份要写在最前面"),
        ("01/05/2023", "年份要写在最前面"), ("2023-5", "没有写是哪一天"), ("45047", "日期格式"),
        ("0023-05-01", "太早了"), ("2027-01-01", "还没有到"), ("2023-05-01 24:00", "24:00"),
        ("2023-05-01T23:30:00Z", "T23:30"), ("2023.5.1-5.3", "写的是“2023.5.1-5.3”"),
        ("同上", "写的是“同上”"), ("20230-05-01", "20230"), ("", "应写成2023-05-01这样的日期，"),
    ],
)  # fmt: skip
def test_what_is_no_day_or_another_one_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(Invalid) as odd:
        read_day(text, "日期", latest=TODAY)
    assert odd.value.message.startswith("“日期”")
    assert why in odd.value.message


def test_a_day_to_come_ends_with_this_century() -> None:
    assert read_day("2099-12-31", "期限", latest=None) == date(2099, 12, 31)
    for text in ("2203-05-01", "9999-12-31"):
        with pytest.raises(Invalid, match="太远了"):
            read_day(text, "期限", latest=None)


def test_months() -> None:
    for text in ("2023-07", "2023-7", "202307", "2023年7月", "2023.7", "２０２３-07"):
        assert month_from(text) == date(2023, 7, 1)
    for text in ("2023-13", "23-07", "7月", "2023-W07", "2023", "2023-07-01", ""):
        assert month_from(text) is None
