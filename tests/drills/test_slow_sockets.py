"""Sockets that say nothing, or a letter now and then, against a house that was really started."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from server.gate.arriving import HEAD_S
from tests import patience
from tests.drills.house import LONG, Installation, Web, status_of
from tests.drills.ledger import differences

pytestmark = pytest.mark.drill
EACH = 60
LASTS_S = HEAD_S + 4 if LONG else 4.0
HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
BODY = (
    b"POST /api/v1/sync HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 5000\r\n\r\n"
)
CHUNKS = BODY.replace(b"Content-Length: 5000", b"Transfer-Encoding: chunked") + b"1000\r\n"


@pytest.fixture
def web(tmp_path: Path, sqlite_template: Path) -> Iterator[Web]:
    installation = Installation(tmp_path / "home", template=sqlite_template)
    web = Web(installation)
    yield web
    web.stop()
    installation.engine.dispose()


class Slow(threading.Thread):
    """Sockets of each kind, which drip as long as the block lasts."""

    def __init__(self, address: tuple[str, int], stack: ExitStack) -> None:
        super().__init__()
        begun = [b""] * EACH + [HEAD] * EACH + [BODY, CHUNKS] * (EACH // 2)
        self.sockets = []
        for beginning in begun:
            made = stack.enter_context(socket.create_connection(address))
            made.sendall(beginning)
            made.setblocking(False)
            self.sockets.append(made)
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.5):
            for one in self.sockets[EACH:]:
                try:
                    one.sendall(b" ")
                except OSError:  # cut off, as it should be
                    continue

    def answers(self) -> list[bytes | None]:
        """What each has been told: None as long as it is only listened to."""
        said: list[bytes | None] = []
        for one in self.sockets:
            try:
                said.append(one.recv(65536))
            except BlockingIOError:
                said.append(None)
            except OSError:
                said.append(b"")
        return said


def test_silent_and_dripping_sockets_keep_nobody_from_checking_in(web: Web) -> None:
    phone = web.installation.phone(0, web.address)
    took_s: list[float] = []
    with ExitStack() as stack:
        slow = Slow(web.address, stack)
        slow.start()
        began = time.monotonic()
        while time.monotonic() - began < LASTS_S:
            phone.check_in(20_000)
            at = time.monotonic()
            assert status_of(web.address, "/healthz") == 200
            took_s.append(time.monotonic() - at)
            assert phone.sync() == "done"
        answers = slow.answers()
        slow.enough.set()
        slow.join()

    assert len(took_s) >= 5
    assert max(took_s) <= patience.seconds(1.0)
    assert not phone.held()
    assert differences(web.installation.engine, web.installation.blobs, [phone.kept]) == []
    assert answers[2 * EACH :] == [None] * EACH, "a slow line may take a minute for a body"
    if LONG:
        assert answers[:EACH] == [b""] * EACH, "who says nothing is shown out"
        assert all((one or b"").startswith(b"HTTP/1.1 408") for one in answers[EACH : 2 * EACH])
    else:
        assert answers[: 2 * EACH] == [None] * 2 * EACH


def test_a_bad_chunk_size_is_refused_and_undoes_nothing_else(web: Web) -> None:
    phone = web.installation.phone(0, web.address)
    phone.check_in(20_000, 3_000_000)  # the second one comes in by way of the disk

    with socket.create_connection(web.address, timeout=20) as bad:
        bad.sendall(CHUNKS.replace(b"1000\r\n", b"fffz\r\n"))
        answer = bad.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"bad-request" in answer
    assert phone.sync() == "done"
