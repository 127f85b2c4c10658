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
_LARGE = 2**23
"""Bytes of a block that goes back to the system as soon as it is free. From 2 MB on, the system
brings what a look needs anew for each: a twentieth of its time, for 3 MB less at the peak."""


def _give_large_blocks_back() -> None:
    """Keep the C library from holding on to what the largest layers of a network needed.

    It learns to keep ever larger blocks, which lie between others: 340 to 350 MB at the peak
    instead of 335.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # another C library may have none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


class _Reading:
    """The reader of this process, once it is loaded."""

    def load(self) -> Answering:
        _give_large_blocks_back()
        from server.media.reading.looks import PictureReader

        self._reader = PictureReader()
        return self._read

    def rest(self) -> None:
        self._reader.give_back()

    def _read(self, asked: dict[str, Any], content: bytes) -> Said:
        began = time.perf_counter()
        seen = self._reader.read(content, asked["subject"])
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


if __name__ == "__main__":
    reading = _Reading()
    serve(reading.load, reading.rest)
