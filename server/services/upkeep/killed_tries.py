"""Remembers in the database which bytes killed a child process, for all processes of the house."""

import threading
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from server.db import writing
from server.media.apart.opener import OwnMemory, software
from server.models.killed_try import KilledTry

log = structlog.get_logger()


class KilledTries:
    """The memory of an opener; where no database can be asked, it knows what it has seen itself.

    `engine` answers None where there is none at hand.
    """

    def __init__(self, engine: Callable[[], Engine | None], now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now
        self._own = OwnMemory()
        self.writing: threading.Thread | None = None

    def knows(self, sha256: str) -> bool:
        """Whether these bytes killed a child of this very software."""
        engine = self._engine()
        if engine is None:
            return self._own.knows(sha256)
        wanted = sa.select(KilledTry.why).where(
            KilledTry.sha256 == sha256, KilledTry.software == software()
        )
        with Session(engine) as session:
            return session.scalar(wanted) is not None or self._own.knows(sha256)

    def note(self, sha256: str, deed: str, why: str) -> None:
        """Remember that they did, and forget what killed another version.

        Written from a thread of its own: whoever asked may hold the write lock, and waits for us.
        """
        log.warning("a file killed its opener", sha256=sha256, deed=deed, why=why)
        self._own.note(sha256, deed, why)
        engine = self._engine()
        if engine is None:
            return
        row = KilledTry(sha256=sha256, software=software(), deed=deed, why=why, at=self._now())
        self.writing = threading.Thread(target=_write, args=(engine, row), name="killed-try")
        self.writing.start()


def _write(engine: Engine, row: KilledTry) -> None:
    try:
        with writing(engine) as session:
            session.execute(sa.delete(KilledTry).where(KilledTry.software != row.software))
            session.merge(row)
    except SQLAlchemyError:
        log.exception("a killed try could not be written down; this process remembers it")
