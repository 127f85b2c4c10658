"""What benchmarks share: the middle of some runs, and what some work asks of the database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

Asked = list[tuple[str, Any]]
"""SELECTs with their parameters, in the order in which they were asked."""


class Taken(NamedTuple):
    """Seconds by the clock, and of the processor (others run here too)."""

    clock: float
    processor: float


def middle(work: Callable[[], object], runs: int) -> Taken:
    """The middle of some runs of a work, each of its two figures by itself."""
    clock, processor = [], []
    for _ in range(runs):
        began, spent = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - spent)
    return Taken(sorted(clock)[runs // 2], sorted(processor)[runs // 2])


@contextmanager
def selects(engine: Engine) -> Iterator[Asked]:
    """The SELECTs that are asked inside."""
    asked: Asked = []

    def note(_c: Any, _cur: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def bare(session: Session, asked: Asked) -> Callable[[], None]:
    """The ceiling of some work on SQLite: the same SELECTs by the driver alone."""
    raw: Any = session.connection().connection.driver_connection

    def ask() -> None:
        for statement, parameters in asked:
            raw.execute(statement, parameters).fetchall()

    return ask
