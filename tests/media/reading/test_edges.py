"""Slices of writing that the picture's edge leaves near a board: nobody can read them."""

from collections.abc import Sequence
from itertools import accumulate, cycle, takewhile

import numpy as np
import pytest

from server.media.reading.grounds import marked
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Line, plain_line

WHITE, RED, BLACK, GREY = (245, 248, 250), (40, 40, 190), (20, 20, 20), (120, 125, 128)
ROW = (220, 120, 580, 160)


def placed(text: str, box: tuple[int, int, int, int]) -> Line:
    left, top, right, below = box
    return plain_line(text, ((left, top), (right, top), (right, below), (left, below)))


def under_a_strip(
    ink: tuple[int, int, int], *, columns: range = range(300, 480, 40), deep: int = 7, wide: int = 6
) -> Pixels:
    """A white board on a grey wall; above it a red strip whose writing the edge leaves so deep."""
    picture = np.full((260, 800, 3), GREY, np.uint8)
    picture[:40, 180:620] = RED
    picture[60:220, 200:600] = WHITE
    for x in range(230, 580, 25):
        picture[128:152, x : x + 8] = BLACK
    for x in uneven(columns):
        picture[:deep, x : x + wide] = ink
    return picture


def uneven(columns: range) -> list[int]:
    """Strokes of characters do not stand at even steps."""
    steps = (columns.step * share // 10 for share in cycle((9, 6, 8)))
    return list(takewhile(lambda x: x < columns.stop, accumulate(steps, initial=columns.start)))


def read(picture: Pixels, *more: Line) -> bool:
    return bool(board_hours(marked(picture, [placed("8:00-18:00", ROW), *more])))


@pytest.mark.parametrize(
    ("ink", "columns", "deep", "wide"),
    [
        (WHITE, range(300, 480, 40), 7, 6),  # a few feet of characters, three rows off
        (WHITE, range(220, 580, 15), 12, 4),  # small and close together
        (BLACK, range(300, 480, 40), 18, 6),
    ],
)
def test_slices_of_a_strip_above_the_board_leave_it_unread(
    ink: tuple[int, int, int], columns: range, deep: int, wide: int
) -> None:
    picture = under_a_strip(ink, columns=columns, deep=deep, wide=wide)

    assert not read(picture)
    assert not read(np.ascontiguousarray(picture[::-1]), placed("乡村百货", (0, 90, 100, 130)))


def test_slices_of_a_small_strip_under_large_times_leave_the_board_unread() -> None:
    picture = under_a_strip(WHITE, columns=range(300, 480, 22), deep=8, wide=4)
    picture[60:220, 200:600] = WHITE
    picture[80:200, 230:580:40] = BLACK
    large = placed("24小时", (220, 75, 580, 205))

    assert not board_hours(marked(picture, [large]))


def test_another_shops_name_at_the_same_edge_does_not_excuse_slices_beside_it() -> None:
    picture = under_a_strip(WHITE, columns=range(420, 580, 30))
    picture[:30, 190:400] = RED
    picture[5:25, 230:380:30] = WHITE

    name = placed("欧芭黎华", (215, 0, 395, 30))

    assert not read(picture, name)
    assert read(under_a_strip(RED), name)


def test_a_row_close_to_the_edge_that_was_read_is_no_slice() -> None:
    picture = under_a_strip(WHITE, columns=range(225, 575, 25), deep=30)

    assert read(picture, placed("美发沙龙造型", (215, 0, 585, 34))._replace(beside=True))


def test_poles_and_a_bare_strip_are_no_writing() -> None:
    poles = under_a_strip(BLACK, columns=range(300, 480, 40), deep=118)

    assert read(poles)
    assert read(under_a_strip(RED))


def test_a_frame_and_the_wall_beside_a_board_that_fills_the_picture_are_no_writing() -> None:
    picture = under_a_strip(RED)
    picture[:60, 200:600] = WHITE
    picture[:, 214:218] = picture[:, 582:586] = BLACK
    picture[:, 586:640] = GREY

    assert read(picture)
    for x in uneven(range(300, 480, 40)):
        picture[:6, x : x + 3] = BLACK
    assert not read(picture)


@pytest.mark.parametrize(
    "joints", [range(300, 500, 40), (300, 325, 365, 390, 430, 455), range(240, 560, 25)]
)
def test_joints_of_bricks_at_the_edge_are_no_writing(joints: Sequence[int]) -> None:
    picture = under_a_strip(RED)
    for x in joints:
        picture[:7, x : x + 4] = WHITE

    assert read(picture)


def test_a_title_longer_than_the_times_does_not_excuse_slices() -> None:
    title = placed("营业时间 BUSINESS HOURS", (205, 70, 595, 110))

    assert not read(under_a_strip(WHITE), title)
    assert read(under_a_strip(RED), title)


def test_what_was_read_of_slices_is_believed_only_beyond_doubt() -> None:
    """今日盘点, cut through its height, is read as 今口舟占 at 0.95."""
    picture = under_a_strip(WHITE, columns=range(300, 500, 25), deep=24)[15:]

    def beside(sure: float, top: int = 0) -> bool:
        line = placed("今口舟占", (290, top, 490, top + 26))
        glyphs = tuple(one._replace(probability=sure) for one in line.glyphs)
        hours = placed("8:00-18:00", (220, 105, 580, 145))
        return bool(board_hours(marked(picture, [hours, line._replace(glyphs=glyphs)])))

    assert not beside(0.95)
    assert beside(0.99)


def striped(deep: int) -> Pixels:
    """A white board on a white wall, with stripes that reach so deep into it from below."""
    picture = np.full((260, 800, 3), WHITE, np.uint8)
    for x in range(200, 600, 60):
        picture[260 - deep :, x : x + 20] = GREY
    for x in range(230, 580, 25):
        picture[168:192, x : x + 8] = BLACK
    return picture


def test_stripes_of_shade_that_go_on_into_the_board_are_no_slices() -> None:
    row = placed("8:00-18:00", (220, 160, 580, 200))

    assert board_hours(marked(striped(260), [row]))
    assert not board_hours(marked(striped(15), [row]))


@pytest.mark.parametrize(("other", "told"), [((212, 218, 222), True), ((108, 114, 118), False)])
def test_marks_both_lighter_and_darker_than_their_ground_are_the_walls_own(
    other: tuple[int, int, int], *, told: bool
) -> None:
    """Written straight on a grey wall in white; along the edge, wide and narrow marks."""
    picture = np.full((270, 800, 3), (160, 166, 170), np.uint8)
    for x in range(230, 580, 25):
        picture[168:192, x : x + 8] = WHITE
    for nth, x in enumerate(uneven(range(240, 560, 55))):
        picture[256:, x : x + 22] = other if nth % 2 else (108, 114, 118)
    row = placed("8:00-18:00", (220, 160, 580, 200))

    assert bool(board_hours(marked(picture, [row]))) is told


@pytest.mark.parametrize("edge", [2, 4])
@pytest.mark.parametrize("apart", [40, 55, 100])
def test_letters_with_an_edge_of_another_colour_are_writing(edge: int, apart: int) -> None:
    picture = np.full((270, 800, 3), (120, 140, 160), np.uint8)
    letters = [(168, x) for x in range(230, 580, 25)]
    letters += [(252, x) for x in uneven(range(240, 560, apart))]
    for top, x in letters:
        picture[top - edge : top + 24, x - edge : x + 10 + edge] = BLACK
        picture[top : top + 20, x : x + 10] = WHITE
    row = placed("8:00-18:00", (220, 160, 580, 200))

    assert not board_hours(marked(picture, [row]))
    picture[230:] = (120, 140, 160)
    assert board_hours(marked(picture, [row]))
