"""The reading process: photos come in on standard input, what stands in them goes out again.

Started by `reading.Reader` only. Its first answer, before any photo, says that the
models are loaded; it ends when its input ends.
"""

import json
import os
import resource
import struct
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from server.errors import Invalid
from server.media.reading.reading import Subject, pack_lines


def main() -> None:
    """Answer photos until there are no more."""
    photos = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints may get between two answers
    memory = int(sys.argv[1]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from server.media.reading.looks import PictureReader

    reader = PictureReader()
    _tell(answers, {"ready": True})
    while (asked := _next(photos)) is not None:
        head, content = asked
        _tell(answers, _answer(reader, content, head["subject"]) | {"resident_mb": _resident_mb()})


def _tell(answers: BinaryIO, found: dict[str, Any]) -> None:
    answer = json.dumps(found).encode()
    answers.write(struct.pack(">I", len(answer)) + answer)
    answers.flush()


def _answer(reader: Any, content: bytes, subject: Subject) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        seen = reader.read(content, subject)
    except Invalid as problem:
        return {
            "invalid": problem.code,
            "message": problem.message,
            "details": problem.details,
        }
    except MemoryError:
        return {"set_aside": "memory", "message": "识读这张照片要用的内存太多，已放下。"}
    return {
        "width": seen.width,
        "height": seen.height,
        "lines": pack_lines(seen.lines),
        "number": seen.number,
        "looks": seen.looks,
        "model_s": seen.model_s,
        "took_s": time.perf_counter() - began,
    }


def _resident_mb() -> float:
    """Memory that this process holds now; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20


def _next(photos: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    lengths = photos.read(8)
    if len(lengths) < 8:
        return None
    head, content = struct.unpack(">II", lengths)
    return json.loads(photos.read(head)), photos.read(content)


if __name__ == "__main__":
    main()
