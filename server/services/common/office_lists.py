"""Reads a simple list of an office (keepers, operators): a header by its words, rows, the rest."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from server.errors import Invalid
from server.media.apart.tables import open_book
from server.media.sheets.book import MOST_ROWS, Book, Line, NoValue, Sheet, column_name
from server.media.sheets.writing import GUIDE
from server.plain_text import bare_text

LOOKED_AT = 40  # lines from the top among which the header is looked for
MARKED = "问题"
"""The column that a marked file adds; it is ours, so reading the file again passes over it."""
TOLD = 60  # characters of a line that is passed over


class ListColumn(NamedTuple):
    """One column: its header, what else it may be called, and what the template says of it."""

    key: str
    header: str
    also: str = ""  # further spellings, blanks between them
    hint: str = ""


@dataclass(slots=True)
class ListRow:
    """One line of the list: texts and days by key, and what in it nobody can read."""

    line: int
    cells: dict[str, str | date]
    faults: list[str] = field(default_factory=list)
    hidden: bool = False

    def text(self, key: str) -> str:
        """What stands there as text; "" for nothing."""
        found = self.cells.get(key, "")
        return found.isoformat() if isinstance(found, date) else found


@dataclass(frozen=True, slots=True)
class OfficeList:
    """A file's list. Every line that holds anything is a row, or named in `passed`."""

    sheet: str
    rows: Sequence[ListRow]
    passed: Sequence[str]
    ignored: Sequence[str]
    notes: Sequence[str]
    sha256: str
    lines: Sequence[Line]
    head_line: int

    @property
    def left_out(self) -> str:
        """How many lines of the file are none of the list, in a sentence; "" for none."""
        return f"表里另有{len(self.passed)}行不是名单，没有读。" if self.passed else ""


def read_list(
    content: bytes,
    filename: str,
    *,
    columns: Sequence[ListColumn],
    needs: str,
    most_rows: int = MOST_ROWS,
) -> OfficeList:
    """The first visible sheet whose header names the column `needs`, read row by row.

    A file with several sheets of such rows is refused: one would be entered and the others lost.
    A list in which cells are merged below the header is refused whole: nobody knows whose they are.
    Raises Invalid import-headers, import-sheets, import-empty, import-merged,
    import-too-many-rows, and what `open_book` raises.
    """
    book = open_book(content, filename, most_rows=most_rows)
    keys = {
        _plain(spelling): one.key for one in columns for spelling in (one.header, *one.also.split())
    }
    visible = [place for place, name in enumerate(book.names) if not name.hidden]
    visible.sort(key=lambda place: not book.names[place].active)
    fitting = [
        place
        for place in visible
        if _head(book.sheet(place, most_lines=LOOKED_AT), keys, needs) is not None
    ]
    wanted = next(one.header for one in columns if one.key == needs)
    if not fitting:
        raise Invalid(
            "import-headers",
            f"表头不对：没有找到“{wanted}”这一列。请下载模板，照模板的表头填写。",
        )
    _refuse_others(book, fitting, keys, needs)
    sheet = book.sheet(fitting[0])
    head = _head(sheet, keys, needs)
    if head is None:  # the same sheet was read a moment ago
        raise Invalid("import-headers", f"表头不对：没有找到“{wanted}”这一列。")
    places = _places(head, keys)
    _refuse_merged(sheet, head, set(places))
    rows, passed = _rows(sheet, head, places)
    if not rows:
        raise Invalid("import-empty", "表里只有表头，没有内容。请填好再上传。")
    if len(rows) > most_rows:
        raise Invalid(
            "import-too-many-rows", f"表里超过{most_rows}行，请确认没有选错文件，或分几次导入。"
        )
    return OfficeList(
        sheet=book.names[fitting[0]].name,
        rows=rows,
        passed=passed,
        ignored=_ignored(sheet, head, places),
        notes=_notes(book, fitting, rows, _hidden_of(sheet, places, head)),
        sha256=hashlib.sha256(content).hexdigest(),
        lines=sheet.lines,
        head_line=head.number,
    )


def _refuse_others(book: Book, fitting: Sequence[int], keys: Mapping[str, str], needs: str) -> None:
    """A sheet for each township or month: whoever enters the first believes that all came in."""
    full = []
    for place in fitting:
        sheet = book.sheet(place, most_lines=LOOKED_AT)
        head = _head(sheet, keys, needs)
        if head is not None and _rows(sheet, head, _places(head, keys))[0]:
            full.append(book.names[place].name)
    if len(full) > 1:
        named = "、".join(f"“{name}”" for name in full[:5])
        raise Invalid(
            "import-sheets",
            f"工作表{named}{f'等{len(full)}张' if len(full) > 5 else ''}里都有这样的名单，"
            "一次只录一张。请把它们合成一张，或每张另存成一个文件；不录的工作表删掉或隐藏起来，"
            "再上传。",
        )


def _plain(header: str) -> str:
    """A header without marks, and without a unit that counts ones: 人口（人）, never （万人）."""
    counted = re.sub(r"\((?:单位:?)?[人件元个]\)$", "", bare_text(header))
    return re.sub(r"[*:()\[\]/]|必填|选填", "", counted).casefold()


def _head(sheet: Sheet, keys: Mapping[str, str], needs: str) -> Line | None:
    """The line that names most of our columns, `needs` among them."""
    best: tuple[int, Line] | None = None
    for line in sheet.lines[:LOOKED_AT]:
        found = {keys.get(_plain(cell)) for cell in line.cells.values() if isinstance(cell, str)}
        if needs in found and (best is None or len(found) > best[0]):
            best = (len(found), line)
    return best[1] if best else None


def _places(head: Line, keys: Mapping[str, str]) -> dict[int, str]:
    """Which column means what. Raises Invalid import-headers where two mean the same."""
    places = {
        column: keys[_plain(cell)]
        for column, cell in head.cells.items()
        if isinstance(cell, str) and _plain(cell) in keys
    }
    twice = [key for key in places.values() if list(places.values()).count(key) > 1]
    if twice:
        named = "和".join(
            f"{column_name(column)}列“{head.cells[column]}”"
            for column, key in places.items()
            if key == twice[0]
        )
        raise Invalid(
            "import-headers",
            f"有两列是同一个意思：{named}，不知道该用哪一列。请删掉一列再上传。",
        )
    return places


def _refuse_merged(sheet: Sheet, head: Line, columns: set[int]) -> None:
    for merge in sheet.merges:
        covers = any(merge.first_column <= one <= merge.last_column for one in columns)
        if merge.last_line > head.number and covers:
            raise Invalid(
                "import-merged",
                f"{merge.name} 是合并的单元格，分不清是哪几行的。请取消合并，每行都填上，再上传。",
            )


def _rows(sheet: Sheet, head: Line, places: Mapping[int, str]) -> tuple[list[ListRow], list[str]]:
    rows: list[ListRow] = []
    passed: list[str] = []
    for line in sheet.lines:
        if line.number == head.number:
            continue
        own = {places[column]: cell for column, cell in line.cells.items() if column in places}
        again = own and all(
            isinstance(cell, str) and bare_text(cell) == bare_text(str(head.cells[column]))
            for column, cell in line.cells.items()
            if column in places
        )
        if line.number < head.number or not own or again:  # a header on each page
            begins = "　".join(
                cell if isinstance(cell, str) else "…" for cell in line.cells.values()
            )
            passed.append(f"第{line.number}行“{begins[:TOLD]}”")
            continue
        row = ListRow(line.number, {}, hidden=line.hidden)
        for column, key in places.items():
            cell = line.cells.get(column)
            if isinstance(cell, NoValue):
                row.faults.append(f"{column_name(column)}列{cell.why}")
            elif cell is not None and cell != "":
                row.cells[key] = cell
        if over := sheet.run_over(line, head.number):
            row.faults.append(f"这一行{over}。")
        row.faults += [
            f"{column_name(column)}列有批注“{remark[:TOLD]}”，批注不会录入。"
            "要紧的请写进格里，再删掉批注上传。"
            for column, remark in sorted(line.remarks.items())
        ]
        rows.append(row)
    return rows, passed


def _ignored(sheet: Sheet, head: Line, places: Mapping[int, str]) -> list[str]:
    """Columns in which something stands below the header and that nobody reads."""
    filled = {c for line in sheet.lines if line.number > head.number for c in line.cells}
    return [
        str(head.cells.get(column) or f"{column_name(column)}列（没有表头）")
        for column in sorted(filled - set(places))
        if head.cells.get(column) != MARKED
    ]


def _hidden_of(sheet: Sheet, places: Mapping[int, str], head: Line) -> list[str]:
    """The headers of columns that are read and that nobody sees on the screen."""
    return [str(head.cells[column]) for column in sorted(places) if sheet.is_hidden(column)]


def hidden_sheets(book: Book) -> list[str]:
    """That a file's hidden sheets are not read, by name; nothing where it has none."""
    hidden = [one.name for one in book.names if one.hidden]
    return [f"隐藏的工作表{some(hidden)}没有读。要用的请先取消隐藏，再导入一次。"] if hidden else []


def some(names: Sequence[str], most: int = 5) -> str:
    """“甲”、“乙”, and how many more there are."""
    shown = "、".join(f"“{name}”" for name in names[:most])
    return shown + (f"等{len(names)}处" if len(names) > most else "")


def _notes(
    book: Book, fitting: Sequence[int], rows: Sequence[ListRow], columns: Sequence[str]
) -> list[str]:
    notes = []
    if len(book.names) > 1:
        notes.append(f"读的是工作表“{book.names[fitting[0]].name}”。")
    notes += hidden_sheets(book)
    if strange := [
        one.name
        for place, one in enumerate(book.names)
        if not one.hidden
        and place not in fitting
        and one.name != GUIDE
        and book.sheet(place, most_lines=1).lines
    ]:
        notes.append(f"工作表“{'”、“'.join(strange)}”的表头对不上，一行都没有读。")
    if columns:
        notes.append(f"“{'”、“'.join(columns)}”这几列在表里是隐藏的，也读进来了，请核对。")
    if lines := [str(row.line) for row in rows if row.hidden]:
        notes.append(f"第{'、'.join(lines)}行在表里是隐藏的，也读进来了，请核对。")
    return notes
