"""What stands right before a name may hide its first character, and is told."""

import cv2
import numpy as np
import pytest

from server.media.reading.before import preceded
from server.media.reading.reading import pack_lines, unpack_lines
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import plain_line

QUAD = ((150.0, 100.0), (330.0, 100.0), (330.0, 150.0), (150.0, 150.0))
NAME = plain_line("张庵村便民", QUAD)


@pytest.fixture
def board() -> Pixels:
    board = np.full((260, 480, 3), (60, 118, 60), np.uint8)
    cv2.putText(board, "HWMNH", (156, 140), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (230, 240, 240), 3)
    noise = np.random.default_rng(1).normal(0, 3, board.shape)
    return (board + noise).clip(0, 255).astype(np.uint8)


def test_plain_ground_before_a_name_hides_nothing(board: Pixels) -> None:
    assert not preceded(board, NAME).preceded
    edge = board.copy()
    edge[:, :115] = 200  # where the board ends, a character away
    assert not preceded(edge, NAME).preceded


@pytest.mark.parametrize(("left", "wide"), [(128, 16), (120, 30)])
def test_a_pole_and_a_lantern_before_a_name_are_told(board: Pixels, left: int, wide: int) -> None:
    board[:, left : left + wide] = (120, 120, 120)
    assert preceded(board, NAME).preceded


def test_a_shadow_further_on_in_the_name_hides_nothing_before_it(board: Pixels) -> None:
    board[:, 230:] = (board[:, 230:] * 2.0).clip(0, 255).astype(np.uint8)
    assert not preceded(board, NAME).preceded
    board[:, 125:145] = (120, 120, 120)
    assert preceded(board, NAME).preceded


def test_a_frame_where_no_character_has_room_hides_nothing(board: Pixels) -> None:
    board[:, 126:129] = 230
    assert not preceded(board, NAME).preceded


def test_glare_on_a_white_board_may_hide_a_character() -> None:
    white = np.full((260, 480, 3), 238, np.uint8)
    cv2.putText(white, "HWMNH", (156, 140), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (40, 40, 160), 3)
    assert not preceded(white, NAME).preceded
    white[:, 100:150] = 255
    assert preceded(white, NAME).preceded


def test_the_mark_is_kept_with_the_line() -> None:
    marked = NAME._replace(preceded=True)
    assert unpack_lines(pack_lines([marked, NAME])) == (marked, NAME)
    assert len(pack_lines([NAME])[0]) == 3  # lines without a mark are as they always were
