"""Texts of cells as .xlsx keeps them: in pieces, some of which may be struck out."""

from collections.abc import Mapping

from server.media.sheets.book import LONGEST_CELL, too_large
from server.media.sheets.formats import says_yes

MOST_STRINGS = 400_000
MOST_TEXT = 20_000_000  # characters of all shared strings together


class SharedStrings:
    """Collects shared strings, without the readings that Japanese files write above them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.struck: set[int] = set()
        self._text = CellText()
        self._open = False
        self._reading_aid = 0
        self._length = 0

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "si":
            self._text = CellText()
        elif tag == "rPh":
            self._reading_aid += 1
        else:
            self._text.run(tag, given)
        self._open = tag == "t" and not self._reading_aid

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "si":
            if self._text.struck:
                self.struck.add(len(self.found))
            self.found.append(str(self._text))
            self._length += self._text.length
            if len(self.found) > MOST_STRINGS or self._length > MOST_TEXT:
                raise too_large("文件里的文字太多，不像站点表。请只保留站点那张表再上传。")
        elif tag == "rPh":
            self._reading_aid -= 1
        self._open = False

    def data(self, text: str) -> None:
        """Characters within it."""
        if self._open:
            self._text.add(text)


class CellText:
    """The pieces of one cell's text; raises when they are more than a cell takes."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.struck = self._strikes = False

    def run(self, tag: str, given: Mapping[str, str]) -> None:
        """Take in how the next piece is written: a run begins, or strikes out."""
        if tag == "r":
            self._strikes = False
        elif tag == "strike":
            self._strikes = says_yes(given)

    def add(self, piece: str) -> None:
        """Take a piece in. Raises Invalid import-too-large."""
        self.struck |= self._strikes and bool(piece.strip())
        self.pieces.append(piece)
        self.length += len(piece)
        if self.length > LONGEST_CELL:
            raise too_large("有一格里的字太多了，不像站点表。请只保留站点那张表再上传。")

    def __str__(self) -> str:
        return "".join(self.pieces)
