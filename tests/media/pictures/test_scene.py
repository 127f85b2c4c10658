"""What a program drew in two pictures says nothing of who took the photos in them."""

import io
import random

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from server.media.pictures.lookalike import compare
from server.media.pictures.scene import MOST_OTHER, Scene, scene_of
from tests.media.scenes import saved, scene


def _framed(photo: Image.Image, wide: int = 480) -> bytes:
    """In a frame of many colours, which is most of the picture."""
    blocks = np.random.default_rng(5).integers(40, 230, (120, 160, 3)).astype(np.uint8)
    frame = Image.fromarray(np.repeat(np.repeat(blocks, 6, 0), 6, 1))
    tall = wide * 3 // 4
    frame.paste(photo.resize((wide, tall)), ((960 - wide) // 2, (720 - tall) // 2))
    return saved(frame, quality=75)


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


def test_two_photos_in_one_frame_are_no_double_and_one_photo_in_it_is() -> None:
    one, other = _framed(scene(1)), _framed(scene(2))
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
        wall = cv2.resize(rough, (640, 480), interpolation=cv2.INTER_CUBIC)[..., None] * 3 + 150
        specks = np.random.default_rng(seed).normal(0, 0.4, (480, 640, 3))
        photos.append(_framed(Image.fromarray((wall + specks).round().astype(np.uint8)), 640))
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
    page[112:368, 112:368] = grain[112:368, 112:368]
    drawn = scene_of(page, page, np.eye(3))
    assert drawn.may_tell
    assert drawn.own[9:21, 9:21].all()
    assert drawn.own.sum() <= 18 * 18
    small = np.full_like(grain, 244)
    small[192:288, 192:288] = grain[192:288, 192:288]
    assert not scene_of(small, small, np.eye(3)).may_tell


def test_the_ground_of_a_page_is_seen_between_its_letters_also_when_saved_coarsely() -> None:
    """A dark page with a small photo: nothing beside its letters lies flat any more."""
    page, choose = Image.new("RGB", (960, 960), (44, 44, 48)), random.Random(3)
    pen = ImageDraw.Draw(page)
    for top in range(8, 940, 28):
        for left in range(12, 940, 22):
            right, below = left + choose.randrange(4, 16), top + choose.randrange(6, 20)
            pen.rectangle((left, top, right, below), fill=(150, 150, 155))

    def shown(seed: int) -> npt.NDArray[np.uint8]:
        one = page.copy()
        one.paste(Image.fromarray(_grain(seed)).crop((0, 0, 260, 200)), (340, 360))
        coarse = Image.open(io.BytesIO(saved(one, quality=30))).convert("L")
        return np.asarray(coarse.resize((480, 480), Image.Resampling.BICUBIC), np.uint8)

    assert not scene_of(shown(1), shown(2), np.eye(3)).may_tell


def test_the_edge_is_no_middle_and_a_turned_picture_has_its_own() -> None:
    grain = _grain(1)
    shown = scene_of(grain, grain, np.eye(3))
    assert shown.own.all()
    assert not shown.inner[:6].any()
    assert not shown.inner[:, :6].any()
    assert shown.inner[7:23, 7:23].all()
    left = Scene(0.0, 1.0, np.arange(30)[None].repeat(30, 0) < 15, shown.inner)
    quarter = np.array([[0.0, 1, 0], [-1, 0, 1], [0, 0, 1]])  # what was above lies on the left
    turned = left.turned((480, 480), quarter)
    above = turned.own[: len(turned.own) // 2]
    assert above.all()
    assert not turned.own[len(turned.own) // 2 :].any()


def _grain(seed: int) -> npt.NDArray[np.uint8]:
    dice = np.random.default_rng(seed)
    rough = cv2.GaussianBlur(dice.normal(0, 60, (480, 480)).astype(np.float32), (0, 0), 3)
    return np.asarray((rough * 3 + 128).clip(0, 255), np.uint8)
