import pytest

from server.errors import Invalid
from server.policy.hours import hours_lines, hours_text, parse_hours


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("上午8:00-下午6:00", ("周一至周日 08:00–18:00",)),
        ("8：30—20：00", ("周一至周日 08:30–20:00",)),
        ("早8点至晚6点", ("周一至周日 08:00–18:00",)),
        ("24小时", ("周一至周日 24小时",)),
        ("周一至周五 8:30-18:00；周六 9点到12点", ("周一至周五 08:30–18:00", "周六 09:00–12:00")),
        ("周一、三、五 8点半-17点", ("周一、周三、周五 08:30–17:00",)),
        ("营业时间：每天8:00-12:00 14:00-18:00", ("周一至周日 08:00–12:00，14:00–18:00",)),
        ("工作日8-18，周末休息", ("周一至周五 08:00–18:00",)),
        (
            "星期一到星期五：上午8:00 - 12:00，下午2:30-6:00",
            ("周一至周五 08:00–12:00，14:30–18:00",),
        ),
        ("周六、周日 9:00-12:00", ("周六、周日 09:00–12:00",)),
        ("周1-5 8.30-17.30", ("周一至周五 08:30–17:30",)),
        ("", ()),
    ],
)
def test_hours_are_read_as_villages_write_them(typed: str, lines: tuple[str, ...]) -> None:
    hours = parse_hours(typed)

    assert hours_lines(hours) == lines
    assert parse_hours(hours_text(hours)) == hours


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("八点开门", "看不懂"),
        ("18:00-8:00", "不晚于开门时间"),
        ("25:00-26:00", "没有“25:00”"),
        ("周末休息", "只写了休息"),
        ("8:00-12:00，11:00-13:00", "有重叠"),
        ("周五至周一 8:00-9:00", "前后颠倒"),
        ("随时", "看不懂"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(typed: str, what: str) -> None:
    with pytest.raises(Invalid, match=what) as refused:
        parse_hours(typed)

    assert refused.value.code == "hours-unreadable"
