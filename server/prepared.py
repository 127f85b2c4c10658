"""Statements made into text once, and spoken to the driver itself, past the session.

What phones hand in asks for few statements, always the same ones. By SQLAlchemy's session each
costs more than it costs the database: bookkeeping, a look for what was compiled, results of many
kinds. `Straight` says them without. It knows those that were named with `prepared`, and nothing
else: whoever asks more of it hears `NeedsSession`, and does the whole again with a session.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from time import perf_counter
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from server.slow_statements import tell

Statement = TypeVar("Statement", bound=sa.Executable)
Change = Callable[[Any], Any]
"""Turns a value into the driver's, or back."""
Shape = tuple[tuple[str, int], ...]
"""What a text depends on besides its statement: the columns of an insert, how long each list is."""


class NeedsSession(Exception):  # noqa: N818 - no fault, but another way
    """This needs what only a session can do; nothing of it may be kept."""


class Rows(list[Any]):
    """What was found, in the words of SQLAlchemy's results."""

    def one_or_none(self) -> Any:
        """The one row, None where there is none."""
        if len(self) > 1:
            raise sa.exc.MultipleResultsFound
        return self[0] if self else None

    def scalar_one_or_none(self) -> Any:
        """The first value of the one row, None where there is none."""
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalars(self) -> list[Any]:
        """The first column."""
        return [row[0] for row in self]


@dataclass(slots=True)
class _Words:
    """A statement as the driver takes it; `names` is None where it takes values by their order.

    `keys` are what of what is asked stands at each place, `lists` at which places stands which one
    of a list, `fixed` what stands in the statement itself, `inward` what has to be changed first,
    `outward` what of a row, as soon as there has been one.
    """

    text: str
    names: tuple[str, ...] | None
    keys: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    lists: tuple[tuple[int, int], ...]
    fixed: tuple[tuple[int, Any], ...]
    inward: tuple[tuple[int, Change], ...]
    kinds: Sequence[Any]
    outward: Sequence[tuple[int, Change]] | None = None

    def values(self, asked: Mapping[str, Any]) -> Any:
        """The driver's values for what is asked."""
        found = list(self.keys(asked))
        for place, at in self.lists:
            found[place] = found[place][at]
        for place, value in self.fixed:
            found[place] = value
        for place, change in self.inward:  # None as well: JSON has a null of its own
            found[place] = change(found[place])
        return found if self.names is None else dict(zip(self.names, found, strict=True))

    def rows(self, cursor: Any, dialect: Dialect) -> Rows:
        """The driver's rows in types."""
        if self.outward is None:
            self.outward = [
                (place, change)
                for place, (kind, told) in enumerate(
                    zip(self.kinds, cursor.description, strict=True)
                )
                if (change := _outward(kind, dialect, told[1])) is not None
            ]
        found = cursor.fetchall()
        if not self.outward:
            return Rows(found)
        rows = Rows()
        for row in found:
            one = list(row)
            for place, change in self.outward:
                one[place] = change(one[place])
            rows.append(one)
        return rows


@dataclass(frozen=True, slots=True)
class _Stand:
    """Stands for a value while a statement becomes text."""

    key: str
    at: int | None


_prepared: dict[Any, dict[tuple[str, Shape], _Words]] = {}


def prepared(statement: Statement) -> Statement:
    """Have a statement of a module be known to `Straight`."""
    _prepared[statement] = {}
    return statement


class Straight:
    """The few words of a session that plain records need, said to a driver's connection.

    It begins and ends no transaction, and holds no objects: none waits to be written, or is stale.
    Statements that take `slow_ms` or longer are told in the log, as the engine's are.
    """

    autoflush = False
    identity_map: Mapping[Any, Any] = {}

    def __init__(self, raw: Any, dialect: Dialect, slow_ms: float = math.inf) -> None:
        self._raw = raw
        self._slow_ms = slow_ms
        self.dialect = dialect
        self.info: dict[Any, Any] = {}

    def as_session(self) -> Session:
        """Itself, for verbs that ask for a session and need these words of it alone."""
        return cast("Session", self)

    def connection(self) -> "Straight":
        """Itself: there is nothing between it and the driver."""
        return self

    get_bind = connection

    def execute(
        self,
        statement: Any,
        asked: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
        **_options: Any,
    ) -> Rows:
        """Say a prepared statement, an insert also of many rows; raises NeedsSession for others."""
        rows = [asked] if isinstance(asked, Mapping) else asked
        words = _words(statement, rows[0] if rows else {}, self.dialect)
        cursor = self._raw.cursor()
        if len(rows) > 1:
            values: Any = [words.values(one) for one in rows]
            say = cursor.executemany
        else:
            values = words.values(rows[0] if rows else {})
            say = cursor.execute
        began = perf_counter()
        say(words.text, values)
        took_ms = (perf_counter() - began) * 1000
        if took_ms >= self._slow_ms:
            tell(words.text, took_ms)
        if len(rows) > 1 or cursor.description is None:
            return Rows()
        return words.rows(cursor, self.dialect)

    def __getattr__(self, name: str) -> Any:
        raise NeedsSession(name)


def _words(statement: Any, asked: Mapping[str, Any], dialect: Dialect) -> _Words:
    known = _prepared.get(statement)
    if known is None:
        raise NeedsSession(str(statement)[:80])
    if isinstance(statement, Insert):
        shape = tuple((name, 0) for name in asked)
    else:
        shape = tuple((key, len(one)) for key, one in asked.items() if isinstance(one, list))
    words = known.get((dialect.name, shape))
    if words is None:
        words = known[dialect.name, shape] = _made(statement, asked, dialect)
    return words


def _made(statement: Any, asked: Mapping[str, Any], dialect: Dialect) -> _Words:
    """The text of a statement, and where its values come from."""
    columns = list(asked) if isinstance(statement, Insert) else None
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
    stands = {
        key: [_Stand(key, at) for at in range(len(one))]
        if isinstance(one, list)
        else _Stand(key, None)
        for key, one in asked.items()
    }
    for column in compiled.insert_prefetch:
        if not column.default.is_scalar:
            raise NeedsSession(str(statement)[:80])
        stands[column.key] = column.default.arg
    state = compiled.construct_expanded_state(stands)
    types = {bind.key: bind.type for bind in compiled.binds.values()}
    own = {name: bind.type for name, bind in compiled.binds.items()}
    order = state.positiontup if compiled.positional else list(state.parameters)
    keys: list[str] = []
    lists, fixed, inward = [], [], []
    for place, name in enumerate(order):
        value = state.parameters[name]
        if isinstance(value, _Stand):
            keys.append(value.key)
            if value.at is not None:
                lists.append((place, value.at))
            change = _inward(types[value.key], dialect)
            if change is not None:
                inward.append((place, change))
        else:
            keys.append(next(iter(asked)))  # whatever: `fixed` stands there
            change = _inward(own[_unnumbered(name, own)], dialect)
            fixed.append((place, value if change is None else change(value)))
    return _Words(
        state.statement,
        None if compiled.positional else tuple(order),
        itemgetter(*keys) if len(keys) > 1 else lambda asked: tuple(asked[key] for key in keys),
        tuple(lists),
        tuple(fixed),
        tuple(inward),
        _columns(statement),
    )


def _unnumbered(name: str, own: Mapping[str, Any]) -> str:
    """The list of which a value is one: `state_1_2` is the second of `state_1`."""
    return name if name in own else name.rpartition("_")[0]


def _columns(statement: Any) -> list[Any]:
    """The types of what a statement gives back."""
    if isinstance(statement, sa.Select):
        return [column.type for column in statement.selected_columns]
    return [one["type"] for one in statement.returning_column_descriptions]


def _inward(kind: Any, dialect: Dialect) -> Change | None:
    change: Change | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return change


def _outward(kind: Any, dialect: Dialect, told: Any) -> Change | None:
    change: Change | None = kind.dialect_impl(dialect).result_processor(dialect, told)
    return change
