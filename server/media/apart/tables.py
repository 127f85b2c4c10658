"""Tables that come from outside, opened in a child process; as `sheets.reading` does, but apart."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from server.media.apart.opener import Deed, shared_opener
from server.media.apart.wire import sheet_of
from server.media.sheets.book import MOST_ROWS, Book, Sheet, SheetName

NAMES = Deed("names", "table", 20)
SHEET = Deed("sheet", "table", 20)
_read: ContextVar[dict[tuple[str, str, int], "TableApart"] | None] = ContextVar(
    "read", default=None
)


def open_book(content: bytes, filename: str, *, most_rows: int = MOST_ROWS) -> Book:
    """The table in a file; within `read_once` the same one each time.

    Raises Invalid as `sheets.reading.open_book` does, NotOpened for a file that kills, OpenersBusy.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    memory, key = _read.get(), (sha256, filename, most_rows)
    if memory is not None and key in memory:
        return memory[key]
    book = TableApart(content, filename, sha256, most_rows)
    if memory is not None:
        memory[key] = book
    return book


@contextmanager
def read_once() -> Iterator[None]:
    """Within it a file that is opened again has been read already: slow before the write lock."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


class TableApart:
    """A file that a child has opened, and the sheets that it was asked for."""

    def __init__(self, content: bytes, filename: str, sha256: str, most_rows: int) -> None:
        self._content, self._sha256 = content, sha256
        self._how: dict[str, Any] = {"filename": filename, "most_rows": most_rows}
        self._sheets: dict[tuple[int, int | None], Sheet] = {}
        said, _ = shared_opener().ask(NAMES, content, known_as=sha256, **self._how)
        self.names = [SheetName(*name) for name in said["names"]]

    def sheet(self, index: int, *, most_lines: int | None = None) -> Sheet:
        """Read a sheet; only its first lines that hold anything where `most_lines` is given."""
        found = self._sheets.get((index, most_lines))
        if found is None:
            how = self._how | {"index": index, "most_lines": most_lines}
            said, _ = shared_opener().ask(SHEET, b"", known_as=self._sha256, **how)
            if "opened_before" in said:  # by another child, or by one that is no more
                said, _ = shared_opener().ask(SHEET, self._content, known_as=self._sha256, **how)
            found = self._sheets[index, most_lines] = sheet_of(said["sheet"])
        return found
