"""An unread board's rows are read again in other light and unsmeared; several looks must agree."""

import weakref
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from server.media.reading.again import NEEDED, looked_again
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Line, Quad, plain_line
from tests.policy.signs.written import at

TITLE, TIMES = at("营业时间", 200, 100), at("8:30-18:00", 200, 130)
BLURRED = "基时第于代海全国"
SILENT, LIMIT, ANOTHER = "茶叶干果代寄全国", "周日休息", "周日9:00-12:00"
WEEK = [[[1, 2, 3, 4, 5, 6, 7], "08:30", "18:00"]]
BELOW = at(BLURRED, 200, 160)


def doubtful(line: Line, probability: float = 0.6) -> Line:
    glyphs = tuple(glyph._replace(probability=probability) for glyph in line.glyphs)
    return line._replace(glyphs=glyphs)


def board() -> Pixels:
    picture = np.full((260, 800, 3), 240, np.uint8)
    for top in (90, 120, 150):
        for x in range(205, 300, 11):
            picture[top + 3 : top + 17, x : x + 4] = 20
    return picture


def nothing(_: Pixels) -> list[Quad]:
    return []


def again(
    lines: Sequence[Line],
    below: Sequence[str],
    sure: float = 1.0,
    find: Callable[[Pixels], list[Quad]] = nothing,
) -> list[Line] | None:
    """Looked at again where one picture after the other shows the last row as these words."""
    shown = iter(below)

    def read(_: Pixels, quads: list[Quad]) -> list[Line]:
        if not quads:
            return []
        said = [line.text for line in lines[:-1]] + [next(shown, BLURRED)]
        found = [plain_line(text, quad) for text, quad in zip(said, quads, strict=True)]
        known = found[-1].text == BLURRED
        return [*found[:-1], doubtful(found[-1], 0.6 if known else sure)]

    return looked_again(board(), lines, find, read)


LINES = [TITLE, TIMES, doubtful(BELOW)]
WIDE = 300
"""Pixels: the piece about the rows is narrower, that in which unseen rows are looked for wider."""


def test_the_board_is_unread_at_first() -> None:
    assert not board_hours(LINES)


def test_what_two_pictures_tell_stands_as_one_of_them_shows_it() -> None:
    found = again(LINES, [SILENT] * NEEDED)
    assert found is not None
    assert [line.text for line in found] == ["营业时间", "8:30-18:00", SILENT]
    assert [line.quad for line in found] == [line.quad for line in LINES]
    assert board_hours(found).as_json() == WEEK


def test_what_one_picture_tells_does_not() -> None:
    assert again(LINES, [SILENT]) is None


def test_pictures_that_tell_two_weeks_leave_it_unread() -> None:
    assert again(LINES, [SILENT, SILENT, ANOTHER]) is None
    assert again(LINES, [SILENT, SILENT, LIMIT]) is None


def test_a_row_surely_read_in_any_picture_must_go_with_the_week() -> None:
    """下雨天不开门 tells no week at all, and speaks against one that is told without it."""
    assert again(LINES, [SILENT, SILENT, "下雨天不开门"]) is None


def test_a_row_hardly_read_or_as_letters_of_who_knows_what_tells_nothing() -> None:
    """Latin letters of who knows what limit nothing on a board; a blurred row is read as such."""
    assert board_hours([TITLE, TIMES, at("FTTKE", 200, 160)])
    assert again(LINES, ["FTTKE"] * 9) is None
    latin = [*LINES[:2], at("FTTK", 200, 160)]
    assert again([*LINES[:2], doubtful(latin[-1])], [SILENT] * 9, sure=0.7) is None


@pytest.mark.parametrize("how", ["cut", "parted"])
def test_times_cut_by_the_edge_or_anothers_stay_unread(how: str) -> None:
    lines = [TITLE, TIMES._replace(**{how: True}), LINES[2]]
    assert again(lines, [SILENT] * 9) is None


def test_other_lines_beside_the_board_are_given_back() -> None:
    beside = at("手机维修", 600, 30)._replace(beside=True)
    shown = iter([SILENT] * 3)

    def read(_: Pixels, quads: list[Quad]) -> list[Line]:
        said = ["营业时间", "8:30-18:00", next(shown, BLURRED)]
        return [plain_line(text, quad) for text, quad in zip(said, quads, strict=True)]

    found = looked_again(board(), [*LINES, beside], nothing, read)
    assert found is not None
    assert found[-1] == beside


def test_the_pieces_of_a_row_are_read_in_one_strip() -> None:
    """07 : 30-17 : 00 with rust on its colons is found in three pieces."""
    pieces = [at("07", 200, 130), at("30-17", 260, 130), at("00", 400, 130)]

    def read(_: Pixels, quads: list[Quad]) -> list[Line]:
        said = ["营业时间", "07:30-17:00"]
        if len(quads) > len(said):
            return []
        return [plain_line(text, quad) for text, quad in zip(said, quads, strict=True)]

    found = looked_again(board(), [TITLE, *pieces], nothing, read)
    assert found is not None
    assert board_hours(found).as_json() == [[[1, 2, 3, 4, 5, 6, 7], "07:30", "17:00"]]


def test_rows_are_found_anew_where_they_are_unsmeared() -> None:
    """Of the row below the times the first look found a part of its height."""

    def find(seen: Pixels) -> list[Quad]:
        rows = [at("营业时间", 12, 12), at("8:30-18:00", 12, 42), at(SILENT, 10, 64, 32)]
        return [] if seen.shape[1] > WIDE else [row.quad for row in rows]

    def read(_: Pixels, quads: list[Quad]) -> list[Line]:
        found = []
        for quad in quads:
            wide, high = quad[1][0] - quad[0][0], quad[2][1] - quad[0][1]
            below = SILENT if high > 25 else BLURRED
            text = "营业时间" if wide < 100 else "8:30-18:00" if high < 25 and wide > 180 else below
            line = plain_line(text, quad)
            found.append(doubtful(line) if text == BLURRED else line)
        return found

    assert looked_again(board(), LINES, nothing, read) is None
    found = looked_again(board(), LINES, find, read)
    assert found is not None
    assert board_hours(found).as_json() == WEEK


@pytest.mark.parametrize(("left", "top", "hidden"), [(60, 170, True), (60, 120, False)])
def test_a_row_that_no_look_had_found_leaves_the_board_unread(
    left: float, top: float, *, hidden: bool
) -> None:
    """Below the others something shows once it is unsmeared: it may be 中午休息."""

    def find(seen: Pixels) -> list[Quad]:
        return [at("中午休息", left, top).quad] if seen.shape[1] > WIDE else []

    assert (again(LINES, [SILENT] * NEEDED, find=find) is None) is hidden


def test_once_two_weeks_are_told_nothing_more_is_read_or_found() -> None:
    read_so_far: list[int] = []

    def read(_: Pixels, quads: list[Quad]) -> list[Line]:
        read_so_far.append(len(quads))
        times = ("8:30-18:00", "9:00-17:00")[len(read_so_far) - 1]
        said = ["营业时间", times, SILENT]
        return [plain_line(text, quad) for text, quad in zip(said, quads, strict=True)]

    def find(_: Pixels) -> list[Quad]:
        raise AssertionError("nothing settles it any more")

    assert looked_again(board(), LINES, find, read) is None
    assert len(read_so_far) == NEEDED


def test_one_picture_of_the_board_is_held_in_colours_at_a_time() -> None:
    """Of a large photo each takes 23 MB."""
    seen: list[weakref.ref[Pixels]] = []
    held: list[int] = []

    def read(picture: Pixels, quads: list[Quad]) -> list[Line]:
        seen.append(weakref.ref(picture))
        alive = [one for each in seen if (one := each()) is not None]
        held.append(len({id(one) for one in alive}))
        return [doubtful(plain_line(BLURRED, quad)) for quad in quads]

    assert looked_again(board(), LINES, nothing, read) is None
    assert len(seen) > 2 * NEEDED
    assert max(held) == 1
