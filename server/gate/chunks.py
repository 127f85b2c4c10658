"""Takes a body sent in chunks apart as it comes in (RFC 9112, 7.1), whatever pieces it comes in."""

import re

SIZE_FORM = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(;[\t\x20-\x7e\x80-\xff]*)?")
LONGEST_LINE = 1024
LONGEST_TRAILERS = 8 * 1024


class BadChunk(Exception):  # noqa: N818 - what somebody sent, not a fault of ours
    """The pieces are not put together as they must be; where the next request begins is unknown."""


class Chunks:
    """One body in chunks; `ended` once its last chunk is here, `rest` is what came after it."""

    def __init__(self) -> None:
        self.ended = False
        self.rest = b""
        self._came = bytearray()
        self._left = 0  # of the chunk that is coming in, with the line end after it
        self._trailers: int | None = None  # bytes of them so far, once the last chunk was here

    def feed(self, data: bytes) -> bytes:
        """Take in what came and give what of it is body; raises BadChunk."""
        self._came += data
        body = bytearray()
        while not self.ended and self._step(body):
            pass
        if self.ended:
            self.rest, self._came = bytes(self._came), bytearray()
        return bytes(body)

    def _step(self, body: bytearray) -> bool:
        """One step further; False when more has to come first."""
        if self._left:
            return self._content(body)
        line = self._line()
        if line is None:
            return False
        if self._trailers is not None:
            self._trailers += len(line)
            if self._trailers > LONGEST_TRAILERS:
                raise BadChunk("trailers")
            self.ended = not line
            return True
        if not SIZE_FORM.fullmatch(line):
            raise BadChunk("size")
        size = int(line.partition(b";")[0].strip(), 16)
        if size:
            self._left = size + 2
        else:
            self._trailers = 0
        return True

    def _content(self, body: bytearray) -> bool:
        """Move what is here of a chunk; its two last bytes are a line end."""
        if self._left > 2:
            taken = min(self._left - 2, len(self._came))
            body += self._came[:taken]
            del self._came[:taken]
            self._left -= taken
            return taken > 0
        if len(self._came) < 2:
            return False
        if self._came[:2] != b"\r\n":
            raise BadChunk("end")
        del self._came[:2]
        self._left = 0
        return True

    def _line(self) -> bytes | None:
        end = self._came.find(b"\r\n")
        if end < 0 and len(self._came) <= LONGEST_LINE:
            return None
        if not 0 <= end <= LONGEST_LINE:
            raise BadChunk("line")
        line = bytes(self._came[:end])
        del self._came[: end + 2]
        return line
