"""What hangs beside an hours board, on another ground, and what the picture's edge cuts."""

import cv2
import numpy as np
import pytest

from server.media.reading.grounds import marked
from server.media.reading.looks import PictureReader
from server.media.reading.reading import pack_lines, unpack_lines
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Line, plain_line
from tools.boards import our_faces
from tools.neighbours import neighbours_photo

WHITE, RED, BLACK = (245, 248, 250), (40, 40, 190), (20, 20, 20)
BOARD = (200, 150, 600, 300)
HOURS = (220, 250, 580, 290)


def placed(text: str, box: tuple[int, int, int, int]) -> Line:
    left, top, right, below = box
    return plain_line(text, ((left, top), (right, top), (right, below), (left, below)))


def street(shade: float = 1.0, wall: tuple[int, int, int] = RED) -> Pixels:
    """A white board with black writing on a wall; half of the wall may lie in the shadow."""
    picture = np.full((480, 800, 3), wall, np.uint8)
    left, top, right, below = BOARD
    picture[top:below, left:right] = WHITE
    for x in range(230, 580, 25):
        cv2.line(picture, (x, 185), (x, 215), BLACK, 8)
        cv2.line(picture, (x, 255), (x, 285), BLACK, 8)
        cv2.line(picture, (x, 311), (x, 341), WHITE, 8)
    picture[:, 400:] = (picture[:, 400:] * shade).astype(np.uint8)
    return picture


@pytest.mark.parametrize("text", ["恩西路", "欧芭黎华承接室内外", "到扶手外", "天气"])
def test_another_shops_writing_on_another_ground_is_not_the_boards(text: str) -> None:
    lines = [placed("8:00-18:00", HOURS), placed(text, (220, 306, 580, 346))]

    assert not board_hours(lines)
    found = marked(street(), lines)

    assert [line.beside for line in found] == [False, True]
    assert board_hours(found)
    assert unpack_lines(pack_lines(found)) == tuple(found)


@pytest.mark.parametrize("text", ["周日休息", "雨天除外", "CLOSED", "下午 2:00-6:00", "逢集"])
def test_what_may_limit_the_hours_counts_on_any_ground(text: str) -> None:
    lines = [placed("8:00-18:00", HOURS), placed(text, (220, 306, 580, 346))]

    assert not any(line.beside for line in marked(street(), lines))


@pytest.mark.parametrize("shade", [1.0, 0.45])
def test_writing_on_the_boards_own_ground_counts_in_light_and_shadow(shade: float) -> None:
    lines = [placed("8:00-18:00", (220, 180, 390, 220)), placed("恩西路", (420, 250, 580, 290))]

    assert not any(line.beside for line in marked(street(shade), lines))


def test_a_row_hardly_read_above_or_below_the_times_counts_on_any_ground() -> None:
    limit = placed("同目体白", (220, 306, 580, 346))
    torn = limit._replace(glyphs=tuple(one._replace(probability=0.6) for one in limit.glyphs))

    assert not any(line.beside for line in marked(street(), [placed("8:00-18:00", HOURS), torn]))


@pytest.mark.parametrize("box", [(2, 180, 300, 220), (500, 180, 799, 220), (220, 1, 580, 41)])
def test_a_board_that_the_pictures_edge_cuts_is_not_read(box: tuple[int, int, int, int]) -> None:
    cut = [placed("8:00-18:00", box)]

    assert board_hours(cut)
    assert not board_hours(marked(street(wall=WHITE), cut))


def test_a_title_at_the_pictures_edge_hides_no_hours() -> None:
    lines = [placed("营业时间", (220, 1, 580, 41)), placed("8:00-18:00", (220, 55, 580, 95))]

    assert board_hours(marked(street(wall=WHITE), lines))


def test_what_is_left_of_a_row_at_the_pictures_edge_leaves_the_board_unread() -> None:
    whole, cut = street(wall=WHITE), street(wall=WHITE)
    for x in range(230, 580, 25):
        cv2.line(cut, (x, 178), (x, 180), BLACK, 5)
    lines = [placed("8:00-18:00", (220, 70, 580, 115))]

    assert board_hours(marked(np.ascontiguousarray(whole[178:]), lines))
    assert not board_hours(marked(np.ascontiguousarray(cut[178:]), lines))


def test_a_board_before_other_peoples_signs_is_read() -> None:
    photo = neighbours_photo(2, fonts=our_faces())

    lines = PictureReader().read(photo.content, "hours_board").lines

    assert board_hours(lines).as_json() == photo.label["hours"]
    assert not board_hours([line._replace(beside=False) for line in lines])
