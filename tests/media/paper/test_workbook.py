import io
from datetime import UTC, datetime

import openpyxl

from server.media.paper.workbook import Workbook
from server.media.sheets.writing import Foot, write_xlsx

TEXTS = ["https://example.org/a", "=1+1", "0123", "mailto:a@b", "1.40926E+17"]


def book_of(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def made(
    rows: list[list[object]], widths: list[int], foot: str = "脚注", anchor: str = ""
) -> bytes:
    book = Workbook("表", created=datetime(2023, 7, 5, tzinfo=UTC), foot=Foot(foot, anchor))
    book.sheet("表", [f"列{place}" for place in range(len(widths))], rows, widths)
    return book.content()


def test_a_text_stays_a_text_whatever_it_looks_like() -> None:
    for content in (
        made([list(TEXTS)], [9] * len(TEXTS)),
        write_xlsx(
            "表", [f"列{n}" for n in range(5)], [TEXTS], choices={}, notes=[], foot=Foot("", "")
        ),
    ):
        row = book_of(content)["表"][2]
        assert [cell.value for cell in row] == TEXTS
        assert {cell.data_type for cell in row} == {"s"}
        assert [cell.hyperlink for cell in row] == [None] * 5


def test_more_texts_than_a_sheet_takes_links_are_all_there() -> None:
    content = made([["https://example.org"]] * 66_000, [9])

    assert book_of(content)["表"].max_row == 66_001


def test_columns_are_wide_enough_for_their_numbers_and_pages_for_their_columns() -> None:
    sheet = book_of(made([[123_456_789_012, "字" * 200]], [6, 20]))["表"]

    assert sheet.column_dimensions["A"].width >= 13
    assert sheet["B2"].alignment.wrap_text
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0  # one page wide, as many long as it takes
    assert sheet.print_title_rows == "$1:$1"


def test_a_long_footer_is_printed_as_far_as_a_footer_goes() -> None:
    sheet = book_of(made([["甲"]], [9], foot="统计&" * 100, anchor="存证 校验0123"))["表"]

    assert sheet.oddFooter.left.text.startswith("统计＆统计")
    assert sheet.oddFooter.left.text.endswith("…　存证 校验0123")
