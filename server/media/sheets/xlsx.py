"""Reads .xlsx as it stands: every line, what is hidden, merged, not calculated or an error.

Streamed through expat (ECMA-376 part 1, 18): a sheet's own word for its size is not believed, and
empty cells cost next to nothing. Parts are counted while they are unpacked, so that no small file
grows large.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.parsers import expat

from server.media.sheets.book import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Line,
    Merge,
    NoValue,
    Sheet,
    SheetName,
    cell_of,
    keep_line,
    place_of,
    too_large,
)
from server.media.sheets.formats import PLAIN, Format, Styles, shown
from server.media.sheets.remarks import Remarks
from server.media.sheets.strings import CellText, SharedStrings

MOST_UNPACKED = 120 * 1024 * 1024
MOST_MERGES = 20_000
MOST_TABS = 300
MOST_HIDDEN = 2_000  # stretches of hidden columns
_PIECE = 256 * 1024
_EMPTY_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="[A-Z]{1,3}[0-9]+"[^<>]*/>')
_EMPTY_ROW = re.compile(
    rb'<((?:\w+:)?row)\s(?:[^<>]*?\s)?r="[0-9]+"[^<>]*(?:/>|(?<!/)>\s*</\1>)', re.DOTALL
)
_YES = frozenset({"1", "true", "on"})
STRUCK = "里有划了删除线的字，分不清还要不要。不要就删掉，要就去掉删除线，再上传。"
UNCALCULATED = "的公式还没有算出结果。请在 WPS 或 Excel 里打开这张表，保存一次再上传。"

Start = Callable[[str, Mapping[str, str]], None]


class _Enough(Exception):  # noqa: N818 - no error: as much as was asked for has been read
    """Ends the reading of a part."""


class XlsxBook:
    """One .xlsx file. What is broken raises what `BROKEN` lists, or ValueError."""

    def __init__(self, content: bytes, most_rows: int = MOST_ROWS) -> None:
        self.most_rows = most_rows
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._parts = {name.casefold(): name for name in self._zip.namelist()}
        self._unpacked = 0
        self._strings: SharedStrings | None = None
        self._formats: list[Format] | None = None
        self.from_1904 = self._calculates = False
        self._place = self._main_part()
        self.names, self._targets = self._sheets()

    def sheet(self, index: int, *, most_lines: int | None = None) -> Sheet:
        """One sheet by its place among the tabs."""
        remarks = Remarks()
        for name in self._related("comments", self._targets[index]):
            self.parse(name, remarks.start, remarks.end, remarks.data)
        reader = _SheetReader(self, most_lines, remarks.found)
        self.parse(self._targets[index], reader.start, reader.end, reader.data, slim=True)
        return reader.sheet

    def text(self, number: int) -> str | NoValue:
        """A shared string, if no part of it is struck out; raises IndexError."""
        if self._strings is None:
            strings = SharedStrings()
            for name in self._related("sharedStrings", self._place)[:1]:
                self.parse(name, strings.start, strings.end, strings.data)
            self._strings = strings
        if number < 0:
            raise IndexError("no shared string has a number below 0")
        text = self._strings.found[number]
        return NoValue(STRUCK, text) if number in self._strings.struck else text

    def format(self, style: int) -> Format:
        """How a cell's style shows numbers."""
        if self._formats is None:
            styles = Styles()
            for name in self._related("styles", self._place)[:1]:
                self.parse(name, styles.start)
            self._formats = styles.formats
        return self._formats[style] if 0 <= style < len(self._formats) else PLAIN

    @property
    def calculates_when_opened(self) -> bool:
        """True for a file made by a program that left all formulas to be calculated."""
        return self._calculates

    def parse(
        self,
        name: str,
        start: Start,
        end: Callable[[str], None] | None = None,
        data: Callable[[str], None] | None = None,
        *,
        slim: bool = False,
    ) -> None:
        """Send a part's elements to the handlers; `slim` leaves out cells and rows without content.

        Raises KeyError, expat.ExpatError, ValueError for a part with a document type of its own.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, given: start(tag.rpartition(":")[2], given)
        if end is not None:
            ended = end
            parser.EndElementHandler = lambda tag: ended(tag.rpartition(":")[2])
        if data is not None:
            parser.CharacterDataHandler = data
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for piece in self._pieces(name, slim=slim):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except _Enough:
            pass

    def _pieces(self, name: str, *, slim: bool) -> Iterator[bytes]:
        with self._zip.open(self._parts[name.casefold()]) as part:
            rest = b""
            while piece := part.read(_PIECE):
                self._unpacked += len(piece)
                if self._unpacked > MOST_UNPACKED:
                    raise too_large("文件展开后太大，不像站点表。请只保留站点那张表再上传。")
                if not slim:
                    yield piece
                    continue
                rest += piece
                whole = rest.rfind(b"</") if len(rest) < 4 * _PIECE else len(rest)
                if whole > 0:
                    yield _slim(rest[:whole])
                    rest = rest[whole:]
            yield rest

    def _main_part(self) -> str:
        found = "xl/workbook.xml"

        def start(tag: str, given: Mapping[str, str]) -> None:
            nonlocal found
            if tag == "Relationship" and given.get("Type", "").endswith("/officeDocument"):
                found = given.get("Target", found).lstrip("/")

        if "_rels/.rels" in self._parts:
            self.parse("_rels/.rels", start)
        return found

    def _relations(self, whose: str) -> dict[str, tuple[str, str]]:
        """A part's relations: identity → (kind, part)."""
        folder, name = posixpath.split(whose)
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, given: Mapping[str, str]) -> None:
            if tag == "Relationship" and given.get("TargetMode") != "External":
                target = given.get("Target", "")
                whole = target.lstrip("/") if target[:1] == "/" else posixpath.join(folder, target)
                kind = given.get("Type", "").rpartition("/")[2]
                found[given.get("Id", "")] = (kind, posixpath.normpath(whole))

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    def _related(self, kind: str, whose: str) -> list[str]:
        """The parts of this kind that a part of the file speaks of and that are there."""
        folder, name = posixpath.split(whose)
        if posixpath.join(folder, "_rels", f"{name}.rels").casefold() not in self._parts:
            return []
        parts = [part for one, part in self._relations(whose).values() if one == kind]
        return [part for part in parts if part.casefold() in self._parts]

    def _sheets(self) -> tuple[list[SheetName], list[str]]:
        listed: list[tuple[str, str, str]] = []
        active = 0

        def start(tag: str, given: Mapping[str, str]) -> None:
            nonlocal active
            if tag == "workbookPr":
                self.from_1904 = given.get("date1904", "").casefold() in _YES
            elif tag == "calcPr":
                self._calculates = given.get("fullCalcOnLoad", "").casefold() in _YES
            elif tag == "workbookView":
                active = int(given.get("activeTab", 0))
            elif tag == "sheet":
                relation = next((value for key, value in given.items() if key.endswith(":id")), "")
                listed.append((given.get("name", ""), given.get("state", "visible"), relation))
                if len(listed) > MOST_TABS:
                    raise too_large("文件里的工作表太多。请只保留要上传的那一张。")

        self.parse(self._place, start)
        relations = self._relations(self._place)
        names, targets = [], []
        for place, (name, state, relation) in enumerate(listed):
            kind, target = relations.get(relation, ("", ""))
            if kind == "worksheet":  # charts and old dialogues stand among the tabs as well
                names.append(SheetName(name, state != "visible", place == active))
                targets.append(target)
        return names, targets


class _SheetReader:
    """Builds a sheet's lines from its elements."""

    def __init__(
        self, book: XlsxBook, most_lines: int | None, remarks: Mapping[int, Mapping[int, str]]
    ) -> None:
        self.sheet = Sheet(from_1904=book.from_1904, most_rows=book.most_rows)
        self._book, self._most_lines, self._remarks = book, most_lines, remarks
        self._line = Line(0, {})
        self._column = -1
        self._kind, self._style = "n", 0
        self._formula = self._valued = self._open = False
        self._reading_aid = 0
        self._text = CellText()
        self._cells = 0

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        self._open = False
        if tag == "c":
            self._begin_cell(given)
        elif tag in {"v", "t"}:
            self._open = not self._reading_aid
            self._valued = True
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            number = int(given.get("r", self._line.number + 1))
            hidden = given.get("hidden", "").casefold() in _YES or _is_nothing(given.get("ht"))
            self._line = Line(number, {}, hidden, self._remarks.get(number, {}))
            self._column = -1
        elif tag == "rPh":
            self._reading_aid += 1
        elif tag == "col":
            self._hide(given)
        elif tag == "mergeCell":
            self._merge(given.get("ref", ""))
        else:
            self._text.run(tag, given)

    def end(self, tag: str) -> None:
        self._open = False
        if tag == "c":
            cell = self._cell()
            if cell != "":
                self._line.cells[self._column] = cell
        elif tag == "row":
            self._cells = keep_line(self.sheet, self._line, self._cells)
            if self._most_lines is not None and len(self.sheet.lines) >= self._most_lines:
                raise _Enough
        elif tag == "rPh":
            self._reading_aid -= 1

    def data(self, text: str) -> None:
        if self._open:
            self._text.add(text)

    def _begin_cell(self, given: Mapping[str, str]) -> None:
        place = place_of(given.get("r", ""))
        self._column = place[1] if place else self._column + 1
        if self._column >= MOST_COLUMNS:
            raise ValueError("no spreadsheet has so many columns")
        self._kind, self._style = given.get("t", "n"), int(given.get("s", 0))
        self._formula = self._valued = False
        self._text = CellText()

    def _cell(self) -> Cell:
        text = str(self._text)
        kind, found = self._kind, cell_of("")
        if kind == "e":
            found = cell_of(text)
            wrong = NoValue("的公式出了错，没有内容。请改正。")
            return found if isinstance(found, NoValue) else wrong
        if self._formula and self._has_no_result(text):
            return NoValue(UNCALCULATED)
        if not text:
            return ""
        style = self._book.format(self._style)
        if kind == "n":
            found = shown(text, style, from_1904=self._book.from_1904)
        elif kind == "b":
            found = "是" if text.strip() in _YES else "否"
        else:
            said = self._book.text(int(text)) if kind == "s" else text
            found = said if isinstance(said, NoValue) else cell_of(said)
        if found and (style.struck or self._text.struck) and not isinstance(found, NoValue):
            return NoValue(STRUCK, str(found))
        return found

    def _has_no_result(self, text: str) -> bool:
        """True for a formula that nothing has calculated; a result may well be an empty text."""
        if not text:
            return not (self._valued and self._kind == "str")
        # Programs that cannot calculate write 0, and have it put right when the file is opened.
        return self._kind == "n" and float(text) == 0 and self._book.calculates_when_opened

    def _hide(self, given: Mapping[str, str]) -> None:
        if given.get("hidden", "").casefold() in _YES or _is_nothing(given.get("width")):
            first, last = int(given.get("min", 1)), int(given.get("max", 1))
            self.sheet.hidden_columns.append((first - 1, last - 1))
            if len(self.sheet.hidden_columns) > MOST_HIDDEN:
                raise too_large("表里隐藏的列太多，不像站点表。请取消隐藏再上传。")

    def _merge(self, reference: str) -> None:
        ends = [place_of(part) for part in reference.split(":")]
        if len(ends) == 2 and ends[0] and ends[1]:
            lines = sorted(end[0] for end in ends if end)
            columns = sorted(end[1] for end in ends if end)
            self.sheet.merges.append(Merge(lines[0], columns[0], lines[1], columns[1]))
        if len(self.sheet.merges) > MOST_MERGES:
            raise too_large("表里合并的单元格太多，不像站点表。请取消合并再上传。")


def _slim(xml: bytes) -> bytes:
    """The same without cells and rows that hold nothing."""
    if b"<![CDATA[" in xml:
        return xml
    return _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", xml))


def _is_nothing(size: str | None) -> bool:
    return size is not None and float(size) == 0


def _refuse_doctype(*_: Any) -> None:
    raise ValueError("a spreadsheet's parts have no document type")


BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, IndexError, OSError, EOFError,
    NotImplementedError, zlib.error, RuntimeError, expat.ExpatError, OverflowError,
)  # fmt: skip
"""What reading a broken file raises."""
