"""What people type for a number is read right or refused in words that show what was written."""

from decimal import Decimal

import pytest

from server.policy.numerals import decimal, fen_from, li_from, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("１２", 12), (" 12 ", 12), ("007", 7), ("12.0", 12), ("12.00件", 12),
        ("12件", 12), ("12 件", 12), ("1,234", 1234), ("1，234", 1234), ("１，２３４", 1234),
        ("1,234,567", 1_234_567), ("0", 0),
    ],
)  # fmt: skip
def test_a_whole_number_is_read_however_it_was_typed(text: str, number: int) -> None:
    assert whole(text, "件") == number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12 15", "写的“12 15”里不止一个数"), ("12\n15", "写的“12 15”里不止一个数"),
        ("12-15", "写的“12-15”里不止一个数"), ("12/15", "里不止一个数"), ("1 234", "里不止一个数"),
        ("12件15件", "里不止一个数"), ("12²", "看不懂"), ("③", "看不懂"), ("½", "里不止一个数"),
        ("1.2万", "写的“1.2万”请换成数字写全，如12000"), ("三百", "写全"), ("三十", "看不懂"),
        ("约30", "看不懂"), ("30多", "看不懂"), ("1e3", "看不懂"), ("1,23", "看不懂"),
        ("1234,567", "看不懂"), ("12_5", "里不止一个数"), ("+12", "看不懂"), ("٣", "看不懂"),
        ("30人", "看不懂"), ("-3", "写的是“-3”，不能是负数"), ("－3", "不能是负数"),
        ("12.5", "写的是“12.5”，要写整数"), ("", "没有写数"), ("同上", "写的“同上”等于没有写"),
        ("/", "等于没有写"), ("1234567890123456", "太大了"), ("=12", "看不懂"),
    ],
)  # fmt: skip
def test_what_may_be_another_number_is_refused_and_shown(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"^写|^没有写数$") as odd:
        whole(text, "件")
    assert why in str(odd.value)


def test_decimals_keep_what_was_written_and_no_more_places_than_asked() -> None:
    assert str(decimal("12.50㎡", "m2")) == "12.50"
    assert decimal("30m²", "m2") == Decimal(30)
    assert decimal("9.50", places=1) == Decimal("9.5")
    with pytest.raises(ValueError, match="最多1位小数"):
        decimal("9.55", places=1)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.5", 123_450), ("¥12", 1200), ("￥ 12.50 元", 1250), ("１２．５", 1250),
        ("12块", 1200), ("2块钱", 200), ("1，234", 123_400), ("12.500", 1250),
        ("12 15", None), ("12\n15", None), ("1元5", None), ("12元15元", None), ("1 234", None),
        ("2,5", None), ("100,0", None), ("1.005", None), ("1.2万", None), ("12¥", None),
        ("3元5角", None), ("-3", None), ("30%", None),
    ],
)  # fmt: skip
def test_money_of_two_amounts_or_another_scale_is_none(text: str, fen: int | None) -> None:
    assert fen_from(text) == fen


def test_rates_go_to_a_tenth_of_a_fen() -> None:
    assert [li_from(one) for one in ("0.125", "0．35元", "0 35", "1元2", "35分")] == [
        125, 350, None, None, None,
    ]  # fmt: skip
