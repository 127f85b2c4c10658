"""Reads an office's XLSX or CSV file into plain rows, and writes ours."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from server.errors import Invalid

MOST_ROWS = 5_000
"""A county has some hundred stations; more rows is the wrong file, and would hold up the desk."""
MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 120 * 1024 * 1024
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")


class Table(NamedTuple):
    """The file's rows (blank ones left out) with their line numbers, and merged ranges' lines."""

    rows: list[tuple[int, list[Any]]]
    merged: list[tuple[int, str]]  # (last line, range)


def read_table(content: bytes, filename: str) -> Table:
    """The first sheet of an .xlsx file, or a CSV in UTF-8 or GB18030.

    Raises Invalid import-empty, import-not-a-table, import-too-large, import-too-many-rows.
    """
    if not content.strip():
        raise Invalid("import-empty", "这个文件是空的。请先下载模板，填好后再上传。")
    if len(content) > MOST_BYTES:
        raise Invalid("import-too-large", "文件超过10 MB，不像站点表。请只保留站点那张表再上传。")
    if content[:2] == b"PK":
        return _read_xlsx(content)
    if content[:4] == b"\xd0\xcf\x11\xe0" or filename.lower().endswith(".xls"):
        raise _no_table("这是旧版的 .xls 文件。请在 WPS 或 Excel 里“另存为”.xlsx，再上传。")
    return _read_csv(content)


def write_xlsx(
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    choices: dict[str, list[str]],
    notes: Sequence[tuple[str, str]],
) -> bytes:
    """One sheet of text cells under a header row, with choices, and a sheet of notes."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format(
        {"bold": True, "bg_color": "#DCEBFA", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 3)
    sheet.set_row(0, 32)
    for column, header in enumerate(headers):
        sheet.set_column(column, column, max(10, len(header) * 2.4), text)
        sheet.write_string(0, column, header, head)
        if header in choices:
            sheet.data_validation(
                1,
                column,
                MOST_ROWS,
                column,
                {"validate": "list", "source": choices[header], "error_type": "warning"},
            )
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if value:
                sheet.write_string(line, column, value, text)
    guide = book.add_worksheet("填写说明")
    guide.set_column(0, 0, 20)
    guide.set_column(1, 1, 70, book.add_format({"text_wrap": True}))
    for line, (label, note) in enumerate(notes):
        guide.write_string(line, 0, label)
        guide.write_string(line, 1, note)
    book.close()
    return file.getvalue()


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark that makes WPS and Excel read it as such; no cell runs as a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(headers)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell for cell in row])
    return file.getvalue().encode("utf-8-sig")


def _read_xlsx(content: bytes) -> Table:
    import openpyxl

    broken = "这个 .xlsx 文件打不开，可能没有传完整或加了密码。请重新保存后再上传。"
    try:
        _refuse_bomb(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = _kept(enumerate(book.worksheets[0].iter_rows(values_only=True), 1))
        book.close()
        whole = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        merged = [(one.max_row, str(one.coord)) for one in whole.worksheets[0].merged_cells.ranges]
    except Invalid:
        raise
    except (
        zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, TypeError, ParseError,
        AttributeError, EOFError, NotImplementedError, RuntimeError,
    ) as error:  # fmt: skip
        raise _no_table(broken) from error
    return Table(rows, merged)


def _refuse_bomb(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise Invalid("import-too-large", "文件展开后太大，不像站点表。请只保留站点那张表。")


def _read_csv(content: bytes) -> Table:
    text = None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise _no_table("看不出这是表格。请上传 .xlsx 或 .csv 文件；照片和文档不能当站点表。")
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return Table(_kept((lines.line_num, row) for row in lines), [])
    except csv.Error as error:
        raise _no_table("这个 CSV 文件的格式坏了。请用 WPS 或 Excel 另存一次再上传。") from error


def _kept(lines: Iterable[tuple[int, Iterable[Any]]]) -> list[tuple[int, list[Any]]]:
    """Rows that hold anything; stops early when there are too many."""
    rows = []
    for number, cells in lines:
        row = [plain_cell(cell) for cell in cells]
        if any(cell != "" for cell in row):
            rows.append((number, row))
        if len(rows) > MOST_ROWS + 10:
            raise Invalid(
                "import-too-many-rows",
                f"表里超过{MOST_ROWS}行，一个县没有这么多站点。请确认没有选错文件，"
                "或删掉多余的行、分几次导入。",
            )
    return rows


def plain_cell(cell: Any) -> Any:
    """A cell as text, or as a date where it is one; whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    if len(text) > 1 and text[0] == "'" and text[1] in _FORMULA_SIGNS:
        return text[1:]
    return text


def _no_table(sentence: str) -> Invalid:
    return Invalid("import-not-a-table", sentence)
