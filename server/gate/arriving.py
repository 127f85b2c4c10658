"""One request on its way in: head, then body, held to deadlines, until it is whole."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import unquote

from gunicorn.http import errors
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from server.gate.chunks import BadChunk, Chunks

HEAD_S = 10.0
"""A head has to be whole so long after the first look at its socket: it is one or two packets."""
BODY_S, SLOWEST_BYTES_S, LONGEST_BODY_S = 60.0, 512, 600.0
"""A body has a minute, and from then on as long as it came at 512 bytes a second, ten minutes at
most: a photo of 200 KB over a poor line in the hills arrives, a socket that drips does not stay."""
MOST_HEAD_BYTES = 64 * 1024
MOST_READ_OUT_BYTES = 64 * 1024 * 1024
"""A body too large is read to its end and forgotten, so that its sender sees the answer; up to
this."""
IN_MEMORY_BYTES = 256 * 1024
"""A larger body goes to disk as it comes, and its address is asked how much it takes."""
STATUS: dict[type[Exception], int] = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    errors.UnsupportedTransferCoding: 501,
}


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """What came is no request; `status` answers it, and the connection ends."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class House(NamedTuple):
    """What the application says of itself.

    How large a body an address takes, by method and path, and a folder on disk for large ones.
    """

    most_body_of: Callable[[str, str], int]
    folder: Path


class Arriving:
    """A request of which some has come in; `whole` once all of it has.

    A body larger than its address takes is forgotten as it comes; the application then refuses it
    by its length. `number` counts the requests of one connection.
    """

    def __init__(self, cfg: Any, client: Any, house: House, *, number: int, now_s: float) -> None:
        self.request: Any = None
        self.whole = False
        self.rest = b""
        """What came after the whole request: the beginning of the next one."""
        self._cfg, self._client, self._number = cfg, client, number
        self._house = house
        self._most_bytes = IN_MEMORY_BYTES
        self._head = bytearray()
        self._body = bytearray()
        self._file: IO[bytes] | None = None  # the body, once it is too large for memory
        self._body_came = 0
        self._length: int | None = None
        self._chunks: Chunks | None = None
        self._began_s = now_s

    @property
    def held_bytes(self) -> int:
        """What it occupies in memory."""
        in_queue = self._body_came if self.whole and not self._file else 0
        return len(self._head) + len(self._body) + in_queue

    @property
    def spooled_bytes(self) -> int:
        """What it occupies on disk."""
        return self._body_came if self._file else 0

    @property
    def _is_too_large(self) -> bool:
        return max(self._body_came, self._length or 0) > self._most_bytes

    @property
    def begun(self) -> bool:
        """Whether anything has come at all."""
        return self.request is not None or bool(self._head)

    @property
    def wants_go_ahead(self) -> bool:
        """Whether the sender waits for "100 Continue" before its body (curl does)."""
        waits = self.request is not None and self.request._expected_100_continue  # noqa: SLF001
        return bool(waits and not self.whole)

    def go_ahead(self) -> None:
        """The sender has been told."""
        self.request._expected_100_continue = False  # noqa: SLF001 - or gunicorn tells it again

    def is_late(self, now_s: float) -> bool:
        """Whether it has taken longer than it may."""
        passed_s = now_s - self._began_s
        if self.request is None:
            return passed_s > HEAD_S
        earned_s = BODY_S + self._body_came / SLOWEST_BYTES_S
        return passed_s > min(earned_s, LONGEST_BODY_S)

    def feed(self, data: bytes, now_s: float) -> None:
        """Take in what came; raises Refused."""
        if self.request is None:
            if not self._head:
                self._began_s = now_s
            searched = max(0, len(self._head) - 3)
            self._head += data
            # One empty line before a request is passed over (RFC 9112, 2.2).
            end = self._head.find(b"\r\n\r\n", max(searched, 2))
            if end < 0:
                if len(self._head) > MOST_HEAD_BYTES:
                    raise Refused(431)
                return
            try:
                data = self._read_head()
            except Exception as error:  # whatever stumbles over it: this thread serves everybody
                raise Refused(STATUS.get(type(error), 400)) from error
            self._began_s = now_s
        if self._chunks is not None:
            try:
                self._keep(self._chunks.feed(data))
            except BadChunk as bad:
                raise Refused(400) from bad
            ended, self.rest = self._chunks.ended, self._chunks.rest
        else:
            left = (self._length or 0) - self._body_came
            self._keep(data[:left])
            self.rest = data[left:]
            ended = self._body_came == self._length
        if ended or (self._is_too_large and self._body_came > MOST_READ_OUT_BYTES):
            self._finish(ended=ended)

    def _read_head(self) -> bytes:
        """Read the head as gunicorn does; what came after it."""
        unreader = IterUnreader([bytes(self._head)])
        self.request = Request(self._cfg, unreader, self._client, self._number)
        self._head.clear()
        names = {name for name, _ in self.request.headers}
        if "TRANSFER-ENCODING" in names:
            self._chunks = Chunks()
        else:
            self._length = self.request.body.reader.length
        if self._chunks is not None or (self._length or 0) > IN_MEMORY_BYTES:
            path = unquote(self.request.path)
            self._most_bytes = self._house.most_body_of(self.request.method, path)
        return bytes(unreader.take_buffered())

    def _keep(self, piece: bytes) -> None:
        self._body_came += len(piece)
        if self._is_too_large:
            self._body.clear()
            self.close()
        elif self._file is None and self._body_came <= IN_MEMORY_BYTES:
            self._body += piece
        else:
            self._write(piece)

    def _write(self, piece: bytes) -> None:
        """Put it on disk: in a file without a name, which is gone when nobody holds it."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._house.folder)  # noqa: SIM115
                self._file.write(self._body)
                self._body.clear()
            self._file.write(piece)
        except OSError as error:  # the disk is full
            raise Refused(503) from error

    def close(self) -> None:
        """Let go of what lies on disk."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _finish(self, *, ended: bool) -> None:
        """Hand the body over as one that has a length, whatever pieces it came in."""
        self.whole = True
        self.go_ahead()
        if not ended:
            self.request.force_close()
        if self._chunks is not None:
            headers = [pair for pair in self.request.headers if pair[0] != "TRANSFER-ENCODING"]
            self.request.headers = [*headers, ("CONTENT-LENGTH", str(self._body_came))]
        if self._file is None:
            self.request.body = io.BytesIO(bytes(self._body))
        else:
            self._file.seek(0)
            self.request.body = self._file
        self._body.clear()
