"""A number counts if it stays what it is when its strip is looked at a little differently."""

from collections.abc import Sequence

import numpy as np
import pytest

from server.media.reading.steady import (
    ANOTHER,
    CLEARINGS_STEADY,
    LOOKS,
    NEEDED,
    _in_full_ink,
    is_steady,
    is_steady_cleared,
    unsteady,
)
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Glyph, Line, Quad, plain_line
from server.policy.signs.number import NumberRead, best_number, numbers_in

LEVEL = ((150.0, 100.0), (330.0, 100.0), (330.0, 150.0), (150.0, 150.0))
COLUMN = ((150.0, 100.0), (200.0, 100.0), (200.0, 280.0), (150.0, 280.0))
PICTURE: Pixels = np.full((400, 500, 3), 90, np.uint8)


class Told:
    """Stands for the networks: a plain look first, then what it is told of each other look."""

    def __init__(self, plain: Line | None, looks: Sequence[Line | None]) -> None:
        self._told = [plain, *looks]
        self.quads: list[Quad] = []

    def read(self, picture: Pixels, quads: list[Quad]) -> list[Line]:
        height, width = picture.shape[:2]
        for quad in quads:
            assert all(0 <= x <= width and 0 <= y <= height for x, y in quad)
        told = self._told[len(self.quads) : len(self.quads) + len(quads)] or [None] * len(quads)
        self.quads += quads
        return [line._replace(quad=quad) for line, quad in zip(told, quads, strict=True) if line]


def read_as(text: str, sure: float = 1.0) -> Line:
    """A line of which the last digit is so sure; the rest of its chance is another digit's."""
    line = plain_line(text, LEVEL)
    *rest, last = line.glyphs
    other = (str((int(last.text) + 1) % 10), 1 - sure)
    return line._replace(glyphs=(*rest, Glyph(last.text, sure, last.at, (other,))))


def steady(plain: Line | None, looks: Sequence[Line | None], quad: Quad = LEVEL) -> bool:
    number = NumberRead("C0207", 0.95, 1.0, quad)
    return is_steady(Told(plain, looks).read, PICTURE, number)


def test_one_plain_look_beyond_doubt_needs_no_other() -> None:
    told = Told(read_as("C0207"), [])
    number = NumberRead("C0207", 0.95, 1.0, LEVEL)

    assert is_steady(told.read, PICTURE, number)
    assert len(told.quads) == 1


@pytest.mark.parametrize("plain", [None, read_as("C0207", 0.95), read_as("C0202")])
@pytest.mark.parametrize("quad", [LEVEL, COLUMN])
def test_else_most_looks_must_read_the_same(plain: Line | None, quad: Quad) -> None:
    same = [read_as("C0207", 0.95)] * NEEDED
    lost: list[Line | None] = [None] * (LOOKS - NEEDED)
    large: list[Line | None] = [None] * LOOKS

    assert steady(plain, [*same, *lost], quad)
    assert not steady(plain, [*same[1:], None, *lost, *large], quad)
    assert not steady(plain, [*same[1:], read_as("C0207", 0.9), *lost, *large], quad)


@pytest.mark.parametrize("quad", [LEVEL, COLUMN])
def test_or_all_looks_at_the_strip_much_enlarged(quad: Quad) -> None:
    """XZ5108, 11 pixels high: too few of the looks at its own size, all of those enlarged."""
    few = [read_as("C0207"), *[None] * (LOOKS - 1)]
    surely, certain = [read_as("C0207", 0.95)], [read_as("C0207", 0.85)]
    most, rest = surely * NEEDED, certain * (LOOKS - NEEDED)

    assert steady(None, [*few, *most, *rest], quad)
    assert not steady(None, [*few, *most, *rest[1:], None], quad)
    assert not steady(None, [*few, *most[1:], *rest, *certain], quad)
    assert not steady(None, [*few, *most, *rest[1:], read_as("C0202", 0.85)], quad)
    assert not steady(None, [read_as("C0202"), *few[1:], *most, *rest], quad)


def test_one_look_that_surely_reads_another_is_enough_against_it() -> None:
    same = [read_as("C0207")] * 10

    assert not steady(None, [*same, read_as("C0202", 0.95)])
    assert steady(None, [*same, read_as("C0202", 0.9)])


def test_nor_does_it_count_if_most_strips_read_another_in_full_ink() -> None:
    same, another = [read_as("C0207")] * LOOKS, read_as("C0202")

    assert not steady(None, [*same, *[another] * ANOTHER])
    assert steady(None, [*same, *[another] * (ANOTHER - 1)])
    assert steady(None, [*same, read_as("C0207"), *[another] * ANOTHER])


def test_a_stroke_that_hardly_shows_is_drawn_in_full() -> None:
    strip: Pixels = np.full((60, 200, 3), 220, np.uint8)
    for left, shade in ((20, 40), (60, 40), (100, 40), (140, 160)):
        strip[15:45, left : left + 8] = shade
    corners = np.array([(0, 0), (200, 0), (200, 60), (0, 60)], np.float64)
    full = _in_full_ink(strip, corners)
    assert full[30, 24].max() == 0
    assert full[30, 144].max() == 0
    assert full[30, 190].min() == 255


def test_no_look_is_taken_that_can_change_nothing() -> None:
    number = NumberRead("C0207", 0.95, 1.0, LEVEL)
    another = Told(None, [read_as("C0202"), *[read_as("C0207")] * LOOKS])
    lost = Told(None, [*[None] * LOOKS, read_as("C0207"), None, *[read_as("C0207")] * LOOKS])

    assert not is_steady(another.read, PICTURE, number)
    assert len(another.quads) == 2
    assert not is_steady(lost.read, PICTURE, number)
    assert len(lost.quads) == 1 + LOOKS + 2


def test_no_strength_is_looked_at_once_enough_are_steady_or_cannot_be() -> None:
    told = NumberRead("C0207", 0.95, 1.0, LEVEL)
    plain = Told(None, [])

    def read(_picture: Pixels, quads: list[Quad]) -> list[Line]:
        plain.quads += quads
        return [read_as("C0207")]

    assert is_steady_cleared(read, [(PICTURE, told)] * 6, told)
    assert len(plain.quads) == CLEARINGS_STEADY
    assert not is_steady_cleared(read, [(PICTURE, None)] * 3 + [(PICTURE, told)] * 3, told)
    assert len(plain.quads) == CLEARINGS_STEADY


def test_or_two_strengths_show_it_in_whatever_way_they_are_looked_at() -> None:
    told = NumberRead("C0207", 0.995, 1.0, LEVEL)
    fainter = told._replace(sure=0.96)
    sure, doubtful = read_as("C0207"), read_as("C0207", 0.9)

    def is_kept(clear: Sequence[NumberRead | None], *looks: Sequence[Line | None]) -> bool:
        plain = [sure for number in clear if number is not None]
        reads = iter([*plain, *(line for strength in looks for line in strength)])

        def read(_picture: Pixels, quads: list[Quad]) -> list[Line]:
            return [line for _, line in zip(quads, reads, strict=False) if line is not None]

        return is_steady_cleared(read, [(PICTURE, number) for number in clear], told)

    two: list[NumberRead | None] = [told, told, None, None, None, None]
    most, all_ = [doubtful, *[sure] * (LOOKS - 1)], [sure] * LOOKS
    assert is_kept(two, all_, most)
    assert not is_kept(two, most, most)
    assert not is_kept(two, all_, [read_as("C0202", 0.9), *all_[1:]])
    assert not is_kept(two, all_, [None, *all_[1:]])
    assert not is_kept([told, fainter, *two[2:]], all_, all_)
    assert not is_kept([told, *[None] * 5], all_, all_)


def test_where_it_is_not_steady_no_line_tells_it() -> None:
    lines = [plain_line("马家沟村", LEVEL), plain_line("编号C0207", LEVEL), read_as("C0317")]
    doubted = unsteady(lines, NumberRead("C0207", 0.95, 1.0, LEVEL))

    assert doubted[0] == lines[0]
    assert doubted[2] == lines[2]
    assert not numbers_in(doubted[1:2])[0].certain
    assert best_number(doubted[1:2]) is None


def test_a_number_beyond_the_picture_is_not_steady() -> None:
    beyond = tuple((x + 500, y) for x, y in LEVEL)
    number = best_number([plain_line("C0027", beyond)])  # type: ignore[arg-type]
    assert number is not None

    assert not is_steady(Told(None, []).read, PICTURE, number)


@pytest.mark.parametrize(
    ("plain", "sure", "text", "counts"),
    [
        (CLEARINGS_STEADY, 0.95, "C0207", True),
        (CLEARINGS_STEADY - 1, 0.95, "C0207", False),
        (6, 0.9, "C0207", False),  # in doubt in every strength
        (6, 0.95, "C0202", False),  # another number than was told
    ],
)
def test_what_a_smear_hid_must_be_steady_in_most_strengths(
    plain: int, sure: float, text: str, *, counts: bool
) -> None:
    told = NumberRead("C0207", 0.95, 1.0, LEVEL)
    clear = [(PICTURE, NumberRead(text, sure, 1.0, LEVEL)) for _ in range(plain)]
    clear += [(PICTURE, NumberRead("C0207", 0.5, 1.0, LEVEL))] * (6 - plain)
    networks = Told(read_as(text), [read_as(text)] * 6)

    assert is_steady_cleared(networks.read, [*clear, (PICTURE, None)], told) is counts
