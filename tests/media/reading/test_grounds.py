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


@pytest.mark.parametrize("text", ["到扶手外", "天气"])
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


def test_rows_written_in_between_are_no_wall_to_what_stands_below_them() -> None:
    """A limit in black below the red times and a thick row of services: it is the board's own."""
    picture = np.full((480, 800, 3), WHITE, np.uint8)
    for top, ink, below in ((100, RED, 160), (180, (150, 60, 20), 250), (270, BLACK, 320)):
        for x in range(200, 600, 22):
            cv2.line(picture, (x, top + 8), (x, below - 8), ink, 14)
    times, limit = "8:00-18:00", "下地去了没得人"
    lines = [placed(times, (180, 100, 620, 160)), placed(limit, (180, 270, 620, 320))]
    between = placed("快递收发代缴水电费", (180, 180, 620, 250))

    assert marked(picture, lines)[1].beside  # nobody read what stands in between
    assert not any(line.beside or line.parted for line in marked(picture, [*lines, between]))
    assert not board_hours(marked(picture, [*lines, between]))


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


CREAM, MAROON = (192, 222, 236), (60, 40, 120)


def hung_over(wall: tuple[int, int, int], ink: tuple[int, int, int], tall: int) -> Pixels:
    """The white board, and above it a row of another hand's writing, so many pixels high."""
    picture = street(wall=wall)
    for x in range(60, 740, 40):
        cv2.line(picture, (x, 145 - tall), (x, 140), ink, 12)
    return picture


def above(text: str, tall: int, lean: int = 0, sure: float = 1.0) -> Line:
    line = placed(text, (120, 140 - tall, 680, 145))
    quad = tuple((x, y + (lean if x > 400 else -lean) / 2) for x, y in line.quad)
    glyphs = tuple(one._replace(probability=sure) for one in line.glyphs)
    return line._replace(quad=quad, glyphs=glyphs)


@pytest.mark.parametrize(
    ("text", "wall", "tall", "lean", "sure", "beside"),
    [
        # Another ground, and a word with a limit's character.
        ("中国农业银", RED, 60, 0, 1.0, True),
        ("中国农忙银", RED, 60, 0, 1.0, False),
        ("中国农业银", WHITE, 60, 0, 1.0, False),
        # Hardly read where a limit would stand: strange by its slope or size as well.
        ("恩四路口东", RED, 60, 0, 0.6, False),
        ("恩四路口东", RED, 60, 90, 0.6, True),
        ("恩四路口东", RED, 75, 0, 0.6, True),
        ("周四路口东", RED, 75, 90, 0.6, False),
        # A ground hardly another: with another ink, slope or size.
        ("绘美术书", CREAM, 60, 0, 1.0, True),
        ("绘美术书", WHITE, 60, 0, 1.0, False),
        ("绘美术书", WHITE, 125, 0, 1.0, False),
        ("绘美术书", WHITE, 60, 90, 1.0, True),
        # Digits need three signs there, and times are never left out.
        ("88590", CREAM, 60, 0, 1.0, False),
        ("88590", CREAM, 125, 90, 1.0, True),
        ("9:00-12:00", CREAM, 125, 90, 1.0, False),
        ("周日休息", CREAM, 125, 90, 1.0, False),
    ],
)
def test_the_stranger_a_row_looks_the_more_it_may_say_and_still_be_anothers(
    text: str, wall: tuple[int, int, int], tall: int, lean: int, sure: float, *, beside: bool
) -> None:
    lines = [placed("8:00-18:00", (220, 175, 580, 220)), above(text, tall, lean, sure)]

    found = marked(hung_over(wall, MAROON if wall != RED else WHITE, tall), lines)

    assert [line.beside for line in found] == [False, beside]


def test_a_column_beside_level_rows_on_a_ground_hardly_another_is_not_the_boards() -> None:
    column = placed("业大学东图", (60, 100, 110, 400))._replace(vertical=True)
    picture = hung_over(CREAM, CREAM, 60)
    for y in range(110, 400, 30):
        cv2.line(picture, (70, y), (100, y), BLACK, 6)

    found = marked(picture, [placed("8:00-18:00", HOURS), column])

    assert [line.beside for line in found] == [False, True]


UPPER, LOWER = (220, 80, 580, 122), (220, 151, 580, 193)


def two_boards(wall: tuple[int, int, int], ink: tuple[int, int, int]) -> Pixels:
    """Two white boards, one above the other, with so much of a wall between them."""
    picture = np.full((480, 800, 3), wall, np.uint8)
    for top, row, colour in ((60, UPPER, BLACK), (143, LOWER, ink)):
        picture[top : top + 70, 200:600] = WHITE
        for x in range(230, 580, 25):
            cv2.line(picture, (x, row[1] + 6), (x, row[3] - 6), colour, 8)
    return picture


@pytest.mark.parametrize(
    ("wall", "ink", "read"), [(RED, MAROON, False), (WHITE, MAROON, True), (RED, BLACK, True)]
)
def test_times_of_two_boards_are_never_joined_into_one_week(
    wall: tuple[int, int, int], ink: tuple[int, int, int], *, read: bool
) -> None:
    """With a wall between them, and in another hand; glare shows between rows of one board too."""
    lines = [
        placed("周一至周五 8:00-17:00", UPPER),
        placed("周六 9:00-12:00", LOWER),
    ]

    found = marked(two_boards(wall, ink), lines)

    assert board_hours([line._replace(parted=False) for line in found])
    assert bool(board_hours(found)) is read
    assert unpack_lines(pack_lines(found)) == tuple(found)


def test_a_strip_of_the_boards_own_limits_its_hours_over_a_wall() -> None:
    lines = [
        placed("8:00-18:00", UPPER),
        placed("周日休息", LOWER),
    ]

    found = board_hours(marked(two_boards(RED, MAROON), lines))

    assert found.as_json() == [[[1, 2, 3, 4, 5, 6], "08:00", "18:00"]]


def test_a_name_on_a_board_across_a_wall_is_left_out_and_a_limit_is_not() -> None:
    hours = placed("8:00-18:00", UPPER)

    def beside(text: str) -> bool:
        lines = [hours, placed(text, LOWER)]
        return marked(two_boards(RED, BLACK), lines)[1].beside

    alike = [beside(text) for text in ("月季理发店", "禁止停车", "日用百货")]
    picture = two_boards(RED, MAROON)
    strange = {
        text: marked(picture, [hours, placed(text, LOWER)])[1].beside
        for text in ("月季理发店", "禁止停车", "农家肥", "周日理发店", "停车场不营业", "暂停营业")
    }

    assert alike == [False, False, False]
    assert strange == {
        "月季理发店": True, "禁止停车": True, "农家肥": True,
        "周日理发店": False, "停车场不营业": False, "暂停营业": False,
    }  # fmt: skip


def test_a_strip_that_the_edge_cuts_through_its_writing_leaves_the_board_unread() -> None:
    """Nobody can read it, and it may say 暂停营业; leaves and bricks there are no writing."""
    dice = np.random.default_rng(7)
    strip, leaves = (two_boards(RED, MAROON)[:166] for _ in range(2))
    leaves[150:, 200:600] = cv2.resize(
        dice.integers(0, 255, (2, 9, 3), np.uint8), (400, 16), interpolation=cv2.INTER_CUBIC
    )
    hours = [placed("8:00-18:00", UPPER)]

    assert not board_hours(marked(np.ascontiguousarray(strip), hours))
    assert board_hours(marked(np.ascontiguousarray(leaves), hours))


def test_a_strip_hardly_read_below_the_board_leaves_it_unread_over_a_wall() -> None:
    """节假日休息, in the dark, was read so; on a ground of its own colour it may still be left out."""
    hours = placed("8:00-18:00", UPPER)
    faint = placed("若們口仕自", (220, 160, 580, 182))
    faint = faint._replace(glyphs=tuple(one._replace(probability=0.62) for one in faint.glyphs))

    assert not board_hours(marked(two_boards(RED, MAROON), [hours, faint]))
    assert board_hours(marked(two_boards(RED, MAROON), [hours]))


def test_times_whose_height_the_edge_cuts_are_still_times() -> None:
    cut = placed("1个12:001", (220, 128, 580, 143))._replace(cut=True)

    assert not board_hours([placed("8:00-18:00", UPPER), cut])
