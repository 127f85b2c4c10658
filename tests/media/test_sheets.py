import io
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.errors import Invalid
from server.media.sheets.book import Cell, NoValue, Sheet
from server.media.sheets.reading import open_book
from tests.sheets import (
    MAIN,
    Raw,
    Tab,
    bordered_blanks,
    day,
    formula,
    locked,
    number,
    old_xls,
    packed,
    remark_parts,
    xlsx,
)


def sheet(content: bytes, filename: str = "站点.xlsx", index: int = 0) -> Sheet:
    return open_book(content, filename).sheet(index)


def cells(content: bytes) -> list[list[Cell]]:
    return [list(line.cells.values()) for line in sheet(content).lines]


def only(value: Any, **book: Any) -> Cell:
    """What one cell of a book says."""
    [[found]] = cells(xlsx(Tab([[value]]), **book)) or [[""]]
    return found


def refused(content: bytes, filename: str = "站点.xlsx") -> Invalid:
    with pytest.raises(Invalid) as caught:
        open_book(content, filename).sheet(0)
    return caught.value


def test_a_sheet_s_own_word_for_its_size_is_not_believed() -> None:
    found = cells(xlsx(Tab([["甲", "乙"], ["丙", "丁"], ["戊", "己"]], dimension="A1:A2")))

    assert found == [["甲", "乙"], ["丙", "丁"], ["戊", "己"]]


def test_cells_and_rows_without_a_place_stand_one_after_the_other() -> None:
    found = sheet(xlsx(Tab([["甲", "", "丙"], ["丁"]], references=False)))

    assert [(line.number, line.cells) for line in found.lines] == [
        (1, {0: "甲", 2: "丙"}),
        (2, {0: "丁"}),
    ]


def test_shared_texts_come_with_all_their_pieces_and_without_reading_aids() -> None:
    shared = ["<r><t>鹅城</t></r><r><rPr><b/></rPr><t>镇</t></r><rPh><t>EZHEN</t></rPh>"]

    assert only(Raw('<c r="{ref}" t="s"><v>0</v></c>'), shared=shared) == "鹅城镇"


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_other_programs_name_spaces_are_read_as_well(prefix: str) -> None:
    rows = f'<{prefix}row r="1"><{prefix}c r="A1" s="0"/><{prefix}c r="B1"><{prefix}v>7</{prefix}v></{prefix}c></{prefix}row>'
    xml = f'<{prefix}worksheet xmlns{":x" if prefix else ""}="{MAIN}"><{prefix}sheetData>{rows}</{prefix}sheetData></{prefix}worksheet>'

    content = xlsx(Tab([]), extra={"xl/worksheets/sheet1.xml": xml.encode("utf-16")})

    assert sheet(content).lines[0].cells == {1: "7"}


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (formula("A1&B1"), "还没有算出结果"),
        (Raw('<c r="{ref}" t="str"><f>A1</f></c>'), "还没有算出结果"),
        (formula("VLOOKUP(1,X:Y,2,0)", "#N/A", "e"), "“#N/A”"),
        (formula("Z9", "#REF!", "e"), "“#REF!”"),
        ("#VALUE!", "“#VALUE!”"),
        ("####", "列太窄"),
        ("1.40926E+17", "科学计数法"),
        (number(140926202300010012), "超过15位"),
    ],
)
def test_a_cell_without_a_true_value_says_why(cell: Any, why: str) -> None:
    found = only(cell)

    assert isinstance(found, NoValue)
    assert why in found.why


def test_a_formula_s_result_counts_even_when_it_is_empty() -> None:
    assert only(formula("D2", "马家沟村", "str")) == "马家沟村"
    assert cells(xlsx(Tab([["甲", formula('""', "", "str")]]))) == [["甲"]]


def test_a_zero_that_a_program_left_for_later_is_no_result() -> None:
    assert only(formula("A1", "0")) == "0"
    assert isinstance(only(formula("A1", "0"), calculates=True), NoValue)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("yyyy-mm-dd", date(2022, 3, 1)),
        (14, date(2022, 3, 1)),
        (31, date(2022, 3, 1)),
        ('yyyy"年"m"月"d"日";@', date(2022, 3, 1)),
        ("[$-804]yyyy/m/d\\ h:mm", date(2022, 3, 1)),
        ('yyyy"年"m"月"', "2022年3月"),
        (57, "2022年3月"),
        ("mmm-yy", "2022年3月"),
        ('m"月"d"日"', "3月1日"),
        (58, "3月1日"),
        ("h:mm", "00:00"),
        ("General", "44621"),
        ("0.00", "44621"),
        ("#,##0", "44621"),
        ('[Red]0"号"', "44621"),
        ("0000000", "0044621"),
        ('"C"000000', "C044621"),
        ('0"平米"', "44621平米"),
    ],
)
def test_a_number_is_what_its_format_shows(code: str | int, shown: Cell) -> None:
    assert only(day(date(2022, 3, 1)), formats=[code]) == shown


def test_days_count_from_1904_where_the_book_says_so() -> None:
    found = only(day(date(2023, 5, 1), from_1904=True), from_1904=True)

    assert found == date(2023, 5, 1)


def test_numbers_come_without_a_computer_s_rounding() -> None:
    assert only(Raw('<c r="{ref}"><v>12.300000000000001</v></c>')) == "12.3"
    assert only(Raw('<c r="{ref}"><v>1.3903500001E10</v></c>')) == "13903500001"
    assert only(number(0.00001)) == "0.00001"


def test_what_is_hidden_merged_and_active_is_told() -> None:
    book = open_book(
        xlsx(
            Tab([["旧"]], name="旧", state="hidden"),
            Tab(
                [["a", "b"], ["c"]],
                name="新",
                hidden_rows=[2],
                hidden_columns=[1],
                merges=["A1:A2"],
            ),
            active=1,
        ),
        "a.xlsx",
    )

    found = book.sheet(1)
    assert [tuple(name) for name in book.names] == [("旧", True, False), ("新", False, True)]
    assert [line.hidden for line in found.lines] == [False, True]
    assert (found.is_hidden(0), found.is_hidden(1)) == (False, True)
    assert [merge.name for merge in found.merges] == ["A1:A2"]


MEASURE = """
import re, sys, time
from server.media.sheets.reading import open_book
from server.services.registry.sheet_table import find_table
start = time.process_time()
table = find_table(open_book(open(sys.argv[1], "rb").read(), "a.xlsx"))
used = time.process_time() - start
most = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print(len(table.rows), used, int(most) // 1024)
"""


def test_a_hundred_thousand_bordered_blank_rows_cost_next_to_nothing(tmp_path: Path) -> None:
    head = ["乡镇", "村", *(f"列{place}" for place in range(9))]
    content = xlsx(Tab([head, ["鹅城镇", "宋家村"]], after=bordered_blanks(3, 100_000, 11)))
    path = tmp_path / "blank.xlsx"
    path.write_bytes(content)

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip

    rows, seconds, megabytes = (float(part) for part in done.stdout.split())
    assert rows == 1
    assert seconds <= 3
    assert megabytes <= 120


def test_a_file_that_grows_when_unpacked_is_refused_before_it_does() -> None:
    blanks = b"<row r='2'>" + b" " * (130 * 1024 * 1024) + b"</row>"
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + blanks
    start = time.process_time()

    problem = refused(xlsx(Tab([]), extra={"xl/worksheets/sheet1.xml": xml}))

    assert problem.code == "import-too-large"
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><worksheet><sheetData/></worksheet>',
        "<worksheet><sheetData><row r='1'><c r='ZZZZ9999'",
        "<worksheet><sheetData><row r='x'/></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='s'><v>99</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='s'><v>-1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c><v>many</v></c></row></sheetData></worksheet>",
        "",
    ],
)
def test_a_broken_sheet_is_refused_in_words(xml: str) -> None:
    problem = refused(xlsx(Tab([]), extra={"xl/worksheets/sheet1.xml": xml}))

    assert problem.code == "import-not-a-table"
    assert "打不开" in problem.message


def test_merges_and_texts_without_end_are_refused() -> None:
    many = Tab([["a"]], merges=[f"A{line}:B{line}" for line in range(1, 20_010)])

    assert refused(xlsx(many)).code == "import-too-large"
    assert refused(xlsx(Tab([["字" * 40_000]]))).code == "import-too-large"


@pytest.mark.parametrize(
    ("content", "filename", "code", "told"),
    [
        (locked(), "站点.xlsx", "import-has-password", "有密码"),
        (old_xls(), "站点.xls", "import-not-a-table", "旧格式的 .xls"),
        (old_xls(), "站点.et", "import-not-a-table", "旧格式的 .et"),
        (b"%PDF-1.7 ...", "站点.xlsx", "import-not-a-table", "PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(99), "站点.xlsx", "import-not-a-table", "照片"),
        (b"Rar!\x1a\x07", "站点.rar", "import-not-a-table", "解压"),
        ("<html><table><tr><td>乡镇".encode(), "站点.xls", "import-not-a-table", "网页"),
        (packed({"a.xlsx": b"PK"}), "站点.zip", "import-not-a-table", "解压"),
        (packed({"word/document.xml": "", "_rels/.rels": ""}), "a.xlsx", "import-not-a-table", "Word"),
        (packed({"xl/workbook.bin": "", "_rels/.rels": ""}), "a.xlsb", "import-not-a-table", ".xlsb"),
        (
            packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
            "a.ods", "import-not-a-table", "另存为",
        ),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "a.xls", "import-not-a-table", "另存为",
        ),
        (b"PK\x03\x04 cut short", "a.xlsx", "import-not-a-table", "没有传完整"),
        (bytes(range(32)) * 9, "a.csv", "import-not-a-table", "看不出"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_said_for_what_it_is(
    content: bytes, filename: str, code: str, told: str
) -> None:
    problem = refused(content, filename)

    assert (problem.code, told in problem.message) == (code, True), problem.message


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_is_read_in_every_encoding_and_with_every_separator(
    encoding: str, separator: str
) -> None:
    text = f"乡镇{separator}村\r\n鹅城镇{separator}宋家村\r\n"

    for filename in ("站点.csv", "站点.xls"):  # whatever its name says
        found = sheet(text.encode(encoding), filename)
        assert [list(line.cells.values()) for line in found.lines] == [
            ["乡镇", "村"],
            ["鹅城镇", "宋家村"],
        ]


def test_a_title_and_quoted_line_breaks_do_not_shift_a_csv() -> None:
    text = '静乐县站点表\n乡镇\t村\t地址\n鹅城镇\t宋家村\t"村委会\n旁"\n\n鹅城镇\t杨家村\t戏台\n'

    found = sheet(text.encode(), "a.txt")

    assert [line.number for line in found.lines] == [1, 2, 3, 5]
    assert found.lines[2].cells[2] == "村委会\n旁"


@pytest.mark.parametrize(
    "rows",
    [
        'C1,甲,"急,3\nC2,乙,好,4\n',  # never closed
        'C1,甲,"急,3\nC2,乙,好,4\nC3,丙,"缓,5\n',  # closed by the next that was not closed either
        'C1,甲,"急,3\nC2,乙,好,4\nC3,丙,缓",5\n',  # closed as it should be, two rows below
        'C1,"甲"店,好,3\n',
    ],
)
def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(rows: str) -> None:
    assert (
        "没有成对" in refused(f"编号,站点,备注,件数\n{rows}C9,末,好,6\n".encode(), "a.csv").message
    )


def test_what_protects_a_value_in_a_csv_is_no_part_of_it() -> None:
    text = '\'=1+1,"=""13903500001""",=A1&B1,-'

    [line] = sheet(text.encode(), "a.csv").lines

    first, phone, formula_cell, dash = line.cells.values()
    assert (first, phone, dash) == ("=1+1", "13903500001", "-")
    assert isinstance(formula_cell, NoValue)


def test_a_zip_with_a_wrong_checksum_is_refused() -> None:
    content = bytearray(xlsx(Tab([["甲"] * 50] * 50)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as file:
        place = file.getinfo("xl/worksheets/sheet1.xml").header_offset + 120
    content[place] ^= 0xFF

    assert refused(bytes(content)).code == "import-not-a-table"


def test_what_no_honest_table_has_is_refused_while_it_is_read() -> None:
    """Each of them is some hundred kilobytes, and would take seconds or hundreds of megabytes."""
    sheet_xml = f'<worksheet xmlns="{MAIN}"><sheetData/>{{}}</worksheet>'
    merges = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 20_010))
    hidden = "".join(f'<col min="{n}" max="{n}" hidden="1"/>' for n in range(1, 2_010))
    long_text = "字" * 30_000
    for name, content in {
        "styles": xlsx(Tab([[number(1, style=1)]]), formats=[14] * 70_000),
        "number formats": xlsx(Tab([[number(1, style=1)]]), formats=["0.0"] * 70_000),
        "tabs": xlsx(*[Tab([["甲"]])] * 310),
        "merges": xlsx(Tab([]), extra={"xl/worksheets/sheet1.xml": sheet_xml.format(merges)}),
        "hidden": xlsx(Tab([]), extra={"xl/worksheets/sheet1.xml": sheet_xml.format(hidden)}),
        "one text in many cells": xlsx(
            Tab([[Raw('<c r="{ref}" t="s"><v>0</v></c>')] * 50] * 10),
            shared=[f"<t>{long_text}</t>"],
        ),
    }.items():
        assert refused(content).code == "import-too-large", name


THREADED = (
    "[线程批注]\n\n你的 Excel 版本可读取此线程批注；但在更新版本的 Excel 中打开时，编辑会被删除。"
    "了解更多: https://go.microsoft.com/fwlink/?linkid=870924\n\n注释:\n    此站已撤销"
)


def test_remarks_are_read_with_the_cell_they_hang_on() -> None:
    table = xlsx(
        Tab([["甲"], ["", "乙"]]), extra=remark_parts(1, A1="王会计:\n核过", C2=THREADED, B2="  ")
    )

    assert [line.remarks for line in sheet(table).lines] == [
        {0: "王会计:\n核过"},
        {2: "此站已撤销"},
    ]
    assert [line.remarks for line in sheet(xlsx(Tab([["甲"]]))).lines] == [{}]
