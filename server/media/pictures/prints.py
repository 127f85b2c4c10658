"""Fingerprints that name candidates among very many photos: the whole, and windows of it.

Each is the 256-bit frequency hash (`fingerprint.py`). What a copy may have lost at its edges is
kept as windows; what it may have beside is asked for in several ways, and never kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.edges import inside_bars
from server.media.pictures.fingerprint import frequency_hashes, turned_hashes
from server.media.pictures.images import pixels

WINDOWS = ((0.95, (0.0, 1.0)), (0.90, (0.0, 0.5, 1.0)))
"""Sides of the windows and where they stand, as shares of the room: 4 + 9 beside the whole."""
UPPER = 0.85
"""A stamp is written over the lower edge; what is above it keeps a print of its own."""
PRINTS = 2 + sum(len(places) ** 2 for _, places in WINDOWS)
NEAR = 82
"""Bits of 256 within which a print names a candidate; it may be wrong, `compare` decides."""

CUT_TO, KEPT_AS = 0.85, 0.90
"""What was cut to one share of its sides, its edges drawn out, is like windows of the other."""
DRAWN_OUT_NEAR = 64
"""Bits of 256 for those: 120 copies cut by 15 % came within 58, other places to 72 at best."""

_LIKE_CUT = PRINTS - next(len(places) ** 2 for side, places in WINDOWS if side == KEPT_AS)
"""The first of those windows; they are the last of a photo's prints."""

PRINT_SIDE = 512

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Prints:
    """A photo's fingerprints, rows of four words: the whole, what is above a stamp, the windows."""

    straight: Words
    mirrored: Words
    turned: Words = field(default_factory=lambda: _rows(()))
    """The whole, turned by one, two and three quarters: for asking only, as the mirrored ones."""
    inner: Words = field(default_factory=lambda: _rows(()))
    """What is inside plain bars; no row where there are none. For asking only."""

    drawn_out: Words = field(default_factory=lambda: _rows(()))
    """The whole with its edges drawn out, as if it had been cut. For asking among windows only."""

    @property
    def parts(self) -> tuple[Words, Words, Words, Words, Words]:
        """All five, as they are made from: for the wire."""
        return self.straight, self.mirrored, self.turned, self.inner, self.drawn_out

    @property
    def packed(self) -> bytes:
        """The straight prints for the database; the mirrored ones are for asking only."""
        return self.straight.tobytes()


def prints_of(content: bytes) -> Prints:
    """The fingerprints of a photo; raises `Invalid` as `images.admit` does."""
    grey = Image.fromarray(pixels(content, PRINT_SIDE)).convert("L")
    return grey_prints(grey)


def grey_prints(grey: Image.Image, *, searching: bool = True) -> Prints:
    """The fingerprints of a grey picture, which should not be larger than 512 pixels.

    Those with drawn-out edges are made for `searching` only.
    """
    width, height = grey.size
    boxes = [(0.0, 0.0, float(width), float(height)), (0.0, 0.0, float(width), UPPER * height)]
    for side, places in WINDOWS:
        across, down = (1 - side) * width, (1 - side) * height
        boxes += [
            (x * across, y * down, x * across + side * width, y * down + side * height)
            for y in places
            for x in places
        ]
    pairs = [frequency_hashes(grey, box) for box in boxes]
    straight, mirrored = (_rows(pair[n] for pair in pairs) for n in (0, 1))
    inner = (
        [] if (box := inside_bars(np.asarray(grey))) is None else [frequency_hashes(grey, box)[0]]
    )
    drawn_out = [frequency_hashes(one)[0] for one in _drawn_out(grey)] if searching else []
    return Prints(straight, mirrored, _rows(turned_hashes(grey)), _rows(inner), _rows(drawn_out))


def _drawn_out(grey: Image.Image) -> Iterator[Image.Image]:
    """The picture with the room that cutting took from a window, about it and in each corner.

    A copy's edges stand for what was beside them: the lowest frequencies hardly see the difference.
    """
    share = KEPT_AS / CUT_TO - 1
    across, down = (round(share * side) for side in grey.size)
    for x, y in ((0.5, 0.5), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        left, above = round(x * across), round(y * down)
        room = ((above, down - above), (left, across - left))
        yield Image.fromarray(np.pad(np.asarray(grey), room, mode="edge"))


def _rows(hashes: Iterable[str]) -> Words:
    return np.frombuffer(b"".join(map(bytes.fromhex, hashes)), np.uint64).reshape(-1, 4)


def unpacked(packed: bytes) -> Words:
    """Prints from the database, as rows of four words."""
    return np.frombuffer(packed, np.uint64).reshape(-1, 4)


def print_distance(one: Prints, other: Prints) -> tuple[int, bool]:
    """The least number of differing bits, whole against anything, and whether it is mirrored.

    A drawn-out print counts where it comes so near that `DRAWN_OUT_NEAR` takes it.
    """
    best = (257, False)
    theirs = other.straight
    for mine, mirrored in ((one.straight, False), (one.mirrored, True)):
        for first, second in ((mine[:1], theirs), (mine, theirs[:1]), (mine[1:2], theirs[1:2])):
            best = min(best, (_least(first, second), mirrored))
    for here, there in ((one, other), (other, one)):
        pairs = (here.turned, there.straight[:1]), (here.inner, there.straight)
        for asked, kept in (*pairs, (here.inner, there.inner)):
            best = min(best, (_least(asked, kept), False))
        drawn_out = _least(here.drawn_out, there.straight[_LIKE_CUT:])
        if drawn_out <= DRAWN_OUT_NEAR:
            best = min(best, (drawn_out, False))
    return best


def _least(asked: Words, kept: Words) -> int:
    """The least number of bits in which any two differ; 257 where there are none."""
    bits = np.bitwise_count(asked[:, None, :] ^ kept[None, :, :]).sum(axis=-1)
    return int(bits.min(initial=257))
