"""The parent's end of a child process: asks it, one thing at a time, and ends it when it is late.

A child is started when first asked and kept. Importing this module is cheap.
"""

import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from typing import IO, Any, cast

from server.settings import ROOT

START_LIMIT_S = 60.0
"""Seconds a child has for loading what it needs; 1 is usual, a busy disk needs more."""
RESIDENT_MB = 1200
"""A child that has grown to more than this is replaced before it is asked again."""
ASKED_AT_MOST = 2000
"""Then a fresh child starts, whatever small leaks there may be."""
DYING_S = 2.0
KEPT_SETTINGS = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "HOME", "PYTHONDONTWRITEBYTECODE")
"""What a child learns of our surroundings: no secret, and no way to the database."""

OF_THE_LIBRARIES = {
    # NumPy's algebra claims address space for each processor of a large machine.
    "OPENBLAS_NUM_THREADS": "1",
    # The layers of a network take and give back blocks of many MB; the system hands these over in
    # pages of 2 MB, not of 4 kB, which saves a sixth of their time. Other C libraries ignore this.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}

Answer = tuple[dict[str, Any], bytes]


class ChildMissing(Exception):  # noqa: N818 - the house is in trouble, nothing asked is at fault
    """The child does not start: something of the installation is missing, or there is no memory."""


class ChildDied(OSError):  # noqa: N818 - what it was asked did that, or somebody outside
    """The child ended over what it was asked; `signal` says by which signal, 0 by none."""

    def __init__(self, number: int) -> None:
        super().__init__(f"a child process ended by signal {number}")
        self.signal = number

    @property
    def from_outside(self) -> bool:
        """Whether somebody else ended it: the system short of memory, a person, a shutdown."""
        return self.signal in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Child:
    """One child process that runs `module`, which calls `serving.serve`; not safe between threads.

    `memory_mb` is the address space it may claim. More than `resident_mb` after an answer, and it
    is replaced before the next one.
    """

    def __init__(self, module: str, *, memory_mb: int, resident_mb: int = RESIDENT_MB) -> None:
        self.module, self.memory_mb, self.resident_mb = module, memory_mb, resident_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0

    @property
    def pid(self) -> int | None:
        """The process, None when there is none."""
        return self._process.pid if self._process is not None else None

    def ask(self, head: dict[str, Any], content: bytes, *, limit_s: float) -> Answer:
        """What it says, and the bytes that come with it.

        Raises TimeoutError when it says nothing for `limit_s` seconds, ChildDied when it ended
        meanwhile, ChildMissing when there is none to be had. The next question starts a fresh one.
        """
        process = self._running()
        until = time.monotonic() + limit_s
        try:
            spoken = json.dumps(head).encode()
            lengths = struct.pack(">II", len(spoken), len(content))
            for part in (lengths + spoken, content):
                _write(_fd(process.stdin), part, until)
            said, body = _receive(process, until)
        except TimeoutError:
            self.end()
            raise
        except OSError:
            raise ChildDied(self._how_it_died(process)) from None
        except BaseException:
            self.end()  # half an answer may be on the wire
            raise
        self._asked += 1
        if said.pop("resident_mb") > self.resident_mb or self._asked >= ASKED_AT_MOST:
            self.end()
        return said, body

    def end(self) -> None:
        """End the process; the next question starts a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        known = {name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", self.module, str(self.memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=str(ROOT),  # from here `server` can be imported, wherever the caller stands
            env={**OF_THE_LIBRARIES, **known},
            # A signal for the caller's group must not end an answer half-way.
            start_new_session=True,
        )
        self._asked = 0
        os.set_blocking(_fd(self._process.stdin), False)
        try:
            _receive(self._process, time.monotonic() + START_LIMIT_S)
        except OSError:  # TimeoutError is one
            self.end()
            raise ChildMissing from None
        except BaseException:
            self.end()
            raise
        return self._process

    def _how_it_died(self, process: subprocess.Popen[bytes]) -> int:
        """The signal that ended it: whoever closes the wire is about to be gone."""
        try:
            code = process.wait(DYING_S)
        except subprocess.TimeoutExpired:
            code = 0
        self.end()
        return max(0, -code)


def _fd(pipe: IO[bytes] | None) -> int:
    return cast("IO[bytes]", pipe).fileno()


def _receive(process: subprocess.Popen[bytes], until: float) -> Answer:
    """One answer; raises TimeoutError after `until`, OSError when the process is gone."""
    pipe = _fd(process.stdout)
    head, body = struct.unpack(">II", _exactly(pipe, 8, until))
    said: dict[str, Any] = json.loads(_exactly(pipe, head, until))
    return said, bytes(_exactly(pipe, body, until))


def _wait(pipe: int, event: int, until: float) -> None:
    poll = select.poll()  # `select` knows no file beyond the 1024th
    poll.register(pipe, event)
    if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
        raise TimeoutError


def _write(pipe: int, content: bytes, until: float) -> None:
    left = memoryview(content)
    while left:
        _wait(pipe, select.POLLOUT, until)
        try:
            left = left[os.write(pipe, left) :]
        except BlockingIOError:
            continue


def _exactly(pipe: int, count: int, until: float) -> bytearray:
    got = bytearray()
    while len(got) < count:
        _wait(pipe, select.POLLIN, until)
        piece = os.read(pipe, count - len(got))
        if not piece:
            raise BrokenPipeError
        got += piece
    return got
