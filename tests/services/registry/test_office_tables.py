"""Tables as offices make them: whatever stands in one is a row, or passed over by name."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.media.sheets.reading import open_book
from server.services.registry.sheet_imports import marked_xlsx, plan_import
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast
from tests.services.registry.office import HEAD, SONG, WANG, ZHANG, look
from tests.sheets import Tab, bordered_blanks, formula, xlsx

pytestmark = ON_SQLITE


SIGNED = ["制表人：李四", "", "", "填表日期：2023年7月1日"]
# Each file with the lines that are stations; every other line must be passed over by name.
FAMILY: dict[str, tuple[bytes, list[int]]] = {
    "plain": (xlsx(Tab([HEAD, SONG, ZHANG, WANG])), [2, 3, 4]),
    "a size that is not true": (
        xlsx(Tab([HEAD, SONG, ZHANG, WANG], dimension="A1:C2")), [2, 3, 4],
    ),
    "a title, a unit and a date above": (
        xlsx(
            Tab(
                [["静乐县村级站点统计表"], ["单位：静乐县邮政分公司", "", "2023年7月"], [], HEAD, SONG],
                merges=["A1:F1"],
            )
        ),
        [5],
    ),
    "a cover sheet": (
        xlsx(Tab([["静乐县"], ["统计表"]], name="封面"), Tab([HEAD, SONG, ZHANG], name="明细")), [2, 3],
    ),
    "a sum and signatures below": (
        xlsx(
            Tab(
                [HEAD, SONG, ZHANG, ["合计", "2个", "", "", "20"], SIGNED, ["备注：以上为6月底数据"],
                 ["审核人", "王", "制表人", "李"], ["单位（盖章）"], ["鹅城镇人民政府（公章）"], ["2023年7月1日"]],
                merges=["A4:B4", "A6:F6"],
            )
        ),
        [2, 3],
    ),
    "sums in between, and the header again on each page": (
        xlsx(Tab([HEAD, SONG, ["小计", "1"], HEAD, ZHANG, ["总计：2个"]])), [2, 5],
    ),
    "numbered lines that nobody filled in": (
        xlsx(Tab([["序号", *HEAD], [1, *SONG], [2, *ZHANG], [3], [4]])), [2, 3],
    ),
    "a line of column numbers": (xlsx(Tab([HEAD, [1, 2, 3, 4, 5, 6], SONG])), [3]),
    "a township as a heading of its villages": (
        xlsx(Tab([HEAD, ["鹅城镇"], SONG, ZHANG], merges=["A2:F2"])), [3, 4],
    ),
    "one township beside all its villages": (
        xlsx(Tab([HEAD, SONG, ["", *ZHANG[1:]], ["", *WANG[1:]], [""]], merges=["A2:A5"])), [2, 3, 4],
    ),
    "a header of two lines": (
        xlsx(
            Tab(
                [["乡镇", "村", "负责人", ""], ["", "", "姓名", "联系电话"], SONG[:4], ZHANG[:4]],
                merges=["A1:A2", "B1:B2", "C1:D1"],
            )
        ),
        [3, 4],
    ),
    "hidden lines": (xlsx(Tab([HEAD, SONG, ZHANG, WANG], hidden_rows=[3])), [2, 3, 4]),
    "blank bordered lines": (
        xlsx(Tab([HEAD, SONG], after=bordered_blanks(3, 400, 6) + "<row r='401'>"
                 "<c r='A401' t='inlineStr'><is><t>合计</t></is></c></row>")),
        [2],
    ),
    "cells that say nothing sure": (
        xlsx(Tab([HEAD, ["鹅城镇", "宋家村", formula("A1"), "#N/A", "12", "2023年5月"], ZHANG])), [2, 3],
    ),
    "text with tabs": (
        "\n".join("\t".join(row) for row in (["站点表"], HEAD, SONG, ["合计", "1"])).encode("utf-16"),
        [3],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAMILY)
def test_every_line_is_a_row_or_passed_over_by_name(
    session: Session, house: Cast, kind: str
) -> None:
    content, stations = FAMILY[kind]
    book = open_book(content, "a.xlsx")
    wanted = next(
        found
        for place in range(len(book.names))
        if len((found := book.sheet(place)).lines) > 1 and book.names[place].name != "封面"
    )

    plan = look(session, house, content)

    assert [row.line for row in plan.rows] == stations
    passed = [one.line for one in plan.table.passed]
    assert sorted([*stations, *passed]) == [line.number for line in wanted.lines]
    assert all(one.what for one in plan.table.passed)


def test_lines_passed_over_are_called_what_they_are(session: Session, house: Cast) -> None:
    plan = look(session, house, FAMILY["a sum and signatures below"][0])

    assert [(one.line, one.what) for one in plan.table.passed] == [
        (1, "表头"), (4, "合计"), (5, "落款"), (6, "备注"), (7, "落款"), (8, "落款"), (9, "落款"), (10, "落款"),
    ]  # fmt: skip
    assert plan.table.passed[2].text == "制表人：李四　填表日期：2023年7月1日"


def test_a_merged_township_holds_for_all_its_lines(session: Session, house: Cast) -> None:
    plan = look(session, house, FAMILY["one township beside all its villages"][0])

    assert [(row.action, row.name[:3]) for row in plan.rows] == [
        ("new", "宋家村"), ("new", "张家村"), ("new", "王家村"),
    ]  # fmt: skip


def test_cells_merged_across_columns_are_asked_about(session: Session, house: Cast) -> None:
    content = xlsx(Tab([HEAD, SONG, ZHANG], merges=["C3:D3"]))

    [song, zhang] = look(session, house, content).rows

    assert song.action == "new"
    assert zhang.errors == (
        "C3 C3:D3 横着合并了几列，分不清这一格属于哪一列。请取消合并，分开填写。",
    )


def test_the_sheet_that_is_seen_on_opening_is_read_and_the_others_are_named(
    session: Session, house: Cast
) -> None:
    content = xlsx(
        Tab([HEAD, ["鹅城镇", "宋家村", "旧人"]], name="旧", state="hidden"),
        Tab([HEAD, ZHANG], name="去年"),
        Tab([HEAD, WANG], name="今年", hidden_columns=[3]),
        active=2,
    )

    plan = look(session, house, content)

    assert (plan.table.sheet, [row.name[:3] for row in plan.rows]) == ("今年", ["王家村"])
    said = "".join(plan.table.notes)
    assert "读的是工作表“今年”" in said
    [ask] = plan.asks
    assert "工作表“去年”里也有站点。这次只导入“今年”这一张" in ask
    assert "隐藏的工作表“旧”没有读" in said
    assert "“负责人电话”这几列在表里是隐藏的" in said


def test_of_several_sheets_a_person_chooses_and_is_asked_before_the_rest_is_left(
    session: Session, house: Cast
) -> None:
    content = xlsx(
        Tab([HEAD, SONG], name="鹅城镇"), Tab([HEAD, WANG, ZHANG], name="王村乡"),
        Tab([HEAD], name="空的"), Tab([["乡镇", "村"], ["说明"]], name="填写说明"),
    )  # fmt: skip

    plan = plan_import(
        session, county=house.county, content=content, filename="站点.xlsx", now=NOW,
        sheet_name="王村乡",
    )  # fmt: skip

    assert plan.table.sheet == "王村乡"
    assert [row.name[:3] for row in plan.rows] == ["王家村", "张家村"]
    assert plan.table.others == ("鹅城镇",)
    assert plan.mark != look(session, house, content).mark
    assert look(session, house, xlsx(Tab([HEAD, SONG]))).asks == ()


def test_hidden_lines_are_read_and_named(session: Session, house: Cast) -> None:
    plan = look(session, house, FAMILY["hidden lines"][0])

    assert [row.hidden for row in plan.rows] == [False, True, False]
    assert "第3行在表里是隐藏的" in plan.table.notes[0]


def test_a_file_whose_only_table_is_hidden_says_so(session: Session, house: Cast) -> None:
    content = xlsx(Tab([["说明"]], name="说明"), Tab([HEAD, SONG], name="旧", state="hidden"))

    with pytest.raises(Invalid, match="隐藏的工作表“旧”没有读。要用的请先取消隐藏"):
        look(session, house, content)


def test_the_file_handed_back_has_every_old_line_in_its_place_and_what_is_wrong_behind(
    session: Session, house: Cast
) -> None:
    rows: Sequence[Sequence[Any]] = [
        ["静乐县站点表"], [], HEAD, SONG, ["鹅城镇", "张家村", "#N/A", "没有", "8", "2022年3月"],
        ["鹅城镇", "没这个村"], ["合计", 3],
    ]  # fmt: skip

    plan = look(session, house, xlsx(Tab(rows)))
    sheet = openpyxl.load_workbook(io.BytesIO(marked_xlsx(plan)))["站点"]

    for line, row in enumerate(rows, 1):
        kept = [sheet.cell(line, column).value for column in range(1, 7)]
        assert kept == [str(value) if value else None for value in [*row, *[""] * 6][:6]]
    assert sheet.cell(3, 7).value == "问题"
    assert sheet.cell(4, 7).value is None
    assert "C5 是“#N/A”" in sheet.cell(5, 7).value
    assert "只写到月" in sheet.cell(5, 7).value
    assert "没有“没这个村”" in sheet.cell(6, 7).value
    coloured = {
        cell.coordinate for row in sheet for cell in row if cell.fill.start_color.rgb == "FFFFD9D4"
    }
    assert coloured == {"C5", "D5", "F5", "B6"}


def test_the_file_handed_back_comes_in_once_it_is_put_right(session: Session, house: Cast) -> None:
    wrong = look(session, house, xlsx(Tab([HEAD, SONG, ["鹅城镇", "张家村", "", "", "很大"]])))
    book = openpyxl.load_workbook(io.BytesIO(marked_xlsx(wrong)))
    book["站点"]["E3"] = "8"
    out = io.BytesIO()
    book.save(out)

    plan = look(session, house, out.getvalue())

    assert [row.action for row in plan.rows] == ["new", "new"]
    assert plan.table.ignored == ()
