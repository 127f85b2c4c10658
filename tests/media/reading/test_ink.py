"""The colours of a name are told from its ground, also where light changes the ground more."""

import cv2
import numpy as np
import pytest

from server.media.reading.cut_outs import ink_apart, ink_of
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line, plain_line

QUAD = ((40.0, 40.0), (440.0, 40.0), (440.0, 120.0), (40.0, 120.0))
LINE: Line = plain_line("MASHED", QUAD)


def board(dark: float, bright: float) -> Pixels:
    """Red letters on grey, which a reflection makes brighter from left to right."""
    light = np.linspace(dark, bright, 480, dtype=np.float32)
    ground = np.repeat(np.repeat(light[None, :, None], 160, axis=0), 3, axis=2)
    letters = np.zeros((160, 480), np.uint8)
    cv2.putText(letters, "MASHED", (60, 104), cv2.FONT_HERSHEY_DUPLEX, 2.4, 255, 6, cv2.LINE_AA)
    share = (letters / 255).astype(np.float32)[..., None]
    red = ground * np.array([0.55, 0.55, 1.1], np.float32)
    return np.asarray(ground * (1 - share) + red * share, np.float32).clip(0, 255).astype(np.uint8)


def steadiness(picture: Pixels, way: np.ndarray) -> float:
    """By how much letters differ from their ground, for each by which the ground differs."""
    shades = picture[40:120, 40:440].astype(np.float64) @ way
    ground = picture[10:30, 40:440].astype(np.float64) @ way
    return float(np.abs(np.percentile(shades - ground.mean(axis=0), (2, 98))).max() / ground.std())


def test_across_a_reflection_the_letters_stand_out_from_flat_ground() -> None:
    picture = board(60, 230)
    assert steadiness(picture, ink_apart(picture, LINE)) > 2 * steadiness(
        picture, ink_of(picture, LINE)
    )


def test_in_even_light_it_is_the_way_from_ground_to_letters() -> None:
    picture = board(150, 158)
    assert ink_apart(picture, LINE) == pytest.approx(ink_of(picture, LINE))
