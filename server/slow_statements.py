"""Tells in the log which statements took long: their text, never their values."""

import math
import time
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

LONGEST = 2000
SLOW_MS = "slower_than_ms"
"""The engine's option for those who speak to its driver themselves (`server/prepared.py`)."""
log = structlog.get_logger()


def tell_slow_statements(engine: Engine, *, slower_than_ms: int) -> None:
    """Log every statement that takes as long or longer; 0 logs none.

    How long its rows are read afterwards does not count, nor waiting for one's turn to write.
    """
    if not slower_than_ms:
        return
    engine.update_execution_options(**{SLOW_MS: slower_than_ms})

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Connection, *_: Any) -> None:
        connection.info["statement_began"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        took_ms = (time.perf_counter() - connection.info["statement_began"]) * 1000
        if took_ms >= slower_than_ms:
            tell(statement, took_ms)


def slow_ms_of(engine: Engine) -> float:
    """From how many milliseconds on a statement of this engine is told; infinite: none is."""
    return float(engine.get_execution_options().get(SLOW_MS, math.inf))


def tell(statement: str, took_ms: float) -> None:
    """Write the line of one statement."""
    log.warning("slow statement", ms=round(took_ms), sql=statement[:LONGEST])
