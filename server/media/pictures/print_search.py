"""Search very many fingerprints at once, in memory.

Indexes over parts of the prints (bands) lose pictures that differ in more than a few bits, and we
need up to 82 of 256; so all rows are gone through, the quarter that changes least first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from server.media.pictures.prints import DRAWN_OUT_NEAR, PRINTS, Prints, Words

_BLOCK = 65_536
_FIRST_BY = 24
"""Of the first 64 bits, which hold the lowest frequencies: copies differed in at most 23 of them,
three strange pictures in a hundred do in as few (docs/accuracy.md)."""


@dataclass(slots=True)
class _Column:
    """One kind of print of all photos, word by word, with room to grow."""

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

    def near(
        self, wanted: Words, within: int, bits: Words, counts: npt.NDArray[np.uint8]
    ) -> Iterator[tuple[int, int]]:
        """Rows within so many bits of one print: row number and distance; two blocks of room."""
        for start in range(0, self.count, _BLOCK):
            size = min(_BLOCK, self.count - start)
            part = self.words[:, start : start + size]
            np.bitwise_xor(part[0], wanted[0], out=bits[:size])
            np.bitwise_count(bits[:size], out=counts[:size])
            likely = np.flatnonzero(counts[:size] <= _FIRST_BY)
            if not len(likely):
                continue
            rest = np.bitwise_count(part[1:, likely] ^ wanted[1:, None]).sum(axis=0)
            total = counts[likely] + rest
            for row in np.flatnonzero(total <= within):
                yield start + int(likely[row]), int(total[row])


@dataclass(slots=True)
class PrintShelf:
    """All prints of a county; photos are numbered in the order in which they were added.

    One thread at a time: the room for a block is kept, for fresh pages cost as much as the search.
    """

    _whole: _Column = field(default_factory=_Column)
    _upper: _Column = field(default_factory=_Column)
    _windows: _Column = field(default_factory=_Column)
    _bits: Words = field(default_factory=lambda: np.empty(_BLOCK, np.uint64))
    _counts: npt.NDArray[np.uint8] = field(default_factory=lambda: np.empty(_BLOCK, np.uint8))

    def __len__(self) -> int:
        return self._whole.count

    def add(self, rows: Words) -> None:
        """Append photos, each with its `PRINTS` rows."""
        each = rows.reshape(-1, PRINTS, 4)
        self._whole.add(each[:, 0])
        self._upper.add(each[:, 1])
        self._windows.add(each[:, 2:].reshape(-1, 4))

    def near(self, prints: Prints, within: int) -> dict[int, tuple[int, bool]]:
        """Photos that may be the same picture: number → (distance, mirrored), the nearest first."""
        found: dict[int, tuple[int, bool]] = {}
        room = (self._bits, self._counts)
        for column, rows, mirrored, bar in self._asked(prints, within):
            each = 1 if column is not self._windows else PRINTS - 2
            for wanted in rows:
                for row, distance in column.near(wanted, bar, *room):
                    if row // each not in found or distance < found[row // each][0]:
                        found[row // each] = (distance, mirrored)
        return dict(sorted(found.items(), key=lambda pair: pair[1][0]))

    def _asked(self, prints: Prints, within: int) -> Iterator[tuple[_Column, Words, bool, int]]:
        """Which prints are looked for among which, whether mirrored, and within how many bits.

        A kept crop of the mirrored photo is not asked for: both at once has not been seen.
        """
        yield self._whole, np.delete(prints.straight, 1, axis=0), False, within
        yield self._whole, prints.mirrored[:1], True, within
        for rows, mirrored in ((prints.straight, False), (prints.mirrored, True)):
            yield self._upper, rows[1:2], mirrored, within
            yield self._windows, rows[:1], mirrored, within
        yield self._whole, prints.turned, False, within
        for column in (self._whole, self._windows):
            yield column, prints.inner, False, within
        yield self._windows, prints.drawn_out, False, min(within, DRAWN_OUT_NEAR)


def random_rows(count: int, seed: int) -> npt.NDArray[np.uint64]:
    """Prints of so many made-up photos, for measuring."""
    dice = np.random.default_rng(seed)
    return dice.integers(0, 2**64, (count * PRINTS, 4), dtype=np.uint64)
