"""Has foreign files opened in child processes, and remembers those that killed one.

A child that is killed takes one answer with it. Whose bytes did it (too much processor time, too
much memory, a crash) is refused from then on without a try; who only met a busy machine is not.
"""

import atexit
import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from signal import SIGXCPU
from typing import Any, Literal, NamedTuple, Protocol
from xml.parsers import expat

import PIL

from server.errors import Invalid
from server.media.processes.child import Answer, Child, ChildDied, ChildMissing

CHILDREN = 2
"""So many files are opened at once in one process of ours; most of the time one child is enough."""
MEMORY_MB = 1200
"""Address space of a child; the largest photos that are taken need 400, the largest tables 500."""
RESIDENT_MB = 250
"""A child that holds more than this after an answer is replaced."""
SPARE_S = 60.0
"""A second child that nobody has needed for so long is ended."""
QUEUE_S = 15.0
"""So long somebody waits for a child, then hears that the house is busy."""

What = Literal["photo", "table"]


class Deed(NamedTuple):
    """Something that is done with foreign bytes: its name, what they are, and its time.

    `cpu_s` is processor time; usual files need a hundredth of it.
    """

    name: str
    what: What
    cpu_s: float

    @property
    def limit_s(self) -> float:
        """Seconds by the clock, on a machine that has other work as well."""
        return 10 + 3 * self.cpu_s


class NotOpened(Invalid):
    """These bytes killed whoever opened them: now, or when they were tried before."""

    CODES: dict[What, str] = {"photo": "photo-set-aside", "table": "import-set-aside"}
    WORDS: dict[What, str] = {
        "photo": "这张照片打不开：打开它要用的时间或内存太多，没有收下；别的内容都还在。"
        "请用手机直接再拍一张，不要用软件改过、转过的图片。",
        "table": "这个表格打不开：打开它要用的时间或内存太多，没有读；系统里的内容都没有动。"
        "请新建一张表，只把文字和数字复制过去（选择性粘贴，只粘数值），存成 .xlsx 再上传。",
    }

    def __init__(self, what: What) -> None:
        super().__init__(self.CODES[what], self.WORDS[what])


class OpenersBusy(Exception):  # noqa: N818 - the house is in trouble, no file is at fault
    """No child could look at this file in time: the machine has too much to do, or no memory."""


class Memory(Protocol):
    """Where the SHA-256 of bytes that killed a child are remembered."""

    def knows(self, sha256: str) -> bool:
        """Whether these bytes killed a child of this very software."""
        ...

    def note(self, sha256: str, deed: str, why: str) -> None:
        """Remember that they did; `why` is slow, memory or crashed."""
        ...


class OwnMemory:
    """What this process has seen itself, until it ends."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def knows(self, sha256: str) -> bool:
        """Whether these bytes killed a child of this process."""
        return sha256 in self._seen

    def note(self, sha256: str, deed: str, why: str) -> None:  # noqa: ARG002
        """Remember that they did."""
        self._seen.add(sha256)


class Opener:
    """The children of this process that open foreign files, from any thread."""

    def __init__(
        self,
        *,
        children: int = CHILDREN,
        memory_mb: int = MEMORY_MB,
        memory: Callable[[], Memory] | None = None,
    ) -> None:
        own = OwnMemory()
        self.memory: Callable[[], Memory] = memory or (lambda: own)
        self._memory_mb = memory_mb
        self._free = threading.BoundedSemaphore(children)
        self._idle: list[tuple[float, Child]] = []
        self._lock = threading.Lock()

    @property
    def idle(self) -> list[Child]:
        """The children that wait for a file, the one asked last behind the others."""
        return [child for _, child in self._idle]

    def ask(self, deed: Deed, content: bytes, *, known_as: str = "", **how: Any) -> Answer:
        """What a child found in `content`, whose SHA-256 is `known_as` where that is not all of it.

        Raises NotOpened for bytes that kill, what `deed` raises as Invalid, and OpenersBusy.
        """
        sha256 = known_as or hashlib.sha256(content).hexdigest()
        if self.memory().knows(sha256):
            raise NotOpened(deed.what)
        with self._child() as child:
            why = ""
            try:
                head = {"deed": deed.name, "cpu_s": deed.cpu_s, "sha256": sha256, **how}
                said, body = child.ask(head, content, limit_s=deed.limit_s)
            except ChildDied as died:
                if died.from_outside:
                    raise OpenersBusy from died
                why = "slow" if died.signal == SIGXCPU else "crashed"
            except (TimeoutError, ChildMissing) as trouble:
                raise OpenersBusy from trouble
            else:
                if why := said.get("set_aside", ""):
                    child.end()
        if why:
            self.memory().note(sha256, deed.name, why)
            raise NotOpened(deed.what)
        if "invalid" in said:
            raise Invalid(said["invalid"], said["message"], **said["details"])
        if "bug" in said:
            raise RuntimeError(said["bug"])
        return said, body

    def close(self) -> None:
        """End the children that wait; the next file starts a new one."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, child in idle:
            child.end()

    @contextmanager
    def _child(self) -> Iterator[Child]:
        """A child for one answer: the one asked last, for that one is warm."""
        if not self._free.acquire(timeout=QUEUE_S):
            raise OpenersBusy
        with self._lock:
            child = self._idle.pop()[1] if self._idle else self._fresh()
        try:
            yield child
        finally:
            with self._lock:
                now = time.monotonic()
                spare = [one for since, one in self._idle if since < now - SPARE_S]
                self._idle = [pair for pair in self._idle if pair[1] not in spare]
                self._idle.append((now, child))
            for one in spare:
                one.end()
            self._free.release()

    def _fresh(self) -> Child:
        return Child(
            "server.media.apart.process", memory_mb=self._memory_mb, resident_mb=RESIDENT_MB
        )


@cache
def shared_opener() -> Opener:
    """The one opener of this process, whose children end with it."""
    opener, process = Opener(), os.getpid()

    def close() -> None:
        if os.getpid() == process:  # a copy of this process has not started them
            opener.close()

    atexit.register(close)
    return opener


@cache
def software() -> str:
    """What opens files here, as a hash: what killed one version may be tried with the next."""
    digest = hashlib.sha256(f"{PIL.__version__} {sys.version} {expat.EXPAT_VERSION}".encode())
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
