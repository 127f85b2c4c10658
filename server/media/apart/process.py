"""The child that opens foreign files: a file comes in, what it holds goes out.

Started by `opener.Opener` only.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from server.media.apart.wire import packed_sheet
from server.media.pictures import images
from server.media.processes.serving import Answering, Said, serve
from server.media.sheets.book import Book
from server.media.sheets.reading import open_book


def _admit(_asked: dict[str, Any], content: bytes) -> Said:
    return asdict(images.admit(content)), b""


def _look(_asked: dict[str, Any], content: bytes) -> Said:
    return asdict(images.look_at_photo(content)), b""


def _rendition(asked: dict[str, Any], content: bytes) -> Said:
    return {}, images.rendition(
        content, asked["long_side"], stamp=asked["stamp"], quality=asked["quality"]
    )


def _prints(_asked: dict[str, Any], content: bytes) -> Said:
    from server.media.pictures.prints import prints_of

    prints = prints_of(content)
    parts = [part.tobytes() for part in prints.parts]
    return {"sizes": [len(part) for part in parts]}, b"".join(parts)


def _compare(asked: dict[str, Any], content: bytes) -> Said:
    from server.media.pictures.lookalike import compare

    one, other = content[: asked["first"]], content[asked["first"] :]
    how = {"closely": asked["closely"], "in_order": asked["in_order"]}
    return asdict(compare(one, other, **how)), b""


class _Tables:
    """The file that was opened last stays open: its sheets are asked for one after the other."""

    def __init__(self) -> None:
        self._name: tuple[str, ...] = ()
        self._book: Book | None = None

    def names(self, asked: dict[str, Any], content: bytes) -> Said:
        self._book = None  # what was unpacked is counted anew each time that somebody begins
        book = self._opened(asked, content)
        return {"names": [list(name) for name in book.names]} if book else {}, b""

    def sheet(self, asked: dict[str, Any], content: bytes) -> Said:
        book = self._opened(asked, content)
        if book is None:
            return {"opened_before": False}, b""
        sheet = book.sheet(asked["index"], most_lines=asked["most_lines"])
        return {"sheet": packed_sheet(sheet)}, b""

    def _opened(self, asked: dict[str, Any], content: bytes) -> Book | None:
        name = (asked["sha256"], asked["filename"], str(asked["most_rows"]))
        if self._book is None or self._name != name:
            if asked["deed"] == "sheet" and not content:
                return None
            self._name, self._book = name, None
            self._book = open_book(content, asked["filename"], most_rows=asked["most_rows"])
        return self._book


def _load() -> Answering:
    tables = _Tables()
    deeds: dict[str, Callable[[dict[str, Any], bytes], Said]] = {
        "admit": _admit,
        "look": _look,
        "rendition": _rendition,
        "prints": _prints,
        "compare": _compare,
        "names": tables.names,
        "sheet": tables.sheet,
    }
    return lambda asked, content: deeds[asked["deed"]](asked, content)


if __name__ == "__main__":
    serve(_load)
