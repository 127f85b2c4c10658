"""The child's end: limits itself, then answers on its standard output until its input ends."""

import json
import os
import resource
import select
import struct
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from server.errors import Invalid

Said = tuple[dict[str, Any], bytes]
Answering = Callable[[dict[str, Any], bytes], Said]

RESTING_S = 1.0
"""So long no question comes before there is time for what must not keep one waiting."""


def serve(load: Callable[[], Answering], at_rest: Callable[[], None] | None = None) -> None:
    """Answer until there is nothing more; `load` brings what that needs, within the limits.

    `at_rest` is called once after an answer, when no other question has come for `RESTING_S`.

    The first argument of the process is the address space in MB that it may claim. `cpu_s` in a
    question is the processor time that its answer may take; then the system ends this process.
    What is wrong with the bytes is said as `invalid`, too little memory as `set_aside`, and
    anything else as `bug`.
    """
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints may get between two answers
    memory = int(sys.argv[1]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for nothing in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(nothing, (0, 0))
    answering = load()
    _tell(answers, {"ready": True}, b"")
    while (asked := _next(questions)) is not None:
        head, content = asked
        _limit(head.pop("cpu_s", None))
        said, body = _answered(answering, head, content)
        del asked, content
        _tell(answers, said | {"resident_mb": _resident_mb()}, body)
        del said, body
        if at_rest is not None and not select.select([questions], [], [], RESTING_S)[0]:
            at_rest()


def _answered(answering: Answering, head: dict[str, Any], content: bytes) -> Said:
    try:
        return answering(head, content)
    except Invalid as problem:
        told = {"message": problem.message, "details": problem.details}
        return {"invalid": problem.code, **told}, b""
    except MemoryError:
        return {"set_aside": "memory"}, b""
    except Exception:  # noqa: BLE001 - the parent says what it means to whoever asked
        traceback.print_exc()
        return {"bug": traceback.format_exc()}, b""


def _limit(cpu_s: float | None) -> None:
    """Let the system end this process after so much more processor time."""
    if cpu_s is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime + cpu_s) + 1  # whole seconds are counted
        _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (most, hardest))


def _resident_mb() -> float:
    """Memory that this process holds now; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20


def _tell(answers: BinaryIO, said: dict[str, Any], body: bytes) -> None:
    answer = json.dumps(said, ensure_ascii=False).encode()
    answers.write(struct.pack(">II", len(answer), len(body)) + answer)
    answers.write(body)
    answers.flush()


def _next(questions: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    lengths = questions.read(8)
    if len(lengths) < 8:
        return None
    head, content = struct.unpack(">II", lengths)
    return json.loads(questions.read(head)), questions.read(content)
