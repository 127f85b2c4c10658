"""The quick search over prints finds what going through all of them one by one finds."""

import numpy as np
import pytest

from server.media.pictures import lookalike, prints
from server.media.pictures.print_search import PrintShelf, random_rows
from server.media.pictures.prints import DRAWN_OUT_NEAR, NEAR, PRINTS, Prints, Words
from tests.media.scenes import saved, scene

_FIRST_BY = 24
_WHOLE, _UPPER, _WINDOWS, _LIKE_CUT = slice(0, 1), slice(1, 2), slice(2, None), slice(6, None)


def _plainly(photos: Words, asked: Prints, within: int) -> dict[int, tuple[int, bool]]:
    """Every print of every photo held against every one that is asked for."""
    ways = [
        (asked.straight[0:1], _WHOLE, False, within), (asked.straight[2:], _WHOLE, False, within),
        (asked.mirrored[0:1], _WHOLE, True, within), (asked.straight[1:2], _UPPER, False, within),
        (asked.mirrored[1:2], _UPPER, True, within), (asked.straight[0:1], _WINDOWS, False, within),
        (asked.mirrored[0:1], _WINDOWS, True, within), (asked.turned, _WHOLE, False, within),
        (asked.inner, _WHOLE, False, within), (asked.inner, _WINDOWS, False, within),
        (asked.drawn_out, _LIKE_CUT, False, min(within, DRAWN_OUT_NEAR)),
    ]  # fmt: skip
    found: dict[int, tuple[int, bool]] = {}
    for rows, part, mirrored, bar in ways:
        bits = np.bitwise_count(photos[:, None, part] ^ rows[None, :, None]).astype(int)
        total = np.where(bits[..., 0] <= _FIRST_BY, bits.sum(axis=-1), 257)
        for number, least in enumerate(total.min(axis=(1, 2), initial=257).tolist()):
            if least <= bar:
                found[number] = min(found.get(number, (257, True)), (least, mirrored))
    return found


def _near_to(row: Words, bits: int, dice: np.random.Generator) -> Words:
    """The print with so many bits changed, wherever they are."""
    flips = np.zeros(256, np.uint8)
    flips[dice.choice(256, bits, replace=False)] = 1
    return row ^ np.packbits(flips).view(np.uint64)


def test_the_search_finds_what_looking_at_each_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.media.pictures.print_search._BLOCK", 64)
    dice = np.random.default_rng(18)
    photos = random_rows(60, seed=7).reshape(60, PRINTS, 4)
    shelf = PrintShelf()
    shelf.add(photos[:7].reshape(-1, 4))
    shelf.add(photos[7:].reshape(-1, 4))
    finds = 0
    for _ in range(12):
        parts = [
            random_rows(1, seed=int(dice.integers(2**31)))[:count] for count in (15, 15, 3, 1, 5)
        ]
        for part in parts:
            for n in range(len(part)):
                kept = photos[dice.integers(60), dice.integers(PRINTS)]
                part[n] = _near_to(kept, int(dice.choice([0, 40, 63, 64, 65, 81, 82, 83])), dice)
        asked = Prints(*parts)
        for within in (NEAR, 50):
            wanted = _plainly(photos, asked, within)
            assert shelf.near(asked, within) == wanted
            assert [away for away, _ in shelf.near(asked, within).values()] == sorted(
                away for away, _ in wanted.values()
            )
            finds += len(wanted)
    assert finds > 60


def test_what_was_cut_is_looked_for_only_among_windows_of_what_may_be_left() -> None:
    photo = random_rows(1, seed=3)
    shelf = PrintShelf()
    shelf.add(photo)
    none = np.empty((0, 4), np.uint64)
    strange = random_rows(1, seed=4)
    for row in range(PRINTS):
        asked = Prints(strange, strange, none, none, photo[row : row + 1])
        assert bool(shelf.near(asked, NEAR)) == (row >= PRINTS - 9)


def test_comparing_draws_no_edges_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the search asks for a photo as if it had been cut."""
    drawn: list[object] = []
    monkeypatch.setattr(prints, "_drawn_out", lambda grey: drawn.append(grey) or ())
    one = saved(scene(1))
    lookalike.compare(one, saved(scene(1), quality=60))
    assert not drawn
    prints.prints_of(one)
    assert drawn
