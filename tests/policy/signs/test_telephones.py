"""Telephone numbers in what was read are found however they are spaced; nothing else is."""

import pytest

from server.policy.signs.hours_board import board_hours, hours_anchor, looks_like_hours
from server.policy.signs.lines import Line
from server.policy.signs.telephones import telephone_quads, tells_whom_to_call
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


@pytest.mark.parametrize(
    "row",
    [
        "联人：宋小燕150-2809-2048", "路长：找春花136 31691026", "联电话：135205.20",
        "任个凤13588272594", "联系人：蔡大搜1873007.3231", "联系人：周春花183-7507-9711",
        "健长：寅中等3352427094", "站：网17725288202", "服务监1112305", "务监督12.305",
        "联系：欧阳春138 1234 5678", "手机1367788.9012", "店：胡二1500000.1111",
        "电活：0671-8537489", "订货电舌 15012345678", "找件打 0464-3545781", "打 17549956914",
        "微信同电话：189-3221-9895", "群众监督：12305", "总部热线：95338", "客诉电话 95311",
        "TEL 1501234567", "投诉电活 12305",
    ],
)  # fmt: skip
def test_a_row_may_be_a_telephone_that_is_torn(row: str) -> None:
    line = at(row, 100, 40)
    assert tells_whom_to_call(line.glyphs)
    assert board_hours([at("8:00-18:00", 100, 10), line]).as_json() == [
        [[1, 2, 3, 4, 5, 6, 7], "08:00", "18:00"]
    ]


@pytest.mark.parametrize(
    "row",
    [
        # Days, times, reasons and places before a telephone.
        "周日打15012345678", "周日15012345678", "周旦15012345678", "停电15012345678",
        "不在打15012345678", "看病去了15012345678", "有事15012345678", "先打15012345678",
        "外出：15012345678", "下雨15012345678", "晚上15012345678", "周日：张三15012345678",
        "联系人：周日15012345678", "联系人：周六休15012345678", "联系人：人不在15012345678",
        "搬到村口15012345678", "只送水15012345678", "白事13812345678", "找二嫂15012345678",
        "张三家取15012345678", "石头家15012345678", "田里头15012345678", "黄昏后15012345678",
        "店主病15012345678", "站长：去县城15012345678", "电话停机15012345678", "赶集13812345678",
        # Hours.
        "营业8.00-20.00", "13.30-18.00", "电话8.30-18.00", "服务8.30-18.00", "1330-1800",
        "13301800", "电话18.00",
    ],
)  # fmt: skip
def test_a_row_with_a_limit_before_a_telephone_is_none(row: str) -> None:
    assert not tells_whom_to_call(at(row, 100, 40).glyphs)


def test_what_the_label_may_be_is_looked_at_too() -> None:
    line = at("同日：找春花13631691026", 100, 40)
    first = line.glyphs[0]._replace(probability=0.6, others=(("周", 0.3),))
    assert not tells_whom_to_call((first, *line.glyphs[1:]))
    named = at("仟个凤13588272594", 100, 40).glyphs
    assert not tells_whom_to_call(named)
    assert tells_whom_to_call(
        (named[0]._replace(probability=0.6, others=(("任", 0.3),)), *named[1:])
    )
