"""Which statements read whole tables: PostgreSQL's own plans of what some work asked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from server.db import Base

LARGE = (
    "phone_events", "check_ins", "parcel_counts", "photos", "history", "operator_totals",
    "station_snapshots", "snapshot_days", "chain_lines", "photo_prints", "inspections",
    "integrity_signals", "review_items", "statements", "consents", "keepings", "sign_ins",
)  # fmt: skip
"""Tables that grow with the days, or with stations and people: none is read from end to end."""


@dataclass
class Question:
    """A statement as it was asked: how often, how long in all, and with which parameters last."""

    statement: str
    parameters: Any
    times: int = 0
    took_s: float = 0.0


@contextmanager
def questions(engine: Engine) -> Iterator[dict[str, Question]]:
    """Every SELECT that is asked inside, by its text."""
    found: dict[str, Question] = {}
    began: list[float] = []

    def begin(*_: Any) -> None:
        began.append(perf_counter())

    def end(_c: Any, _cur: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        took_s = perf_counter() - began.pop()
        if statement.startswith(("SELECT", "WITH")):
            one = found.setdefault(statement, Question(statement, parameters))
            one.parameters, one.times, one.took_s = parameters, one.times + 1, one.took_s + took_s

    sa.event.listen(engine, "before_cursor_execute", begin)
    sa.event.listen(engine, "after_cursor_execute", end)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", begin)
        sa.event.remove(engine, "after_cursor_execute", end)


def plan_of(connection: Connection, one: Question, *, run: bool = False) -> list[str]:
    """PostgreSQL's plan, line by line; with `run` as it went."""
    how = "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF)" if run else "EXPLAIN (COSTS OFF)"
    asked = connection.exec_driver_sql(f"{how} {one.statement}", one.parameters)
    return [str(row[0]) for row in asked]


_SCAN = re.compile(
    r"(?P<how>Seq Scan|Index Scan(?: Backward)?|Index Only Scan(?: Backward)?|Bitmap Index Scan)"
    r"(?: using (?P<by>\w+))? on (?P<on>\w+)"
)


def whole_tables(plan: Iterable[str], *, by_index_too: bool = False) -> list[str]:
    """The large tables that a plan reads from end to end: as they lie, or all of an index.

    All of an index is read where no condition speaks of the column that it begins with. Of tables
    as small as a test's that says nothing: there any index will do.
    """
    read, scans = [], list(plan)
    begins = {index: (table, column) for table, index, column in _indexes()}
    for number, line in enumerate(scans):
        if (scan := _SCAN.search(line)) is None:
            continue
        index = scan["by"] or scan["on"]
        if scan["how"] == "Seq Scan":
            read.append(scan["on"])
        elif by_index_too and index in begins:
            table, column = begins[index]
            below = scans[number + 1 : number + 2]
            if not (below and "Index Cond:" in below[0] and re.search(rf"\b{column}\b", below[0])):
                read.append(table)
    return [name for name in read if name in LARGE]


@cache
def _indexes() -> tuple[tuple[str, str, str], ...]:
    """Each table's indexes and keys, with the column that each begins with."""
    found = []
    for table in Base.metadata.sorted_tables:
        keys = (
            one
            for one in table.constraints
            if isinstance(one, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
        )
        found += [
            (table.name, str(key.name), next(iter(key.columns)).name)
            for key in (*table.indexes, *keys)
        ]
    return tuple(found)


def read_whole(engine: Engine, asked: Mapping[str, Question]) -> list[tuple[str, str]]:
    """The large tables that statements read from end to end, as far as the planner can help it."""
    with engine.connect() as connection:
        # Small as it is, a test's table would be read whole even where there is an index.
        connection.exec_driver_sql("SET enable_seqscan = off")
        return [
            (table, one.statement)
            for one in asked.values()
            for table in whole_tables(plan_of(connection, one))
        ]
