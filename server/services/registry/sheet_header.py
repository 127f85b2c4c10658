"""What stands over each column of a stations' table, however its header is merged."""

from collections.abc import Iterable, Sequence

from server.media.sheets.book import Line, Merge, too_large

MOST_FILLED = 100_000  # cells that merged ranges may fill


def header_texts(lines: Sequence[Line], merges: Iterable[Merge]) -> dict[int, tuple[str, ...]]:
    """What stands over each column, from the top down; merged words stand over all of theirs."""
    cells = {
        (line.number, column): str(cell)
        for line in lines
        for column, cell in line.cells.items()
        if isinstance(cell, str)
    }
    numbers = [line.number for line in lines]
    reach = max((column for _, column in cells), default=-1)
    filled = 0
    for merge in merges:
        text = cells.get((merge.first_line, merge.first_column))
        if text is None:
            continue
        reached = min(merge.last_column, reach) - merge.first_column + 1
        filled += reached * len(numbers)
        if filled > MOST_FILLED:
            raise too_large("表头合并的单元格太多，不像站点表。请取消合并再上传。")
        for number in numbers:
            if merge.first_line <= number <= merge.last_line:
                for column in range(merge.first_column, min(merge.last_column, reach) + 1):
                    cells[number, column] = text
    texts: dict[int, tuple[str, ...]] = {}
    for number in numbers:
        for column in range(reach + 1):
            text = cells.get((number, column), "")
            said = texts.get(column, ())
            if text and (not said or said[-1] != text):
                texts[column] = (*said, text)
    return texts
