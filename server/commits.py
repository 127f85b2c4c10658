"""One commit for several threads: who waits for the write lock is written together with others.

A commit waits for the disk, and on SQLite nobody else writes meanwhile. So the first of a process
who asks stands in the line of writers (`server/writers.py`); by the time it is its turn others of
the process have come, and it does their work with its own in one transaction. Whoever breaks is
undone alone: then each piece of work stands in a savepoint. The commit waits for the disk under the
lock, so nobody reads, let alone is told of, what a power cut could take back. PostgreSQL does such
things itself, and there every piece of work has a transaction of its own.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.engine import Engine

from server.prepared import Straight
from server.slow_statements import slow_ms_of
from server.writers import WaitedTooLong

Result = TypeVar("Result")
MOST_TOGETHER = 16
LONGEST_S = 0.010
"""Nobody is taken in after this: others wait for the lock as well."""


@dataclass(eq=False)
class _Work(Generic[Result]):
    """What a thread wants to write, and what came of it."""

    do: Callable[[Straight], Result]
    result: Result | None = None
    error: BaseException | None = None
    leads: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)

    def outcome(self) -> Result:
        """What the work gave back; raises what it raised."""
        if self.error is not None:
            raise self.error
        return cast("Result", self.result)


class Commits:
    """Those who write to one database from this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._in_turns = engine.dialect.name == "sqlite"
        self._guard = threading.Lock()
        self._led = False
        self._waiting: deque[_Work[Any]] = deque()
        self._own: Any = None
        event.listen(engine, "engine_disposed", self._let_go)

    @contextmanager
    def reading(self) -> Iterator[Straight]:
        """A connection to look things up with, before anything is written."""
        held = self._engine.raw_connection()
        try:
            yield self._straight(held.driver_connection)
        finally:
            held.close()  # undoes what was begun: nothing but looking

    def write(self, do: Callable[[Straight], Result]) -> Result:
        """Do a piece of work and commit it, perhaps with others'; what it gave back.

        It stands on the disk when this returns. `do` may be called twice: it changes nothing but
        the database. Raises what `do` raises, then nothing of it is kept; OperationalError.
        """
        work = _Work(do)
        if not self._in_turns:
            self._alone(work)
            return work.outcome()
        with self._guard:
            work.leads, self._led = not self._led, True
            if not work.leads:
                work.turn.acquire()
                self._waiting.append(work)
        if not work.leads:
            work.turn.acquire()  # until its work is done, or it leads
        if work.leads:
            self._lead(work)
        return work.outcome()

    def _alone(self, work: _Work[Any]) -> None:
        held = self._engine.raw_connection()
        try:
            work.result = work.do(self._straight(held.driver_connection))
            held.commit()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            work.error = error
        finally:
            held.close()

    def _lead(self, work: _Work[Any]) -> None:
        """Stand in line, write what has come by then, and leave the lead to the next."""
        group = [work]
        try:
            raw = self._writer()
            raw.wait_for_turn()
            try:
                self._together(raw, group)
            finally:
                raw.rollback()  # what was not committed is undone, and the next one writes
        except WaitedTooLong as error:
            with self._guard:  # who came later would only wait as long again
                group += self._waiting
                self._waiting.clear()
            _fail(group, error)
        except BaseException as error:  # noqa: BLE001 - raised by everyone who waits for it
            self._let_go()
            _fail(group, error)
        finally:
            self._hand_on()
            for one in group[1:]:
                one.turn.release()

    def _hand_on(self) -> None:
        """Let the next one lead."""
        with self._guard:
            next_one = self._waiting.popleft() if self._waiting else None
            self._led = next_one is not None
        if next_one is not None:
            next_one.leads = True
            next_one.turn.release()

    def _writer(self) -> Any:
        """Whoever leads has this connection: taking one from the pool costs a look each time."""
        if self._own is None:
            self._own = self._engine.raw_connection()
            self._own.detach()  # no pool lends it to anybody
        return self._own.dbapi_connection

    def _let_go(self, _engine: Any = None) -> None:
        """Close it: what was begun is undone, and the next one writes."""
        held, self._own = self._own, None
        if held is not None:
            held.close()

    def _together(self, raw: Any, group: list[_Work[Any]]) -> None:
        """Write a group, of which the first is there and the others are taken in."""
        raw.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        try:
            self._do(group[0], raw)
            while len(group) < MOST_TOGETHER and time.monotonic() - began < LONGEST_S:
                with self._guard:
                    if not self._waiting:
                        break
                    group.append(self._waiting.popleft())
                self._do(group[-1], raw)
        except Exception as error:  # noqa: BLE001 - told to the one whose work it was
            raw.execute("ROLLBACK")
            if len(group) == 1:
                group[0].error = error
                return
            self._each(raw, group)
        raw.commit()

    def _each(self, raw: Any, group: list[_Work[Any]]) -> None:
        """Write them once more, each so that it can be undone alone."""
        raw.execute("BEGIN IMMEDIATE")
        for one in group:
            raw.execute("SAVEPOINT one")
            try:
                self._do(one, raw)
            except Exception as error:  # noqa: BLE001 - as above
                raw.execute("ROLLBACK TO one")
                one.error = error
            raw.execute("RELEASE one")

    def _do(self, work: _Work[Any], raw: Any) -> None:
        work.result = work.do(self._straight(raw))

    def _straight(self, raw: Any) -> Straight:
        return Straight(raw, self._engine.dialect, slow_ms_of(self._engine))


def _fail(group: list[_Work[Any]], error: BaseException) -> None:
    for one in group:
        one.error = error
