"""Say what kind of picture some bytes are, and how large, from their header alone."""

import re
import struct
from dataclasses import dataclass
from itertools import islice

_MAGIC: tuple[tuple[str, int, bytes | tuple[bytes, ...]], ...] = (
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("WEBP", 8, b"WEBPVP8"),
    ("AVIF", 4, b"ftypavif"),
    ("HEIC", 4, tuple(b"ftyp" + brand for brand in (b"hei", b"hev", b"mif1", b"msf1"))),
    ("GIF", 0, (b"GIF87a", b"GIF89a")),
    ("TIFF", 0, (b"II*\x00", b"MM\x00*")),
)

# Start-of-frame markers carry the size; C4, C8 and CC look alike but are tables (T.81, table B.1).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length behind them


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture's header claims; `width` and `height` in pixels as stored, not turned."""

    format: str
    width: int
    height: int


def kind_of(content: bytes) -> str | None:
    """The format by its first bytes, whatever the file was called; None when it is no picture."""
    for kind, at, magic in _MAGIC:
        if content.startswith(magic, at):
            return kind
    return None


def read_header(content: bytes) -> Header | None:
    """Format and size of a JPEG, PNG or WebP; None when its header is cut short or broken."""
    try:
        match kind_of(content):
            case "JPEG":
                size = _jpeg_size(content)
            case "PNG":
                size = _png_size(content)
            case "WEBP":
                size = _webp_size(content)
            case _:
                return None
    except (struct.error, IndexError):
        return None
    if size is None or 0 in size:
        return None
    return Header(str(kind_of(content)), *size)


MOST_SCANS = 32
"""Passes in which a JPEG may be drawn; programs write about ten, and each costs as the whole."""
_JPEG_SCAN = re.compile(rb"\xff\xda")
_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")


def too_many_scans(content: bytes) -> bool:
    """Whether a JPEG is drawn in so many passes that it was made to keep its reader busy."""
    if next(islice(_JPEG_SCAN.finditer(content), MOST_SCANS, None), None) is None:
        return False  # seen at once, and true of all honest photos
    at, scans = 2, 0
    while found := _JPEG_MARKER.search(content, at):
        marker, at = content[found.start() + 1], found.end()
        if marker == 0xD9:  # the end; what stands behind it is a film, or another picture
            break
        scans += marker == 0xDA
        at += int.from_bytes(content[at : at + 2])
    return scans > MOST_SCANS


def has_its_end(content: bytes) -> bool:
    """Whether the end of a picture with a `Header` is there; more may stand behind it.

    Whoever misses it decodes the picture to be sure.
    """
    match kind_of(content):
        case "JPEG":
            # A small picture in the EXIF has an end of its own, before the frame and its pixels.
            return content.rfind(b"\xff\xd9") > (_jpeg_frame(content) or 0)
        case "PNG":
            return b"IEND" in content[33:]
        case _:
            return len(content) >= 8 + int.from_bytes(content[4:8], "little")


def _jpeg_frame(content: bytes) -> int | None:
    """Where the frame begins, in which the size stands; None where pixels or the end come first."""
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _JPEG_BARE:
            at += 2
            continue
        if marker in _JPEG_FRAMES:
            return at
        if marker in (0xD9, 0xDA):  # the end, or pixels, before any size
            return None
        (length,) = struct.unpack_from(">H", content, at + 2)
        at += 2 + length
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = _jpeg_frame(content)
    if at is None:
        return None
    height, width = struct.unpack_from(">HH", content, at + 5)
    return width, height


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _webp_size(content: bytes) -> tuple[int, int] | None:
    match content[12:16]:
        case b"VP8 ":
            if content[23:26] != b"\x9d\x01\x2a":
                return None
            width, height = struct.unpack_from("<HH", content, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            if content[20] != 0x2F:
                return None
            (bits,) = struct.unpack_from("<I", content, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            width = int.from_bytes(content[24:27], "little") + 1
            height = int.from_bytes(content[27:30], "little") + 1
            return (width, height) if len(content) >= 30 else None
    return None
