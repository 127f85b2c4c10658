"""One connection: what comes in over it, and what of the answers has not gone out yet."""

import ipaddress
import socket
import threading
from enum import Enum, auto
from typing import Any

from server.gate.arriving import Arriving, House

READ_BYTES = 64 * 1024
READS_AT_ONCE = 8  # then the others have their turn


class State(Enum):
    """What a connection is about."""

    READING = auto()  # a request is coming in, or may come
    SERVED = auto()  # it waits for a thread, or has one
    WRITING = auto()  # the rest of an answer goes out
    LINGERING = auto()  # all is said; the other side is heard out
    ENDED = auto()


class Outlet:
    """What gunicorn writes an answer to: a socket that never makes a thread wait.

    What the other side does not take at once is kept in `rest`, for the gate to send on: a reader
    that does not read holds some memory, and no thread.
    """

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._lock = threading.Lock()  # a thread writes, the gate sends on
        self.rest = bytearray()
        self.used = False
        self.broken = False

    def sendall(self, data: bytes) -> None:
        """Send what goes now, and keep the rest; raises OSError when the other side is gone."""
        with self._lock:
            if self.broken:
                raise BrokenPipeError
            self.used = True
            taken = 0 if self.rest else self._send(memoryview(data))
            self.rest += data[taken:]

    def send(self, data: bytes) -> int:
        """The same, as sockets have it."""
        self.sendall(data)
        return len(data)

    def send_on(self) -> bool:
        """Send what was kept; True when all of it has gone. Raises OSError."""
        with self._lock:
            del self.rest[: self._send(memoryview(bytes(self.rest[:READ_BYTES])))]
            return not self.rest

    def _send(self, data: memoryview) -> int:
        try:
            return self._raw.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.broken = True
            raise

    def shutdown(self, _how: int) -> None:
        """Gunicorn breaks an answer off: nothing more is written, and the gate ends the call."""
        self.broken = True
        raise OSError

    def close(self) -> None:
        """Nothing: the socket is the gate's."""


class Call:
    """A connection with the request that is coming in, in the names that gunicorn's worker uses."""

    def __init__(
        self, raw: socket.socket, client: Any, server: Any, *, cfg: Any, house: House
    ) -> None:
        self.raw = raw
        self.raw.setblocking(False)
        self.sock = Outlet(raw)
        self.client, self.server = client, server
        self.peer = peer_of(client)
        self.state = State.READING
        self.goes_on = False  # once the rest of an answer has gone out
        self.arriving: Arriving | None = None
        self.since_s = self.deadline_s = float("inf")
        """Since when its request is waited for or served; when a silent other side is given up."""
        self._cfg, self._house, self._number = cfg, house, 0

    @property
    def held_bytes(self) -> int:
        """What it occupies in memory, coming in or going out."""
        return (self.arriving.held_bytes if self.arriving else 0) + len(self.sock.rest)

    @property
    def spooled_bytes(self) -> int:
        """What it occupies on disk."""
        return self.arriving.spooled_bytes if self.arriving else 0

    @property
    def begun(self) -> bool:
        """Whether anything of the request has come."""
        return self.arriving is not None and self.arriving.begun

    @property
    def path(self) -> str:
        """Where its request goes; "" as long as that is not known."""
        request = self.arriving.request if self.arriving else None
        return str(request.path) if request else ""

    @property
    def method(self) -> str:
        """What its request is, "-" as long as that is not known."""
        request = self.arriving.request if self.arriving else None
        return str(request.method) if request else "-"

    def is_over(self, now_s: float) -> bool:
        """Whether a deadline has passed."""
        if self.state is State.SERVED:
            return False
        if self.state is State.READING and self.arriving is not None and self.arriving.begun:
            return self.arriving.is_late(now_s)
        return now_s > self.deadline_s

    def expect(self, now_s: float) -> None:
        """Be ready for the next request, with what came of it already; raises Refused."""
        before, self._number = self.arriving, self._number + 1
        self.state, self.since_s = State.READING, now_s
        self.arriving = Arriving(
            self._cfg, self.client, self._house, number=self._number, now_s=now_s
        )
        if before:
            before.close()
            self.arriving.feed(before.rest, now_s)

    def read(self, now_s: float) -> bool:
        """Take in what has come; False when the other side is gone. Raises Refused."""
        assert self.arriving is not None  # noqa: S101 - reading begins with `expect`
        for _ in range(READS_AT_ONCE):
            try:
                data = self.raw.recv(READ_BYTES)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            self.arriving.feed(data, now_s)
            if self.arriving.whole or len(data) < READ_BYTES:
                return True
        return True

    def forget(self) -> None:
        """Let go of the request."""
        if self.arriving is not None:
            self.arriving.close()
            self.arriving = None

    def read_away(self) -> bool:
        """Forget what still comes; False when the other side has closed."""
        try:
            return bool(self.raw.recv(READ_BYTES))
        except BlockingIOError:
            return True
        except OSError:
            return False


def peer_of(client: Any) -> str:
    """Whose connection it is: an address, of IPv6 the network, of which a caller owns a whole."""
    try:
        address = ipaddress.ip_address(client[0])
    except (ValueError, IndexError, TypeError):
        return "-"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
