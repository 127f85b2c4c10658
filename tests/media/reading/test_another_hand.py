"""A short piece in other colours than the name beside it is of another hand."""

import cv2
import numpy as np

from server.media.reading.another_hand import told_apart
from server.media.reading.reading import pack_lines, unpack_lines
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line
from server.policy.signs.match import match_sign
from server.policy.signs.placed import Outcome
from tests.policy.signs.written import NAME, at

Colour = tuple[int, int, int]
BLUE, WHITE, RED, YELLOW, BLACK = (
    (150, 60, 20), (240, 240, 240), (40, 40, 200), (60, 210, 240), (30, 30, 30),
)  # fmt: skip
PALE_YELLOW, LEFT, SIZE = (190, 230, 235), 40, 40
PLACE, KIND = NAME[:3], NAME[3:]


def drawn(picture: Pixels, place: int, row: int, ink: Colour, ground: Colour | None = None) -> None:
    """One letter where the character of that place stands in its row."""
    left, low = LEFT + place * SIZE, row + 34
    if ground is not None:
        cv2.rectangle(picture, (left, row), (left + SIZE - 1, row + SIZE - 1), ground, -1)
    cv2.putText(picture, "HWMN"[place % 4], (left + 3, low), cv2.FONT_HERSHEY_SIMPLEX, 1.3, ink, 3)


def board(
    before: str, ink: Colour, ground: Colour | None = None, *, lower: int = 0
) -> tuple[Pixels, Line]:
    """A white name on blue in one line with a piece of another ink or ground before it."""
    picture = np.full((120, 640, 3), BLUE, np.uint8)
    for place in range(len(before)):
        drawn(picture, place, 30 + lower, ink, ground)
    for place in range(len(NAME)):
        drawn(picture, len(before) + place, 30, WHITE)
    return picture, at(before + NAME, LEFT, 30, SIZE)


def apart(before: str, ink: Colour, ground: Colour | None = None) -> tuple[Pixels, list[Line]]:
    """The same, found as two lines."""
    picture, _ = board(before, ink, ground)
    middle = LEFT + len(before) * SIZE + 2
    return picture, [at(before, LEFT - 2, 30, SIZE), at(NAME, middle, 30, SIZE)]


def outcome(lines: list[Line], register: tuple[str, ...] = ()) -> Outcome:
    return match_sign(lines, names=[NAME], number=None, register=register).name.outcome


def test_a_piece_in_other_colours_is_no_part_of_the_name() -> None:
    for ink, ground in ((BLACK, YELLOW), (RED, None), (BLACK, WHITE)):
        picture, lines = apart("修", ink, ground)
        assert outcome(lines) is Outcome.UNREADABLE
        marked = told_apart(picture, lines)
        assert [line.beside for line in marked] == [True, False], (ink, ground)
        assert outcome(marked) is Outcome.MATCHES


def test_nor_is_it_where_it_was_read_in_one_line_with_the_name() -> None:
    for ink, ground in ((BLACK, YELLOW), (RED, None), (BLACK, WHITE), (YELLOW, None)):
        picture, line = board("修车", ink, ground)
        assert outcome([line]) is Outcome.UNREADABLE
        (marked,) = told_apart(picture, [line])
        assert [glyph.foreign for glyph in marked.glyphs] == [True] * 2 + [False] * 10
        assert outcome(list(unpack_lines(pack_lines([marked])))) is Outcome.MATCHES, (ink, ground)


def test_a_slight_difference_tells_only_beside_another_one() -> None:
    picture, line = board("修", PALE_YELLOW)
    assert told_apart(picture, [line]) == [line]
    picture, line = board("修", PALE_YELLOW, lower=6)
    assert outcome(told_apart(picture, [line])) is Outcome.MATCHES


def test_a_word_between_the_place_and_the_row_below_is_no_part_of_it_either() -> None:
    picture = np.full((160, 640, 3), BLUE, np.uint8)
    for place in range(5):
        drawn(picture, place, 30, WHITE if place < 3 else RED)
    for place in range(7):
        drawn(picture, place, 90, WHITE)
    lines = [at(f"{PLACE}活鱼", LEFT, 30, SIZE), at(KIND, LEFT, 90, SIZE)]
    assert outcome(lines) is Outcome.UNREADABLE
    assert outcome(told_apart(picture, lines)) is Outcome.MATCHES


def test_a_piece_in_the_names_own_colours_stays_a_part_of_it_in_any_light() -> None:
    one = board("修", WHITE)
    for picture, lines in (apart("修", WHITE), (one[0], [one[1]])):
        picture[:, : LEFT + SIZE] = picture[:, : LEFT + SIZE] // 2  # a shadow up to it
        assert told_apart(picture, lines) == lines


def test_a_longer_name_of_the_register_is_not_cut_short_by_the_colours() -> None:
    one = board("修", RED, YELLOW)
    for picture, lines in (apart("修", RED, YELLOW), (one[0], [one[1]])):
        marked = told_apart(picture, lines)
        assert outcome(marked) is Outcome.MATCHES
        assert outcome(marked, (f"修{NAME}",)) is not Outcome.MATCHES
    longer = (f"老修{NAME}",)  # 老 may be hidden
    assert outcome(told_apart(one[0], [one[1]]), longer) is not Outcome.MATCHES


def test_a_shorter_name_of_the_register_is_no_rival_of_the_whole_one() -> None:
    picture, line = board("修", RED, YELLOW)
    assert outcome(told_apart(picture, [line]), (f"庄村{KIND}",)) is Outcome.MATCHES


def test_the_names_own_words_and_other_rows_are_left_alone() -> None:
    picture, (_, name) = apart("修", RED, YELLOW)
    for piece in (at("村", LEFT, 30, SIZE), at("修", LEFT, 90, SIZE)):
        assert told_apart(picture, [piece, name]) == [piece, name]
