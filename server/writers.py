"""Who writes to a SQLite file next: one after another, first come, first served.

SQLite lets one write at a time and has all others look again and again whether it is their turn;
who comes first is luck, and some wait for seconds. Here threads of a process stand in a line, and
the first of each process at two locked files beside the database: whoever holds `-next` is the next
to get `-writer`, so no process overtakes one that waits. A process that dies lets go of both.
"""

import fcntl
import os
import sqlite3
import threading
from collections import deque
from pathlib import Path
from typing import Any

PATIENCE_S = 15.0


class WaitedTooLong(sqlite3.OperationalError):
    """The line of writers did not move on."""


class Turns:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: object | None = None
        self._waiting: deque[tuple[object, threading.Lock]] = deque()

    def take(self, who: object, patience_s: float) -> bool:
        """Wait for one's turn; False when it does not come in time."""
        turn = threading.Lock()
        with self._guard:
            if self._holder is None:
                self._holder = who
                return True
            turn.acquire()
            self._waiting.append((who, turn))
        return turn.acquire(timeout=patience_s)

    def holds(self, who: object) -> bool:
        """Whether it is this one's turn."""
        return self._holder is who

    def leave(self, who: object) -> None:
        """Hand on what `who` holds, or leave the line; harmless for whoever is not in it."""
        with self._guard:
            if self._holder is not who:
                self._waiting = deque(one for one in self._waiting if one[0] is not who)
            elif self._waiting:
                self._holder, turn = self._waiting.popleft()
                turn.release()
            else:
                self._holder = None


class Writers:
    """Those who want to write to one file, in this process and in others."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._turns = Turns()
        self._next = self._open("next")
        self._writer = self._open("writer")

    def _open(self, what: str) -> int:
        return os.open(f"{self._path}-{what}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, who: object) -> None:
        """Wait until nobody else writes; raises WaitedTooLong after `PATIENCE_S` in the line."""
        try:
            in_time = self._turns.take(who, PATIENCE_S)
            if in_time:
                fcntl.flock(self._next, fcntl.LOCK_EX)
                fcntl.flock(self._writer, fcntl.LOCK_EX)
                fcntl.flock(self._next, fcntl.LOCK_UN)
        except BaseException:  # a job's alarm may ring while it waits
            self.leave(who)
            raise
        if not in_time:
            self.leave(who)
            raise WaitedTooLong("database is locked: its writers wait too long")

    def leave(self, who: object) -> None:
        """Let the next one write."""
        if self._turns.holds(who):
            fcntl.flock(self._next, fcntl.LOCK_UN)
            fcntl.flock(self._writer, fcntl.LOCK_UN)
        self._turns.leave(who)


_writers: dict[str, Writers] = {}
os.register_at_fork(after_in_child=_writers.clear)  # a child holds nothing of its parent's


def writers_to(path: str) -> Writers:
    """The writers to a file; one line for all connections of a process."""
    return _writers.get(path) or _writers.setdefault(path, Writers(path))


class QueuedConnection(sqlite3.Connection):
    """A connection to a file whose writing transactions wait for their turn."""

    def __init__(self, database: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(database, *args, **kwargs)
        self._file = "" if database == ":memory:" else str(Path(database).absolute())
        self._writes_to: Writers | None = None

    def wait_for_turn(self) -> None:
        """Wait until nobody else writes; call it before BEGIN IMMEDIATE."""
        if self._file:
            writers = writers_to(self._file)
            self._writes_to = writers
            writers.take(self)

    def commit(self) -> None:
        """Commit, and let the next one write."""
        try:
            super().commit()
        finally:
            self._let_go(still=self.in_transaction)

    def rollback(self) -> None:
        """Undo, and let the next one write."""
        try:
            super().rollback()
        finally:
            self._let_go(still=self.in_transaction)

    def close(self) -> None:
        """Close; whatever was begun is undone."""
        try:
            super().close()
        finally:
            self._let_go(still=False)

    def _let_go(self, *, still: bool) -> None:
        if self._writes_to is not None and not still:
            writers, self._writes_to = self._writes_to, None
            writers.leave(self)
