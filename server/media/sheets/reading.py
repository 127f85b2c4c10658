"""Opens a file of an office for what it is, whatever its name says, or says what it is instead."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import TypeVar

from server.errors import Invalid
from server.media.sheets.book import (
    MOST_ROWS,
    Book,
    Cell,
    Line,
    NoValue,
    Sheet,
    SheetName,
    cell_of,
    keep_line,
    too_large,
)
from server.media.sheets.xlsx import BROKEN, XlsxBook

MOST_BYTES = 10 * 1024 * 1024
Found = TypeVar("Found")
_SAVE_AS = "请在 WPS 或 Excel 里打开，“另存为”.xlsx 格式，再上传。"
_OLD = b"\xd0\xcf\x11\xe0"
_LOCKED = (
    "这个文件有密码，系统打不开。请用 WPS 或 Excel 打开它，去掉密码再保存一次"
    "（WPS：文件 → 文档加密 → 密码加密，把密码清空；"
    "Excel：文件 → 信息 → 保护工作簿 → 用密码进行加密，把密码清空），然后重新上传。"
)
_WORD = "这是 Word 文档，不是表格。请把表格复制到 WPS 或 Excel 里，存成 .xlsx 再上传。"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "这是 PDF，不是表格。请上传做这份 PDF 的那张 Excel 或 WPS 表。"),
    (b"\xff\xd8\xff", "这是照片，不是表格。请上传 .xlsx 或 .csv 文件。"),
    (b"\x89PNG", "这是图片，不是表格。请上传 .xlsx 或 .csv 文件。"),
    (b"GIF8", "这是图片，不是表格。请上传 .xlsx 或 .csv 文件。"),
    (b"Rar!", "这是压缩包。请先解压，再上传里面的表格。"),
    (b"7z\xbc\xaf", "这是压缩包。请先解压，再上传里面的表格。"),
    (b"{\\rtf", "这是文字文档，不是表格。请把表格复制到新的表里，存成 .xlsx 再上传。"),
)  # fmt: skip
_IN_ZIP: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", f"这是 .xlsb 文件（二进制格式），系统不读。{_SAVE_AS}"),
    ("word/document.xml", _WORD),
    ("ppt/presentation.xml", "这是演示文稿，不是表格。请上传 .xlsx 或 .csv 文件。"),
    ("index/document.iwa", "这是苹果电脑的 .numbers 文件，系统不读。请“导出为 Excel”，再上传。"),
)  # fmt: skip
_ODS = f"这是 .ods 文件，系统不读：里面看不出公式算没算过。{_SAVE_AS}"
_NO_TEXT = "看不出这是表格。请上传 .xlsx 或 .csv 文件；照片和文档不能当站点表。"


def open_book(content: bytes, filename: str, *, most_rows: int = MOST_ROWS) -> Book:
    """The table in a file: .xlsx, or CSV in UTF-8, UTF-16 or GB18030, split by , ; or tabs.

    `most_rows` is how many rows such a table may have.

    Raises Invalid import-empty, import-too-large, import-has-password, import-not-a-table.
    """
    if not content.strip():
        raise Invalid("import-empty", "这个文件是空的。请先下载模板，填好后再上传。")
    if len(content) > MOST_BYTES:
        raise too_large("文件超过10 MB，不像站点表。请只保留站点那张表再上传。")
    if content[:2] == b"PK":
        return _zipped(content, most_rows)
    if content[:4] == _OLD:
        raise _refused_old(content, filename)
    for begins, sentence in _OTHERS:
        if content.startswith(begins):
            raise no_table(sentence)
    return CsvBook(_text_of(content), most_rows)


def no_table(sentence: str) -> Invalid:
    """The refusal of what is no table that can be read."""
    return Invalid("import-not-a-table", sentence)


class _Careful:
    """An .xlsx file whose damage is said in words, wherever reading meets it."""

    def __init__(self, content: bytes, most_rows: int) -> None:
        self._book = _guarded(lambda: XlsxBook(content, most_rows))
        self.names = self._book.names

    def sheet(self, index: int, *, most_lines: int | None = None) -> Sheet:
        return _guarded(lambda: self._book.sheet(index, most_lines=most_lines))


class CsvBook:
    """A text of values between separators; it has one sheet, of which nothing is hidden."""

    def __init__(self, text: str, most_rows: int = MOST_ROWS) -> None:
        self.names = [SheetName("", hidden=False, active=True)]
        self._text, self._most_rows = text, most_rows

    def sheet(self, index: int, *, most_lines: int | None = None) -> Sheet:  # noqa: ARG002
        """All lines; a record counts as one, as a spreadsheet counts them.

        Raises Invalid import-not-a-table where a quotation mark is not closed, or only by one far
        below: the rows between would stand in one cell, and nobody would miss them.
        """
        beginning = self._text[:20_000].splitlines()[:30]
        separator = max(",\t;", key=lambda one: sum(line.count(one) for line in beginning))
        sheet, cells = Sheet(most_rows=self._most_rows), 0
        try:
            records = csv.reader(
                io.StringIO(self._text, newline=""), delimiter=separator, strict=True
            )
            widest = 0
            for number, record in enumerate(records, 1):
                widest = max(widest, len(record))
                sheet.widths[number] = len(record)
                if any(_swallowed(one, separator, widest) for one in record):
                    raise no_table(_open_quote(records.line_num))
                found = {column: _cell(one) for column, one in enumerate(record)}
                line = Line(number, {column: one for column, one in found.items() if one != ""})
                cells = keep_line(sheet, line, cells)
                if most_lines is not None and len(sheet.lines) >= most_lines:
                    break
        except csv.Error as error:
            raise no_table(_open_quote(records.line_num)) from error
        return sheet


def _swallowed(cell: str, separator: str, columns: int) -> bool:
    """Whether a cell of several lines holds one with as many columns as the table has."""
    return columns > 2 and any(
        line.count(separator) >= columns - 1 for line in cell.splitlines()[1:]
    )


def _open_quote(line: int) -> str:
    return (
        f'到文件第{line}行为止，有一个英文引号（"）没有成对，后面的行会被当成同一格的内容。'
        "请用 WPS 或 Excel 打开，看那几行对不对，另存为 .xlsx 再上传。"
    )


FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
"""What may stand at the beginning of a formula; our own CSV files put a ' before it."""


def _cell(text: str) -> Cell:
    """A value without what protects it: our own ' before a formula's sign, and ="…" of others."""
    text = text.strip(" ")
    if text[:1] == "'" and text[1:].startswith(FORMULA_SIGNS):
        return cell_of(text[1:])
    if kept := re.fullmatch('="([^"]*)"', text):
        return cell_of(kept[1])
    if text[:1] == "=" and len(text) > 1:
        return NoValue("是公式，CSV 文件里没有它的结果。请填上结果，或存成 .xlsx 再上传。")
    return cell_of(text)


def _guarded(read: Callable[[], Found]) -> Found:
    try:
        return read()
    except Invalid:
        raise
    except BROKEN as error:
        raise no_table(
            "这个 .xlsx 文件打不开，可能没有传完整，或者坏了。"
            "请在 WPS 或 Excel 里打开看看，重新保存后再上传。"
        ) from error


def _zipped(content: bytes, most_rows: int) -> Book:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            kind = packed.read("mimetype")[:80] if "mimetype" in packed.namelist() else b""
    except BROKEN:
        entries, kind = [], b""
    names = {entry.filename.casefold() for entry in entries}
    if b"opendocument.spreadsheet" in kind:
        raise no_table(_ODS)
    for name, sentence in _IN_ZIP:
        if name in names:
            raise no_table(sentence)
    if names and not any(name.endswith(".rels") for name in names):
        raise no_table("这是压缩包。请先解压，再上传里面的表格。")
    return _Careful(content, most_rows)


def _refused_old(content: bytes, filename: str) -> Invalid:
    """What an OLE file is: the names of its streams stand in it as UTF-16."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        return Invalid("import-has-password", _LOCKED)
    if holds("WordDocument"):
        return no_table(_WORD)
    if holds("PowerPoint Document"):
        return no_table("这是演示文稿，不是表格。请上传 .xlsx 或 .csv 文件。")
    name = ".et" if filename.lower().endswith(".et") else ".xls"
    return no_table(
        f"这是旧格式的 {name} 文件，系统不读：里面看不出哪些行是隐藏的、哪些公式出了错。{_SAVE_AS}"
    )


def _text_of(content: bytes) -> str:
    """The text of a file; raises Invalid import-not-a-table for what is none."""
    encodings = ["utf-8-sig", "gb18030"]
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings = ["utf-16"]
    elif b"\0" in content[:4000]:
        encodings = [_utf_16_without_mark(content[:4000])]
    text = None
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    if text is None or re.search("[\0-\x08\x0e-\x1a]", text):
        raise no_table(_NO_TEXT)
    begins = text[:2000].lstrip().casefold()
    if "urn:schemas-microsoft-com:office:spreadsheet" in begins:
        raise no_table(f"这是旧格式的 XML 表格，系统不读。{_SAVE_AS}")
    if begins.startswith(("<!doctype", "<html", "<table", "<?xml", "<meta", "mime-version:")):
        raise no_table(
            "这个文件名字像表格，其实是网页（多半是从别的系统导出的），系统不读。" + _SAVE_AS
        )
    return text


def _utf_16_without_mark(content: bytes) -> str:
    """Which of the two UTF-16 a text with zero bytes is, by where they stand; else no encoding."""
    odd, even = b"\0" in content[1::2], b"\0" in content[::2]
    return "utf-16-le" if odd and not even else "utf-16-be" if even and not odd else ""
