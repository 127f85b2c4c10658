"""Writes tables of any length line by line: a CSV, or a workbook that goes on in further sheets."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from server.media.sheets.reading import FORMULA_SIGNS
from server.media.sheets.writing import Foot, guarded, set_up_print, width_of

MOST_LINES = 1_048_575
"""Under its header so many lines stand in one sheet: no spreadsheet opens more."""
LOOKED_AT = 200
"""So many lines are remembered to see how wide the columns have to be."""
Cell = str | int | float


class CsvLines:
    """A CSV with the mark by which WPS and Excel read it as UTF-8; no text runs as a formula."""

    def __init__(self, file: IO[str], headers: Sequence[str]) -> None:
        file.write("\ufeff")
        self._writer = csv.writer(file)
        self._writer.writerow(headers)

    def line(self, cells: Sequence[Cell]) -> None:
        """One line; what starts like a formula stays a text, numbers stay numbers."""
        self._writer.writerow(
            [
                guarded(one) if isinstance(one, str) and one.startswith(FORMULA_SIGNS) else one
                for one in cells
            ]
        )

    def foot(self, lines: Sequence[tuple[str, str]]) -> None:
        """An empty line, and below it what the file is of."""
        self._writer.writerow([])
        self._writer.writerows([label, guarded(text)] for label, text in lines)


class LongWorkbook:
    """A workbook written line by line: what is written waits on the disk, never in memory.

    Texts stay texts. What does not fit into one sheet goes on in the next, under the same header.
    """

    def __init__(
        self,
        path: Path,
        *,
        title: str,
        headers: Sequence[str],
        foot: Foot,
        most_lines: int = MOST_LINES,
    ) -> None:
        import xlsxwriter  # by whoever writes a sheet, and nobody else

        self._book: Any = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "tmpdir": str(path.parent)}
        )
        self._head = self._book.add_format(
            {"bold": True, "bg_color": "#DCEBFA", "border": 1, "text_wrap": True}
        )
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._title, self._headers, self._foot = title, headers, foot
        self._most, self._sheets, self._at = most_lines, 0, 0
        self._first: list[Sequence[Cell]] = []
        self._sheet: Any = None
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        number = f" {self._sheets}" if self._sheets > 1 else ""
        self._sheet, self._at = self._book.add_worksheet(f"{self._title}{number}"), 0
        self._sheet.freeze_panes(1, 0)
        set_up_print(self._sheet, self._foot)
        for column, header in enumerate(self._headers):
            self._sheet.write_string(0, column, header, self._head)

    def line(self, cells: Sequence[Cell]) -> None:
        """One line: texts as texts, numbers as numbers, nothing for an empty text."""
        if self._at == self._most:
            self._begin()
        self._at += 1
        if len(self._first) < LOOKED_AT:
            self._first.append(cells)
        for column, cell in enumerate(cells):
            if not isinstance(cell, str):
                self._sheet.write_number(self._at, column, cell)
            elif cell:
                self._sheet.write_string(self._at, column, cell)

    def give_up(self) -> None:
        """Let go of what was written; the folder goes with its files."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def close(self, notes: Sequence[tuple[str, str]]) -> None:
        """Write the last sheet, of what the file is and what its columns mean, and the file.

        Columns are as wide as the header and the first lines need.
        """
        for column, header in enumerate(self._headers):
            width = width_of([header, *(cells[column] for cells in self._first)])
            for one in self._book.worksheets():
                one.set_column(column, column, width)
        sheet = self._book.add_worksheet("说明")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90, self._wrapped)
        set_up_print(sheet, self._foot)
        for at, (label, text) in enumerate(notes):
            sheet.write_string(at, 0, label)
            sheet.write_string(at, 1, text)
        self._book.close()
