"""Works off the jobs table: one job at a time, each within its time, until told to stop.

A handler comes in two steps. The first may be slow (decode a picture, ask another server) and holds
no lock; it returns the second, which only writes. That one runs in the same transaction as the
job's finish, so a job's effects and its being done are kept together or not at all.
"""

import faulthandler
import os
import secrets
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server import jobs
from server.calendar import BEIJING
from server.chores import HANDLERS, PERIODIC, Handler, Workshop
from server.db import writing
from server.errors import SealLost
from server.http import clock
from server.jobs import ClaimedJob, Periodic
from server.light_again import Lightness, own_mb
from server.media.apart.opener import OpenersBusy, shared_opener
from server.media.blobs import StoreFailed
from server.media.reading.reading import ReaderBroken
from server.steady_clock import SteadyClock

LEASE = timedelta(seconds=30)
PULSE_S = 10.0  # a third of the lease: two beats may fail before somebody else takes over
IDLE_S = 0.5
READER_KEPT_S = 60.0  # its models hold some 300 MB; loading them takes a second
TROUBLE_S = 2.0  # how long to leave a database alone that does not answer
STOP_GRACE_S = 5.0  # what a running job gets when the worker is told to stop

log = structlog.get_logger()


class OutOfTime(BaseException):
    """The job overran its limit; no `except Exception` in a handler may swallow this."""


class ToldToStop(BaseException):
    """The worker has to stop and the job's grace is over."""


class LostJob(Exception):  # noqa: N818 - nobody's error: another worker was faster
    """The job is in other hands by now, so what this try found is dropped."""


@dataclass
class Worker:
    """One process that claims and does jobs; `owner` tells its claims from everybody else's."""

    workshop: Workshop
    handlers: Mapping[str, Handler] = field(default_factory=lambda: HANDLERS)
    periodics: Sequence[Periodic] = PERIODIC
    owner: str = field(
        default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    )
    lease: timedelta = LEASE
    pulse_s: float = PULSE_S
    told: Callable[[str, str, float], None] = lambda _kind, _outcome, _seconds: None
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _current: ClaimedJob | None = field(default=None, init=False)
    _enqueued: dict[str, datetime] = field(default_factory=dict, init=False)
    _clock: SteadyClock = field(default_factory=SteadyClock, init=False)

    def run(self) -> bool:
        """Work until SIGTERM or SIGINT; no job and no database trouble ends this loop.

        True when it has rested a while and had better begin anew, lighter (`server.light_again`).
        """
        lightness = Lightness.at_start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        threading.Thread(target=self._pulse, name="pulse", daemon=True).start()
        idle_s = 0.0
        while not self._stopping.is_set():
            try:
                self.enqueue_what_came_round()
                busy = self.do_one()
            except ToldToStop:
                break
            except OperationalError as error:  # a traceback every two seconds would fill the disk
                log.error("database", error=str(error.orig)[:200])  # noqa: TRY400
                self._stopping.wait(TROUBLE_S)
                continue
            except Exception:
                log.exception("worker in trouble")
                self._stopping.wait(TROUBLE_S)
                continue
            idle_s = 0.0 if busy else idle_s + IDLE_S
            if not busy:
                self.let_rest(idle_s)
                if idle_s >= READER_KEPT_S and lightness.is_lost(own_mb(), time.monotonic()):
                    for number in (signal.SIGTERM, signal.SIGINT):
                        signal.signal(number, signal.SIG_DFL)  # else the next program misses it
                    break
                self._stopping.wait(IDLE_S)
        self.workshop.reader.close()
        shared_opener().close()
        return not self._stopping.is_set()

    def let_rest(self, idle_s: float) -> None:
        """Give the reading process's memory back when nothing was to be read for a while."""
        if idle_s >= READER_KEPT_S:
            self.workshop.reader.close()

    def do_one(self) -> bool:
        """Claim one job and do it; False when there was nothing to do."""
        now = clock.now()
        hold = self._clock.was_set_within(self.lease, now=now, steady_s=time.monotonic())
        with Session(self.workshop.engine) as session:
            if not jobs.anything_to_do(session, now=now, leases_hold=hold):
                return False
        with writing(self.workshop.engine) as session:
            job = jobs.claim(session, owner=self.owner, now=now, lease=self.lease, leases_hold=hold)
        if job is None:
            return False
        self._current = job
        try:
            self._do(job)
        finally:
            self._current = None
        return True

    def beat(self) -> None:
        """Write a sign of life, keep hold of the job, and mend what a clock set back has done."""
        with writing(self.workshop.engine) as session:
            now, job = clock.now(), self._current
            jobs.rein_in(session, now=now, lease=self.lease)
            jobs.beat(session, owner=self.owner, now=now)
            if job is not None:
                jobs.renew(session, job, now=now, lease=self.lease)

    def enqueue_what_came_round(self) -> None:
        """Put in periodic jobs; the table is asked only when a new moment has come."""
        now = clock.now().astimezone(BEIJING)
        latest = {periodic.kind: periodic.latest(now) for periodic in self.periodics}
        if latest != self._enqueued:
            with writing(self.workshop.engine) as session:
                jobs.enqueue_periodic(session, self.periodics, now=now)
            self._enqueued = latest

    def _do(self, job: ClaimedJob) -> None:
        """Run a job's two steps, and keep what came of it."""
        handler = self.handlers.get(job.kind)
        began_s, outcome = time.monotonic(), "done"
        try:
            if handler is None:
                raise LookupError(f"no handler for jobs of the kind {job.kind!r}")  # noqa: TRY301
            with self._within(handler.limit_s):
                args = {**job.args, jobs.ATTEMPT: job.attempts}
                record = handler.begin(self.workshop, args, clock.now())
                with writing(self.workshop.engine) as session:
                    record(session)
                    if not jobs.finish(session, job):
                        raise LostJob  # noqa: TRY301
        except LostJob:
            outcome = "lost"
            log.warning("job lost to another worker", job=job.id, kind=job.kind)
        except ToldToStop:
            outcome = "given_back"
            with writing(self.workshop.engine) as session:
                jobs.give_back(session, job, now=clock.now())
            raise
        except (StoreFailed, OperationalError, ReaderBroken, OpenersBusy, SealLost) as trouble:
            outcome = "put_off"
            # The house is in trouble, not the job: it comes again until the trouble is over.
            log.warning("job put off", job=job.id, kind=job.kind, error=str(trouble)[:200])
            with writing(self.workshop.engine) as session:
                jobs.put_off(session, job, now=clock.now(), error=str(trouble))
        except (Exception, OutOfTime) as error:
            outcome = "failed"
            log.exception("job failed", job=job.id, kind=job.kind, attempt=job.attempts)
            said = "".join(traceback.format_exception(error))
            with writing(self.workshop.engine) as session:
                jobs.fail(session, job, now=clock.now(), error=said)
        finally:
            self.told(job.kind, outcome, time.monotonic() - began_s)

    @contextmanager
    def _within(self, limit_s: float) -> Iterator[None]:
        """Let the block run for at most so many seconds.

        The alarm interrupts Python and waiting; code that hangs in C is ended with the whole
        process a little later, and the supervisor starts a new one.
        """
        usual = signal.signal(signal.SIGALRM, self._time_is_up)
        theirs = signal.setitimer(signal.ITIMER_REAL, limit_s)
        faulthandler.dump_traceback_later(limit_s + STOP_GRACE_S, exit=True)
        try:
            if self._stopping.is_set():
                raise ToldToStop
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            signal.setitimer(signal.ITIMER_REAL, *theirs)
            signal.signal(signal.SIGALRM, usual)

    def _time_is_up(self, _number: int, _frame: object) -> None:
        raise ToldToStop if self._stopping.is_set() else OutOfTime("the job took too long")

    def _told_to_stop(self, _number: int, _frame: object) -> None:
        """Take no further job; give the one at hand a few seconds."""
        self._stopping.set()
        if self._current is not None:
            signal.setitimer(signal.ITIMER_REAL, STOP_GRACE_S)
            faulthandler.dump_traceback_later(STOP_GRACE_S + 2, exit=True)

    def _pulse(self) -> None:
        """Say from a thread of its own that this worker lives, and keep hold of its job."""
        while True:
            try:
                self.beat()
            except OperationalError as error:
                log.error("no heartbeat", error=str(error.orig)[:200])  # noqa: TRY400
            except Exception:
                log.exception("no heartbeat")
            if self._stopping.wait(self.pulse_s):
                return
