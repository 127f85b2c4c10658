"""Search very many fingerprints at once, in memory.

Indexes over parts of the prints (bands) lose pictures that differ in more than a few bits, and we
need up to 82 of 256; so all rows are gone through, the quarter that changes least first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from server.media.pictures.prints import (
    DRAWN_OUT_NEAR,
    KEPT_AS,
    PRINTS,
    WINDOWS,
    Prints,
    Words,
)

_BLOCK = 65_536
_FIRST_BY = 24
"""Of the first 64 bits, which hold the lowest frequencies: copies differed in at most 23 of them,
three strange pictures in a hundred do in as few (docs/accuracy.md)."""


class _Asked(NamedTuple):
    """One print that is looked for, whether it is a mirrored one, and within how many bits."""

    words: Words
    mirrored: bool
    within: int


@dataclass(slots=True)
class _Column:
    """One kind of print of all photos, `each` a photo, word by word, with room to grow."""

    each: int = 1
    words: Words = field(default_factory=lambda: np.empty((4, 64), np.uint64))
    count: int = 0

    def add(self, rows: Words) -> None:
        """Append rows of four words."""
        needed = self.count + len(rows)
        if needed > self.words.shape[1]:
            grown = np.empty((4, max(needed, 2 * self.words.shape[1])), np.uint64)
            grown[:, : self.count] = self.words[:, : self.count]
            self.words = grown
        self.words[:, self.count : needed] = rows.T
        self.count = needed

    def near(self, wanted: Sequence[_Asked], room: "_Room") -> Iterator[tuple[int, int, bool]]:
        """Photos within so many bits of one of the prints: number, distance, whether mirrored.

        All that is looked for goes through one block before the next is fetched from memory.
        """
        for start in range(0, self.count, _BLOCK):
            part = self.words[:, start : min(start + _BLOCK, self.count)]
            for words, mirrored, within in wanted:
                for row, away in _near(part, words, within, room):
                    yield (start + row) // self.each, away, mirrored


class _Room(NamedTuple):
    """Room for what is counted in a block: fresh pages cost as much as the search."""

    bits: Words
    counts: npt.NDArray[np.uint8]
    few: npt.NDArray[np.bool_]

    @classmethod
    def new(cls) -> "_Room":
        return cls(np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint8), np.empty(_BLOCK, bool))


def _near(part: Words, wanted: Words, within: int, room: _Room) -> Iterator[tuple[int, int]]:
    """Rows of a block within so many bits of one print: row number and distance."""
    bits, counts, few = (each[: part.shape[1]] for each in room)
    np.bitwise_xor(part[0], wanted[0], out=bits)
    np.bitwise_count(bits, out=counts)
    likely = np.flatnonzero(np.less_equal(counts, _FIRST_BY, out=few))
    total = counts.take(likely)  # 24 + 3 × 64 bits at most, which a byte holds
    for word in range(1, 4):
        total += np.bitwise_count(part[word].take(likely) ^ wanted[word])
    for each in np.flatnonzero(total <= within):
        yield int(likely[each]), int(total[each])


@dataclass(slots=True)
class PrintShelf:
    """All prints of a county; photos are numbered in the order in which they were added.

    One thread at a time: the room for a block is kept.
    """

    _whole: _Column = field(default_factory=_Column)
    _upper: _Column = field(default_factory=_Column)
    _windows: tuple[_Column, ...] = field(
        default_factory=lambda: tuple(_Column(len(places) ** 2) for _, places in WINDOWS)
    )
    _room: _Room = field(default_factory=_Room.new)

    def __len__(self) -> int:
        return self._whole.count

    def add(self, rows: Words) -> None:
        """Append photos, each with its `PRINTS` rows."""
        photos = rows.reshape(-1, PRINTS, 4)
        start = 0
        for column in (self._whole, self._upper, *self._windows):
            column.add(photos[:, start : start + column.each].reshape(-1, 4))
            start += column.each

    def near(self, prints: Prints, within: int) -> dict[int, tuple[int, bool]]:
        """Photos that may be the same picture: number → (distance, mirrored), the nearest first."""
        found: dict[int, tuple[int, bool]] = {}
        for column, wanted in self._asked(prints, within):
            for number, distance, mirrored in column.near(wanted, self._room):
                if number not in found or (distance, mirrored) < found[number]:
                    found[number] = (distance, mirrored)
        return dict(sorted(found.items(), key=lambda pair: (pair[1][0], pair[0])))

    def _asked(self, prints: Prints, within: int) -> Iterator[tuple[_Column, list[_Asked]]]:
        """Which prints are looked for among which.

        A kept crop of the mirrored photo is not asked for: both at once has not been seen.
        """
        mine, over = prints.straight, prints.mirrored

        def asked(rows: Words, *, mirrored: bool = False, bar: int = within) -> list[_Asked]:
            return [_Asked(words, mirrored, bar) for words in rows]

        inner = asked(prints.inner)
        whole = [*asked(mine[:1]), *asked(over[:1], mirrored=True)]
        yield self._whole, [*whole, *asked(mine[2:]), *asked(prints.turned), *inner]
        yield self._upper, [*asked(mine[1:2]), *asked(over[1:2], mirrored=True)]
        drawn_out = asked(prints.drawn_out, bar=min(within, DRAWN_OUT_NEAR))
        for (side, _), column in zip(WINDOWS, self._windows, strict=True):
            yield column, [*whole, *inner, *(drawn_out if side == KEPT_AS else [])]


def random_rows(count: int, seed: int) -> npt.NDArray[np.uint64]:
    """Prints of so many made-up photos, for measuring."""
    dice = np.random.default_rng(seed)
    return dice.integers(0, 2**64, (count * PRINTS, 4), dtype=np.uint64)
