"""Cells as offices fill them: understood in every usual spelling, or refused by their name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.station import Station
from server.services.registry.sheet_imports import ImportPlan, enter_import, marked_xlsx
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.services.registry.office import SONG, look, news, one
from tests.sheets import Raw, Tab, day, formula, number, xlsx

pytestmark = ON_SQLITE


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("站长姓名", "负责人"), ("负责人姓名", "负责人"), ("联系人", "负责人"), ("村级站长", "负责人"),
        ("联系\n电话", "负责人电话"), ("手机号码（必填）", "负责人电话"), ("站长电话", "负责人电话"),
        ("负\u200b责 人", "负责人"), ("详细地址", "地址"), ("营业\u3000时间", "营业时间"),
        ("开业日期", "开办日期"), ("面积/㎡", "面积"), ("面积(m²)", "面积"), ("经营面积（㎡）", "面积"),
        ("面积（单位：平方米）", "面积"), ("有无货架", "货架"), ("是否有巴枪", "巴枪"),
    ],
)  # fmt: skip
def test_usual_headers_are_understood(
    session: Session, house: Cast, header: str, label: str
) -> None:
    value = {"营业时间": "8:00-18:00", "开办日期": "2023-05-01", "面积": "8", "货架": "有",
             "负责人": "宋大姐"}  # fmt: skip
    typed = value.get(label, "有" if label == "巴枪" else "13903500001")

    assert list(news(one(session, house, **{header: typed}))) == [label]


@pytest.mark.parametrize("header", ["行政村", "村（社区）", "建制村名称", "所在行政村", "村名"])
def test_villages_go_by_many_headers(session: Session, house: Cast, header: str) -> None:
    [row] = look(session, house, xlsx(Tab([["所属乡镇", header], SONG[:2]]))).rows

    assert (row.action, row.name) == ("new", "宋家村快递便民服务点")


def test_columns_that_are_not_understood_are_named_even_without_a_header(
    session: Session, house: Cast
) -> None:
    content = xlsx(Tab([["乡镇", "村", "身份证号", "", "负责人", "联系人"],
                        ["鹅城镇", "宋家村", "1", "随手记", "宋大姐", "宋二姐", "更远"]]))  # fmt: skip

    plan = look(session, house, content)

    assert plan.table.ignored == ("身份证号", "联系人", "D列（没有表头）", "G列（没有表头）")
    assert news(plan.rows[0]) == {"负责人": "宋大姐"}


@pytest.mark.parametrize("written", ["/", "——", "待定", "同上", "〃", "0", "王明13903500001"])
def test_a_cell_that_names_nobody_makes_nobody_the_head(
    session: Session, house: Cast, written: str
) -> None:
    row = one(session, house, 负责人=written)

    assert row.action == "wrong"
    assert written[-11:] in "".join(row.errors)


@pytest.mark.parametrize("header", ["开办者", "地址", "备案编号", "备案名称", "场所类型"])
def test_a_cell_that_only_fills_a_box_is_no_word_of_the_office(
    session: Session, house: Cast, header: str
) -> None:
    for written in ("无", "-", "／", "N/A"):
        row = one(session, house, **{header: written})
        assert (row.action, "等于没有写" in "".join(row.errors)) == ("wrong", True), written


@pytest.mark.parametrize("written", ["1390350000", "139035000012", "0350-65212"])
def test_a_telephone_with_a_figure_too_few_or_too_many_is_refused(
    session: Session, house: Cast, written: str
) -> None:
    row = one(session, house, 负责人电话=written)

    assert row.action == "wrong"
    assert written in "".join(row.errors)


@pytest.mark.parametrize("name", ["张家村快递便民服务点", "张家快递便民服务点"])
def test_a_name_that_says_another_village_is_asked_about(
    session: Session, house: Cast, name: str
) -> None:
    row = one(session, house, 站点名称=name)

    assert row.action == "wrong"
    assert "说的是张家村，这一行写的是宋家村" in "".join(row.errors)


@pytest.mark.parametrize(
    "name", ["宋家快递便民服务点", "宋家大集快递便民服务点", "张家村小卖部", "张家庄快递便民服务点"]
)
def test_a_name_that_no_other_village_bears_comes_in(
    session: Session, house: Cast, name: str
) -> None:
    assert news(one(session, house, 站点名称=name)) == {"站点名称": name}


def test_a_village_written_for_a_township_station_is_not_dropped(
    session: Session, house: Cast
) -> None:
    row = one(session, house, 级别="乡镇快递综合服务站", 负责人="宋大姐")

    assert row.action == "wrong"
    assert "又写了村“宋家村”" in "".join(row.errors)


@pytest.mark.parametrize(
    "cells",
    [{"编号": "XZ0001", "级别": "乡镇"}, {"编号": "XZ0001", "名称": "鹅城镇快递综合服务站"},
     {"级别": "乡镇", "名称": "鹅城镇快递综合服务站"},
     {"级别": "乡镇级", "名称": "鹅城镇第二快递综合服务站"}],
)  # fmt: skip
def test_the_village_where_a_townships_station_stands_may_be_told(
    session: Session, house: Cast, cells: dict[str, str]
) -> None:
    row = one(session, house, **cells)

    assert row.errors == ()
    assert "宋家村" not in row.name


def test_a_village_beside_nothing_but_a_townships_number_is_asked_about(
    session: Session, house: Cast
) -> None:
    assert "又写了村“宋家村”" in "".join(one(session, house, 编号="XZ0001").errors)


def test_a_level_that_names_both_is_neither(session: Session, house: Cast) -> None:
    row = one(session, house, 级别="乡镇村级")

    assert row.action == "wrong"
    assert "级别“乡镇村级”不认识" in "".join(row.errors)


def test_a_number_with_a_point_behind_it_is_not_ten_times_as_great(
    session: Session, house: Cast
) -> None:
    row = one(session, house, 编号="C0009.0")

    assert row.action == "wrong"
    assert "C0009.0" in "".join(row.errors)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("１３９０３５００００１", "13903500001"),
        (13903500001, "13903500001"),
        ("(0350)6521234转801", "0350-6521234转801"),
        ("（0350）6521234 转 801", "0350-6521234转801"),
        ("0350—6521234", "0350-6521234"),
        ("139\u200b0350\u200b0001", "13903500001"),
        ("+86 139-0350-0001", "13903500001"),
        (Raw('<c r="{ref}" s="1"><v>3506521234</v></c>'), "0350-6521234"),
    ],
)
def test_telephone_numbers_have_one_spelling(
    session: Session, house: Cast, written: Any, kept: str
) -> None:
    content = xlsx(
        Tab([["乡镇", "村", "电话"], ["鹅城镇", "宋家村", written]]), formats=["00000000000"]
    )

    [row] = look(session, house, content).rows

    assert news(row) == {"负责人电话": kept}


@pytest.mark.parametrize(
    "written",
    [
        "2023-05-01", "2023/5/1", "２０２３．５．１", "20230501", "2023年5月1号", "2023年5月1日",
        "2023-05-01 00:00:00", "45047", 45047, day(date(2023, 5, 1)),
    ],
)  # fmt: skip
def test_days_are_understood_in_every_usual_spelling(
    session: Session, house: Cast, written: Any
) -> None:
    assert news(one(session, house, 开办日期=written)) == {"开办日期": "2023-05-01"}


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2022年3月", "只写到月"),
        ("2022.3", "只写到月"),
        ("2022年", "只写了年"),
        ("3月5日", "没有写是哪一年"),
        ("22.3.5", "只写了两位"),
        ("去年春天", "应写成2023-05-01"),
    ],
)
def test_what_is_less_than_a_day_is_refused_with_its_cell(
    session: Session, house: Cast, written: str, why: str
) -> None:
    row = one(session, house, 开办日期=written)

    assert row.action == "wrong"
    assert row.errors[0].startswith("C2 “开办日期”")
    assert why in row.errors[0]


def test_a_month_that_the_spreadsheet_keeps_as_its_first_day_is_still_a_month(
    session: Session, house: Cast
) -> None:
    content = xlsx(
        Tab([["乡镇", "村", "开办日期"], ["鹅城镇", "宋家村", day(date(2022, 3, 1))]]),
        formats=['yyyy"年"m"月"'],
    )

    [row] = look(session, house, content).rows

    assert "只写到月，没有写是哪一天（写的是“2022年3月”）" in row.errors[0]


def test_bare_day_numbers_count_from_where_the_book_counts(session: Session, house: Cast) -> None:
    content = xlsx(Tab([["乡镇", "村", "开办日期"], ["鹅城镇", "宋家村", 43585]]), from_1904=True)

    assert news(look(session, house, content).rows[0]) == {"开办日期": "2023-05-01"}


@pytest.mark.parametrize("written", ["8平米", "8㎡", "８", "8 平方米", "8.0", 8, "8m²", "8平"])
def test_an_area_may_name_its_unit(session: Session, house: Cast, written: Any) -> None:
    [change] = one(session, house, 面积=written).changes

    assert Decimal(change["new"].removesuffix("平方米")) == 8


@pytest.mark.parametrize("written", ["约8平米", "8-12", "8×3", "0", "很大", "8间"])
def test_an_area_that_is_no_one_number_is_refused(
    session: Session, house: Cast, written: str
) -> None:
    row = one(session, house, 面积=written)

    assert row.errors[0].startswith("C2 “面积”")
    assert f"“{written}”" in row.errors[0]


@pytest.mark.parametrize("header", ["负责人", "地址", "备案编号", "村", "编号", "营业时间"])
@pytest.mark.parametrize(
    "cell", [formula("X1"), formula("X1", "#N/A", "e"), "#REF!", number(123456789012345678)]
)
def test_a_cell_nobody_can_read_is_refused_by_its_name(
    session: Session, house: Cast, header: str, cell: Any
) -> None:
    row = one(session, house, **{header: cell})

    place = "B2" if header == "村" else "C2"
    assert row.action == "wrong"
    assert [error.partition(" ")[0] for error in row.errors] == [place], row.errors


def test_unseen_marks_are_gone_before_comparing_and_in_what_is_kept(
    session: Session, house: Cast
) -> None:
    content = xlsx(
        Tab(
            [
                ["乡\u200b镇", "\ufeff村", "负责人", "地址"],
                ["鹅城镇\u200f", "宋家\u200b村", "宋\u202e大姐_x000D_", "村委会旁_x000D_\n二楼"],
            ]
        )
    )

    plan = look(session, house, content)
    enter_import(
        session, plan, county=house.county, by=house.office, now=NOW, on=TODAY, standards=()
    )

    added = session.scalars(select(Station).where(Station.village_code == "140926100207")).one()
    assert (added.head_name, added.address) == ("宋大姐", "村委会旁 二楼")


@pytest.mark.parametrize(
    "cell",
    [
        formula("X1"), formula("X1", "#N/A", "e"), formula("X1", "#BUSY!", "e"), "#REF!", "####",
        number(123456789012345678), "1.4E+17", number(-5, 1), "2022年3月", day(date(2022, 3, 1), 2),
    ],
)  # fmt: skip
def test_a_marked_file_that_nobody_put_right_is_refused_for_the_same_cells(
    session: Session, house: Cast, cell: Any
) -> None:
    head = ["乡镇", "村", "负责人", "开办日期"]
    rows = [head, ["鹅城镇", "宋家村", "", cell], ["鹅城镇", "张家村", cell, ""]]
    first = look(session, house, xlsx(Tab(rows), formats=["yyyy-mm-dd", 'yyyy"年"m"月"']))

    again = look(session, house, marked_xlsx(first))

    def places(plan: ImportPlan) -> list[list[str]]:
        return [[error.split(" ")[0] for error in row.errors] for row in plan.rows]

    assert places(first)[0] == ["D2"]
    assert places(again) == places(first)


@pytest.mark.parametrize(
    ("header", "written", "kept"),
    [
        ("服务项目", "寄件、取件、上行", "寄件、取件投递、农产品上行"), ("合作模式", "邮快", "邮快合作"),
        ("服务项目", "收寄、代收", "寄件、取件投递"), ("服务项目", "揽收/派送", "寄件、取件投递"),
        ("服务项目", "收件", ""), ("合作模式", "交邮合作", ""),
        ("开办方式", "合作", "合作开办"),
        ("服务项目", "电商", ""), ("服务项目", "农产品", ""), ("合作模式", "合作", ""), ("开办方式", "开办", ""),
    ],
)  # fmt: skip
def test_part_of_a_choices_name_is_asked_unless_it_is_its_usual_short_form(
    session: Session, house: Cast, header: str, written: str, kept: str
) -> None:
    row = one(session, house, **{header: written})

    if kept:
        assert news(row) == {header: kept}
    else:
        assert row.action == "wrong"
        assert f"“{written}”" in "".join(row.errors)


def test_a_position_far_from_all_other_stations_is_asked_about_once(
    session: Session, house: Cast
) -> None:
    for n, station in enumerate(session.scalars(select(Station)).all()):
        station.latitude, station.longitude = 38.3 + n / 100, 111.9
    head = ["乡镇", "村", "位置"]
    near = ("38.411,111.951", "38.361,111.852")
    rows = [
        ["鹅城镇", village, there]
        for village, there in zip(("宋家村", "张家村"), near, strict=True)
    ]
    fine = look(session, house, xlsx(Tab([head, *rows])))
    far = look(session, house, xlsx(Tab([head, *rows, ["鹅城镇", "王家村", "39.361,111.852"]])))

    assert fine.asks == ()
    [asked] = far.asks  # a degree of latitude too much; asked, not refused
    assert far.ok
    assert asked.startswith("第4行王家村快递便民服务点：位置39.361,111.852离本县各站点的中间有11")
