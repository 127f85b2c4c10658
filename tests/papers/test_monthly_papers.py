"""A month's report on paper: PDF, DOCX and XLSX say the same, and the same for ever."""

import io

import docx
import openpyxl
import pypdfium2

from server.papers.monthly_report import KINDS, monthly_file
from server.papers.monthly_words import report_words, summary_words
from tests.papers.sheets import MONTH, MONTH_STAMP, SUMMARY

SAYS = (
    "静乐县财政局2023年7月工作报送",
    "周志远",
    "2023年7月17日，第2版，周志远",
    "改了金额",
    "县办于2023-07-20 09:00审定",
    "补助已拨付。",
    "（本月无此项）",
    "村级点完成末端备案",
    "40／48个，另有3个还没查清",
    "36个",
    "还不知道",
    "没有站点报过",
    "a" * 64,
)


def texts(file: bytes, kind: str) -> str:
    """All that a file says, without the blanks that a layout adds."""
    if kind == "pdf":
        with pypdfium2.PdfDocument(file) as document:
            said = "".join(page.get_textpage().get_text_range() for page in document)
    elif kind == "docx":
        read = docx.Document(io.BytesIO(file))
        cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
        said = "".join([*(one.text for one in read.paragraphs), *cells])
    else:
        book = openpyxl.load_workbook(io.BytesIO(file))
        said = book.properties.title + "".join(
            str(cell) for sheet in book for row in sheet.values for cell in row if cell
        )
    return "".join(said.split())


def test_all_three_kinds_say_the_same_and_again_the_same_bytes() -> None:
    paper = report_words(MONTH, MONTH_STAMP)
    files = {kind: monthly_file(paper, kind) for kind in KINDS}

    for kind, file in files.items():
        said = texts(file, kind)
        assert [one for one in SAYS if "".join(one.split()) not in said] == [], kind
        assert "演示" not in said
    assert monthly_file(paper, "xlsx") == files["xlsx"]
    assert monthly_file(paper, "pdf") == files["pdf"]
    table = docx.Document(io.BytesIO(files["docx"])).tables[-1]
    rows = [one._tr.trPr.xml for one in table.rows]
    assert "w:tblHeader" in rows[0]  # again on the next page
    assert all("w:cantSplit" in one for one in rows)
    assert len({column.width for column in table.columns}) > 1  # as wide as asked for, in WPS too


def test_the_summary_names_the_missing_and_sets_units_under_each_heading() -> None:
    paper = summary_words(SUMMARY, MONTH_STAMP)
    said = texts(monthly_file(paper, "pdf"), "pdf")

    assert dict(paper.lines)["没有汇总的"] == "工信局（还没报，已过期2天）"
    assert [one.heading for one in paper.chapters] == [
        "一、工作开展情况", "二、存在问题", "三、下一步工作计划", "四、县专班意见",
    ]  # fmt: skip
    assert paper.chapters[0].paragraphs == (("（财政局）", "补助已拨付。"),)
    assert "（财政局）补助已拨付。" in said
    assert "工信局没报逾期没报2天还没报，已过期2天" in said
    assert "演示数据，不是真实报送" in said
