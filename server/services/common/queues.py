"""What waits for somebody, counted: how many, and since when, in one query a queue."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.db import UtcDateTime, plain_rows
from server.models.person import Person
from server.policy.standard.working_days import WorkingDays


class Asked(NamedTuple):
    """Who looks at the queues, and when; the county is the person's own.

    `calendar` are the days off of this installation's standards. Without any nobody knows whether
    the last day of a deadline moves, and what may still be in time is not called over.
    """

    seen_by: Person
    now: datetime
    calendar: WorkingDays = WorkingDays()

    @property
    def county(self) -> str:
        """The county's six-digit code."""
        return self.seen_by.county

    @property
    def on(self) -> date:
        """The Beijing day."""
        return beijing_day(self.now)


class QueueLine(NamedTuple):
    """How many wait, and the Beijing day since which the first of them does (None: unknown)."""

    number: int
    oldest: date | None = None


NOTHING = QueueLine(0)


Values = tuple[Any, ...]
Statement = sa.Select[*Values]


_COUNTING: Any = object()
"""What stands in for a session while a statement is built: it answers nothing."""


class Line(Protocol):
    """How a queue is counted; `__wrapped__` builds its statement anew each time."""

    def __call__(self, session: Session, asked: Asked) -> QueueLine:
        """Count what waits for whoever asks."""
        ...


_OF_THE_PERSON: Mapping[str, sa.types.TypeEngine[Any]] = {
    "id": sa.Integer(),
    "county": sa.String(),
    "township_code": sa.String(),
    "operator_id": sa.Integer(),
    "organisation_id": sa.Integer(),
}


class Rows(Protocol):
    """Asks a statement that was built before; `more` are further values that it names."""

    def __call__(self, session: Session, asked: Asked, **more: Any) -> sa.CursorResult[*Values]:
        """The rows for whoever asks."""
        ...


def built_once(build: Callable[[Asked], Statement]) -> Rows:
    """Build a statement once for each kind of person, for every page asks it.

    Building thirty of them took longer than a page itself. `build` is called with names in place of
    the person's own values (of `seen_by` the role is real, and whether a value is there at all), of
    the day and of the moment: it may compare these with columns, and do nothing else with them.
    """
    built: dict[Any, Statement] = {}

    def ask(session: Session, asked: Asked, **more: Any) -> sa.CursorResult[*Values]:
        person = asked.seen_by
        values = {name: getattr(person, name) for name in _OF_THE_PERSON}
        kind = (person.role, *("there" if value else repr(value) for value in values.values()))
        if kind not in built:
            built[kind] = build(_anybody(person, values))
        named = {f"their_{name}": value for name, value in values.items()}
        more |= named | {"on": asked.on, "now": asked.now}
        return plain_rows(session, built[kind], more)

    return ask


def counted(queue: Line) -> Line:
    """Have the statement of a queue `built_once`; it does nothing but answer with `waiting(…)`."""
    rows = built_once(lambda asked: cast("Statement", queue(_COUNTING, asked)))

    @wraps(queue)
    def count(session: Session, asked: Asked) -> QueueLine:
        return _line(rows(session, asked).one())

    return count


class _Name(sa.BindParameter[Any]):
    """A name in place of a value that is there: scopes ask `if person.township_code`."""

    inherit_cache = True

    def __bool__(self) -> bool:
        return True


def _anybody(person: Person, values: Mapping[str, Any]) -> Any:
    names = {
        name: _Name(f"their_{name}", type_=kind) if values[name] else values[name]
        for name, kind in _OF_THE_PERSON.items()
    }
    return SimpleNamespace(
        seen_by=SimpleNamespace(role=person.role, **names),
        county=names["county"],
        on=sa.bindparam("on", type_=sa.Date()),
        now=sa.bindparam("now", type_=UtcDateTime()),
    )


def waiting(
    session: Session, rows: sa.Select[Any], since: sa.ColumnElement[Any] | Any
) -> QueueLine:
    """Count what `rows` would select; `since` is the column of the day or moment of each."""
    statement = rows.with_only_columns(
        sa.func.count(), sa.func.min(since), maintain_column_froms=True
    ).order_by(None)
    if session is _COUNTING:
        return statement  # type: ignore[return-value] # to `counted`, and to nobody else
    return _line(session.execute(statement).one())


def _line(found: Any) -> QueueLine:
    number, first = found
    return QueueLine(number, beijing_day(first) if isinstance(first, datetime) else first)
