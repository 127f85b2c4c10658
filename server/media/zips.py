"""A ZIP that is sent while it is made, with a list of its files and their hashes at the end."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple

PIECE = 64 * 1024
MANIFEST = "清单.csv"
LONGEST_PART = 80


class Entry(NamedTuple):
    """A file to be packed: its path within the ZIP, how its bytes are opened, and what it is."""

    path: str
    open: Callable[[], BinaryIO]
    about: str


class _Pipe(io.RawIOBase):
    """What the ZIP has written and nobody has fetched yet."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held.append(piece)
        return len(piece)

    def fetched(self) -> bytes:
        held, self._held = b"".join(self._held), []
        return held


def safe_name(text: str) -> str:
    """A text as one part of a path that every system takes: no signs of paths, not too long."""
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', " ", text)
    return re.sub(r"\s+", " ", plain).strip(" .")[:LONGEST_PART].rstrip(" .") or "文件"


def zip_stream(entries: Iterable[Entry], *, at: datetime) -> Iterator[bytes]:
    """The bytes of a ZIP of these files and of 清单.csv (path, bytes, SHA-256, what it is).

    Photos and PDF are stored as they are; no more than a piece of one file is in memory.
    """
    pipe, told = _Pipe(), [("文件", "字节数", "SHA-256", "说明")]
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as packed:
        for entry in entries:
            digest, size = hashlib.sha256(), 0
            with entry.open() as source, packed.open(_info(entry.path, at), "w") as target:
                while piece := source.read(PIECE):
                    digest.update(piece)
                    size += len(piece)
                    target.write(piece)
                    yield pipe.fetched()
            told.append((entry.path, str(size), digest.hexdigest(), entry.about))
            yield pipe.fetched()
        text = io.StringIO()
        csv.writer(text).writerows(told)
        packed.writestr(_info(MANIFEST, at), text.getvalue().encode("utf-8-sig"))
    yield pipe.fetched()


def _info(path: str, at: datetime) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(path, at.timetuple()[:6])
    made.external_attr = 0o644 << 16
    return made
