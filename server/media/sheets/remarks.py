"""批注: what people say beside a cell of an .xlsx file, which no cell holds."""

import re
from collections.abc import Mapping

from server.media.sheets.book import place_of, too_large
from server.plain_text import plain_text

MOST_REMARKS = 20_000
LONGEST_REMARK = 500  # characters of one that are kept
_ANSWERED = re.compile(r"^\[.*?https?://\S+.*?\n\s*(?:Comment|注释|批注|评论)[:：]\s*", re.DOTALL)
"""What Excel writes before a threaded comment for programs that know notes alone."""


class Remarks:
    """Collects a sheet's remarks: line (from 1) → column (from 0) → text, blank ones left out."""

    def __init__(self) -> None:
        self.found: dict[int, dict[int, str]] = {}
        self._pieces: list[str] = []
        self._place: tuple[int, int] | None = None
        self._open = False
        self._count = 0

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "comment":
            self._place, self._pieces = place_of(given.get("ref", "")), []
        self._open = tag == "t" and self._place is not None

    def end(self, tag: str) -> None:
        """An element ends."""
        self._open = False
        if tag != "comment" or self._place is None:
            return
        (line, column), self._place = self._place, None
        text = _ANSWERED.sub("", plain_text("".join(self._pieces))).strip()
        if text:
            self.found.setdefault(line, {})[column] = text[:LONGEST_REMARK]
        self._count += 1
        if self._count > MOST_REMARKS:
            raise too_large("表里的批注太多，不像站点表。请删掉批注再上传。")

    def data(self, text: str) -> None:
        """Characters within it."""
        if self._open:
            self._pieces.append(text)
