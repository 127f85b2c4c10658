"""Photos that come from outside, looked at in a child process; as `pictures` does, but apart.

Each raises `Invalid` as its namesake does, NotOpened for a photo that kills, and OpenersBusy.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from server.media.apart.opener import Deed, shared_opener
from server.media.pictures.admission import SHOWN_QUALITY, admit_by_header
from server.media.pictures.header import Header, has_its_end

if TYPE_CHECKING:  # what measures pictures is loaded by the child, and by a worker when it does
    from server.media.pictures.images import Picture
    from server.media.pictures.lookalike import Compared
    from server.media.pictures.prints import Prints

ADMIT = Deed("admit", "photo", 10)
LOOK = Deed("look", "photo", 20)
RENDITION = Deed("rendition", "photo", 20)
PRINTS = Deed("prints", "photo", 20)
COMPARE = Deed("compare", "photo", 20)  # 0.3 to five seconds are usual


def admit(content: bytes) -> Header:
    """Refuse whatever is no usable photo, in plain words; answer its header when it is one."""
    said, _ = shared_opener().ask(ADMIT, content)
    return Header(**said)


def admit_unopened(content: bytes) -> Header:
    """As `admit`, but a photo with a sound header and its end is believed: no pixel is decoded.

    For whoever decodes it later and can still say that it does not open.
    """
    header = admit_by_header(content)
    return header if has_its_end(content) else admit(content)


def look_at_photo(content: bytes) -> "Picture":
    """Measure a photo."""
    from server.media.pictures.images import Picture

    said, _ = shared_opener().ask(LOOK, content)
    return Picture(**said)


def rendition(
    content: bytes,
    long_side: int = 1600,
    *,
    stamp: Sequence[str] = (),
    quality: int = SHOWN_QUALITY,
) -> bytes:
    """A JPEG for others to see: upright, at most `long_side` pixels, without EXIF."""
    how: dict[str, Any] = {"long_side": long_side, "stamp": list(stamp), "quality": quality}
    return shared_opener().ask(RENDITION, content, **how)[1]


def thumbnail(content: bytes, long_side: int = 320) -> bytes:
    """A small JPEG for lists; like `rendition` without a stamp."""
    return rendition(content, long_side, quality=78)


def prints_of(content: bytes) -> "Prints":
    """The fingerprints of a photo."""
    from server.media.pictures.prints import Prints, unpacked

    said, body = shared_opener().ask(PRINTS, content)
    ends = [0, *accumulate(said["sizes"])]
    return Prints(*(unpacked(body[start:end]) for start, end in pairwise(ends)))


def compare(
    one: bytes, other: bytes, *, closely: bool = True, in_order: bool = False
) -> "Compared":
    """What two photos are to each other; `closely` and `in_order` as there."""
    from server.media.pictures.lookalike import Compared
    from server.media.pictures.overlay import Traces
    from server.media.pictures.resemblance import Resemblance

    said, _ = shared_opener().ask(
        COMPARE, one + other, first=len(one), closely=closely, in_order=in_order
    )
    said["resemblance"] = Resemblance(said["resemblance"])
    said["traces"] = Traces(**said["traces"]) if said["traces"] is not None else None
    return Compared(**said)
