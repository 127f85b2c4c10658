"""The reading process: photos come in on standard input, what stands in them goes out again.

Started by `reading.Reader` only. Its first answer, before any photo, says that the
models are loaded; it ends when its input ends.
"""

import ctypes
import time
from typing import Any

from server.media.processes.serving import Answering, Said, serve
from server.media.reading.reading import pack_lines

_M_MMAP_THRESHOLD = -3
_LARGE = 2**21
"""Bytes of a block that goes back to the system as soon as it is free: one large page."""


def _give_large_blocks_back() -> None:
    """Keep the C library from holding on to what the largest layers of a network needed.

    It learns to keep ever larger blocks, which lie between others: 400 MB at the peak instead of
    290, and 320 between photos instead of 150.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # another C library may have none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


def _load() -> Answering:
    _give_large_blocks_back()
    from server.media.reading.looks import PictureReader

    reader = PictureReader()

    def read(asked: dict[str, Any], content: bytes) -> Said:
        began = time.perf_counter()
        seen = reader.read(content, asked["subject"])
        said = {
            "width": seen.width,
            "height": seen.height,
            "lines": pack_lines(seen.lines),
            "number": seen.number,
            "looks": seen.looks,
            "model_s": seen.model_s,
            "took_s": time.perf_counter() - began,
        }
        return said, b""

    return read


if __name__ == "__main__":
    serve(_load)
