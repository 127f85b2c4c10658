"""A board in the dark is looked at in full light, and believed if two such looks agree."""

import numpy as np
import pytest

from server.media.reading.dark import board_in_the_dark
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Line
from tests.policy.signs.written import at

TIMES = at("8:30-18:00", 200, 100)
TITLE = at("营业时间", 200, 70)
SHUT = at("周日休息", 200, 130)
WEEK = [[[1, 2, 3, 4, 5, 6, 7], "08:30", "18:00"]]


def dark(shade: int = 20) -> Pixels:
    rng = np.random.default_rng(5)
    return np.asarray(rng.normal(shade, 3, (260, 800, 3)).clip(0, 255), np.uint8)


def found(picture: Pixels, first: list[Line], whole: list[Line], closer: list[Line]) -> list[Line]:
    return board_in_the_dark(picture, first, lambda _: whole, lambda *_: closer)


def test_what_two_looks_in_full_light_tell_stands() -> None:
    lines = found(dark(), [], [TITLE, TIMES], [TIMES])
    assert board_hours(lines).as_json() == WEEK


@pytest.mark.parametrize("closer", [[], [TITLE], [TIMES, SHUT]])
def test_what_a_closer_look_does_not_tell_as_well_does_not(closer: list[Line]) -> None:
    assert found(dark(), [], [TITLE, TIMES], closer) == []


def test_it_is_asked_only_in_the_dark_and_where_no_times_were_found() -> None:
    assert found(dark(120), [], [TIMES], [TIMES]) == []
    assert found(dark(), [at("8:30-1", 200, 100)], [TIMES], [TIMES]) == []
