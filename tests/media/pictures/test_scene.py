"""What a program drew in two pictures says nothing of who took the photos in them."""

import io
import random
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from server.media.pictures.lookalike import compare
from server.media.pictures.scene import MOST_OTHER, Scene, scene_of
from tests.media.scenes import saved, scene

PAGE = (640, 900)


def _framed(photo: Image.Image) -> bytes:
    """In a frame of many colours, which is more than half of the picture."""
    blocks = np.random.default_rng(5).integers(40, 230, (120, 160, 3)).astype(np.uint8)
    frame = Image.fromarray(np.repeat(np.repeat(blocks, 6, 0), 6, 1))
    frame.paste(photo.resize((640, 480)), (160, 120))
    return saved(frame, quality=75)


def _on_a_page(photo: Image.Image) -> bytes:
    """On a page with lines of writing above and below."""
    page, choose = Image.new("RGB", PAGE, (244, 244, 244)), random.Random(3)
    pen = ImageDraw.Draw(page)
    for top in (*range(20, 300, 36), *range(600, 880, 36)):
        pen.rounded_rectangle((16, top, 624, top + 30), 6, fill=(255, 255, 255))
        for left in range(30, 560, 14):
            if choose.random() < 0.8:
                stroke = (left, top + choose.randrange(4, 12), left + choose.randrange(2, 10), 0)
                pen.rectangle((*stroke[:3], stroke[1] + choose.randrange(2, 14)), fill=(30, 30, 30))
    page.paste(photo.resize((360, 270)), (140, 315))
    return saved(page, quality=80)


def _stamped(photo: Image.Image, seed: int) -> bytes:
    """Under a watermark with a time of its own."""
    stamped, choose = photo.copy(), random.Random(seed)
    pen = ImageDraw.Draw(stamped)
    pen.rectangle((20, 640, 620, 940), fill=(20, 60, 140))
    for top in range(660, 900, 50):
        for left in range(40, 580, 26):
            pen.rectangle(
                (left, top, left + choose.randrange(3, 20), top + choose.randrange(4, 34)),
                fill=(250, 250, 250),
            )
    return saved(stamped, quality=85)


@pytest.mark.parametrize("composed", [_framed, _on_a_page])
def test_two_photos_in_one_frame_are_no_double_and_one_photo_in_it_is(
    composed: Callable[[Image.Image], bytes],
) -> None:
    one, other = composed(scene(1)), composed(scene(2))
    compared = compare(other, one)
    assert not compared.resemblance.is_double, compared
    again = saved(Image.open(io.BytesIO(one)), quality=70)
    assert compare(again, one).resemblance.is_double


def test_one_photo_under_two_watermarks_is_a_double() -> None:
    photo = Image.open(io.BytesIO(saved(scene(1), quality=90)))
    compared = compare(_stamped(photo, 1), _stamped(photo, 2))
    assert compared.resemblance.is_double, compared


def test_a_frame_does_not_tell_of_what_stood_still_within_it() -> None:
    """A smooth wall by a quiet sensor, taken twice: only the frame lies exactly."""
    photos = []
    for seed in (1, 2):
        rough = np.random.default_rng(9).normal(0, 1, (12, 16)).astype(np.float32)
        wall = cv2.resize(rough, (640, 480), interpolation=cv2.INTER_CUBIC)[..., None] * 9 + 150
        specks = np.random.default_rng(seed).normal(0, 0.6, (480, 640, 3))
        photos.append(_framed(Image.fromarray((wall + specks).round().astype(np.uint8))))
    compared = compare(photos[1], photos[0])
    assert not compared.resemblance.is_double, compared


def test_what_differs_in_the_middle_is_counted_and_drawn_ground_is_not() -> None:
    grain = _grain(1)
    assert scene_of(grain, grain, np.eye(3)).other == 0
    other = grain.copy()
    other[144:336, 144:336] = _grain(2)[144:336, 144:336]
    shown = scene_of(grain, other, np.eye(3))
    assert shown.other > MOST_OTHER
    assert shown.own[10:20, 10:20].mean() < 0.25
    assert shown.own[:8].all()
    page = np.full_like(grain, 244)
    page[160:320, 160:320] = grain[160:320, 160:320]
    own = scene_of(page, page, np.eye(3)).own
    assert own[11:19, 11:19].all()
    assert own.sum() <= 12 * 12


def test_the_edge_is_no_middle_and_a_turned_picture_has_its_own() -> None:
    grain = _grain(1)
    shown = scene_of(grain, grain, np.eye(3))
    assert shown.own.all()
    assert not shown.inner[:6].any()
    assert not shown.inner[:, :6].any()
    assert shown.inner[7:23, 7:23].all()
    left = Scene(0.0, np.arange(30)[None].repeat(30, 0) < 15, shown.inner)
    quarter = np.array([[0.0, 1, 0], [-1, 0, 1], [0, 0, 1]])  # what was above lies on the left
    turned = left.turned((480, 480), quarter)
    above = turned.own[: len(turned.own) // 2]
    assert above.all()
    assert not turned.own[len(turned.own) // 2 :].any()


def _grain(seed: int) -> npt.NDArray[np.uint8]:
    dice = np.random.default_rng(seed)
    rough = cv2.GaussianBlur(dice.normal(0, 60, (480, 480)).astype(np.float32), (0, 0), 3)
    return np.asarray((rough * 3 + 128).clip(0, 255), np.uint8)
