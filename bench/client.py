"""A small client for benchmarks: so many callers at once, each on one connection, all prepared."""

import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
Request = bytes


class RefusedError(Exception):
    """A server answered something else than success."""


@dataclass(frozen=True)
class Load:
    """What some callers saw: seconds each waited, seconds it took in all, the servers' CPU."""

    waits_s: Sequence[float]
    took_s: float
    cpu_s: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.waits_s) / self.took_s

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the servers' processors a request."""
        return self.cpu_s * 1000 / len(self.waits_s)

    def wait_ms(self, share: float) -> float:
        """So many of a hundred waited no longer, in milliseconds."""
        every = sorted(self.waits_s)
        return every[min(len(every) - 1, int(len(every) * share / 100))] * 1000


def request(method: str, path: str, body: bytes = b"", **headers: str) -> Request:
    """One request as bytes; `X_SHA256="…"` becomes the header X-SHA256."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def call(
    address: tuple[str, int], method: str, path: str, body: Any = None, token: str = ""
) -> Any:
    """One answer's JSON, outside of what is measured. Raises RefusedError."""
    line = http.client.HTTPConnection(*address, timeout=60)
    try:
        line.request(
            method,
            path,
            None if body is None else json.dumps(body),
            {"Content-Type": "application/json", "Authorization": token},
        )
        answer = line.getresponse()
        got = answer.read()
    finally:
        line.close()
    if answer.status >= 300:
        raise RefusedError(f"{answer.status} {got[:300]!r}")
    return json.loads(got) if got.startswith((b"{", b"[")) else None


def run(address: tuple[str, int], work: Sequence[Sequence[Request]], tree: int) -> Load:
    """Send each caller's requests, all callers at once; `tree` is the process that serves them."""
    waits: list[list[float]] = [[] for _ in work]
    faults: list[Exception] = []
    gate = threading.Barrier(len(work) + 1)

    def caller(number: int) -> None:
        try:
            with socket.create_connection(address, timeout=60) as line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                gate.wait()
                for one in work[number]:
                    began = time.perf_counter()
                    _answer(line, one)
                    waits[number].append(time.perf_counter() - began)
        except Exception as error:  # noqa: BLE001 - told below
            faults.append(error)
            gate.abort()

    callers = [threading.Thread(target=caller, args=(number,)) for number in range(len(work))]
    for one in callers:
        one.start()
    gate.wait()
    spent, began = cpu_s(tree), time.perf_counter()
    for one in callers:
        one.join()
    took = time.perf_counter() - began
    if faults:
        raise faults[0]
    return Load([wait for some in waits for wait in some], took, cpu_s(tree) - spent)


def _answer(line: socket.socket, asked: Request) -> bytes:
    line.sendall(asked)
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(line)
    head, _, body = got.partition(b"\r\n\r\n")
    length = 0
    for one in head.split(b"\r\n")[1:]:
        name, _, value = one.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += _more(line)
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201", b"HTTP/1.1 204")):
        raise RefusedError(head[:60] + body[:300])
    return body


def _more(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        raise RefusedError("the line was cut")
    return got


def tree_of(process: int) -> list[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [process]
    for one in found:
        found += below.get(one, [])
    return found


def cpu_s(process: int) -> float:
    """Seconds of processor that a process and all below it have used."""
    ticks = 0
    for one in tree_of(process):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def pss_mb(process: int) -> float:
    """Megabytes of memory that a process and all below it hold, shared pages counted once."""
    kilobytes = 0
    for one in tree_of(process):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024
