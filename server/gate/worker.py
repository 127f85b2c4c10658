"""gunicorn's threads behind a gate: a thread is given to whole requests only, and to those in time.

gunicorn's own threads read from the sockets themselves: sixteen callers who say nothing, or a
letter now and then, keep everybody else out. Here one thread, which waits for nobody, reads all
sockets, holds them to deadlines, and sends answers on to whoever takes them slowly.
"""

import contextlib
import errno
import random
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import structlog
from gunicorn.workers.gthread import ThreadWorker

from server.gate.arriving import HEAD_S, House, Refused
from server.gate.calls import Call, State
from server.gate.lanes import WATCH, Lanes, lane_of
from server.gate.refusals import refusal
from server.http.metrics import begin_counting

MOST_CALLS = 400  # of one process: its files stay below the usual limit of 1,024
MOST_HELD_BYTES, MOST_SPOOLED_BYTES = 64 * 1024 * 1024, 1024 * 1024 * 1024
"""In memory and on disk, for all that is coming in or going out of one process."""
BIG_BYTES = 64 * 1024  # below it nobody looks what all hold together
WRITE_S = 60.0
"""How long nobody need take anything of an answer; with each piece taken it begins anew."""
LINGER_S = 2.0
"""How long the other side is heard out, so that the kernel does not throw our answer away."""
RETRY_S = (5, 30)
"""Who is sent away comes again after some of these seconds: not all at once."""
SWEEP_S = 0.25
NEW_S = 1.0
"""So long nobody is taken for silent."""

log = structlog.get_logger()


class GateWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """One web process. Everything but `handle` runs in its first thread."""

    def init_process(self) -> None:
        """Begin; does not return before the process ends."""
        self.lanes: Lanes[Call] = Lanes(self.cfg.threads)
        self.calls: set[Call] = set()
        self.turned_away: Counter[str] = Counter()
        self.swept_s = 0.0
        super().init_process()

    @classmethod
    def check_config(cls, cfg: Any, _log: Any) -> None:
        """Refuse what the gate does not speak: TLS and HTTP/2 are the reverse proxy's."""
        if cfg.is_ssl:
            raise ValueError("TLS is for the reverse proxy: docs/runbook.md")

    def load_wsgi(self) -> None:
        """Build the application, and hear from it what it takes."""
        super().load_wsgi()
        home = self.wsgi.extensions["settings"].home
        self.house = House(self.wsgi.most_body_of, home)
        self.counters = begin_counting(self.wsgi)

    def accept(self, listener: socket.socket) -> None:
        """Take in one who stands at the door, without waiting for a word.

        Not all who stand there: every process is woken, and the quickest would have them all, one
        processor's worth, while the others have none.
        """
        try:
            raw, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        door = listener.getsockname()
        call = Call(raw, client, door, cfg=self.cfg, house=self.house)
        self.nr_conns += 1
        self.calls.add(call)
        self._expect(call, silent_s=HEAD_S)
        if len(self.calls) > MOST_CALLS and not self._make_room(besides=call):
            self._turn_away(call)
            return
        self._read(call)  # its request is mostly there already

    def _turn_away(self, call: Call) -> None:
        """All who are here wait for threads already: say so to who comes, and hear them out.

        Whoever only asks how the house is gets in: that is when somebody wants to know.
        """
        with contextlib.suppress(Refused):
            call.read(time.monotonic())  # what has come is not thrown at the answer
            arriving = call.arriving
            if arriving is not None and arriving.whole and _lane(arriving.request) == WATCH:
                self._look(call)
                return
        self._refuse(call, 503)

    def _watch(self, call: Call, event: int, callback: Any) -> None:
        self.poller.register(call.raw, event, lambda _: callback(call))

    def _expect(self, call: Call, *, silent_s: float) -> None:
        """Wait for the next request of a connection, which may say nothing for so long."""
        now = time.monotonic()
        call.deadline_s = now + silent_s
        self._watch(call, selectors.EVENT_READ, self._read)
        try:
            call.expect(now)
        except Refused as refused:
            self._refuse(call, refused.status)
        else:
            self._look(call)

    def _read(self, call: Call) -> None:
        """Something has come: read it, and queue the request once it is whole."""
        if call.state is not State.READING:
            return  # its state has changed in this very round of events
        try:
            there = call.read(time.monotonic())
        except Refused as refused:
            self._refuse(call, refused.status)
            return
        if not there:
            self._end(call)
            return
        if call.held_bytes + call.spooled_bytes > BIG_BYTES:
            self._keep_small()
        if call.state is State.READING:
            self._look(call)

    def _look(self, call: Call) -> None:
        """Queue a request that is whole, and begin what may begin."""
        arriving = call.arriving
        if arriving is None or not arriving.whole:
            if arriving is not None and arriving.wants_go_ahead:
                arriving.go_ahead()
                with contextlib.suppress(OSError):  # the next look at the socket tells
                    call.raw.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        self.poller.unregister(call.raw)
        call.state = State.SERVED
        self.lanes.put(call, lane=_lane(arriving.request), now_s=time.monotonic())
        self._begin()

    def _begin(self) -> None:
        """Give threads to whoever may begin; send away who has waited too long."""
        for lane, call in self.lanes.sent_away(time.monotonic()):
            self.turned_away[lane] += 1
            self.counters.answered(call.method, "-", 503, 0.0)
            self._answer(call, 503)
        while found := self.lanes.next():
            lane, call = found
            call.since_s = time.monotonic()
            future = self.tpool.submit(self.handle, call)
            future.add_done_callback(
                lambda done, call=call, lane=lane: self.method_queue.defer(
                    self.finish_request, call, done, lane
                )
            )

    def handle(self, call: Call) -> bool:
        """Answer one whole request, in a thread of the pool; whether the connection goes on."""
        assert call.arriving is not None  # noqa: S101 - only whole requests come here
        try:
            return bool(self.handle_request(call.arriving.request, call))
        except OSError as error:
            log.info("caller gone", reason=error.strerror or type(error).__name__)
        except StopIteration:  # broken off in the middle of the answer, which gunicorn has logged
            pass
        except Exception as error:
            log.exception("bug", error=type(error).__name__)
            if not call.sock.used:
                call.sock.sendall(refusal(500, path=call.path))
        return False

    def finish_request(self, call: Call, done: "Future[bool]", lane: str) -> None:
        """An answer is written, or kept to be sent on: go on with the connection."""
        self.lanes.done(lane, time.monotonic() - call.since_s)
        goes_on = not done.cancelled() and done.exception() is None and done.result()
        if call.sock.broken:
            self._end(call)
        elif call.sock.rest:
            call.state, call.goes_on = State.WRITING, goes_on
            call.deadline_s = time.monotonic() + WRITE_S
            self._watch(call, selectors.EVENT_WRITE, self._send_on)
            self._keep_small()
        else:
            self._after(call, goes_on=goes_on)
        self._begin()

    def _send_on(self, call: Call) -> None:
        """The other side takes more of an answer."""
        if call.state is not State.WRITING:
            return
        try:
            all_gone = call.sock.send_on()
        except OSError:
            self._end(call)
            return
        call.deadline_s = time.monotonic() + WRITE_S
        if all_gone:
            self.poller.unregister(call.raw)
            self._after(call, goes_on=call.goes_on)

    def _after(self, call: Call, *, goes_on: bool) -> None:
        """The answer has gone out: expect the next request, or part."""
        if goes_on:
            self._expect(call, silent_s=self.cfg.keepalive if self.alive else 1.0)
        else:
            self._linger(call)

    def _refuse(self, call: Call, status: int) -> None:
        """Answer what has not become a request."""
        self.poller.unregister(call.raw)
        self._answer(call, status)

    def _answer(self, call: Call, status: int) -> None:
        """Answer without the application, and part."""
        again_s = random.randint(*RETRY_S) if status == 503 else None
        try:
            call.sock.sendall(refusal(status, path=call.path, retry_after_s=again_s))
        except OSError:
            self._end(call)
        else:
            self._linger(call)

    def _linger(self, call: Call) -> None:
        """Say that no more is coming, and hear the other side out for a moment."""
        try:
            call.raw.shutdown(socket.SHUT_WR)
        except OSError:
            self._end(call)
            return
        call.forget()
        call.state = State.LINGERING
        call.deadline_s = time.monotonic() + LINGER_S
        self._watch(call, selectors.EVENT_READ, self._hear_out)

    def _hear_out(self, call: Call) -> None:
        if call.state is State.LINGERING and not call.read_away():
            self._end(call)

    def _end(self, call: Call) -> None:
        """Close the connection, in whatever state it is."""
        call.state = State.ENDED
        self.calls.discard(call)
        with contextlib.suppress(KeyError, ValueError):  # it may not be watched
            self.poller.unregister(call.raw)
        call.forget()
        call.raw.close()
        self.nr_conns -= 1

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's
        """Hold everybody to the deadlines; gunicorn's loop calls it each round."""
        now = time.monotonic()
        if not force and now - self.swept_s < SWEEP_S:
            return
        self.swept_s = now
        self._begin()
        for call in [one for one in self.calls if force or one.is_over(now)]:
            self._give_up(call, 408)
        if self.turned_away:
            log.warning("too busy", turned_away=dict(self.turned_away))
            self.turned_away.clear()

    def _give_up(self, call: Call, status: int) -> None:
        """Say so to whoever has sent something; who never said a word waits for no answer."""
        there = call.state is State.READING
        if there and not call.begun:
            with contextlib.suppress(Refused):  # it may have come while others were looked at
                there = call.read(time.monotonic())
        if there and call.begun:
            self._refuse(call, status)
        else:
            self._end(call)

    def murder_pending(self) -> None:
        """Nothing: gunicorn's other list of connections stays empty here."""

    def _cap_keepalive(self, deadline: float) -> None:
        """The process stops: who says nothing goes soon."""
        for call in self.calls:
            call.deadline_s = min(call.deadline_s, deadline)

    def _keep_small(self) -> None:
        """Give up what is too much for the memory or the disk of this process."""
        if sum(call.held_bytes for call in self.calls) > MOST_HELD_BYTES:
            self._make_room(lambda call: call.held_bytes)
        if sum(call.spooled_bytes for call in self.calls) > MOST_SPOOLED_BYTES:
            self._make_room(lambda call: call.spooled_bytes)

    def _make_room(
        self, weight: Callable[[Call], int] = lambda _: 1, *, besides: Call | None = None
    ) -> bool:
        """Too many connections, or too much held: who holds most gives up the oldest.

        False when all `besides` one wait for a thread or have it: then there is nobody to give up.

        So a flood from one address, or one network of IPv6, ends its own connections before
        anybody else's. Behind a reverse proxy all have one address, and the oldest go.
        """
        held: Counter[str] = Counter()
        new_since = time.monotonic() - NEW_S
        weighty = [
            one
            for one in self.calls
            if one.state is not State.SERVED
            and one is not besides
            and weight(one)
            and (one.begun or one.since_s < new_since)  # its words may be on their way
        ]
        for call in weighty:
            held[call.peer] += weight(call)
        if held:
            heaviest, _ = held.most_common(1)[0]
            of_peer = [one for one in weighty if one.peer == heaviest]
            self._give_up(min(of_peer, key=lambda one: one.since_s), 503)
        return bool(held)


def _lane(request: Any) -> str:
    """In which lane a whole request waits."""
    kind = next((value for name, value in request.headers if name == "CONTENT-TYPE"), "")
    return lane_of(request.method, request.path, kind)
