"""The reading process: photos come in on standard input, what stands in them goes out again.

Started by `reading.Reader` only. Its first answer, before any photo, says that the
models are loaded; it ends when its input ends.
"""

import time
from typing import Any

from server.media.processes.serving import Answering, Said, serve
from server.media.reading.reading import pack_lines


def _load() -> Answering:
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
