"""Numbers that look like telephones, cards and pick-up codes are hidden; days and sums are not."""

import pytest

from server.policy.masking import HIDDEN, hides_something, masked_text

NUMBERS = (
    "13800001234", "138 0000 1234", "138-0000-1234", "１３８００００１２３４", "+86 138 0000 1234",
    "一三八零零零零一二三四", "幺三八 零零零零 一二三四", "138\n0000\n1234", "1 3 8 0 0 0 0 1 2 3 4",
    "138.0000.1234", "0350-1234567", "(0350)1234567", "14092619800101123", "YT1234567890123",
    "8-2-3045", "A-3-2011", "12-4567", "８－２－３０４５",
)  # fmt: skip
PLAIN = (
    "2026-07-03那天", "2026年7月3日收了5元", "7-3那天", "8:00-18:00开门", "3-5天没送", "收了2.50元",
    "三天了，五六个人", "2026.7.3", "12345热线", "12305", "取了3件", "C0001站", "取件3次都没开门",
    "每件收2-3元",
)  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_of_somebody_is_hidden_wherever_it_stands(number: str) -> None:
    for text in (number, f"打{number}，找我", f"{number}。还有{number}"):
        shown = masked_text(text)
        assert HIDDEN in shown
        assert not any(run in shown for run in ("1234", "3045", "2011", "4567", "二三四", "0980"))
        assert hides_something(text)


@pytest.mark.parametrize("text", PLAIN)
def test_days_sums_and_hotlines_stay(text: str) -> None:
    assert masked_text(text) == text
    assert not hides_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "取件码是 3045",
        "取件码：三零四五",
        "提货码“88321”",
        "验证码9021",
        "微信 abc_12345",
        "QQ号80123",
    ],
)
def test_what_is_called_a_code_is_hidden_though_it_is_short(text: str) -> None:
    assert HIDDEN in masked_text(text)
    assert not any(
        run in masked_text(text) for run in ("3045", "零四", "8321", "9021", "abc", "0123")
    )
