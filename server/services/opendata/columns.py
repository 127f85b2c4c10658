"""What a column of open data is, and how its value stands in JSON and in a sheet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from server.calendar import BEIJING, second_text
from server.labelled import Labelled


class Shape(Labelled):
    """What a value is; None stands for “not known” in each of them."""

    TEXT = "text", "文字"
    INTEGER = "integer", "整数"
    NUMBER = "number", "小数"
    DAY = "day", "日期（北京时间）"
    MOMENT = "moment", "时刻（北京时间）"
    YES_NO = "yes_no", "是或否"
    CODE = "code", "代码"
    LIST = "list", "几项文字"
    BY_NAME = "by_name", "各项的数"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, said once: files, JSON, maps and the dictionary all take it from here.

    `source` is what is asked of the database; None where the value is `turn` of one piece of a row
    that is spread over several lines. `turn` makes of what is stored what is told. `codes` are the
    words for a CODE's values: JSON gives the value, a sheet the word.
    """

    name: str
    label: str
    shape: Shape
    about: str
    source: Any = None
    turn: Callable[[Any], Any] | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    def value(self, stored: Any) -> Any:
        """What is told of what is stored: text, number, bool, list, dict, date, datetime, None."""
        told = stored if self.turn is None or stored is None else self.turn(stored)
        return str(told) if self.shape is Shape.CODE and told is not None else told

    @property
    def teller(self) -> Callable[[Any], Any] | None:
        """What makes the told value of a stored one; None where they are the same."""
        turn = self.turn
        if self.shape is not Shape.CODE:
            return turn and (lambda stored: None if stored is None else turn(stored))
        if turn is None:
            return lambda stored: None if stored is None else str(stored)
        return self.value


Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of open data: its columns, where its rows come from, and their order.

    `source` joins all that the columns name, Station among it. `key` orders the rows: it is unique
    and does not change, so that a reader who goes on from a key gets no row twice and misses none.
    `day` is what days are chosen by; None for what has no day. `arrives` is when a row came, where
    rows are only added. `pieces` is a column whose list is spread over a line each.
    """

    name: str
    label: str
    about: str
    columns: tuple[Column, ...]
    source: sa.FromClause
    county: Any
    key: tuple[Any, ...]
    day: Any = None
    day_label: str = ""
    where: tuple[sa.ColumnElement[bool], ...] = ()
    arrives: Any = None
    pieces: Any = None
    _tellers: tuple[Callable[[Any], Any] | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Ask each column once, not at every row."""
        object.__setattr__(self, "_tellers", tuple(one.teller for one in self.columns))

    @property
    def stored(self) -> tuple[Any, ...]:
        """What is asked of the database for the columns, in their order."""
        return tuple(one.source for one in self.columns if one.source is not None)

    def lines(self, stored: Row, pieces: Sequence[Any] | None) -> Iterator[list[Any]]:
        """The lines of one record: one, or one for each of its pieces."""
        if pieces is None:
            yield [
                value if tell is None else tell(value)
                for tell, value in zip(self._tellers, stored, strict=True)
            ]
            return
        own = iter(stored)
        told = [
            None if column.source is None else column.value(next(own)) for column in self.columns
        ]
        for piece in pieces:
            yield [
                value if column.source is not None else column.value(piece)
                for column, value in zip(self.columns, told, strict=True)
            ]


def as_json(value: Any) -> Any:
    """A told value as JSON has it: days as ISO 8601, moments with Beijing's +08:00."""
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def cell_of(column: Column) -> Callable[[Any], str | int | float]:
    """What makes a column's cells of its told values, as a sheet has them.

    Words for codes, 是 and 否, "" for what is not known.
    """
    if column.shape is Shape.CODE:
        codes = column.codes
        return lambda value: "" if value is None else codes.get(value, str(value))
    if column.shape is Shape.TEXT:
        return lambda value: "" if value is None else value
    make = _CELLS.get(column.shape, str)
    return lambda value: "" if value is None else make(value)


_CELLS: Mapping[Shape, Callable[[Any], str | int | float]] = {
    Shape.YES_NO: lambda value: "是" if value else "否",
    Shape.DAY: lambda value: str(value.isoformat()),
    Shape.MOMENT: second_text,
    Shape.LIST: lambda value: "；".join(str(one) for one in value),
    Shape.BY_NAME: lambda value: "、".join(f"{name}{many}" for name, many in value.items()),
    Shape.INTEGER: int,
    Shape.NUMBER: float,
}
