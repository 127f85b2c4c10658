"""What crosses writing is found, and what it hides is not believed as it stands."""

import cv2
import numpy as np
import pytest

from server.media.reading.crossed import (
    SHADED,
    THIN,
    crossing,
    doubted,
    is_same_without,
    taken_away,
    taken_away_large,
)
from server.media.reading.looks import PictureReader
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import HIDDEN, Line, Quad, plain_line
from server.policy.signs.match import match_sign
from server.policy.signs.number import NumberRead, plain_number
from server.policy.signs.placed import Outcome

QUAD = ((150.0, 100.0), (330.0, 100.0), (330.0, 150.0), (150.0, 150.0))


@pytest.fixture
def board() -> Pixels:
    """A number on a board, with rows of writing close above and below, and a little noise."""
    return drawn(("C0028", 138), ("MIHNT", 82), ("HINMW", 192))


def drawn(*rows: tuple[str, int]) -> Pixels:
    """A board with these rows, each at its height."""
    board = np.full((260, 480, 3), (60, 118, 60), np.uint8)
    for text, at in rows:
        cv2.putText(board, text, (158, at), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (230, 240, 240), 3)
    noise = np.random.default_rng(1).normal(0, 3, board.shape)
    return (board + noise).clip(0, 255).astype(np.uint8)


def across(board: Pixels, wide: int, lean: int = 30) -> Pixels:
    """The same behind something grey that goes straight on above and below."""
    ends = (290 - lean, -20), (290 + lean, 280)
    return np.asarray(cv2.line(board.copy(), *ends, (120, 120, 120), wide, cv2.LINE_AA), np.uint8)


@pytest.mark.parametrize("lean", [-90, -30, 0, 60])
def test_a_wire_and_a_pole_before_a_number_are_found(board: Pixels, lean: int) -> None:
    wire, pole = (crossing(across(board, wide, lean), QUAD) for wide in (2, 16))
    assert wire is not None
    assert pole is not None
    assert wire.width <= THIN < pole.width
    assert wire.at == pytest.approx((290 - lean * 0.04 - 150) / 180, abs=0.05)


def test_a_wire_before_a_column_is_found(board: Pixels) -> None:
    upright = ((100.0, 150.0), (150.0, 150.0), (150.0, 330.0), (100.0, 330.0))
    turned = np.ascontiguousarray(across(board, 2).transpose(1, 0, 2))
    assert crossing(turned, upright, vertical=True) is not None
    plain = np.ascontiguousarray(board.transpose(1, 0, 2))
    assert crossing(plain, upright, vertical=True) is None


def test_what_stands_before_the_letters_alone_is_passed_over(board: Pixels) -> None:
    """A digit behind a second thing is still in doubt."""
    line = cv2.line(board.copy(), (168, -20), (168, 280), (120, 120, 120), 10)
    over_c: Pixels = np.asarray(line, np.uint8)
    number = NumberRead("C0028", 1.0, 1.0, QUAD)
    reader = object.__new__(PictureReader)

    assert crossing(over_c, QUAD) is not None
    assert crossing(over_c, QUAD, behind=0.2) is None
    assert reader._uncrossed(over_c, number) == number
    assert crossing(across(over_c, 16), QUAD, behind=0.2) is not None
    assert reader._uncrossed(across(over_c, 16), number) is None


def test_a_rim_right_behind_the_last_digit_takes_no_stroke_of_it(board: Pixels) -> None:
    quad = ((150.0, 100.0), (270.0, 100.0), (270.0, 150.0), (150.0, 150.0))
    rim = np.asarray(cv2.line(board.copy(), (269, -20), (269, 280), (120, 120, 120), 6), np.uint8)
    found = crossing(rim, quad)
    assert found is not None
    assert found.at > 0.95
    assert crossing(rim, quad, until=0.95) is None
    over = np.asarray(cv2.line(board.copy(), (258, -20), (258, 280), (120, 120, 120), 6), np.uint8)
    assert crossing(over, quad, until=0.95) is not None


def test_writing_a_shadow_and_what_stands_beside_cross_nothing(board: Pixels) -> None:
    assert crossing(board, QUAD) is None
    shaded = board.copy()
    shaded[:, :240] = shaded[:, :240] // 2
    assert crossing(shaded, QUAD) is None
    beside = cv2.line(board.copy(), (360, -20), (350, 280), (120, 120, 120), 8)
    assert crossing(np.asarray(beside, np.uint8), QUAD) is None


def stripe(board: Pixels, wide: int, dims: float) -> Pixels:
    """The same with a slanting stripe in another light, as a fold or a beam of sun throws it."""
    mask = np.zeros(board.shape[:2], np.float32)
    cv2.line(mask, (196, -20), (226, 280), 1.0, wide, cv2.LINE_AA)
    return np.asarray((board * (1 - (1 - dims) * mask[..., None])).clip(0, 255), np.uint8)


@pytest.mark.parametrize("dims", [0.5, 1.3])
def test_a_stripe_of_shade_in_which_the_writing_goes_on_crosses_nothing(dims: float) -> None:
    board = drawn(("C0028", 138))
    assert crossing(stripe(board, 30, dims), QUAD) is None
    pole = crossing(across(board, 24), QUAD)
    assert pole is not None
    assert pole.width >= SHADED


@pytest.mark.parametrize("wide", [7, 9, 11])
def test_a_narrow_fold_is_the_ground_in_another_light(wide: int) -> None:
    """Two wires as far apart, and a bar of another hue, are not."""
    board = drawn(("C0028", 138))
    assert crossing(stripe(board, wide, 1.3), QUAD) is None
    wires = board.copy()
    for away in (-6, 6):
        cv2.line(wires, (196 + away, -20), (226 + away, 280), (20, 40, 20), 3, cv2.LINE_AA)
    assert crossing(wires, QUAD) is not None
    assert crossing(across(board, 13), QUAD) is not None


def test_a_wire_inside_a_narrow_fold_is_found() -> None:
    fold = stripe(drawn(("C0028", 138)), 11, 0.6)
    wired = cv2.line(fold, (196, -20), (226, 280), (60, 80, 90), 2, cv2.LINE_AA)
    assert crossing(np.asarray(wired, np.uint8), QUAD) is not None


def test_a_wire_beside_a_stripe_of_shade_is_found_all_the_same() -> None:
    plain = stripe(drawn(("C0028", 138)), 30, 0.6)
    wired = cv2.line(plain.copy(), (252, -20), (248, 280), (120, 120, 120), 2, cv2.LINE_AA)
    found = crossing(np.asarray(wired, np.uint8), QUAD)
    assert found is not None
    assert found.at == pytest.approx((250 - 150) / 180, abs=0.05)
    assert found.width <= THIN


def test_bark_is_no_shade(board: Pixels) -> None:
    trunk = across(board, 30).astype(int)
    of_trunk = (across(board, 30) != board).any(axis=2)
    trunk[of_trunk] += np.random.default_rng(2).normal(0, 60, (int(of_trunk.sum()), 1)).astype(int)
    assert crossing(np.asarray(trunk.clip(0, 255), np.uint8), QUAD) is not None


def test_a_thin_wire_is_taken_away_and_nothing_else_changes(board: Pixels) -> None:
    wired = across(board, 2)
    found = crossing(wired, QUAD)
    assert found is not None
    mended = taken_away(wired, found)
    part = np.s_[102:148, 270:310]
    before, after = (
        np.abs(each[part].astype(int) - board[part]).mean() for each in (wired, mended)
    )
    assert after < before
    assert np.array_equal(mended[:, :200], wired[:, :200])


def test_a_line_is_enlarged_before_a_wire_is_painted_over(board: Pixels) -> None:
    wired = across(board, 2)
    found = crossing(wired, QUAD)
    assert found is not None
    mended, quad = taken_away_large(wired, QUAD, found)
    assert quad[1][0] - quad[0][0] == pytest.approx(3 * 180)
    left, top = (round(at) for at in quad[0])
    here = mended[top : top + 150 : 3, left : left + 540 : 3]
    before, after = (
        np.abs(each[:, 120:160].astype(int) - board[100:150, 270:310]).mean()
        for each in (wired[100:150, 150:330], here)
    )
    assert after < before


@pytest.mark.parametrize(
    ("small", "large", "same"),
    [
        ("C0028", "", True), ("", "C0028", True), ("", "C0023", False), ("", "", False),
        ("C0023", "C0028", False),
    ],
)  # fmt: skip
def test_what_is_lost_at_its_size_is_looked_at_enlarged(
    board: Pixels, *, small: str, large: str, same: bool
) -> None:
    picture, number = across(board, 2), NumberRead("C0028", 1.0, 1.0, QUAD)
    found = crossing(picture, QUAD)
    assert found is not None

    def read(seen: Pixels, quads: list[Quad]) -> list[Line]:
        text = small if seen.shape == picture.shape else large
        return [plain_line(text, quad) for quad in quads if text]

    assert is_same_without(read, picture, number, found) is same


class Again:
    """Networks that read this in whatever they are shown."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, _picture: Pixels, quads: list[object]) -> list[Line]:
        return [plain_line(self.text, QUAD) for _ in quads]


@pytest.mark.parametrize(
    ("wide", "again", "kept"),
    [(0, "", True), (2, "C0028", True), (2, "C0023", False), (2, "", False), (16, "C0028", False)],
)
def test_a_crossed_number_counts_if_it_is_the_same_without_what_is_thin(
    board: Pixels, *, wide: int, again: str, kept: bool
) -> None:
    reader = object.__new__(PictureReader)
    reader.models = Again(again)  # type: ignore[assignment]
    picture = across(board, wide) if wide else board
    number = NumberRead("C0028", 1.0, 1.0, QUAD)
    assert reader._uncrossed(picture, number) == (number if kept else None)


def test_a_crossed_character_is_no_other_one_and_no_digit(board: Pixels) -> None:
    pole = across(board, 16)
    long = plain_line("长村快递便民服务点", QUAD)
    hidden = doubted(pole, plain_line("高村快递便主服务点", QUAD))
    # The pole stands before 主 and what is beside it.
    assert match_sign([hidden], names=["高村快递便民服务点"], number=None).name.outcome is not (
        Outcome.DIFFERS
    )
    clear = doubted(board, plain_line("高村快递便主服务点", QUAD))
    assert match_sign([clear], names=["高村快递便民服务点"], number=None).name.outcome is (
        Outcome.DIFFERS
    )
    assert doubted(board, long) == long
    assert plain_number([doubted(pole, plain_line("C0028", QUAD))]) is None


def test_behind_something_wide_a_character_says_nothing(board: Pixels) -> None:
    line = plain_line("C0028", QUAD)
    seen = doubted(across(board, 24, 0), line).glyphs
    assert seen[3].probability == HIDDEN
    assert all(glyph.probability == 1.0 for glyph in seen[:2])
    assert all(glyph.probability > HIDDEN for glyph in doubted(across(board, 10, 0), line).glyphs)


def test_behind_something_wide_nothing_else_that_a_character_may_be_speaks_either(
    board: Pixels,
) -> None:
    """A traditional form beside it would make it believed again, another digit beyond doubt."""
    line = plain_line("C0028", QUAD)
    glyphs = [glyph._replace(probability=0.55, others=(("8", 0.44),)) for glyph in line.glyphs]
    line = line._replace(glyphs=(*line.glyphs[:3], glyphs[3], line.glyphs[4]))

    seen = doubted(across(board, 24, 0), line)
    assert seen.glyphs[3].chance("8") == HIDDEN
    assert plain_number([seen]) is None
