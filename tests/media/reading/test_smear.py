"""How a picture of writing was smeared is found from the writing itself, and undone."""

import math

import cv2
import numpy as np
import pytest

from server.media.reading.smear import Shades, cleared, is_slight, likely_smears, specks


@pytest.fixture(scope="module")
def sharp() -> Shades:
    """Writing of broad strokes in two flat colours."""
    board = np.zeros((96, 232), np.uint8)
    cv2.putText(board, "MSAE", (10, 72), cv2.FONT_HERSHEY_DUPLEX, 2.4, 255, 7, cv2.LINE_AA)
    return (board / 255).astype(np.float32)


def moved(writing: Shades, length: float, angle: float) -> Shades:
    """The mean of what stands at many steps along a straight way."""
    height, width = writing.shape
    total = np.zeros_like(writing)
    steps = np.linspace(-length / 2, length / 2, 60)
    for step in steps:
        way = np.array([[1, 0, step * math.cos(angle)], [0, 1, step * math.sin(angle)]], np.float32)
        total += cv2.warpAffine(writing, way, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(total / len(steps), np.float32)


def with_specks(writing: Shades, strength: float) -> Shades:
    dice = np.random.default_rng(7)
    return (writing + dice.normal(0, strength, writing.shape)).astype(np.float32)


def likeness(one: Shades, other: Shades) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_the_way_and_length_of_a_moved_hand_are_found(sharp: Shades) -> None:
    angle = math.radians(35)
    found = likely_smears(with_specks(moved(sharp, 14, angle), 0.03))[0].smear
    assert found.angle is not None
    assert abs(math.sin(found.angle - angle)) < 0.15
    assert found.length == pytest.approx(14, rel=0.2)


def test_a_lens_out_of_focus_is_told_from_a_moved_hand(sharp: Shades) -> None:
    side = np.hypot(*np.mgrid[-6:7, -6:7])
    disc = (side <= 4).astype(np.float32)
    found = likely_smears(np.asarray(cv2.filter2D(sharp, -1, disc / disc.sum()), np.float32))
    assert found[0].smear.angle is None
    assert found[0].smear.length == pytest.approx(4, rel=0.2)


def test_sharp_writing_has_next_to_no_smear(sharp: Shades) -> None:
    assert is_slight(likely_smears(sharp)[0].smear)


def test_an_undone_smear_leaves_more_of_the_writing(sharp: Shades) -> None:
    smeared = moved(sharp, 16, math.radians(100))
    smear = likely_smears(smeared)[0].smear
    (clear,) = cleared(smeared, [smear], [0.08])
    assert clear.shape == sharp.shape
    assert 1 - likeness(clear, sharp) < 0.6 * (1 - likeness(smeared, sharp))


def test_specks_are_counted_apart_from_writing(sharp: Shades) -> None:
    assert specks(sharp) < 0.01
    assert specks(with_specks(sharp, 0.1)) == pytest.approx(0.1, rel=0.25)
    assert specks(np.full((40, 60), 0.5, np.float32)) == 0


def test_a_blank_or_tiny_picture_does_no_harm() -> None:
    for shape in ((1, 1), (3, 60)):
        blank = np.zeros(shape, np.float32)
        (clear,) = cleared(blank, [likely_smears(blank)[0].smear], [0.1])
        assert not clear.any()
