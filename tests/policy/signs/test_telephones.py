"""Telephone numbers in what was read are found however they are spaced; nothing else is."""

import pytest

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
