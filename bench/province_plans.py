"""Keeps the plans of what a province's works asked longest, and says what reads a table whole."""

import os

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench.query_plans import Question, plan_of, whole_tables
from server.http import clock
from server.settings import ROOT

FILLED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 10000"
PLANS = ROOT / "docs" / "province-plans.md"


def keep_plans(engine: Engine, asked: dict[str, Question], *, stations: int, rows: int) -> None:
    """Write down the plans of the ten that took longest; say which read a large table whole."""
    hot = sorted(asked.values(), key=lambda one: one.took_s, reverse=True)[:10]
    parts = []
    with engine.connect() as connection:
        for number, one in enumerate(hot, 1):
            plan = plan_of(connection, one, run=True)
            text = " ".join(one.statement.split())
            text = text if len(text) < 1500 else f"{text[:700]} … {text[-700:]}"
            parts.append(
                f"## {number}. {one.times} times, {one.took_s:.2f} s\n\n"
                f"```sql\n{text}\n```\n\n```\n" + "\n".join(plan[:60]) + "\n```\n"
            )
        filled = set(connection.scalars(sa.text(FILLED)))  # an empty one is rightly read whole
        every = [
            (name, one)
            for one in asked.values()
            for name in whole_tables(plan_of(connection, one), by_index_too=True)
            if name in filled
        ]
        sizes = ", ".join(
            f"{name} {number:,.0f}"
            for name, number in connection.execute(
                sa.text(
                    "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' "
                    "AND reltuples > 100000 ORDER BY reltuples DESC"
                )
            )
        )
    print(f"  of {len(asked)} statements {len(every)} read a large table from end to end")
    for name, one in every:
        print(f"    {name}: {' '.join(one.statement.split())[:200]}")
    PLANS.write_text(
        "# The ten hottest questions of a province\n\n"
        f"`python -m bench province`, {clock.today().isoformat()}, PostgreSQL on "
        f"{os.cpu_count()} cores: {stations} stations, {rows} check-ins and counts of a year. "
        f"Rows: {sizes}. Of {len(asked)} statements {len(every)} read a large table from end to "
        f"end: {', '.join(sorted({name for name, _ in every})) or 'none'} (docs/scale.md). "
        "Plans as they went. `tests/test_scale.py` holds every question of these works "
        "to an index of its own.\n\n" + "\n".join(parts),
        encoding="utf-8",
    )
