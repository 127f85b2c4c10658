"""Whatever is quoted as not understood stands, sign for sign, in what the person typed."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from server.policy.hours import parse_hours
from server.policy.hours.times import Unreadable
from server.policy.signs.hours_board import hours_in

CASES = Path(__file__).parents[2] / "cases" / "hours"
TYPED = [
    case["says"]
    for name in ("read.yaml", "refused.yaml")
    for case in yaml.safe_load((CASES / name).read_text("utf-8"))
]
ROWS = [
    row
    for name in ("limiting-rows.txt", "honest-rows.txt")
    for row in (CASES / name).read_text("utf-8").split("\n")
    if row.strip()
]
PIECES = (
    "８：００—１８：００", "8点~6点", "星期天", "周3", "礼拜六、日", "晚：15:00-19:30", "休息",
    "中午不取件", "午休一小时（12:00起）", "２４小时都开", "監控", "逢二逢七（圩日）", "除外", "平时",
    "營業時間", "节假日", "只上半天", "打个电话就来", "上午营业时间：", "Mon-Fri", "5at", "\n", "，",
    "（", "）", "5.1-9.30", "春秋季", "雨天", "次日", "早7:00", "晚9:00", "全年 365天 每天",
)  # fmt: skip


def foreign_words(typed: str) -> list[str]:
    """What a refusal quotes though it does not stand in the typed text; [] where all does."""
    words = hours_in(typed).words.split("、")
    try:
        parse_hours(typed)
    except Unreadable as problem:
        words += re.findall("“([^”]+)”", problem.sentence) + problem.details["words"].split("、")
    return [word for word in words if word.removesuffix("…") not in typed]


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("监控24小时都开", "监控24小时都开"),
        ("监控２４小时都开", "监控２４小时都开"),
        ("8:00-18:00 中午不取件", "中午不取件"),
        ("周末只上半天\n周一至周五 8:00-18:00", "周末只上半天"),
        ("下午休息 8:00-18:00", "下午休息"),
        ("周六 9am-12am", "9am-12am"),
        ("夏天7:00-20:00\n平时8:00-18:00", "平时"),
        ("礼拜天看情况 8：00—18：00", "礼拜天看情况"),
    ],
)
def test_the_form_quotes_what_was_typed_and_not_what_was_made_of_it(
    typed: str, quoted: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_hours(typed)

    assert f"“{quoted}”" in refused.value.sentence
    assert str(refused.value.details["words"]) in quoted


def test_a_cleaned_text_is_quoted_as_it_was_typed_before() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_hours("8:00-18:00\n看心情", typed="８:００-１８:００_x000D_看　心情")

    assert "“看　心情”" in refused.value.sentence


def test_every_case_is_quoted_in_its_own_words() -> None:
    on_boards = [f"营业时间 8：00—18：00\n{row}" for row in ROWS]

    assert not [typed for typed in [*TYPED, *ROWS, *on_boards] if foreign_words(typed)]


@given(st.lists(st.sampled_from([*PIECES, *ROWS[:200]]), min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_quoted_in_its_own_words(pieces: list[str]) -> None:
    assert not foreign_words("".join(pieces))
    assert not foreign_words(" ".join(pieces))
