"""A stretch of bad net: passes connections on, and cuts them where it is told to."""

import socket
import struct
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

HEAD_END = b"\r\n\r\n"
ABRUPTLY = struct.pack("ii", 1, 0)  # SO_LINGER: the peer gets a reset instead of an end


@dataclass(frozen=True)
class Cut:
    """Where one connection breaks: so many bytes after the start, or before the end, of one way.

    `way` is "up" for the phone's request, "down" for the answer. A place beyond the end counts as
    the end: everything arrived, and nobody learns of it. `share` is used when `byte` is None.
    """

    way: Literal["up", "down"]
    byte: int | None = None
    share: float = 0.0
    abruptly: bool = False

    def after(self, length: int) -> int:
        """How many of `length` bytes still pass."""
        if self.byte is None:
            return min(length, int(self.share * (length + 1)))
        return min(length, self.byte) if self.byte >= 0 else max(0, length + self.byte)


@dataclass(frozen=True)
class Passed:
    """One request as the proxy saw it: how much of it went up, and whether it was cut."""

    method: str
    sent_bytes: int
    cut: bool


@dataclass
class CuttingProxy:
    """Listens on a port of its own and passes each connection on to `target`, one request each.

    `plan` gives, request by request, where to cut; a request without a cut goes through whole.
    """

    target: tuple[str, int]
    plan: deque[Cut | None] = field(default_factory=deque)
    cuts: int = 0
    passed: list[Passed] = field(default_factory=list)
    _closed: bool = False

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._door.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        socket.create_connection(self.address).close()  # wakes accept
        self._thread.join(10)
        self._door.close()

    def will_cut(self, cuts: Iterable[Cut | None]) -> None:
        """Cut the next requests like this, in this order; None lets one pass."""
        self.plan = deque(cuts)

    def _serve(self) -> None:
        while True:
            phone, _ = self._door.accept()
            if self._closed:
                phone.close()
                return
            self._pass_on(phone)  # a phone sends one request at a time

    def _pass_on(self, phone: socket.socket) -> None:
        phone.settimeout(30)
        with phone, socket.create_connection(self.target, timeout=30) as server:
            try:
                self._one_request(phone, server)
            except OSError:
                return  # a side went away by itself

    def _one_request(self, phone: socket.socket, server: socket.socket) -> None:
        begun = b""
        while HEAD_END not in begun:
            piece = phone.recv(65536)
            if not piece:
                return
            begun += piece
        head = begun.index(HEAD_END) + len(HEAD_END)
        whole = head + _content_length(begun[:head])
        cut = self.plan.popleft() if self.plan else None
        allowed = cut.after(whole) if cut and cut.way == "up" else whole
        passed = 0
        piece = begun
        while True:
            server.sendall(piece[: allowed - passed])
            passed = min(allowed, passed + len(piece))
            if passed == allowed:
                break
            piece = phone.recv(65536)
            if not piece:
                return
        method = begun.split(b" ", 1)[0].decode()
        self.passed.append(Passed(method, passed, cut=cut is not None))
        if cut and cut.way == "up":
            self._break(phone, server, abruptly=cut.abruptly)
            return
        answer = b""
        while piece := server.recv(65536):
            answer += piece
        if cut:
            phone.sendall(answer[: min(len(answer) - 1, cut.after(len(answer)))])
            self._break(phone, server, abruptly=cut.abruptly)
        else:
            phone.sendall(answer)

    def _break(self, *sides: socket.socket, abruptly: bool) -> None:
        self.cuts += 1
        for side in sides:
            if abruptly:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
            side.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
