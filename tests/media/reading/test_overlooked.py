"""What limits a board's hours and no look finds is read, or leaves the board unread."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from server.media.paper.typeface import sans_path
from server.media.reading.looks import PictureReader
from server.media.reading.overlooked import overlooked
from server.media.reading.text_models import Pixels
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import HIDDEN, Line, Quad, plain_line
from tests.policy.signs.written import at

TITLE, TIMES = at("营业时间", 200, 100), at("8:30-18:00", 200, 130)
EVERY_DAY = [[[1, 2, 3, 4, 5, 6, 7], "08:30", "18:00"]]
NO_SUNDAYS = [[[1, 2, 3, 4, 5, 6], "08:30", "18:00"]]
BELOW, ASIDE, FAR = at("周日休息", 210, 160), at("周日休息", 420, 130), at("周日休息", 210, 250)


@pytest.fixture(scope="module")
def reader() -> PictureReader:
    return PictureReader()


def photo(limit: str, *, blur: float) -> bytes:
    """Large times and small writing below them, out of focus."""
    picture = Image.new("RGB", (1000, 560), (70, 80, 90))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((120, 60, 880, 500), fill=(238, 238, 232))
    for text, down, size in (("营业时间", 130, 80), ("8:30-18:00", 260, 90), (limit, 390, 30)):
        font = ImageFont.truetype(str(sans_path()), size)
        pen.text((500, down), text, (40, 40, 40), font, anchor="mm")
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(blur)).save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_limit_in_small_writing_that_the_first_look_misses_is_told(
    reader: PictureReader,
) -> None:
    seen = reader.read(photo("周日不营业", blur=4), "hours_board")
    assert board_hours(seen.lines).as_json() == NO_SUNDAYS


def test_a_limit_that_nobody_can_read_leaves_the_board_unread(reader: PictureReader) -> None:
    seen = reader.read(photo("周日不营业", blur=7), "hours_board")
    assert "8:30-18:00" in [line.text for line in seen.lines]
    assert not board_hours(seen.lines)


def test_a_row_that_limits_nothing_is_read_and_the_week_stands(reader: PictureReader) -> None:
    seen = reader.read(photo("欢迎光临", blur=4), "hours_board")
    assert board_hours(seen.lines).as_json() == EVERY_DAY


def board() -> Pixels:
    picture = np.full((320, 800, 3), 240, np.uint8)
    for top in (90, 120, 150):
        for x in range(205, 300, 11):
            picture[top + 3 : top + 17, x : x + 4] = 20
    return picture


def looked(
    lines: list[Line], said: str, sure: float, shows: Line | None = None
) -> tuple[list[Line], list[list[object]]]:
    """The lines and the week where `shows` shows faintly, and whatever is read is `said`."""

    def faint(_: Pixels, side: int, __: float) -> list[Quad]:
        # The piece that is looked at begins three times the writing's height left and above.
        left, top = 200 - 60, 100 - 60
        if shows is None or side != 640:
            return []
        return [tuple((x - left, y - top) for x, y in shows.quad)]  # type: ignore[list-item]

    def read(_: Pixels, quads: list[Quad]) -> list[Line]:
        found = [plain_line(said, quad) for quad in quads] if said else []
        return [
            line._replace(glyphs=tuple(one._replace(probability=sure) for one in line.glyphs))
            for line in found
        ]

    found = overlooked(board(), lines, faint, read)
    return found, board_hours(found).as_json()


@pytest.mark.parametrize("place", [BELOW, ASIDE])
def test_what_shows_where_limits_stand_is_read_surely_or_hides_the_week(place: Line) -> None:
    lines = [TITLE, TIMES]
    assert looked(lines, "周日休息", 0.99, place)[1] == NO_SUNDAYS
    assert looked(lines, "欢迎光临", 0.99, place)[1] == EVERY_DAY
    found, week = looked(lines, "THONER", 0.5, place)
    assert week == []
    assert found[-1].confidence == HIDDEN
    assert not found[-1].beside


def test_a_stain_or_what_stands_far_off_hides_nothing() -> None:
    lines = [TITLE, TIMES]
    assert looked(lines, "", 0.5, BELOW) == (lines, EVERY_DAY)
    assert looked(lines, "M", 0.5, BELOW) == (lines, EVERY_DAY)
    assert looked(lines, "THONER", 0.5, FAR) == (lines, EVERY_DAY)


def test_letters_of_who_knows_what_below_the_times_are_read_again() -> None:
    """下乡时关门 was read as TOHO and passed over as another's writing."""
    vague = at("TOHO", 210, 160)
    vague = vague._replace(glyphs=tuple(one._replace(probability=0.5) for one in vague.glyphs))
    assert board_hours([TITLE, TIMES, vague])
    assert looked([TITLE, TIMES, vague], "CEVAN", 0.4)[1] == []
    assert looked([TITLE, TIMES, vague], "周日休息", 0.99)[1] == NO_SUNDAYS


def test_the_end_of_a_row_that_no_character_takes_is_read_too() -> None:
    """8:30-18:00 装修暂停 in one box, of which only the times were read."""
    left, right, low_right, low_left = TIMES.quad
    wide = right[0] + 120
    longer = TIMES._replace(
        quad=(left, (wide, right[1]), (wide, low_right[1]), low_left),
        glyphs=tuple(
            glyph._replace(at=glyph.at * (right[0] - left[0]) / (wide - left[0]))
            for glyph in TIMES.glyphs
        ),
    )
    assert looked([TITLE, longer], "", 0.5)[1] == EVERY_DAY
    assert looked([TITLE, longer], "美酒营作", 0.5)[1] == []


def test_what_tells_no_week_is_left_as_it_is() -> None:
    assert looked([TITLE], "周日休息", 0.99, BELOW)[0] == [TITLE]
