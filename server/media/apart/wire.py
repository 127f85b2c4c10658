"""How a sheet goes over the wire between a child and whoever asked it: as JSON."""

from datetime import date
from typing import Any

from server.media.sheets.book import Cell, Line, Merge, NoValue, Sheet


def packed_sheet(sheet: Sheet) -> dict[str, Any]:
    """A sheet ready for JSON."""
    return {
        "lines": [
            [
                line.number,
                line.hidden,
                list(line.cells),
                list(map(_packed, line.cells.values())),
                list(line.remarks.items()),
            ]
            for line in sheet.lines
        ],
        "merges": [list(merge) for merge in sheet.merges],
        "hidden_columns": sheet.hidden_columns,
        "rest": [sheet.from_1904, sheet.most_rows, list(sheet.widths.items())],
    }


def sheet_of(packed: dict[str, Any]) -> Sheet:
    """The reverse of `packed_sheet`."""
    from_1904, most_rows, widths = packed["rest"]
    return Sheet(
        lines=[
            Line(number, dict(zip(columns, map(_cell, cells), strict=True)), hidden, dict(remarks))
            for number, hidden, columns, cells, remarks in packed["lines"]
        ],
        merges=[Merge(*merge) for merge in packed["merges"]],
        hidden_columns=[(first, last) for first, last in packed["hidden_columns"]],
        from_1904=from_1904,
        widths=dict(widths),
        most_rows=most_rows,
    )


def _packed(cell: Cell) -> str | list[str]:
    if isinstance(cell, date):
        return [cell.isoformat()]
    return list(cell) if isinstance(cell, NoValue) else cell


def _cell(packed: str | list[str]) -> Cell:
    if isinstance(packed, str):
        return packed
    return date.fromisoformat(packed[0]) if len(packed) == 1 else NoValue(*packed)
