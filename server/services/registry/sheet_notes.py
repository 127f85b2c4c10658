"""What a person who looks at a stations' table may not have in view, in sentences."""

from collections.abc import Mapping, Sequence

from server.media.sheets.book import Book, Sheet
from server.media.sheets.writing import GUIDE
from server.services.common.office_lists import hidden_sheets, some


def notes_on(
    book: Book,
    *,
    chosen: int,
    sheet: Sheet,
    read: Mapping[int, str],
    hidden_rows: Sequence[int],
    strange: Sequence[str],
) -> list[str]:
    """What a person who looks at the file may not have in view.

    `strange` are the visible sheets that hold something and none of our headers.
    """
    notes = []
    if len(book.names) > 1:
        notes.append(f"读的是工作表“{book.names[chosen].name}”。")
    if told := [name for name in strange if name != GUIDE]:
        notes.append(f"工作表{some(told)}里没有认出站点的表头，一行都没有读。")
    notes += hidden_sheets(book)
    if hidden_rows:
        notes.append(
            f"第{ranges(hidden_rows)}行在表里是隐藏的（或被筛选掉了），也读进来了，"
            "下面标着“隐藏行”。不想导入，请在表里删掉这些行。"
        )
    columns = [said for column, said in sorted(read.items()) if sheet.is_hidden(column)]
    if columns:
        notes.append(f"{some(columns)}这几列在表里是隐藏的，也读进来了，请核对。")
    return notes


def ranges(numbers: Sequence[int]) -> str:
    """5–9、12, from ascending numbers."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in parts)
