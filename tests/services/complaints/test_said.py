"""What a villager types of money, a telephone and a day is read right or asked for again."""

from datetime import date

import pytest

from server.errors import Invalid
from server.services.complaints.said import Said, read_said

TODAY = date(2026, 12, 1)


def typed(**fields: str) -> Said:
    return read_said({"kind": "charging", "words": "取件要钱", **fields}, today=TODAY)


@pytest.mark.parametrize(
    ("amount", "fen"),
    [
        ("2", 200),
        ("2.5", 250),
        ("2块钱", 200),
        ("１２．５元", 1250),
        ("1,234", 123_400),
        ("0", None),
    ],
)
def test_money_as_people_type_it(amount: str, fen: int | None) -> None:
    assert typed(amount=amount).amount_fen == fen


@pytest.mark.parametrize("amount", ["2，5", "2,5", "1 2", "3\n4", "100,0", "2-3", "两块", "2块5"])
def test_two_sums_in_one_box_are_not_one_large_one(amount: str) -> None:
    with pytest.raises(Invalid) as odd:
        typed(amount=amount)
    assert set(odd.value.details["fields"]) == {"amount"}


def test_a_telephone_is_spelt_as_everywhere_and_one_digit_short_is_refused() -> None:
    assert typed(phone="+86 139-0350-0001").phone == "13903500001"
    assert typed(phone="（0350）6521234").phone == "0350-6521234"
    assert typed(phone="无").phone == ""
    for phone in ("1390350000", "139035000012", "0350-652123", "13903500001/13903500002"):
        with pytest.raises(Invalid) as odd:
            typed(phone=phone)
        assert "电话“" in odd.value.details["fields"]["phone"]


def test_a_day_that_is_none_is_told_with_what_was_written() -> None:
    with pytest.raises(Invalid, match=r"只写了两位.*写的是“23\.5\.1”"):
        typed(happened_on="23.5.1")
