"""What the finder of lines cut off before a name's first character is read with it."""

import cv2
import numpy as np
import pytest

from server.media.reading.lengthened import Read, lengthened
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Glyph, Line, Quad, plain_line

QUAD = ((150.0, 100.0), (330.0, 100.0), (330.0, 150.0), (150.0, 150.0))
KIND = plain_line(
    "快递便民服务点", ((150.0, 170.0), (330.0, 170.0), (330.0, 200.0), (150.0, 200.0))
)
NAME = plain_line("张庵村", QUAD)
FIRST, PITCH = 180.0, 60.0
"""The middle of the first character of three, and from one to the next, in pixels."""


@pytest.fixture
def board() -> Pixels:
    board = np.full((260, 480, 3), (60, 118, 60), np.uint8)
    cv2.putText(board, "HWM", (156, 140), cv2.FONT_HERSHEY_SIMPLEX, 1.9, (230, 240, 240), 3)
    board[104:146, 96:144] = (150, 170, 150)  # a drop
    return board


def reader(before: dict[float, tuple[str, float]]) -> tuple[list[Quad], Read]:
    """Stands for the network: the name, and what stands at some places before it."""
    asked: list[Quad] = []
    all_of_it = {FIRST + n * PITCH: (sign, 1.0) for n, sign in enumerate("张庵村")} | before

    def read(picture: Pixels, quads: list[Quad]) -> list[Line]:
        del picture
        made = []
        for quad in quads:
            asked.append(quad)
            wide = quad[1][0] - quad[0][0]
            right = 330.0  # of every strip, before it is laid in its own cut-out
            left = right - wide
            glyphs = tuple(
                Glyph(sign, sure, (x - left) / wide, ())
                for x, (sign, sure) in sorted(all_of_it.items())
                if x > left
            )
            made.append(plain_line("张", quad)._replace(glyphs=glyphs))
        return made

    return asked, read


def read_longer(board: Pixels, before: dict[float, tuple[str, float]], *more: Line) -> list[str]:
    _, read = reader(before)
    return [line.text for line in lengthened(board, [NAME, KIND, *more], read)]


def test_a_character_behind_a_drop_is_read_with_the_name(board: Pixels) -> None:
    assert read_longer(board, {FIRST - PITCH: ("南", 0.95)})[0] == "南张庵村"


def test_one_that_is_not_plain_is_not(board: Pixels) -> None:
    assert read_longer(board, {FIRST - PITCH: ("南", 0.8)})[0] == "张庵村"
    assert read_longer(board, {FIRST - PITCH: ("8", 0.99)})[0] == "张庵村"
    assert read_longer(board, {FIRST - 2.2 * PITCH: ("南", 0.99)})[0] == "张庵村"
    assert read_longer(board, {})[0] == "张庵村"


def test_what_is_another_line_is_left_to_it(board: Pixels) -> None:
    badge = plain_line("中通", ((70.0, 100.0), (140.0, 100.0), (140.0, 150.0), (70.0, 150.0)))
    assert read_longer(board, {FIRST - PITCH: ("南", 0.99)}, badge)[0] == "张庵村"


def test_nothing_is_looked_for_on_bare_ground(board: Pixels) -> None:
    board[:, :150] = (60, 118, 60)
    asked, read = reader({FIRST - PITCH: ("南", 0.99)})
    assert [line.text for line in lengthened(board, [NAME, KIND], read)] == [
        "张庵村",
        KIND.text,
    ]
    assert not asked
