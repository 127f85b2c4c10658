"""What a telephone's screen or a border shows whole is found and foretold; a new photo is not."""

import io

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from server.media.pictures.edges import inside_bars
from server.media.pictures.overlay import Traces
from server.media.pictures.resaved import explained, unexplained
from server.media.pictures.stored import shares, stored
from server.media.pictures.tiles import led, shown_whole
from tests.media.scenes import saved

Shades = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
PHOTO, SCREEN, WIDE = (640, 480), (360, 780), 360
TOP, BELOW = 255, 525


def _wall(seed: int = 1, noise: float = 0.0, softly: float = 0.7) -> Shades:
    """A wall with a sign, by a sensor with so many shades of noise that the telephone smooths."""
    dice = np.random.default_rng(1)
    rough = cv2.GaussianBlur(dice.normal(0, 60, (480, 640, 3)).astype(np.float32), (0, 0), 5)
    wall = np.asarray(rough + np.linspace(110, 170, 640)[None, :, None], np.float32)
    for left in range(40, 560, 90):
        wall[160:240, left : left + 50] -= 40
    specks = np.random.default_rng(seed).normal(0, noise, wall.shape)
    wall += np.asarray(specks, np.float32)
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), softly), np.float32)


def _taken(shades: Shades, quality: int) -> bytes:
    return saved(Image.fromarray(shades.clip(0, 255).round().astype(np.uint8)), quality=quality)


def _opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo)).convert("RGB")


def _shot(photo: bytes) -> bytes:
    """The photo across a telephone's black screen, a row of small pictures below it."""
    screen = Image.new("RGB", SCREEN, (8, 8, 8))
    screen.paste(_opened(photo).resize((WIDE, BELOW - TOP), Image.Resampling.BICUBIC), (0, TOP))
    for left in range(20, WIDE - 40, 45):
        screen.paste((180, 120, 90), (left, 660, left + 40, 700))
    return saved(screen, quality=88)


def _way(top: float = TOP, below: float = BELOW) -> Matrix:
    """From the screen's pixels to the photo's."""
    down = (below - top) / PHOTO[1]
    across = WIDE / PHOTO[0]
    shift = [(0.5 / each) - 0.5 for each in (across, down)]
    return np.array([[1 / across, 0, shift[0]], [0, 1 / down, shift[1] - top / down], [0, 0, 1]])


def _in_shares(way: Matrix) -> Matrix:
    return np.asarray(shares(*PHOTO) @ way @ np.linalg.inv(shares(*SCREEN)), np.float64)


def test_what_is_shown_whole_lies_from_one_whole_pixel_to_another() -> None:
    corners = np.array([(-0.5, -0.5), (639.5, 479.5)])
    found = shown_whole(PHOTO, SCREEN, _way(TOP + 0.4, BELOW - 0.3))
    assert found is not None
    there = led(corners, np.asarray(np.linalg.inv(found), np.float64)) + 0.5
    assert np.allclose(there, [(0, TOP), (WIDE, BELOW)], atol=1e-3)
    assert shown_whole(PHOTO, PHOTO, np.diag([1.01, 1.01, 1.0])) is None, "so little zooms a hand"
    beyond = np.diag([0.9, 0.9, 1.0])
    assert shown_whole(PHOTO, PHOTO, beyond) is None
    aslant = _way()
    aslant[0, 1] = 0.02
    assert shown_whole(PHOTO, SCREEN, aslant) is None


@pytest.mark.parametrize("off", [(0.3, -0.3), (0.0, -0.9)])
def test_a_screenshot_is_foretold_however_roughly_its_place_was_found(
    off: tuple[float, float],
) -> None:
    """A little aslant at a screen's far corners, or a pixel too short, as small pictures tell it."""
    photo, way = _taken(_wall(1, 1.0), 85), _way(TOP + off[0], BELOW + off[1])
    way[0, 1:] += 0.007, -0.007 * SCREEN[1] / 2
    roughly = _in_shares(way)
    assert (explained(photo, _shot(photo), roughly).strayed or 9.0) <= 0.85
    if off[0]:
        honest = _shot(_taken(_wall(2, 1.0), 90))
        assert (explained(photo, honest, roughly).strayed or 9.0) > 1


@pytest.mark.parametrize(("quality", "later"), [(97, 85), (95, 85), (90, 75)])
def test_a_thing_that_stood_still_before_a_sensor_without_noise_makes_no_copy(
    quality: int, later: int
) -> None:
    """Then only the first file's own steps tell, and fine ones tell little."""
    one, other = (_taken(_wall(seed, 0.2), each) for seed, each in ((1, quality), (2, later)))
    strayed = unexplained(stored(one), stored(other), np.eye(3)).strayed
    assert strayed is not None
    assert strayed > 1
    copy = saved(_opened(one).resize((512, 384), Image.Resampling.LANCZOS), quality=later)
    assert (unexplained(stored(one), stored(copy), np.eye(3)).strayed or 9.0) <= 1


def test_a_bar_goes_on_behind_a_clock_and_a_row_of_small_pictures() -> None:
    dice = np.random.default_rng(3)
    grey = cv2.resize(dice.integers(40, 200, (30, 40), np.uint8), (400, 200))
    shot = np.full((900, 400), 8, np.uint8)
    shot[400:600] = grey
    shot[12:20, 20:120] = shot[22:40, 20:120] = 255  # the clock, with one plain line between
    shot[760:820, 10:390] = 120
    assert inside_bars(shot) == (0, 400, 400, 600)


def test_a_long_screen_is_told_pixel_by_pixel_and_a_large_photo_is_shrunk() -> None:
    def size(width: int, height: int) -> tuple[int, int]:
        return stored(saved(Image.new("RGB", (width, height)))).size

    assert size(1170, 2532) == (1170, 2532)
    assert size(2880, 1800)[0] < 2880


def test_turned_walls_with_few_specks_left_are_worth_foretelling() -> None:
    assert Traces(skew_px=10.7, light=0.2, noise=0.15).worth_foretelling
    assert not Traces(skew_px=10.7, light=0.2, noise=0.1).worth_foretelling
