"""Writes tables that open in WPS and Excel: cells stay what they are, columns as wide as needed."""

import csv
import io
import math
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from server.media.sheets.book import MOST_ROWS, Cell, Line, NoValue
from server.media.sheets.reading import FORMULA_SIGNS

# A text that looks like a link, a number or a formula stays a text: no cell is turned into what it
# is not, and no more than 65,530 links spoil a file.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
NARROWEST, WIDEST = 6, 44  # characters; what is longer goes on in the next line of its cell
ACROSS = 230  # characters on an A4 page before print becomes too small to read
LINE_PT, MOST_LINES = 15, 27  # a line's height; what a row of a workbook can hold
LONGEST_FOOT = 230  # a footer takes 255 characters at most, its marks included
_RULE = "#B8C4BC"
GUIDE = "填写说明"  # how to fill in our own tables; nothing in it is anybody's data
LEAD = 3  # columns that say which line it is, and stay when one looks further right


class Foot(NamedTuple):
    """What stands below every printed page: what the table is, and the chain's newest anchor.

    Every table that leaves the house bears one (decision 0028). It is "" for blank forms and for
    what somebody handed in and gets back marked, which tell nothing of the county; and in a county
    whose chain has none yet.
    """

    words: str
    anchor: str

    @property
    def text(self) -> str:
        """Both; of words that are too long for a footer some go, of the anchor nothing."""
        room = LONGEST_FOOT - (len(self.anchor) + 1 if self.anchor else 0)
        words = self.words if len(self.words) <= room else f"{self.words[: room - 1]}…"
        return "　".join(filter(None, (words, self.anchor)))


def new_workbook(out: io.BytesIO) -> Any:
    """An XlsxWriter workbook in which texts stay texts."""
    import xlsxwriter  # by whoever writes a sheet, and nobody else

    return xlsxwriter.Workbook(out, dict(_OPTIONS))


def set_up_print(
    sheet: Any, foot: Foot, *, head_line: int = 0, widths: Sequence[float] = (), lead: int = 0
) -> None:
    """A4 across, the header on every page, `foot` below; as many pages beside each other as needed.

    Columns of `widths` (in characters) that would be too small to read on one page go on beside it,
    each page with the first `lead` columns, so that a line is still known by its name.
    """
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    named = sum(widths[:lead])
    across = max(1, math.ceil((sum(widths) - named) / max(ACROSS - named, ACROSS / 2)))
    sheet.fit_to_pages(across, 0)
    sheet.repeat_rows(head_line)
    if across > 1 and lead:
        sheet.repeat_columns(0, lead - 1)
    plain = foot.text.replace("&", "＆")  # a single one would be a mark of the footer's own
    # The blank parts the size from a year: "&82026年" would be a size of 82,026 points.
    sheet.set_footer(f"&L&8 {plain}&R&8 &P / &N")


def width_of(texts: Iterable[Any]) -> float:
    """How wide a column has to be for its texts, in characters, within bounds."""
    longest = 0
    for text in texts:
        for line in str(text).split("\n"):
            longest = max(longest, sum(_width(sign) for sign in line))
    return float(min(max(longest + 2, NARROWEST), WIDEST))


def row_height(cells: Iterable[tuple[Any, float]]) -> float | None:
    """How high a row has to be for texts that wrap in columns of these widths; None for one line.

    WPS and Excel find it out by themselves when somebody types, and not all of them on opening.
    """
    lines = 1
    for text, width in cells:
        parts = text.split("\n") if isinstance(text, str) else ()  # a number is one line
        need = sum(max(1, math.ceil(sum(map(_width, part)) / max(width - 1, 1))) for part in parts)
        lines = max(lines, need)
    return None if lines == 1 else float(LINE_PT * min(lines, MOST_LINES))


def write_xlsx(
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    choices: Mapping[str, list[str]],
    notes: Sequence[tuple[str, str]],
    foot: Foot,
    numbers: Collection[str] = (),
    guide: str = GUIDE,
) -> bytes:
    """One sheet of text cells under a header row, with choices, and a sheet of notes.

    Under `numbers` whole numbers stand as such and can be added up. `guide` names the notes.
    """
    out = io.BytesIO()
    book = new_workbook(out)
    head = book.add_format(
        {"bold": True, "bg_color": "#DCEBFA", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    # A border would draw empty cells on every page below the last row.
    blank = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    cell = book.add_format(
        {"num_format": "@", "text_wrap": True, "valign": "top", "border": 1, "border_color": _RULE}
    )
    figure = book.add_format({"valign": "top", "border": 1, "border_color": _RULE})
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, LEAD)
    sheet.set_row(0, 32)
    kept = [list(row) for row in rows]
    widths: list[float] = []
    for column, header in enumerate(headers):
        # A header may take two lines, what stands below it should not have to.
        width = max(width_of([header[: len(header) // 2 + 1]]), width_of(r[column] for r in kept))
        widths.append(width)
        sheet.set_column(column, column, width, blank)
        sheet.write_string(0, column, header, head)
        if header in choices:
            sheet.data_validation(
                1,
                column,
                MOST_ROWS,
                column,
                {"validate": "list", "source": choices[header], "error_type": "warning"},
            )
    for line, row in enumerate(kept, 1):
        if height := row_height(zip(row, widths, strict=False)):
            sheet.set_row(line, height)
        for column, value in enumerate(row):
            if headers[column] in numbers and value.isdecimal():
                sheet.write_number(line, column, int(value), figure)
            elif value:
                sheet.write_string(line, column, value, cell)
            else:
                sheet.write_blank(line, column, None, cell)
    sheet.autofilter(0, 0, max(len(kept), 1), len(headers) - 1)
    set_up_print(sheet, foot, widths=widths, lead=LEAD)
    told = book.add_worksheet(guide)
    told.set_column(0, 0, 22)
    told.set_column(1, 1, 70, book.add_format({"text_wrap": True}))
    for line, (label, note) in enumerate(notes):
        told.set_row(line, row_height([(note, 70)]))
        told.write_string(line, 0, label)
        told.write_string(line, 1, note)
    set_up_print(told, foot)
    book.close()
    return out.getvalue()


TAKEN = "导出时间"
"""The column of a CSV that leaves the house: it has no foot to say of which minute it is."""


def guarded(cell: str) -> str:
    """A CSV cell's text, so written that no spreadsheet runs it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark that makes WPS and Excel read it as such; no cell runs as a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(headers)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def write_marked(
    title: str,
    lines: Sequence[Line],
    *,
    head_line: int,
    said: Mapping[int, str],
    coloured: Mapping[int, set[int]],
    header: str,
    foot: Foot,
) -> bytes:
    """A table as it was read, each line and column in its old place, with one more column behind.

    `said` is what stands there for a line, under `header`; `coloured` the cells it speaks of.
    Lines count from 1, columns from 0.
    """
    out = io.BytesIO()
    book = new_workbook(out)
    wrong = {"bg_color": "#FFD9D4", "border": 1}
    looks: dict[str, dict[str, Any]] = {
        "text": {"num_format": "@"},
        "day": {"num_format": "yyyy-mm-dd"},
        "wrong text": {"num_format": "@", **wrong},
        "wrong day": {"num_format": "yyyy-mm-dd", **wrong},
        "said": {"font_color": "#8C1A14", "bold": True},
        "head": {"bold": True, "bg_color": "#DCEBFA", "border": 1},
    }
    faces = {
        name: book.add_format({"text_wrap": True, "valign": "top", **look})
        for name, look in looks.items()
    }
    sheet = book.add_worksheet(title)
    width = max((max(line.cells, default=-1) + 1 for line in lines), default=0)
    texts: dict[int, list[str]] = {column: [] for column in range(width)}
    for line in lines:
        number, cells = line.number, line.cells
        for column, remark in line.remarks.items():
            sheet.write_comment(number - 1, column, remark)
        marked = coloured.get(number, set())
        for column in sorted(set(cells) | marked):
            cell = cells.get(column, "")
            kind = "day" if isinstance(cell, date) else "text"
            face = faces[f"wrong {kind}" if column in marked else kind]
            _write(sheet, (number - 1, column), cell, face)
            texts.setdefault(column, []).append(str(cells.get(column, "")))
        if sentence := said.get(number):
            sheet.write_string(number - 1, width, sentence, faces["said"])
    sheet.write_string(head_line - 1, width, header, faces["head"])
    for column in range(width):
        sheet.set_column(column, column, min(width_of(texts[column]), 30))
    sheet.set_column(width, width, 60)
    sheet.freeze_panes(head_line, 0)
    set_up_print(sheet, foot, head_line=head_line - 1)
    book.close()
    return out.getvalue()


def _write(sheet: Any, place: tuple[int, int], cell: Cell, face: Any) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(*place, cell, face)
        return
    text = cell.stood if isinstance(cell, NoValue) else cell
    if text:
        sheet.write_string(*place, text, face)
    else:
        sheet.write_blank(*place, None, face)


def _width(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in "WFA" else 1
