"""Accounts and payment lines that are typed: one of each in a box, or none."""

import pytest

from server.errors import Invalid
from server.services.subsidies.accounts import number_from
from server.services.subsidies.bank_rows import line_named


@pytest.mark.parametrize(
    "typed", ["6222 0202 0000 1234", "６２２２０２０２００００１２３４", "6222—0202—0000—1234"]
)
def test_an_account_is_its_digits(typed: str) -> None:
    assert number_from(typed) == "6222020200001234"


@pytest.mark.parametrize(
    "typed",
    ["622202020000 622202020001", "6222020200001234\n6222020200005678", "00000000", "6222O2020000"],
)
def test_two_accounts_or_a_filler_are_none(typed: str) -> None:
    with pytest.raises(Invalid, match="账号"):
        number_from(typed)


def test_a_bank_names_one_line_of_ours_or_none() -> None:
    for text in ("B12-3", "b12－3 补贴", "村站补贴B12—3", "B012-03", "B12 - 3"):
        assert line_named(text) == "B12-3"
    for text in ("B12-3/B12-4", "B12-1234567", "SB12-3", "B12-3-4", ""):
        assert line_named(text) == ""
