import io
from datetime import UTC, datetime

import openpyxl

from server.media.paper.workbook import Share, Workbook
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
    assert sheet.row_dimensions[2].height == 15 * 22  # 400 half-widths, 19 to a line


def test_what_is_too_wide_to_read_goes_on_beside_with_the_columns_that_name_a_line() -> None:
    heads = [f"列{n}" for n in range(30)]
    content = write_xlsx(
        "表", heads, [["字" * 10] * 30], choices={}, notes=[], foot=Foot("脚注", "")
    )
    wide, narrow = book_of(content)["表"], book_of(made([["甲"]], [9]))["表"]

    assert (wide.page_setup.fitToWidth, wide.print_title_cols) == (4, "$A:$C")
    assert (narrow.page_setup.fitToWidth or 1, narrow.print_title_cols) == (1, None)


def test_whole_numbers_can_be_added_up_where_a_column_has_them_and_shares_too() -> None:
    content = write_xlsx(
        "表", ("编号", "人口"), [["0123", "726"], ["0124", ""]], choices={}, notes=[], foot=Foot("", ""),
        numbers=("人口",),
    )  # fmt: skip
    sheet, shares = book_of(content)["表"], book_of(made([[Share(96)]], [9]))["表"]

    assert [cell.value for cell in sheet[2]] == ["0123", 726]
    assert [cell.value for cell in sheet[3]] == ["0124", None]
    assert (shares["A2"].value, shares["A2"].number_format) == (0.96, "0%")
    assert shares.row_dimensions[2].height is None


def test_a_long_footer_is_printed_as_far_as_a_footer_goes() -> None:
    sheet = book_of(made([["甲"]], [9], foot="统计&" * 100, anchor="存证 校验0123"))["表"]

    assert sheet.oddFooter.left.text.startswith("统计＆统计")
    assert sheet.oddFooter.left.text.endswith("…　存证 校验0123")


def test_a_footer_that_begins_with_a_year_keeps_it() -> None:
    """After the mark of a size, digits are read as more of the size."""
    sheet = book_of(made([["甲"]], [9], foot="2026年11月件数对账"))["表"]

    assert sheet.oddFooter.left.size == 8
    assert sheet.oddFooter.left.text.strip() == "2026年11月件数对账"
