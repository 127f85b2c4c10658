"""Photos of screens are noticed by the lattice of their lights; tiles, shutters and cloth are not."""

import math
import random

import numpy as np
import pytest
from PIL import Image

from server.media.pictures.images import look_at_photo
from server.media.pictures.screens import WINDOW, like_a_screen
from tests.media.scenes import PHOTO, saved, scene
from tools.phone_camera import Floats, as_light, looked_up, planes, some_camera, take
from tools.screen_photos import screen_photo


def lattice(period: float, strength: float, size: tuple[int, int] = (1280, 960)) -> Image.Image:
    """A scene all over which lies a fine lattice, as bright as what it lies on."""
    shades = np.asarray(scene(3, size), np.float32)
    across = np.cos(np.arange(size[0]) * (2 * math.pi / period))
    return Image.fromarray(
        (shades * (1 + strength * across[:, None])).clip(0, 255).astype(np.uint8)
    )


def test_a_photo_of_a_screen_is_noticed_and_told_in_kind_words() -> None:
    copy = screen_photo(random.Random(4), PHOTO, "a computer, near").sent

    picture = look_at_photo(copy)

    assert picture.screen_photo
    assert not picture.screenshot
    assert "对着屏幕拍的" in "".join(picture.complaints)


def test_the_thing_itself_before_the_same_camera_is_none() -> None:
    dice = random.Random(4)
    camera = some_camera(dice)
    shown = planes(as_light(np.asarray(scene(3))))
    scale = np.float32(1280 / camera.width)

    def light(x: Floats, y: Floats, colour: int) -> Floats:
        return looked_up(shown[colour], x * scale, y * scale)

    assert not look_at_photo(take(dice, camera, light).sent).screen_photo


@pytest.mark.parametrize("way", ["as it is", "on its side"])
@pytest.mark.parametrize("period", [2.3, 2.9, 3.6])
def test_a_lattice_over_everything_is_a_screen(period: float, way: str) -> None:
    shades = np.asarray(lattice(period, 0.1).convert("L"))

    assert like_a_screen(shades if way == "as it is" else shades.T.copy())


@pytest.mark.parametrize("period", [4.4, 12.0, 25.0])
def test_slats_and_tiles_are_too_coarse_to_be_a_screen(period: float) -> None:
    assert not like_a_screen(np.asarray(lattice(period, 0.3).convert("L")))


def test_cloth_on_one_thing_is_no_screen() -> None:
    shades = np.asarray(scene(3).convert("L"), np.float32)
    weave = 20 * np.cos(np.arange(500) * (2 * math.pi / 3.1))
    shades[200:600, 300:800] = 120 + weave

    assert not like_a_screen(shades.clip(0, 255).astype(np.uint8))


def test_the_blocks_of_hard_pressed_jpeg_are_no_screen() -> None:
    assert not look_at_photo(saved(scene(3), quality=12)).screen_photo


@pytest.mark.parametrize("size", [(WINDOW - 1, 400), (400, 3), (WINDOW, WINDOW)])
def test_pictures_too_small_for_a_window_are_none(size: tuple[int, int]) -> None:
    assert not like_a_screen(np.full(size, 100, np.uint8))
