"""Long lists in pages: which part is shown, and the addresses of its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from server.http.database import row_id

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a list are shown; `name` is the address's word for the page number."""

    name: str
    number: int
    size: int
    total: int
    where: str

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of this page."""
        return rows[self.first : self.first + self.size]

    def address(self, number: int) -> str:
        """Another page of the same list: everything else that was asked for stays."""
        asked = {name: request.args.getlist(name) for name in request.args if name != self.name}
        return f"{self.where}?{urlencode({**asked, self.name: number}, doseq=True)}"


def page_of(total: int, size: int, name: str = "page", where: str = "") -> Page:
    """The page that the address asks for; nonsense and numbers past the end show the nearest.

    `where` is the list's own address for pages that a form answers with.
    """
    asked = request.args.get(name, default=1, type=row_id)
    last = max(1, -(-total // size))
    return Page(name, min(max(asked, 1), last), size, total, where or request.path)
