"""What a table file holds: its sheets, and their lines with what stands in each cell."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from server.errors import Invalid
from server.plain_text import plain_text

MOST_ROWS = 5_000
"""A county has some hundred stations; more rows is the wrong file, and would hold up the desk."""
LINES_BESIDE = 60  # titles, headers and signatures beside the rows
MOST_CELLS = 400_000
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 8_000_000  # of all cells of a sheet: cells may share one long text
LONGEST_CELL = 32_767  # characters; what a spreadsheet's cell takes


NO_RESULT = "#没有结果"


class NoValue(NamedTuple):
    """A cell in which nobody can read what it was meant to say; `why` and what to do about it.

    `stood` is what a copy of the table writes there; read again, it is refused again.
    """

    why: str
    stood: str = NO_RESULT


Cell = str | date | NoValue


class Merge(NamedTuple):
    """A merged range: lines count from 1, columns from 0, both ends belong to it."""

    first_line: int
    first_column: int
    last_line: int
    last_column: int

    @property
    def name(self) -> str:
        """As a spreadsheet calls it: A2:B3."""
        first = f"{column_name(self.first_column)}{self.first_line}"
        return f"{first}:{column_name(self.last_column)}{self.last_line}"


@dataclass(slots=True)
class Line:
    """One line that holds anything; `cells` by column, counted from 0, blank ones left out.

    `remarks` (批注) hang on cells, blank ones too, by column.
    """

    number: int
    cells: dict[int, Cell]
    hidden: bool = False
    remarks: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """One sheet, read whole or only its beginning."""

    lines: list[Line] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    from_1904: bool = False  # whether day numbers count from 1904, as old Macintosh files do
    most_rows: int = MOST_ROWS
    characters: int = field(default=0, compare=False)
    widths: dict[int, int] = field(default_factory=dict)  # a text's: how many values a line has

    def run_over(self, line: Line, head: int) -> str:
        """That a line of a text has more values than the header's line, in words; "" else.

        A comma divided one of them (1,234), and all behind it stand a column too far.
        """
        wide, reached = self.widths.get(head), max(line.cells, default=0)
        if wide is None or reached < wide:
            return ""
        return (
            f"写到了{column_name(reached)}列，表头只到{column_name(wide - 1)}列：多半是数里的逗号"
            "（1,234）把一格分成了两格，后面的都错了位。请用 WPS 或 Excel 打开改好，"
            "存成 .xlsx 再上传"
        )

    def is_hidden(self, column: int) -> bool:
        """Whether nobody sees this column on the screen."""
        return any(first <= column <= last for first, last in self.hidden_columns)


class SheetName(NamedTuple):
    """A sheet's tab; `active` is the one that is seen when the file is opened."""

    name: str
    hidden: bool
    active: bool


class Book(Protocol):
    """A table file; `names` in the order of their tabs."""

    names: list[SheetName]

    def sheet(self, index: int, *, most_lines: int | None = None) -> Sheet:
        """Read a sheet; only its first lines that hold anything where `most_lines` is given."""
        ...


_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def place_of(reference: str) -> tuple[int, int] | None:
    """Line (from 1) and column (from 0) of a cell's name, $B$12; None for what is no name."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def column_name(column: int) -> str:
    """A, B … Z, AA …, for columns counted from 0."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


_ERRORS = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA|BLOCKED!)",
    re.IGNORECASE,
)
_POWER = re.compile(r"[+-]?\d(?:\.\d+)?E[+]?\d{1,2}", re.IGNORECASE)
TOO_LONG_NUMBER = (
    "是超过15位的数字，表格软件只留得住前15位，后面的已经变了。"
    "请把这一列设成“文本”格式，再照原件重新填。"
)


def cell_of(text: str) -> Cell:
    """A cell's text as it is kept, without margins; NoValue for an error's name or lost digits."""
    text = plain_text(text).strip()
    if _ERRORS.fullmatch(text):
        return NoValue(f"是“{text}”，公式出了错，没有内容。请改成正确的内容，不用填就清空。", text)
    if "\ufffd" in text or _garbled(text):
        return NoValue(
            f"“{text[:20]}”是乱码，转存时有字坏了。请照原件重新填这一格。",
            text.replace("\ufffd", "□"),
        )
    if text == NO_RESULT:
        return NoValue("的公式没有算出结果。请填上结果，不用填就清空。")
    if len(text) > 2 and not text.strip("#"):
        return NoValue("只剩一串“#”，存成 CSV 时列太窄。请把列拉宽，再存一次。", text)
    if _POWER.fullmatch(text):
        return NoValue(
            f"是“{text}”这样的科学计数法，看不出原来的数字。"
            "请把这一列设成“文本”格式，再照原件重新填。",
            text,
        )
    return text


def _garbled(text: str) -> bool:
    """Whether Chinese in UTF-8 was taken for GBK: 瀹嬪ぇ濮, which was 宋大姐.

    The last sign may be cut off. No name of the division table is such bytes.
    """
    if text.isascii():
        return False
    try:
        plain = codecs.getincrementaldecoder("utf-8")().decode(text.encode("gb18030"))
    except UnicodeError:
        return False
    return sum("\u4e00" <= sign <= "\u9fff" for sign in plain) > 1


def too_large(sentence: str) -> Invalid:
    """The refusal of a file that would hold up the desk."""
    return Invalid("import-too-large", sentence)


def keep_line(sheet: Sheet, line: Line, cells_before: int) -> int:
    """Add a line that holds anything; gives how many cells there are now. Raises when too many."""
    if not line.cells:
        return cells_before
    sheet.lines.append(line)
    if len(sheet.lines) > sheet.most_rows + LINES_BESIDE:
        raise Invalid(
            "import-too-many-rows",
            f"表里超过{sheet.most_rows}行，一个县没有这么多站点。请确认没有选错文件，"
            "或删掉多余的行、分几次导入。",
        )
    cells = cells_before + len(line.cells)
    if cells > MOST_CELLS:
        raise too_large("表里填了字的格子太多，不像站点表。请只保留站点那张表再上传。")
    sheet.characters += sum(len(one) for one in line.cells.values() if isinstance(one, str))
    if sheet.characters > MOST_CHARACTERS:
        raise too_large("表里的文字太多，不像站点表。请只保留站点那张表再上传。")
    return cells
