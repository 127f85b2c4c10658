"""Counts what a piece of work asks of the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from server.http.database import db
from server.prepared import Straight


@contextmanager
def queries(session: Session) -> Iterator[list[str]]:
    """Every statement sent while the block runs, by a session or straight to the driver."""
    with _noted(session.get_bind()) as seen:
        yield seen


@contextmanager
def queries_of(app: Flask) -> Iterator[list[str]]:
    """Every statement that an application's requests send while the block runs."""
    with app.app_context():
        bind = db.engine
    with _noted(bind) as seen:
        yield seen


@contextmanager
def _noted(bind: Engine | Connection) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    def straight(self: Straight, statement: Any, *rest: Any, **how: Any) -> Any:
        seen.append(str(statement))
        return real(self, statement, *rest, **how)

    real = Straight.execute
    event.listen(bind, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Straight, "execute", straight)
            yield seen
    finally:
        event.remove(bind, "before_cursor_execute", note)


def plan_of(session: Session, work: Callable[[], object]) -> str:
    """How SQLite goes about the statements of a piece of work, and which indexes it uses."""
    asked: list[tuple[str, Any]] = []
    bind = session.get_bind()

    def note(_c: Any, _cur: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(bind, "before_cursor_execute", note)
    work()
    event.remove(bind, "before_cursor_execute", note)
    raw: Any = session.connection().connection.driver_connection
    return "\n".join(
        row[3]
        for statement, parameters in asked
        for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    )
