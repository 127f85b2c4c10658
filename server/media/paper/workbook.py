"""Plain tables in a workbook that WPS and Excel open: frozen heads, filters, ready for A4."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from server.media.sheets.writing import (
    LEAD,
    Foot,
    new_workbook,
    row_height,
    set_up_print,
    width_of,
)


class Share(NamedTuple):
    """A cell of whole per cent, written as a number that reads 96%."""

    percent: int


class Workbook:
    """Sheets one after the other, then `content`; the same sheets give the same bytes."""

    def __init__(self, title: str, *, created: datetime, foot: Foot) -> None:
        """`created` stands in the file instead of the clock; `foot` under every printed page."""
        self._out = io.BytesIO()
        self._book = new_workbook(self._out)
        self._book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
        self._foot = foot
        border = {"border": 1, "border_color": "#B8C4BC"}
        self._head = self._book.add_format(
            {
                "bold": True,
                "bg_color": "#E8EFEA",
                "border": 1,
                "valign": "vcenter",
                "text_wrap": True,
            }
        )
        self._cell = self._book.add_format({"text_wrap": True, "valign": "top", **border})
        self._share = self._book.add_format({"num_format": "0%", "valign": "top", **border})
        self._left = self._book.add_format(
            {"text_wrap": True, "valign": "top", "align": "left", **border}
        )
        self._total = self._book.add_format({"bold": True, "bg_color": "#F3F5F1", "border": 1})

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[Any]],
        widths: Sequence[int],
        *,
        total: Sequence[Any] | None = None,
        foot: Foot | None = None,
    ) -> None:
        """One table; `widths` in characters, `total` a bold last line that no filter moves.

        A header of two means names and values, not columns. `foot` instead of the book's own.
        """
        sheet = self._book.add_worksheet(name)
        sheet.write_row(0, 0, header, self._head)
        last = 0
        face = self._left if len(header) == 2 else self._cell
        kept = [["" if value is None else value for value in row] for row in rows]
        wide: list[float] = []
        for column, width in enumerate(widths):
            # At least as wide as asked for; a number that does not fit would show as ####.
            cells = [row[column] for row in (*kept, total or ()) if column < len(row)]
            numbers = [cell for cell in cells if isinstance(cell, int | float)]
            wide.append(max(width, width_of(numbers)))
            sheet.set_column(column, column, wide[-1])
        sheet.set_row(0, row_height(zip(header, wide, strict=False)))
        for last, row in enumerate(kept, 1):
            if height := row_height(zip(row, wide, strict=False)):
                sheet.set_row(last, height)
            for column, value in enumerate(row):
                if isinstance(value, Share):
                    sheet.write_number(last, column, value.percent / 100, self._share)
                else:
                    sheet.write(last, column, value, face)
        if not last:
            sheet.write(1, 0, "没有", self._left)
        elif total is not None:
            sheet.write_row(last + 1, 0, total, self._total)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(header) - 1)
        set_up_print(sheet, foot or self._foot, widths=wide, lead=min(LEAD, len(header) - 1))

    def content(self) -> bytes:
        """The finished file; nothing can be added afterwards."""
        self._book.close()
        return self._out.getvalue()
