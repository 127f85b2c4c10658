"""A short piece in other colours than the name beside it is of another hand."""

import cv2
import numpy as np

from server.media.reading.another_hand import apart
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line
from server.policy.signs.match import match_sign
from server.policy.signs.placed import Outcome
from tests.policy.signs.written import NAME, at

BLUE, WHITE, RED, YELLOW = (150, 60, 20), (240, 240, 240), (40, 40, 200), (60, 210, 240)


def board(ground: tuple[int, int, int], ink: tuple[int, int, int]) -> tuple[Pixels, Line, Line]:
    """A white name on blue, and one character of another ground and ink before it."""
    picture = np.full((120, 640, 3), BLUE, np.uint8)
    cv2.putText(picture, "HWMNHWMNHW", (130, 68), cv2.FONT_HERSHEY_SIMPLEX, 1.6, WHITE, 3)
    cv2.rectangle(picture, (80, 26), (122, 74), ground, -1)
    cv2.putText(picture, "E", (88, 66), cv2.FONT_HERSHEY_SIMPLEX, 1.4, ink, 3)
    return picture, at("修", 82, 30, 40), at(NAME, 126, 30, 40)


def outcome(lines: list[Line], register: tuple[str, ...] = ()) -> Outcome:
    return match_sign(lines, names=[NAME], number=None, register=register).name.outcome


def test_a_piece_in_other_colours_is_no_part_of_the_name() -> None:
    for ground, ink in ((YELLOW, (30, 30, 30)), (BLUE, RED), (WHITE, (30, 30, 30))):
        picture, scrap, name = board(ground, ink)
        assert outcome([scrap, name]) is Outcome.UNREADABLE
        marked = apart(picture, [scrap, name], [name.quad])
        assert [line.beside for line in marked] == [True, False], (ground, ink)
        assert outcome(marked) is Outcome.MATCHES


def test_a_piece_in_the_names_own_colours_stays_a_part_of_it_in_any_light() -> None:
    picture, first, name = board(BLUE, WHITE)
    picture[:, :124] = picture[:, :124] // 2  # a shadow up to it
    assert apart(picture, [first, name], [name.quad]) == [first, name]


def test_a_longer_name_of_the_register_is_not_cut_short_by_the_colours() -> None:
    picture, scrap, name = board(YELLOW, RED)
    marked = apart(picture, [scrap, name], [name.quad])
    assert outcome(marked, (f"修{NAME}",)) is not Outcome.MATCHES


def test_the_names_own_words_and_other_rows_are_left_alone() -> None:
    picture, _, name = board(YELLOW, RED)
    for piece in (at("村", 82, 30, 40), at("修", 82, 80, 40)):
        assert apart(picture, [piece, name], [name.quad]) == [piece, name]
