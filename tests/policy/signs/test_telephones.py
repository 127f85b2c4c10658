"""Telephone numbers in what was read are found however they are spaced; nothing else is."""

import pytest

from server.policy.signs.hours_board import board_hours, hours_anchor, looks_like_hours
from server.policy.signs.lines import Line
from server.policy.signs.telephones import telephone_quads
from tests.policy.signs.written import at


@pytest.mark.parametrize(
    "text",
    [
        "13800001234", "电话：138 0000 1234", "咨询0350-6521234", "(0350)6521234", "138-0000-1234",
        "6521234", "l38OOOO1234", "１３８００００１２３４", "400-820-8820转2",
    ],
)  # fmt: skip
def test_a_number_is_found_where_it_stands(text: str) -> None:
    line = at(text, 100, 40)
    [quad] = telephone_quads([line])
    first = next(n for n, one in enumerate(text) if one.isascii() or one == "１")
    pitch = (line.quad[1][0] - line.quad[0][0]) / len(text)
    assert quad[0][0] <= line.quad[0][0] + pitch * (first + 1.6)
    assert quad[1][0] >= line.quad[1][0] - pitch * 2.5


@pytest.mark.parametrize(
    "text",
    [
        "马家沟村快递便民服务点", "C0001", "XZ0012", "08:00-18:00", "0800-1800", "8.00-18.00",
        "8:00-12:00 14:00-18:00", "周一至周五 08.00-12.00，14.00-18.00", "12305", "",
    ],
)  # fmt: skip
def test_names_codes_and_hours_are_none(text: str) -> None:
    assert telephone_quads([at(text, 100, 40)] if text else []) == []


def test_a_number_in_pieces_beside_each_other_is_one() -> None:
    def piece(text: str, left: float) -> Line:
        corners = ((left, 40.0), (left + 90, 40.0), (left + 90, 70.0), (left, 70.0))
        return at(text, 0, 0)._replace(quad=corners)

    near, name = [piece("138", 100), piece("0000", 200), piece("1234", 300)], piece("电话", 0)
    assert telephone_quads([name, *near]) == [one.quad for one in near]
    assert telephone_quads([piece("1380", 0), piece("1234", 900)]) == []


def test_a_telephones_hyphens_are_no_times() -> None:
    times, phone = at("9:00-12:00", 0, 0), at("站长电话:152-9720-6758", 0, 40)
    assert hours_anchor([phone, times]) == times
    assert not looks_like_hours("139-2107-2186")
    assert looks_like_hours("0800-1200")


@pytest.mark.parametrize(
    "row", ["NO.XZ0015", "编号:CO001", "地址:坑口村文化广场东侧", "地址:七里海镇街上"]
)
def test_numbers_and_addresses_limit_no_hours(row: str) -> None:
    assert board_hours([at("8:30-18:00", 0, 0), at(row, 0, 40)])
