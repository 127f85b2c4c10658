"""Finds the stations' table in an office's file: its sheet, its header, its rows, and the rest."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from server.errors import Invalid
from server.media.sheets.book import (
    MOST_ROWS,
    Book,
    Cell,
    Line,
    NoValue,
    Sheet,
    column_name,
    too_large,
)
from server.media.sheets.formats import day_of
from server.media.sheets.writing import GUIDE
from server.plain_text import bare_text
from server.policy.entries import says_nothing
from server.services.common.office_lists import MARKED, hidden_sheets, some
from server.services.registry.fields import FIELDS
from server.services.registry.sheet_columns import (
    CODE,
    COLUMNS,
    KEYS,
    PLACES,
    TOWNSHIP,
    VILLAGE,
    plain_header,
)
from server.services.registry.sheet_header import MOST_FILLED, header_texts
from server.services.registry.sheet_notes import notes_on
from server.services.registry.sheet_passed import Passed, begins, no_row
from server.services.registry.sheet_positions import (
    LATITUDE,
    LONGITUDE,
    LONGITUDE_FIRST,
    POSITION,
    join_position,
    position_key,
)

TOLD_AT_MOST = 120  # characters of what was read, in a sentence that refuses
LOOKED_AT = 40  # lines from the top among which the header is looked for
MOST_SHEETS = 30
MOST_HEADER_LINES = 4
_CLOSED = re.compile(
    "休息(?![室区座椅厅处间])(?!设施)|午休|歇业|公休|轮休|休业|不营业|营业日(?!期)|开门日(?!期)|营业天(?!数)"
)
_NEVER_CLOSED = re.compile(
    ".*(?:不休|无休|没有?休|照常).*|(?:[每天]天|365天|全[年周]|[7七]天|周一[至到~—-]+周[日天])(?:营业|开门)?"
    "|[否不]|不是|没有"
)


class Fault(NamedTuple):
    """What is wrong in a row; `column` where it stands in one (counted from 0)."""

    sentence: str
    column: int | None = None


@dataclass(slots=True)
class Row:
    """One line of the table: what stands under each column we know, and the cells without sense."""

    line: int
    cells: dict[str, str | date]
    faults: list[Fault] = field(default_factory=list)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A file's stations. Every line that holds anything is a row, or passed over by name."""

    sheet: str
    lines: Sequence[Line]
    rows: list[Row]
    passed: list[Passed]
    columns: Mapping[str, int]
    ignored: tuple[str, ...]
    notes: tuple[str, ...]
    others: tuple[str, ...] = ()  # the sheets that hold stations too, of which no line was read
    unseen: tuple[str, ...] = ()  # the sheets behind MOST_SHEETS, at which nobody looked


def find_table(book: Book, *, sheet_name: str = "") -> Table:
    """The first visible sheet that holds stations, beginning with the one that is seen on opening.

    `sheet_name` is the one that a person chose among them.
    Raises Invalid import-headers, import-empty, import-too-many-rows, import-too-large.
    """
    every = [place for place, name in enumerate(book.names) if not name.hidden]
    every.sort(
        key=lambda place: (not book.names[place].active, book.names[place].name != sheet_name)
    )
    visible, unseen = every[:MOST_SHEETS], every[MOST_SHEETS:]
    tops = {place: book.sheet(place, most_lines=LOOKED_AT) for place in visible}
    fitting = [place for place in visible if any(map(_known, tops[place].lines))]
    if not fitting:
        seen = tops[visible[0]].lines[:3] if visible else []
        raise Invalid("import-headers", _no_header(book, seen))
    asked = [place for place in fitting if book.names[place].name == sheet_name]
    chosen = (asked or fitting)[0]
    whole = len(tops[chosen].lines) < LOOKED_AT
    sheet = tops[chosen] if whole else book.sheet(chosen)
    head = _Head(sheet)
    head.refuse_twice()
    rows, passed = _sorted_out(sheet, head)
    if not rows:
        named = f"（略过了{some([one.text for one in passed if one.what != '表头'])}）"
        raise Invalid(
            "import-empty",
            f"表里只有表头，没有站点{named if len(passed) > 1 else ''}。请填好站点再上传。",
        )
    if len(rows) > MOST_ROWS:
        raise Invalid(
            "import-too-many-rows",
            f"表里超过{MOST_ROWS}行，一个县没有这么多站点。请确认没有选错文件，"
            "或删掉多余的行、分几次导入。",
        )
    return Table(
        sheet=book.names[chosen].name,
        lines=sheet.lines,
        rows=rows,
        passed=passed,
        columns=_columns(head),
        others=_others(book, tops, chosen=chosen, fitting=fitting),
        unseen=tuple(book.names[place].name for place in unseen),
        ignored=tuple(head.ignored(sheet)),
        notes=tuple(
            notes_on(
                book,
                chosen=chosen,
                sheet=sheet,
                read={column: head.said(column) for column in head.keys},
                hidden_rows=[row.line for row in rows if row.hidden],
                strange=[
                    book.names[place].name
                    for place in visible
                    if place not in fitting and tops[place].lines
                ],
            )
        ),
    )


def _columns(head: "_Head") -> dict[str, int]:
    columns = {key: column for column, key in head.keys.items()}
    for key in (LATITUDE, LONGITUDE_FIRST):  # where a fault of the whole position is shown
        if key in columns:
            columns.setdefault(POSITION, columns[key])
    return columns


def _others(
    book: Book, tops: Mapping[int, Sheet], *, chosen: int, fitting: Sequence[int]
) -> tuple[str, ...]:
    """The other sheets that hold stations; our own guide and empty forms hold none."""
    return tuple(
        book.names[place].name
        for place in fitting
        if place != chosen
        and book.names[place].name != GUIDE
        and _sorted_out(tops[place], _Head(tops[place]))[0]
    )


class _Head:
    """The header: its lines, and which column means what."""

    def __init__(self, sheet: Sheet) -> None:
        lines = sheet.lines[:LOOKED_AT]
        place = max(range(len(lines)), key=lambda at: (_known(lines[at]), -at)) if lines else 0
        at = lines[place].number if lines else 0
        self.first = self.last = at
        for merge in sheet.merges:  # a header of two lines: its single words reach over both
            if merge.first_line <= at <= merge.last_line < merge.first_line + MOST_HEADER_LINES:
                self.first = min(self.first, merge.first_line)
                self.last = max(self.last, merge.last_line)
        inside = [line for line in lines if self.first <= line.number <= self.last]
        self.texts = header_texts(inside, sheet.merges)
        self.keys: dict[int, str] = {}
        for column, texts in self.texts.items():
            # 负责人 over 姓名 means 负责人姓名; where that says nothing, the lower word alone.
            for header in ("".join(texts), texts[-1]):
                if key := KEYS.get(plain_header(header)) or position_key(header):
                    self.keys[column] = key
                    break
        self._prefer_own_headers()
        self._pair_positions()

    def _pair_positions(self) -> None:
        """Half a position is none; where a whole one stands beside it, that one is read."""
        held = set(self.keys.values())
        halves = {LATITUDE, LONGITUDE}
        drop = halves if POSITION in held or LONGITUDE_FIRST in held or not halves <= held else ()
        self.keys = {column: key for column, key in self.keys.items() if key not in drop}

    def _prefer_own_headers(self) -> None:
        """Where a 联系人 stands beside 负责人, read the latter alone; the other is named."""
        own = {plain_header(column.header): column.key for column in COLUMNS}
        exact = {c: k for c, k in self.keys.items() if own.get(plain_header(self.said(c))) == k}
        for column, key in list(self.keys.items()):
            if column not in exact and key in exact.values() and key not in PLACES:
                del self.keys[column]

    def said(self, column: int) -> str:
        """A column's header as it stands there."""
        return "".join(self.texts.get(column, ()))

    def refuse_twice(self) -> None:
        """Raise Invalid import-headers where two columns mean the same."""
        known = list(self.keys.values())
        twice = sorted({key for key in known if known.count(key) > 1})
        if twice:
            which = {key: [c for c, one in self.keys.items() if one == key] for key in twice}
            named = "；".join(
                "和".join(f"{column_name(column)}列“{self.said(column)}”" for column in columns)
                for columns in which.values()
            )
            raise Invalid(
                "import-headers",
                f"有两列是同一个意思：{named}，不知道该用哪一列。请删掉一列再上传。",
            )

    def ignored(self, sheet: Sheet) -> list[str]:
        """The headers we do not know, and columns without a header in which something stands."""
        unknown = [
            self.said(column)
            for column in sorted(self.texts)
            if column not in self.keys and plain_header(self.said(column)) != MARKED
        ]
        filled = {
            column for line in sheet.lines if line.number > self.last for column in line.cells
        }
        return unknown + [
            f"{column_name(column)}列（没有表头）" for column in sorted(filled - set(self.texts))
        ]


def _known(line: Line) -> int:
    """How many of our columns a line names; 0 where it names no place of a station."""
    keys = {KEYS.get(plain_header(cell)) for cell in line.cells.values() if isinstance(cell, str)}
    return len(keys - {None}) if keys & {CODE, TOWNSHIP, VILLAGE} else 0


def _no_header(book: Book, seen: Sequence[Line]) -> str:
    found = [cell for line in seen for cell in line.cells.values() if isinstance(cell, str)]
    read = f"，现在读到的是：{'、'.join(found)[:TOLD_AT_MOST]}" if found else ""
    aside = "".join(hidden_sheets(book))
    return (
        f"表头不对：至少要有“乡镇”和“村”（或“编号”）这几列{read}。{aside}"
        "请下载模板，照模板的表头填写。"
    )


def _sorted_out(sheet: Sheet, head: _Head) -> tuple[list[Row], list[Passed]]:
    """Rows, and the lines that are none."""
    rows: list[Row] = []
    passed: list[Passed] = []
    spans = _spans(sheet, head)
    filled = _filled(sheet, head)
    headers = {column: bare_text("".join(texts)) for column, texts in head.texts.items()}
    for line in sheet.lines:
        if line.number <= head.last:
            what = "表头" if line.number >= head.first else "表头上面的字"
            passed.append(Passed(line.number, what, begins(line)))
            continue
        own = {head.keys[c]: cell for c, cell in line.cells.items() if c in head.keys}
        if what := no_row(line, own, headers, head.keys.values()):
            passed.append(Passed(line.number, what, begins(line)))
            continue
        given = {**{head.keys[c]: cell for c, cell in filled.get(line.number, {}).items()}, **own}
        row = Row(line.number, {}, hidden=line.hidden)
        places = {key: column for column, key in head.keys.items()}
        for key, cell in given.items():
            if isinstance(cell, NoValue):
                row.faults.append(Fault(cell.why, places[key]))
            else:
                row.cells[key] = _day(key, cell, sheet)
        unread = given.keys() - row.cells.keys()
        for key, said in join_position(row.cells, places.keys(), unread):
            row.faults.append(Fault(said, places[key]))
        row.faults += spans.get(line.number, [])
        if over := sheet.run_over(line, head.last):
            row.faults.append(Fault(f"这一行{over}。", max(line.cells)))
        if "hours" in row.cells:
            row.faults += _closed_days(line, head, str(row.cells["hours"]))
        rows.append(row)
    return rows, passed


def _closed_days(line: Line, head: _Head, hours: str) -> Iterator[Fault]:
    """A column 休息日 beside the hours: without it one closed on Sundays would be open daily.

    What the hours say themselves (周日休息) need not be cleared there.
    """
    own = bare_text(hours)
    for column, cell in line.cells.items():
        header = head.said(column)
        if column in head.keys or not isinstance(cell, str) or not _CLOSED.search(header):
            continue
        text = bare_text(cell)
        when = re.escape(text.removesuffix("休息"))
        said = re.search(rf"{when}\D?(?:午?休|不营业|不开门?)|(?:午休|休息)(?:时间)?\D?{when}", own)
        if not (says_nothing(cell) or said or _NEVER_CLOSED.fullmatch(text)):
            yield Fault(
                f"“{header}”写的“{cell[:20]}”没有算进营业时间。请写到营业时间那一格里"
                "（如 8:00-18:00，周日休息；午休12:00-14:00），再清空这一格。",
                column,
            )


def _day(key: str, cell: str | date, sheet: Sheet) -> str | date:
    """A bare day number under a column of days is the day that it stands for."""
    if key in FIELDS and FIELDS[key].kind == "date" and re.fullmatch(r"\d{5}", str(cell)):
        return day_of(int(str(cell)), from_1904=sheet.from_1904) or cell
    return cell


def _filled(sheet: Sheet, head: _Head) -> dict[int, dict[int, Cell]]:
    """What merged cells say of the lines below their first: line → column → cell."""
    by_number = {line.number: line for line in sheet.lines}
    numbers = sorted(number for number in by_number if number > head.last)
    found: dict[int, dict[int, Cell]] = {}
    count = 0
    for merge in sheet.merges:
        top = by_number.get(merge.first_line)
        one_column = merge.first_column == merge.last_column
        if top is None or not one_column or merge.first_column not in head.keys:
            continue
        cell = top.cells.get(merge.first_column)
        if cell is None or merge.first_line <= head.last:
            continue
        begin, end = bisect_right(numbers, merge.first_line), bisect_right(numbers, merge.last_line)
        for number in numbers[begin:end]:
            found.setdefault(number, {})[merge.first_column] = cell
        count += end - begin
        if count > MOST_FILLED:
            raise too_large("表里合并的单元格太多，不像站点表。请取消合并再上传。")
    return found


def _spans(sheet: Sheet, head: _Head) -> dict[int, list[Fault]]:
    """Rows in which a cell reaches over columns of different meaning: nobody knows whose it is."""
    numbers = [line.number for line in sheet.lines if line.number > head.last]
    found: dict[int, list[Fault]] = {}
    count = 0
    for merge in sheet.merges:
        covered = [c for c in head.keys if merge.first_column <= c <= merge.last_column]
        if merge.first_column == merge.last_column or not covered:
            continue
        if covered == [merge.first_column]:
            continue  # beside it only columns that are not read
        begin = bisect_left(numbers, merge.first_line)
        end = bisect_right(numbers, merge.last_line)
        fault = Fault(
            f"{merge.name} 横着合并了几列，分不清这一格属于哪一列。请取消合并，分开填写。",
            covered[0],
        )
        for number in numbers[begin:end]:
            found.setdefault(number, []).append(fault)
        count += end - begin
        if count > MOST_FILLED:
            raise too_large("表里合并的单元格太多，不像站点表。请取消合并再上传。")
    return found
