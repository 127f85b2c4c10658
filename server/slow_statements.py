"""Tells in the log which statements took long: their text, never their values."""

import time
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

LONGEST = 2000
log = structlog.get_logger()


def tell_slow_statements(engine: Engine, *, slower_than_ms: int) -> None:
    """Log every statement that takes as long or longer; 0 logs none.

    How long its rows are read afterwards does not count, nor waiting for one's turn to write.
    """
    if not slower_than_ms:
        return

    @event.listens_for(engine, "before_cursor_execute")
    def begin(connection: Connection, *_: Any) -> None:
        connection.info["statement_began"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        took_ms = (time.perf_counter() - connection.info["statement_began"]) * 1000
        if took_ms >= slower_than_ms:
            log.warning("slow statement", ms=round(took_ms), sql=statement[:LONGEST])
